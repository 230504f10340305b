"""Reads rows from SpreadsheetML workbooks (Excel's XML format of 2003)."""

import math
from collections.abc import Iterator
from datetime import datetime
from gettext import gettext as _
from pathlib import Path

from lxml import etree

from gongkai.files.cell_guards import unguard_cell
from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MAX_ROW_BYTES
from gongkai.files.sheet_grid import MAX_COLUMNS, SheetGrid
from indexer.sources.row import SourceItem, UnreadableRow
from indexer.sources.spreadsheet import read_sheets
from indexer.sources.streams import OnBytes, open_text

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_TOO_LONG = _("The workbook is over 32 MiB; save it as .xlsx.")
_SS = f"{{{NAMESPACE}}}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_LARGEST_EXACT = 2**53


def read_xml_workbook(path: Path, on_bytes: OnBytes) -> Iterator[SourceItem]:
    """Yields the records of every visible sheet with a heading row; dates as datetime.

    Raises BrokenFileError for invalid XML.
    """
    source = str(path)
    with open_text(path, on_bytes, is_markup=True) as stream:
        data = stream.read(MAX_ROW_BYTES + 1)
    if len(data) > MAX_ROW_BYTES:
        yield UnreadableRow(source, 1, "too_long", _TOO_LONG)
        return
    workbook = _parse(data)
    yield from read_sheets(source, map(_read_sheet, workbook.iterfind(f"{_SS}Worksheet")))


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenFileError(
            "bad_xml", _("The workbook is not valid XML; save it as .xlsx.")
        ) from error


def _read_sheet(sheet: etree._Element) -> SheetGrid:
    shown = sheet.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible") or ""
    is_hidden = shown.strip() in ("SheetHidden", "SheetVeryHidden")
    grid = SheetGrid(is_hidden=is_hidden, name=sheet.get(f"{_SS}Name") or "")
    for table in sheet.iterfind(f"{_SS}Table"):
        _hide_columns(table, grid)
        for row in table.iterfind(f"{_SS}Row"):
            _read_row(row, grid)
    return grid


def _hide_columns(table: etree._Element, grid: SheetGrid) -> None:
    at = 0
    for column in table.iterfind(f"{_SS}Column"):
        at = max(_number(column, "Index", at + 1) - 1, at)
        span = min(_number(column, "Span", 0) + 1, MAX_COLUMNS)
        if column.get(f"{_SS}Hidden") == "1" or column.get(f"{_SS}Width") == "0":
            grid.hidden_columns.update(range(at, min(at + span, MAX_COLUMNS)))
        at += span


def _read_row(row: etree._Element, grid: SheetGrid) -> None:
    index = row.get(f"{_SS}Index")
    grid.begin_row(_number(row, "Index", 1) if index else None)
    for cell in row.iterfind(f"{_SS}Cell"):
        column = _number(cell, "Index", 0)
        across, down = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
        place = column - 1 if column else None
        grid.add_cell(_value_of(cell), across + 1, down + 1, place)
    grid.end_row(is_hidden=row.get(f"{_SS}Hidden") == "1" or row.get(f"{_SS}Height") == "0")


def _value_of(cell: etree._Element) -> object:
    data = cell.find(f"{_SS}Data")
    if data is None:
        return None
    text = "".join(map(str, data.itertext()))
    kind = data.get(f"{_SS}Type")
    if kind == "Number":
        return _read_number(text)
    if kind == "DateTime":
        return _read_time(text)
    if kind == "Boolean":
        return text.strip() == "1"
    return None if kind == "Error" else unguard_cell(text)


def _read_number(text: str) -> object:
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    is_whole = number.is_integer() and abs(number) < _LARGEST_EXACT
    return int(number) if is_whole else number


def _read_time(text: str) -> object:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return text


def _number(element: etree._Element, name: str, default: int) -> int:
    text = (element.get(f"{_SS}{name}") or "").strip()
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number else default
