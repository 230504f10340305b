"""A record that may be published in, the same with the texts of its attachments out.

Called by `preparing` for every accepted row. The text of an attachment is public only where the
record's body is: 依申请公开 has no attachments left when it comes here.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from catalog.record import Attachment, AttachmentText, Record
from files.texts import SUFFIXES, read_file
from indexer.attachments.finding import find_file

_TOLD = (AttachmentText.NO_TEXT_LAYER, AttachmentText.UNREADABLE, AttachmentText.TOO_COSTLY)


def attach_texts(record: Record, folder: Path) -> Record:
    """`folder`: that of the input file."""
    if not record.attachments:
        return record
    read = tuple(_attach(attachment, folder) for attachment in record.attachments)
    return replace(record, attachments=read)


def warn_of_texts(record: Record) -> Iterator[tuple[str, str]]:
    """(field, code) of files that lie there and gave no text, or hardly any."""
    for attachment in record.attachments:
        if attachment.text_state in _TOLD:
            yield "attachments", attachment.text_state.value


def _attach(attachment: Attachment, folder: Path) -> Attachment:
    file = find_file(folder, attachment, SUFFIXES)
    if file is None:
        return attachment
    text, state = read_file(file)
    return replace(attachment, text=text, text_state=state)
