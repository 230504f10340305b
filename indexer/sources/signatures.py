"""Recognises the container format of a file by its first bytes, and explains unread files."""

import zipfile
from enum import Enum
from pathlib import Path

from gongkai.files.limits import MIB

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = (
    *(b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"BZh", b"{\\rtf"),
    *(b"PK\x05\x06", b"\x00\x00\x01\x00", b"ID3", b"OggS", b"RIFF", b"II*\x00", b"MM\x00*"),
)
# A workbook with a password is a compound file with this stream.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Container(Enum):
    """The container format according to the first bytes."""

    WORKBOOK = "workbook"
    ARCHIVE = "archive"
    COMPOUND = "compound"
    ENCRYPTED = "encrypted"
    BINARY = "binary"
    TEXT = "text"


def find_container(path: Path, head: bytes) -> Container:
    """Returns the container format. `head` is the start of `path`. Raises OSError."""
    if head.startswith(_ZIP):
        return Container.WORKBOOK if _is_workbook(path) else Container.ARCHIVE
    if head.startswith(_OLE):
        return Container.ENCRYPTED if _holds(path, _ENCRYPTED) else Container.COMPOUND
    return Container.BINARY if head.startswith(_BINARY) else Container.TEXT


def explain_unread(path: Path, container: Container) -> str:
    """Returns a sentence on why a file is not read, with the remedy if there is one."""
    suffix = path.suffix.lower()
    if suffix in (".pdf", ".docx", ".txt"):
        return "It is read only as an attachment, and no record names it as one."
    if suffix == ".ofd":
        return "OFD documents are not read; save it as PDF and name it as an attachment."
    if container is Container.ENCRYPTED:
        return "The file is protected by a password; save it without one."
    if container is Container.COMPOUND:
        return "Old binary office files are not read; save it as .xlsx or .docx."
    if container is Container.ARCHIVE:
        return "Archives and other packed files are not read; unpack them."
    return "The format of the file is not supported."


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return path.suffix.lower() == ".xlsx"
    return any(name.startswith("xl/") and not name.endswith(".bin") for name in names)


def _holds(path: Path, wanted: bytes) -> bool:
    kept = b""
    with path.open("rb") as file:
        while chunk := file.read(MIB):
            if wanted in kept + chunk:
                return True
            kept = chunk[-len(wanted) :]
    return False
