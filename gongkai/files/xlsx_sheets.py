"""Reads the sheets of XLSX workbooks: rows, merged areas and hidden parts.

openpyxl tells what calamine does not: hidden rows and columns, and formulas without a value.
"""

import re
import zipfile
from collections.abc import Iterator
from gettext import gettext as _
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MIB
from gongkai.files.sheet_grid import MAX_COLUMNS, Merge, MergedAreas, RowLimits, TableRow

_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?\bref\s*=\s*["']([A-Z0-9:$]{1,40})["']""")
_FORMULA = f"{{{SHEET_MAIN_NS}}}f"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_TEXT = re.compile("[\ud800-\udfff]")
_NO_VALUE = "e"
_STRICT = b"http://purl.oclc.org/ooxml/"
_HEAD_BYTES = 64 * 1024


def open_xlsx(file: BinaryIO) -> "Iterator[XlsxSheet]":
    """Yields the sheets. Raises BrokenFileError, or an error of the parser for damaged files."""
    _refuse_strict(file)
    workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    for sheet in workbook.worksheets:
        yield XlsxSheet(sheet, workbook)
    workbook.close()


def _refuse_strict(file: BinaryIO) -> None:
    with zipfile.ZipFile(file) as archive:
        if "xl/workbook.xml" in archive.namelist():
            with archive.open("xl/workbook.xml") as part:
                if _STRICT in part.read(_HEAD_BYTES):
                    detail = _(
                        "The workbook is Strict Open XML; save it as Excel Workbook (.xlsx)."
                    )
                    raise BrokenFileError("strict_workbook", detail)
    file.seek(0)


class XlsxSheet:
    """A sheet that is read row by row."""

    def __init__(self, sheet: Any, workbook: Any) -> None:
        self.name: str = sheet.title
        self.is_hidden: bool = sheet.sheet_state != "visible"
        self.hidden_columns: set[int] = set()
        self._sheet = sheet
        self._workbook = workbook
        with sheet._get_source() as stream:
            self.merges = _read_merges(stream)

    def read_rows(self) -> Iterator[TableRow]:
        with self._sheet._get_source() as stream:
            parser = SheetParser(
                stream,
                self._sheet._shared_strings,
                data_only=True,
                epoch=self._workbook.epoch,
                date_formats=self._workbook._date_formats,
                timedelta_formats=self._workbook._timedelta_formats,
            )
            parser.hidden_columns = self.hidden_columns
            yield from _number_rows(parser)


class SheetParser(WorkSheetParser):
    """Parses the rows of a sheet, with hidden rows and columns and formulas without a value."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.hidden_columns: set[int] = set()

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        number, cells = super().parse_row(row)
        self.row_dimensions.clear()
        self.is_hidden = _is_set(row.get("hidden")) or _is_zero(row.get("ht"))
        return number, cells

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(_FORMULA) is not None:
            cell["data_type"] = _NO_VALUE if element.get("t") != "str" else "s"
        elif isinstance(cell["value"], str) and "_x" in cell["value"]:
            cell["value"] = unescape(cell["value"])
        elif isinstance(cell["value"], int | float) and self.epoch == CALENDAR_MAC_1904:
            # A day count from 1904 must not be read as one from 1900.
            cell["value"] = str(cell["value"])
        return cell

    def parse_column_dimensions(self, col: Any) -> None:
        if _is_set(col.get("hidden")) or _is_zero(col.get("width")):
            first, last = int(col.get("min")), min(int(col.get("max")), MAX_COLUMNS)
            self.hidden_columns.update(range(first - 1, last))


def unescape(text: str) -> str:
    """Returns the text with escapes such as `_x000D_` decoded: characters XML cannot contain."""
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return _NOT_TEXT.sub("\ufffd", decoded)


def _read_merges(stream: Any) -> MergedAreas:
    """Returns all merged areas. They follow the rows in the file, so they need their own pass."""
    areas, kept = MergedAreas(), b""
    while chunk := stream.read(MIB):
        window = kept + chunk
        end = 0
        for match in _MERGE.finditer(window):
            left, top, right, bottom = range_boundaries(match[1].decode())
            areas.add(Merge(top or 1, (left or 1) - 1, bottom or 0, (right or 1) - 1))
            end = match.end()
        kept = window[max(end, len(window) - 200) :]
    return areas


def _number_rows(parser: SheetParser) -> Iterator[TableRow]:
    """Yields every row of the sheet. Raises BrokenFileError above the limits of a sheet."""
    limits = RowLimits()
    for number, cells in parser.parse():
        width = max((cell["column"] for cell in cells), default=0)
        limits.check(number, width)
        values: list[object] = [None] * width
        for cell in cells:
            values[cell["column"] - 1] = cell["value"]
        faults = frozenset(c["column"] - 1 for c in cells if c["data_type"] == _NO_VALUE)
        yield TableRow(number, values, parser.is_hidden, faults)


def _is_set(flag: str | None) -> bool:
    return flag in ("1", "true")


def _is_zero(size: str | None) -> bool:
    try:
        return size is not None and float(size) == 0
    except ValueError:
        return False
