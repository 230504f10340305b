"""Recognises the format of a file by its content, whatever its name says."""

import zipfile
from enum import Enum
from typing import BinaryIO

_HEAD_BYTES = 64
_MIMETYPE_BYTES = 100
_SEARCHED_BYTES = 8 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"BZh"),
    *(b"PK\x05\x06", b"\x00\x00\x01\x00", b"ID3", b"OggS", b"RIFF", b"II*\x00", b"MM\x00*"),
)


class Container(Enum):
    """The format of a file according to its content."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    DOCX = "docx"
    DOC = "doc"
    PPTX = "pptx"
    PPT = "ppt"
    OFD = "ofd"
    PDF = "pdf"
    RTF = "rtf"
    ARCHIVE = "archive"
    """A zip file that is no office document."""
    COMPOUND = "compound"
    """A compound file (OLE) without a known document."""
    ENCRYPTED = "encrypted"
    BINARY = "binary"
    TEXT = "text"


WORKBOOKS = frozenset((Container.XLSX, Container.XLSB, Container.XLS, Container.ODS))
_MEMBERS = {
    "xl/workbook.bin": Container.XLSB,
    "xl/workbook.xml": Container.XLSX,
    "word/document.xml": Container.DOCX,
    "ppt/presentation.xml": Container.PPTX,
    "ofd.xml": Container.OFD,
}
_FOLDERS = {"xl/": Container.XLSX, "word/": Container.DOCX, "ppt/": Container.PPTX}
_STREAMS = {
    "EncryptedPackage": Container.ENCRYPTED,
    "WordDocument": Container.DOC,
    "PowerPoint Document": Container.PPT,
    "Workbook": Container.XLS,
    "Book": Container.XLS,
}
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"


def find_container(file: BinaryIO) -> Container:
    """Returns the format of an open file, and rewinds it. Raises OSError."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if head.startswith(_ZIP):
        found = _look_into_zip(file)
    elif head.startswith(_OLE):
        found = _look_into_compound(file)
    elif head.startswith(b"%PDF"):
        found = Container.PDF
    elif head.startswith(b"{\\rtf"):
        found = Container.RTF
    else:
        found = Container.BINARY if head.startswith(_BINARY) else Container.TEXT
    file.seek(0)
    return found


def _look_into_zip(file: BinaryIO) -> Container:
    try:
        archive = zipfile.ZipFile(file)
        names = {name.lower() for name in archive.namelist()}
        if "mimetype" in names and _is_spreadsheet(archive):
            return Container.ODS
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, KeyError):
        return Container.ARCHIVE
    for member, container in _MEMBERS.items():
        if member in names:
            return container
    for folder, container in _FOLDERS.items():
        if any(name.startswith(folder) for name in names):
            return container
    return Container.ARCHIVE


def _is_spreadsheet(archive: zipfile.ZipFile) -> bool:
    with archive.open("mimetype") as part:
        return part.read(_MIMETYPE_BYTES).startswith(_SPREADSHEET)


def _look_into_compound(file: BinaryIO) -> Container:
    import olefile  # noqa: PLC0415 - few files are compound files

    file.seek(0)
    try:
        with olefile.OleFileIO(file) as compound:
            for stream, container in _STREAMS.items():
                if compound.exists(stream):
                    return container
    except (OSError, ValueError, IndexError, TypeError, AttributeError):
        # A damaged directory still holds the names of the streams.
        file.seek(0)
        content = file.read(_SEARCHED_BYTES)
        for stream, container in _STREAMS.items():
            if stream.encode("utf-16-le") in content:
                return container
    return Container.COMPOUND
