"""The part of a record that may be published, and the check for personal data in it."""

from collections.abc import Iterator
from dataclasses import replace

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.kept_rows import texts_in_order
from gongkai.catalog.personal_data import holds_personal_number
from gongkai.catalog.recipients import holds_recipient
from gongkai.catalog.record import Record, list_members


def disclose(record: Record) -> Record:
    """Returns the part of a record that may be shown: on request (依申请公开) its catalog entry.

    Columns unknown to the catalog may contain anything, so they are not shown either.
    """
    if record.disclosure is Disclosure.PUBLIC:
        return record
    return replace(record, body="", attachments=(), extra={})


def holds_personal_data(record: Record) -> bool:
    """Whether an ID-card or bank-card number, or a recipient, is in what would be published.

    The check must be repeated after texts of attachments were added to the record.
    """
    # Separated by a letter, because digits of two fields form no number. Unknown columns are
    # joined, since a number may be spread over them.
    text = "\n文\n".join(_published_texts(record))
    return holds_personal_number(text) or holds_recipient(text)


def _published_texts(record: Record) -> Iterator[str]:
    for name, value in list_members(record):
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple) and name not in ("keywords", "attachments"):
            yield from value
    yield "\n".join(record.keywords)
    for attachment in record.attachments:
        yield from (attachment.name, attachment.url or "", attachment.text)
    yield "\n".join(texts_in_order(record.extra))
