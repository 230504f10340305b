"""Limits the values of a record.

An optional value over its limit is dropped with a warning. A required value, a text, or the unknown
columns together over their limit reject the row. No limit is close to a real value.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from gettext import gettext as _
from typing import Any

from gongkai.catalog.classifications import DEPTH_LIMIT, PATH_LIMIT, VALUES_LIMIT, is_within_limits
from gongkai.catalog.fields import CLASSES, Column
from gongkai.catalog.plain_text import strings_in
from gongkai.catalog.record import Attachment, Record
from gongkai.errors import RefusedValueError, TooLongError

NAME_LIMIT = 200
"""Characters of an agency name, a keyword or a value kept as published."""
SUMMARY_LIMIT = 100_000
ADDRESS_LIMIT = 2_000
"""Characters of a web address; the longest in real exports has 527."""
FILE_NAME_LIMIT = 500
ATTACHMENTS_LIMIT = 500
COLUMNS_LIMIT = 1_000
"""Columns of one row that the catalog does not know."""
EXTRA_LIMIT = 2_000_000
"""Characters in the unknown columns."""

Warn = Callable[[str, str], None]
"""Receives the field and the code of each dropped value."""


def limit_record(record: Record, warn: Warn) -> Record:
    """Returns the record without optional values over their limit.

    Raises RefusedValueError (`too_long`, `too_many_values`) for values that cannot be dropped.
    """
    _check_lengths(record)
    classes: dict[str, Any] = {
        each.key: _limit_class(each, getattr(record, each.key), warn) for each in CLASSES
    }
    limited: dict[str, Any] = {
        **classes,
        "document_number_original": _limit_line(
            "document_number", record.document_number_original, NAME_LIMIT, warn
        ),
        "issued_on_original": _limit_line("issued_on", record.issued_on_original, NAME_LIMIT, warn),
        "genre_inferred": record.genre_inferred and classes["genre"] is not None,
        "validity_inferred": record.validity_inferred and classes["validity"] is not None,
        "keywords": _limit_keywords(record.keywords, warn),
        "url": _limit_line("url", record.url, ADDRESS_LIMIT, warn),
        "attachments": _limit_attachments(record.attachments, warn),
    }
    # Copying a record costs more than comparing it, and few exceed a limit.
    is_same = all(getattr(record, name) == value for name, value in limited.items())
    return record if is_same else replace(record, **limited)


def _check_lengths(record: Record) -> None:
    for field, text, limit in (
        ("publisher", record.publisher_name, NAME_LIMIT),
        ("summary", record.summary, SUMMARY_LIMIT),
    ):
        if len(text) > limit:
            raise TooLongError(field, limit)
    if len(record.extra) > COLUMNS_LIMIT:
        message = _("The row has over {limit:,} unknown columns.").format(limit=COLUMNS_LIMIT)
        raise RefusedValueError("extra", "too_many_values", message)
    if sum(map(len, strings_in(record.extra))) > EXTRA_LIMIT:
        message = _("The unknown columns hold over {limit:,} characters.").format(limit=EXTRA_LIMIT)
        raise RefusedValueError("extra", "too_long", message)


def _limit_line(field: str, text: str | None, limit: int, warn: Warn) -> str | None:
    if text is not None and len(text) > limit:
        warn(field, "too_long")
        return None
    return text


def _limit_class(
    column: Column, value: str | tuple[str, ...] | None, warn: Warn
) -> str | tuple[str, ...] | None:
    if not value:
        return value
    if isinstance(value, tuple):
        return _limit_paths(column.key, value, warn)
    if is_within_limits(value):
        return value
    return next(iter(_limit_paths(column.key, (value,), warn)), None)


def _limit_paths(field: str, paths: Sequence[str], warn: Warn) -> tuple[str, ...]:
    kept = tuple(filter(is_within_limits, paths))
    if len(kept) == len(paths):
        return _limit_number(field, kept, len(paths) > VALUES_LIMIT, warn)
    if any(len(path) > PATH_LIMIT for path in paths):
        warn(field, "too_long")
    if any(path.count("/") >= DEPTH_LIMIT for path in paths):
        warn(field, "too_deep")
    return _limit_number(field, kept, len(paths) > VALUES_LIMIT, warn)


def _limit_keywords(keywords: Sequence[str], warn: Warn) -> tuple[str, ...]:
    kept = tuple(word for word in keywords if len(word) <= NAME_LIMIT)
    if len(kept) < len(keywords):
        warn("keywords", "too_long")
    return _limit_number("keywords", kept, len(kept) > VALUES_LIMIT, warn)


def _limit_number(
    field: str, values: tuple[str, ...], are_too_many: bool, warn: Warn
) -> tuple[str, ...]:
    if are_too_many:
        warn(field, "too_many_values")
    return values[:VALUES_LIMIT]


def _limit_attachments(attachments: Sequence[Attachment], warn: Warn) -> tuple[Attachment, ...]:
    kept = tuple(each for each in attachments if _is_short(each))
    if len(kept) < len(attachments):
        warn("attachments", "too_long")
    if len(kept) > ATTACHMENTS_LIMIT:
        warn("attachments", "too_many_values")
    return kept[:ATTACHMENTS_LIMIT]


def _is_short(attachment: Attachment) -> bool:
    addresses = (attachment.url or "", attachment.path or "")
    return len(attachment.name) <= FILE_NAME_LIMIT and all(
        len(each) <= ADDRESS_LIMIT for each in addresses
    )
