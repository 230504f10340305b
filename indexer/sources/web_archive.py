"""Reads one row from a page that a browser saved as one file (MHTML, `.mht`)."""

import email
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from gettext import gettext as _
from pathlib import Path

from gongkai.files.encodings import detect_encoding
from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MAX_ROW_BYTES, SAMPLE_BYTES
from indexer.sources.portal_page import read_page
from indexer.sources.row import Row, UnreadableRow
from indexer.sources.streams import CountingFile, OnBytes

_HEADERS = (b"from:", b"mime-version:", b"content-type:", b"subject:", b"date:", b"snapshot-")


def read_web_archive(path: Path, on_bytes: OnBytes) -> Iterator[Row]:
    """Yields the page as one row. Raises BrokenFileError if the file contains no page."""
    source = str(path)
    with CountingFile(path, on_bytes) as file:
        data = file.read(MAX_ROW_BYTES + 1) or b""
    if len(data) > MAX_ROW_BYTES:
        yield UnreadableRow(source, 1, "too_long", _("The page is over 32 MiB."))
        return
    yield read_page(source, *unpack_page(data))


def is_archive(head: bytes) -> bool:
    """Returns whether a file begins with the headers of a message."""
    return head.lstrip()[:20].lower().startswith(_HEADERS)


def unpack_page(data: bytes) -> tuple[bytes, str]:
    """Returns the page of an archive in UTF-8 and its address; HTML itself has none.

    Raises BrokenFileError if the archive contains no page.
    """
    content, address = _find_page(data) if is_archive(data) else (data, "")
    encoding = detect_encoding(content[:SAMPLE_BYTES], is_markup=True)
    text = content[encoding.mark :].decode(encoding.name, "replace")
    return text.encode("utf-8", "replace"), address


def _find_page(data: bytes) -> tuple[bytes, str]:
    """Returns the first HTML part as bytes, and its address."""
    message = email.message_from_bytes(data.lstrip(), policy=policy.default)
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        address = _read_header(message, "Snapshot-Content-Location") or _read_header(
            part, "Content-Location"
        )
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            return _to_utf8(content, part.get_content_charset()), address
    raise BrokenFileError("bad_file", _("The archive contains no HTML page."))


def _to_utf8(content: bytes, charset: str | None) -> bytes:
    """Returns the content of a part that states UTF-16; others are detected."""
    if charset and charset.lower().startswith("utf-16"):
        return content.decode(charset, "replace").encode("utf-8", "replace")
    return content


def _read_header(part: EmailMessage, name: str) -> str:
    try:
        return "".join(str(part.get(name, "")).split())
    except (ValueError, IndexError, AttributeError):  # headers of hostile files
        return ""
