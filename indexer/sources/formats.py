"""Chooses the reader for a source file by content and suffix."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from gongkai.files.containers import WORKBOOKS, Container, find_container
from gongkai.files.encodings import detect_encoding
from indexer.sources.delimited import (
    DELIMITERS,
    OTHER_DELIMITERS,
    name_delimiter,
    read_delimited,
    split_rows,
)
from indexer.sources.headers import known_keys
from indexer.sources.html_workbook import read_html_workbook
from indexer.sources.json_array import read_json
from indexer.sources.json_lines import read_json_lines
from indexer.sources.portal_page import name_layout, read_portal_page
from indexer.sources.row import SourceItem
from indexer.sources.signatures import explain_unread
from indexer.sources.spreadsheet import read_spreadsheet
from indexer.sources.streams import OnBytes, find_encoding, read_head
from indexer.sources.web_archive import is_archive, read_web_archive
from indexer.sources.xml_export import read_xml
from indexer.sources.xml_workbook import NAMESPACE, read_xml_workbook

Reader: TypeAlias = Callable[[Path, OnBytes], Iterator[SourceItem]]

READERS: Mapping[str, Reader] = {
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": read_json,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".xlsx": read_spreadsheet,
    ".xlsm": read_spreadsheet,
    ".xlsb": read_spreadsheet,
    ".xls": read_spreadsheet,
    ".et": read_spreadsheet,
    ".ods": read_spreadsheet,
    ".xml": read_xml,
    ".html": read_portal_page,
    ".htm": read_portal_page,
    ".shtml": read_portal_page,
    ".mht": read_web_archive,
    ".mhtml": read_web_archive,
}
_NAMES: Mapping[Reader, str] = {
    read_json_lines: "JSON Lines",
    read_json: "JSON",
    read_delimited: "CSV or TSV",
    read_html_workbook: "HTML table",
    read_xml_workbook: "XML workbook (SpreadsheetML 2003)",
    read_xml: "XML",
    read_portal_page: "HTML page",
    read_web_archive: "web archive (MHTML)",
}
FORMAT_WORDS = (*_NAMES.values(), "workbook", "delimiter", "layout", "with BOM")
"""The words that `name_format` uses."""
_MARKUP = frozenset(
    (read_web_archive, read_html_workbook, read_xml_workbook, read_xml, read_portal_page)
)
_PACKED = ".gz"
_ARCHIVE_HEAD = 100
_HEAD_BYTES = 64 * 1024
_PAGES = frozenset((".html", ".htm", ".shtml", ".mht", ".mhtml"))
_TABLES = frozenset(
    name for name, reader in READERS.items() if reader in (read_spreadsheet, read_delimited)
)
"""Suffixes under which systems save an HTML table."""
_HTML = ("<html", "<!doctype html", "<body", "<meta", "<table")
_JSON = re.compile(r"\[\s*[\[\]{]|\{\s*[\"}]")
_SCRIPT = re.compile(r"(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.]{0,99}\s*[(=]\s*[\[{]")
_NAMES_OF_FIELDS = re.compile(r'"([^"\n]{1,40})"\s*:')
_ENOUGH_HEADINGS = 2
_FIRST_LINES = 20


def choose_reader(path: Path) -> Reader | None:
    """Returns the reader for a file, or None if there is none. Raises OSError.

    Clear content decides: an HTML table may be saved as `.xls`, a workbook as `.csv`. The suffix
    decides between text formats.
    """
    container = _find_container(path)
    if container in WORKBOOKS:
        return read_spreadsheet
    if container is not Container.TEXT:
        # The reader reports the fault of the file.
        return read_spreadsheet if _suffix(path) == ".xlsx" else None
    return _choose_by_text(_suffix(path), _decode(read_head(path, _HEAD_BYTES)))


def name_unread(path: Path) -> str:
    """Returns a sentence on why no reader accepts a file. Raises OSError."""
    return explain_unread(path, _find_container(path))


def _find_container(path: Path) -> Container:
    with path.open("rb") as file:
        return find_container(file)


def name_format(path: Path) -> tuple[str, str]:
    """Returns the format and the encoding in which a file is read, or "". Raises OSError."""
    reader = choose_reader(path)
    if reader is None:
        return "", ""
    if reader is read_spreadsheet:
        return f"{_find_container(path).name} workbook", ""
    name = _NAMES.get(reader, _suffix(path))
    encoding = find_encoding(path, is_markup=reader in _MARKUP)
    has_mark = encoding.mark and encoding.name == "utf-8"
    if reader is read_portal_page and (layout := name_layout(path)):
        name = f"{name} (layout {layout})"
    if reader is read_delimited:
        name = f"{name} (delimiter {name_delimiter(path)})"
    return name, f"{encoding.name.upper()}{' with BOM' if has_mark else ''}"


def _suffix(path: Path) -> str:
    """Returns the suffix that names the format, without a final `.gz`."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == _PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _decode(head: bytes) -> str:
    encoding = detect_encoding(head)
    return head[encoding.mark :].decode(encoding.name, "replace").lstrip()


def _choose_by_text(suffix: str, text: str) -> Reader | None:
    named = READERS.get(suffix)
    if text.startswith("<"):
        return _choose_markup(suffix, text)
    if is_archive(text[:_ARCHIVE_HEAD].encode()) and "multipart/related" in text:
        return read_html_workbook if suffix in _TABLES else read_web_archive
    if named is read_json_lines and (text.startswith("[") or text.split("\n", 1)[0].strip() == "{"):
        return read_json
    if named and named is not read_spreadsheet:
        return named
    if _JSON.match(text) or (_SCRIPT.match(text) and _has_names(text)):
        return read_json
    return read_delimited if _has_headings(text) else named


def _choose_markup(suffix: str, text: str) -> Reader | None:
    start = text.lower()
    is_html = any(tag in start for tag in (*_HTML, "<tr"))
    if NAMESPACE in start and "<html" not in start:
        return read_xml_workbook
    if is_html and suffix in _TABLES:
        return read_html_workbook
    if suffix in _PAGES or suffix == ".xml":
        return READERS[suffix]
    if "<svg" in start:
        return None
    return read_portal_page if is_html else read_xml


def _has_headings(text: str) -> bool:
    lines = text.splitlines()[:_FIRST_LINES]
    return any(
        len(known_keys(cells)) >= (_ENOUGH_HEADINGS + (sign in OTHER_DELIMITERS))
        for sign in DELIMITERS + OTHER_DELIMITERS
        for cells in split_rows(lines, sign)
    )


def _has_names(text: str) -> bool:
    """Returns whether a script holds data with known names of fields, not only code."""
    return len(known_keys(_NAMES_OF_FIELDS.findall(text))) >= _ENOUGH_HEADINGS
