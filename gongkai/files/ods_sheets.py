"""Reads the sheets of OpenDocument spreadsheets: values, merged areas and hidden parts.

Source: OASIS OpenDocument 1.3, part 3, chapter 9 (table) and 19.385 (office:value-type).
"""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from gettext import gettext as _
from typing import BinaryIO

from lxml import etree

from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MAX_SPREADSHEET_ROWS
from gongkai.files.sheet_grid import MAX_COLUMNS, SheetGrid

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_NUMBERS = frozenset(("float", "percentage", "currency"))
_LARGEST_EXACT = 2**53
_MOST_REPEATED = 10_000
"""Equal rows in succession that are records; a repeated format reaches down to the last row."""


def open_ods(file: BinaryIO) -> Iterator[SheetGrid]:
    """Yields the sheets. Raises BrokenFileError for encrypted or damaged files."""
    with zipfile.ZipFile(file) as archive:
        manifest = "META-INF/manifest.xml"
        if manifest in archive.namelist() and b"encryption-data" in archive.read(manifest):
            detail = _("The workbook has a password; save it without one.")
            raise BrokenFileError("encrypted", detail)
        with archive.open("content.xml") as content:
            yield from _read_tables(content)  # type: ignore[arg-type]


def _read_tables(content: BinaryIO) -> Iterator[SheetGrid]:
    hidden_styles: set[str | None] = set()
    context = etree.iterparse(
        content,
        events=("start", "end"),
        tag=(f"{_STYLE}style", f"{_TABLE}table", f"{_TABLE}table-row", f"{_TABLE}table-column"),
        resolve_entities=False,
        no_network=True,
        huge_tree=True,
    )
    grid: SheetGrid | None = None
    for event, element in context:
        if element.tag == f"{_TABLE}table":
            if event == "end" and grid is not None:
                yield grid
                grid = None
            elif event == "start" and grid is None and _is_in_spreadsheet(element):
                is_hidden = element.get(f"{_TABLE}style-name") in hidden_styles
                grid = SheetGrid(is_hidden=is_hidden, name=element.get(f"{_TABLE}name") or "")
        elif event == "end" and element.tag == f"{_STYLE}style":
            properties = element.find(f"{_STYLE}table-properties")
            if properties is not None and properties.get(f"{_TABLE}display") == "false":
                hidden_styles.add(element.get(f"{_STYLE}name"))
        elif event == "end" and grid is not None:
            (_read_column if element.tag == f"{_TABLE}table-column" else _read_row)(element, grid)
            element.clear()


def _is_in_spreadsheet(table: etree._Element) -> bool:
    """Whether a table is a sheet, not a deleted one in the tracked changes."""
    above = table.getparent()
    return above is not None and above.tag == f"{_OFFICE}spreadsheet"


def _read_column(column: etree._Element, grid: SheetGrid) -> None:
    first, count = grid.column_count, _count(column, "number-columns-repeated", MAX_COLUMNS)
    grid.column_count = min(first + count, MAX_COLUMNS)
    if column.get(f"{_TABLE}visibility") in ("collapse", "filter"):
        grid.hidden_columns.update(range(first, grid.column_count))


def _read_row(row: etree._Element, grid: SheetGrid) -> None:
    count = _count(row, "number-rows-repeated", MAX_SPREADSHEET_ROWS)
    is_hidden = row.get(f"{_TABLE}visibility") in ("collapse", "filter")
    grid.begin_row()
    faults, column, is_filled = set(), 0, False
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        repeated = _count(cell, "number-columns-repeated", MAX_COLUMNS)
        value = None if cell.tag.endswith("covered-table-cell") else _value_of(cell)
        if value is not None or cell.get(f"{_TABLE}formula"):
            is_filled = True
            across = _count(cell, "number-columns-spanned", MAX_COLUMNS)
            down = _count(cell, "number-rows-spanned", MAX_SPREADSHEET_ROWS)
            for place in range(column, min(column + repeated, MAX_COLUMNS)):
                grid.add_cell(value, across, down, place)
                if _is_fault(cell):
                    faults.add(place)
        column += repeated
    for _row in range(min(count, _MOST_REPEATED if is_filled else 1) - 1):
        grid.end_row(is_hidden=is_hidden, faults=frozenset(faults))
        grid.repeat_row()
    grid.end_row(is_hidden=is_hidden, faults=frozenset(faults))
    if not is_filled:
        grid.skip_rows(count - 1)


def _is_fault(cell: etree._Element) -> bool:
    """Whether a cell holds an error, or a formula without a value."""
    if cell.get(f"{_CALC}value-type") == "error":
        return True
    return bool(cell.get(f"{_TABLE}formula")) and not cell.get(f"{_OFFICE}value-type")


def _value_of(cell: etree._Element) -> object:
    kind = cell.get(f"{_OFFICE}value-type")
    text = "\n".join(map(_text_of, cell.iterchildren(f"{_TEXT}p"))).strip()
    if kind in _NUMBERS:
        return _read_number(cell.get(f"{_OFFICE}value") or text)
    if kind == "date":
        return _read_date(cell.get(f"{_OFFICE}date-value") or text)
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    return text or None


def _text_of(paragraph: etree._Element) -> str:
    """Returns the text of a paragraph, with its spaces, tabs and breaks, without comments."""
    pieces = [paragraph.text or ""]
    for child in paragraph:
        if child.tag == f"{_TEXT}s":
            pieces.append(" " * min(_number(child.get(f"{_TEXT}c")), 100))
        elif child.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            pieces.append("\t" if child.tag == f"{_TEXT}tab" else "\n")
        elif isinstance(child.tag, str) and not child.tag.startswith(_OFFICE):
            pieces.append(_text_of(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _read_number(text: str) -> object:
    try:
        number = float(text)
    except ValueError:
        return text or None
    is_whole = number.is_integer() and abs(number) < _LARGEST_EXACT
    return int(number) if is_whole else number


def _read_date(text: str) -> object:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return text or None


def _count(element: etree._Element, name: str, most: int) -> int:
    return min(_number(element.get(f"{_TABLE}{name}")), most)


def _number(text: str | None) -> int:
    digits = (text or "").strip()
    return max(int(digits), 1) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 1
