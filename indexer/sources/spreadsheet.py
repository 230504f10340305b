"""Reads rows from workbooks: XLSX, XLSB, XLS and ODS."""

import io
import warnings
from collections.abc import Iterable, Iterator
from gettext import gettext as _
from itertools import islice
from pathlib import Path

from gongkai.catalog.headings import is_blank
from gongkai.files.containers import find_container
from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import HEADER_WITHIN_ROWS, MIB
from gongkai.files.sheet_grid import Sheet
from gongkai.files.workbooks import open_workbook
from indexer.sources.headers import known_keys
from indexer.sources.record_likeness import Likeness, measure_likeness
from indexer.sources.reject_sheet import is_reject_sheet
from indexer.sources.row import SkippedPart, SourceItem, UnreadableRow
from indexer.sources.streams import CountingFile, OnBytes
from indexer.sources.table_layout import find_layout
from indexer.sources.table_rows import Table

_NO_HEADER = _("No heading row with known headings was found in the first rows of any sheet.")
_HIDDEN = _("Rows of hidden sheets are not read; show the sheet or delete it.")
_LARGEST_ATTACHMENT = 8 * MIB
_EXTRA = _("Rows of sheets without known headings are not read.")


def read_spreadsheet(path: Path, on_bytes: OnBytes) -> Iterator[SourceItem]:
    """Yields the rows of every sheet with a heading row; dates as datetime, formulas as values.

    Hidden rows, columns and sheets are counted but not read: they are not meant to be published.
    Raises BrokenFileError for an invalid workbook.
    """
    with io.BufferedReader(CountingFile(path, on_bytes)) as file:
        rows = read_sheets(str(path), open_workbook(file, find_container(file)))
        while True:
            # The parsers raise errors of any class for hostile content. The warnings of openpyxl
            # about styles do not matter here.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    row = next(rows)
                except StopIteration:
                    return
                except BrokenFileError:
                    raise
                except Exception as error:
                    raise BrokenFileError("bad_file", _("The workbook is damaged.")) from error
            yield row


def is_only_attachment(path: Path) -> bool:
    """Returns whether a workbook is a list of something else: no sheet has headings of records.

    A large workbook or a damaged one counts as a source, whose reader reports the fault.
    """
    if path.stat().st_size > _LARGEST_ATTACHMENT:
        return False
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sheets = open_workbook(file, find_container(file))
            return not any(map(_holds_records, sheets))
    except Exception:  # parsers raise errors of any class for hostile content
        return False


def _holds_records(sheet: Sheet) -> bool:
    layout = find_layout(list(islice(sheet.read_rows(), HEADER_WITHIN_ROWS)), sheet.merges)
    if layout is None:
        return False
    is_record = measure_likeness(known_keys(layout.labels)) is Likeness.RECORD
    return is_record or is_reject_sheet(layout.labels)


def read_sheets(source: str, sheets: Iterable[Sheet]) -> Iterator[SourceItem]:
    """Yields the records of every sheet with a heading row, and the row counts of the others."""
    has_header, left = False, []
    for sheet in sheets:
        table = Table(source, sheet.merges, hidden_columns=sheet.hidden_columns, sheet=sheet.name)
        items = table.read(sheet.read_rows())
        has_header = has_header or items is not None
        if items is None or sheet.is_hidden:
            left.append(("hidden_sheet" if sheet.is_hidden else "extra_sheet", _count_rows(sheet)))
        else:
            yield from items
    for reason, count in left:
        if count and (has_header or reason == "hidden_sheet"):
            detail = _HIDDEN if reason == "hidden_sheet" else _EXTRA
            yield SkippedPart(source, 1, reason, count, detail)
    if not has_header:
        yield UnreadableRow(source, 1, "no_header", _NO_HEADER)


def _count_rows(sheet: Sheet) -> int:
    return sum(not all(map(is_blank, row.cells)) for row in sheet.read_rows())
