"""Adds the texts of attachments to records that may be published.

The text of an attachment is public only if the record's body is: a record on request (依申请公开)
has no attachments here. A file that a closed record owns as well is not opened.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gongkai.catalog.record import Attachment, AttachmentText, Record
from gongkai.files.attachment_text import read_file, readable_suffixes
from indexer.attachments.lookup import digest_path, find_file

CLOSED_OWNER = "closed_owner"
"""Code of the warning that a file was left out because a closed record owns it."""
_TOLD = frozenset(AttachmentText) - {AttachmentText.ABSENT, AttachmentText.READ}


@dataclass(frozen=True, slots=True)
class Attached:
    """A record with its attachment texts.

    `files` are the digests of the files read, each with its place among the attachments; `closed`
    is the number of files left out.
    """

    record: Record
    files: tuple[tuple[bytes, int], ...] = ()
    closed: int = 0


def attach_texts(
    record: Record, source: str, closed: Collection[bytes] = (), *, ocr: bool = False
) -> Attached:
    """Returns the record with its texts. `source` names the input file, which is no attachment.

    Its other rows need not be public. `closed` are digests of files that no record may show. With
    `ocr`, scans are recognised.
    """
    if not record.attachments:
        return Attached(record)
    path = Path(source)
    suffixes = readable_suffixes(ocr=ocr)
    read: list[Attachment] = []
    files: list[tuple[bytes, int]] = []
    left_out = 0
    for place, attachment in enumerate(record.attachments):
        file = find_file(path.parent, attachment, suffixes)
        digest = digest_path(file) if file else b""
        if file is None or digest in closed or file == path.resolve():
            left_out += file is not None
            read.append(attachment)
            continue
        text, state = read_file(file, ocr=ocr)
        read.append(replace(attachment, text=text, text_state=state))
        files.append((digest, place))
    return Attached(replace(record, attachments=tuple(read)), tuple(files), left_out)


def warn_of_texts(attached: Attached) -> Iterator[tuple[str, str]]:
    """Yields (field, code) of existing files without text of their own, or with hardly any."""
    for attachment in attached.record.attachments:
        if attachment.text_state in _TOLD:
            yield "attachments", attachment.text_state.value
    for _ in range(attached.closed):
        yield "attachments", CLOSED_OWNER
