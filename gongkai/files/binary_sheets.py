"""Reads the sheets of XLS and XLSB workbooks.

calamine reads the values. It does not tell hidden rows and columns or cells with errors, so the
records of each sheet are scanned for those.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from gettext import gettext as _
from typing import Any, BinaryIO

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from gongkai.files.biff_scan import scan_xls, scan_xlsb
from gongkai.files.errors import BrokenFileError
from gongkai.files.sheet_grid import Merge, MergedAreas, RowLimits, SheetMarks, TableRow
from gongkai.files.xlsx_sheets import unescape

_LARGEST_EXACT = 2**53


def open_xls(file: BinaryIO) -> "Iterator[BinarySheet]":
    """Yields the sheets of a binary workbook of Excel 5 to 2003."""
    yield from _open_sheets(file, scan_xls(file))


def open_xlsb(file: BinaryIO) -> "Iterator[BinarySheet]":
    """Yields the sheets of a binary workbook of Excel 2007 and later."""
    yield from _open_sheets(file, scan_xlsb(file))


def _open_sheets(file: BinaryIO, marks: Sequence[SheetMarks]) -> "Iterator[BinarySheet]":
    file.seek(0)
    with _translate_errors():
        workbook = CalamineWorkbook.from_filelike(file)
    for place, sheet in enumerate(workbook.sheets_metadata):
        if place >= len(marks):
            raise BrokenFileError(
                "bad_file", _("The workbook names a sheet that it does not hold.")
            )
        if sheet.typ is not SheetTypeEnum.WorkSheet:
            continue
        is_hidden = sheet.visible is not SheetVisibleEnum.Visible
        yield BinarySheet(sheet.name, is_hidden, workbook, place, marks[place])


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Raises BrokenFileError for errors of calamine, also for a panic of Rust."""
    try:
        yield
    except PasswordError as error:
        detail = _("The workbook has a password; save it without one.")
        raise BrokenFileError("encrypted", detail) from error
    except CalamineError as error:
        raise BrokenFileError("bad_file", _("The workbook is damaged.")) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise BrokenFileError("bad_file", _("The workbook is damaged.")) from error
        raise


@dataclass(slots=True)
class BinarySheet:
    """A sheet whose values calamine holds in memory while its rows are read."""

    name: str
    is_hidden: bool
    workbook: CalamineWorkbook
    place: int
    marks: SheetMarks
    merges: MergedAreas = field(default_factory=MergedAreas)

    @property
    def hidden_columns(self) -> set[int]:
        return self.marks.hidden_columns

    def read_rows(self) -> Iterator[TableRow]:
        with _translate_errors():
            sheet = self.workbook.get_sheet_by_index(self.place)
        self.merges.by_top.clear()
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or self.marks.merges:
            self.merges.add(Merge(top + 1, left, bottom + 1, right))
        limits, (first, left) = RowLimits(), sheet.start or (0, 0)
        for number, cells in enumerate(sheet.iter_rows(), first + 1):
            limits.check(number, left + len(cells))
            values = [None] * left + [self._value_of(cell) for cell in cells]
            faults = frozenset(self.marks.faults.get(number - 1, ()))
            is_hidden = number - 1 in self.marks.hidden_rows
            yield TableRow(number, values, is_hidden, faults)

    def _value_of(self, cell: Any) -> Any:
        if cell == "":
            return None
        if isinstance(cell, str):
            return unescape(cell) if "_x" in cell else cell
        if isinstance(cell, datetime) or not isinstance(cell, date | time | timedelta | float):
            value = cell
        elif isinstance(cell, date):
            value = datetime.combine(cell, time())
        elif isinstance(cell, float):
            value = int(cell) if cell.is_integer() and abs(cell) < _LARGEST_EXACT else cell
        else:
            value = str(cell)
        # A day count from 1904 must not be read as one from 1900.
        is_count = isinstance(value, int | float) and not isinstance(value, bool)
        return str(value) if is_count and self.marks.is_1904 else value
