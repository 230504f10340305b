"""The parts of a DOCX package: the main document, styles and notes, found by relationships.

XML is parsed as a stream: memory does not grow with the number of elements.
"""

import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import DOCX_RATIO_APPLIES_FROM
from gongkai.files.zip_limits import check_packing

MAX_DEPTH = 2_000
"""Nested elements; Word writes about 20 for each level of nested tables or text boxes."""
_CHUNK_BYTES = 64 * 1024
_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w:",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "urn:schemas-microsoft-com:vml": "v:",
}


class PartHandler(Protocol):
    """Receives the elements of one XML part; `is_full` stops the parser."""

    @property
    def is_full(self) -> bool: ...

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None: ...

    def end(self, tag: str, /) -> None: ...

    def data(self, text: str, /) -> None: ...


@dataclass(frozen=True, slots=True)
class DocxParts:
    """An open package and the names of the parts that hold text; None where a part is missing."""

    archive: zipfile.ZipFile
    document: str
    styles: str | None
    footnotes: str | None
    endnotes: str | None
    headers: Mapping[str, str]
    """Relationship id -> name of every header."""


def open_parts(file: BinaryIO) -> DocxParts:
    """Opens a DOCX package. Raises BrokenFileError if it is none or unpacks to too much."""
    check_packing(file, DOCX_RATIO_APPLIES_FROM)
    file.seek(0)
    archive = zipfile.ZipFile(file)
    document = _relationships(archive, "").get("officeDocument", "word/document.xml")
    if document not in archive.NameToInfo:
        raise BrokenFileError("bad_file", "The file is not a DOCX document.")
    related = _relationships(archive, document)
    folder = posixpath.dirname(document)

    def find(kind: str) -> str | None:
        name = related.get(kind, posixpath.join(folder, f"{kind}.xml"))
        return name if name in archive.NameToInfo else None

    by_id = list_relationships(archive, document)
    headers = {key: name for key, name in by_id.items() if "header" in posixpath.basename(name)}
    return DocxParts(
        archive, document, find("styles"), find("footnotes"), find("endnotes"), headers
    )


def parse_part(archive: zipfile.ZipFile, name: str, handler: PartHandler) -> None:
    """Sends the elements of a part to a handler; document type declarations are rejected."""
    from defusedxml.ElementTree import DefusedXMLParser  # noqa: PLC0415 - only workers read DOCX

    parser: Any = DefusedXMLParser(target=handler, forbid_dtd=True)
    with archive.open(name) as part:
        while not handler.is_full and (chunk := part.read(_CHUNK_BYTES)):
            parser.feed(chunk)
    if not handler.is_full:
        parser.close()


def short_name(tag: str) -> str:
    """Returns `w:t`, `m:t`, `mc:t` or `v:t` for `{namespace}t`; otherwise the local name."""
    namespace, _, local = tag.rpartition("}")
    return _PREFIXES.get(namespace[1:], "") + local


def attribute(attributes: Mapping[str, str], local: str) -> str | None:
    """Returns the value of an attribute by its local name, in any namespace."""
    for name, value in attributes.items():
        if name.rpartition("}")[2] == local:
            return value
    return None


def is_on(attributes: Mapping[str, str]) -> bool:
    """Whether an on/off property such as `w:vanish` is on; without a value it is."""
    return (attribute(attributes, "val") or "true").lower() not in ("0", "false", "off", "none")


class _Relationships:
    is_full = False

    def __init__(self, folder: str) -> None:
        self.found: dict[str, str] = {}
        self.by_id: dict[str, str] = {}
        self._folder = folder

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        if kind and attributes.get("TargetMode") != "External":
            target = posixpath.join("/", self._folder, attributes.get("Target", ""))
            name = posixpath.normpath(target).lstrip("/")
            self.found.setdefault(kind, name)
            self.by_id[attributes.get("Id", "")] = name

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


def list_relationships(archive: zipfile.ZipFile, part: str) -> Mapping[str, str]:
    """Returns id of relationship -> name of the part."""
    return _read_relationships(archive, part).by_id


def _relationships(archive: zipfile.ZipFile, part: str) -> Mapping[str, str]:
    """Returns kind of relationship -> name of the first part with it."""
    return _read_relationships(archive, part).found


def _read_relationships(archive: zipfile.ZipFile, part: str) -> _Relationships:
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    handler = _Relationships(folder)
    if listed in archive.NameToInfo:
        parse_part(archive, listed, handler)
    return handler
