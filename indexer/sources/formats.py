"""The one table of source formats: a path in, its reader out. Called by `indexer.reading`."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from files.encodings import detect_encoding
from indexer.sources.delimited import read_delimited
from indexer.sources.headers import is_header
from indexer.sources.json_array import read_json
from indexer.sources.json_lines import read_json_lines
from indexer.sources.portal_page import read_portal_page
from indexer.sources.row import Row
from indexer.sources.spreadsheet import read_spreadsheet
from indexer.sources.streams import OnBytes, read_head
from indexer.sources.xml_export import read_xml

Reader: TypeAlias = Callable[[Path, OnBytes], Iterator[Row]]

READERS: Mapping[str, Reader] = {
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": read_json,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".xlsx": read_spreadsheet,
    ".xml": read_xml,
    ".html": read_portal_page,
    ".htm": read_portal_page,
}
_PACKED = ".gz"
_HEAD_BYTES = 64 * 1024


def find_reader(path: Path) -> Reader | None:
    """The reader for a file's suffix (`.gz` may follow it), or None where the suffix is unknown."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == _PACKED:
        suffixes.pop()
    return READERS.get(suffixes[-1]) if suffixes else None


def sniff_reader(path: Path) -> Reader | None:
    """The reader for a file's first bytes, or None where they are of no known format.

    Raises OSError.
    """
    head = read_head(path, _HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        return read_spreadsheet
    encoding = detect_encoding(head)
    text = head[encoding.mark :].decode(encoding.name, "replace").lstrip()
    if text.startswith(("{", "[")):
        return read_json
    if text.startswith("<"):
        is_page = any(tag in text.lower() for tag in ("<html", "<!doctype html", "<body", "<meta"))
        return read_portal_page if is_page else read_xml
    return read_delimited if _has_headings(text) else None


def _has_headings(text: str) -> bool:
    lines = text.splitlines()[:20]
    return any(is_header(line.split(sign)) for line in lines for sign in ",\t;|")
