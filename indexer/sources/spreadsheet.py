"""An XLSX workbook in, a row per row below the headings out. Registered in `formats`."""

import io
import warnings
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from catalog.headings import is_blank
from files.errors import BrokenFileError
from files.limits import (
    HEADER_WITHIN_ROWS,
    MAX_SPREADSHEET_ROWS,
    MAX_WIDE_ROWS,
    WIDE_ROW_CELLS,
)
from files.packing import check_packing
from indexer.sources.headers import is_header, name_columns, pair_cells
from indexer.sources.row import Row, UnreadableRow
from indexer.sources.streams import CountingFile, OnBytes

_NO_HEADER = "No row of headings that the catalog knows was found in the first rows of any sheet."
_HIDDEN = "A hidden sheet holds records; show it or delete it."


def read_spreadsheet(path: Path, on_bytes: OnBytes) -> Iterator[Row]:
    """The rows of every sheet that has a heading row; dates as datetime, formulas as their values.

    A hidden sheet is told of, not read: nobody can mean to publish what nobody sees. Raises
    BrokenFileError for what is no sound workbook.
    """
    with io.BufferedReader(CountingFile(path, on_bytes)) as file:
        check_packing(file)
        rows = _read_sheets(file, str(path))
        while True:
            # The parser meets hostile XML and odd values with errors of any class and warns of
            # styles, which are no matter here.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    row = next(rows)
                except StopIteration:
                    return
                except BrokenFileError:
                    raise
                except Exception as error:
                    raise BrokenFileError("bad_file", "The workbook is damaged.") from error
            yield row


def _read_sheets(file: BinaryIO, source: str) -> Iterator[Row]:
    import openpyxl  # noqa: PLC0415 - a quarter second of start that other formats need not pay

    workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    has_header = False
    for sheet in workbook.worksheets:
        numbered = _number_rows(sheet)
        headings = _find_headings(numbered)
        if headings is None:
            continue
        has_header = True
        if sheet.sheet_state == "visible":
            yield from _read_rows(source, headings, numbered)
        else:
            yield UnreadableRow(source, 1, "hidden_sheet", _HIDDEN)
    workbook.close()
    if not has_header:
        yield UnreadableRow(source, 1, "no_header", _NO_HEADER)


def _number_rows(sheet: Any) -> Iterator[tuple[int, Sequence[object]]]:
    sheet.reset_dimensions()  # other programs write "A1" there, and openpyxl would believe it
    wide = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        wide += len(cells) > WIDE_ROW_CELLS
        if wide > MAX_WIDE_ROWS:
            raise BrokenFileError("bad_file", "Too many rows of the sheet are too wide.")
        if number > MAX_SPREADSHEET_ROWS:
            raise BrokenFileError("bad_file", "The sheet has more rows than a sheet can have.")
        yield number, cells


def _find_headings(numbered: Iterator[tuple[int, Sequence[object]]]) -> tuple[str, ...] | None:
    for _, cells in islice(numbered, HEADER_WITHIN_ROWS):
        if is_header(cells):
            return name_columns(cells)
    return None


def _read_rows(
    source: str, headings: Sequence[str], numbered: Iterator[tuple[int, Sequence[object]]]
) -> Iterator[Row]:
    for number, cells in numbered:
        if not all(map(is_blank, cells)):
            yield pair_cells(source, number, headings, cells, padding=None)
