"""Reads rows from XLSX workbooks."""

import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from gongkai.catalog.headings import is_blank
from gongkai.files.errors import BrokenFileError
from gongkai.files.zip_limits import check_packing
from indexer.sources.row import SkippedPart, SourceItem, UnreadableRow
from indexer.sources.signatures import Container, find_container
from indexer.sources.streams import CountingFile, OnBytes
from indexer.sources.table_rows import Table

_NO_HEADER = "No heading row with known headings was found in the first rows of any sheet."
_HIDDEN = "Rows of hidden sheets are not read; show the sheet or delete it."
_EXTRA = "Rows of sheets without known headings are not read."
_STRICT = b"http://purl.oclc.org/ooxml/"
_HEAD_BYTES = 64 * 1024


def read_spreadsheet(path: Path, on_bytes: OnBytes) -> Iterator[SourceItem]:
    """Yields the rows of every sheet with a heading row; dates as datetime, formulas as values.

    Hidden rows, columns and sheets are counted but not read: they are not meant to be published.
    Raises BrokenFileError for an invalid workbook.
    """
    _refuse_encrypted(path)
    with io.BufferedReader(CountingFile(path, on_bytes)) as file:
        check_packing(file)
        rows = _read_sheets(file, str(path))
        while True:
            # The parser raises errors of any class for hostile XML and odd values. Its warnings
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
                    raise BrokenFileError("bad_file", "The workbook is damaged.") from error
            yield row


def _refuse_encrypted(path: Path) -> None:
    with path.open("rb") as file:
        container = find_container(path, file.read(_HEAD_BYTES))
    if container is Container.ENCRYPTED:
        raise BrokenFileError("encrypted", "The workbook has a password; save it without one.")
    if container is Container.COMPOUND:
        detail = "This is an old binary workbook; save it as .xlsx."
        raise BrokenFileError("old_workbook", detail)


def _read_sheets(file: BinaryIO, source: str) -> Iterator[SourceItem]:
    import openpyxl  # noqa: PLC0415 - saves other formats a quarter second of start

    _refuse_strict(file)
    workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    has_header, left = False, []
    for sheet in workbook.worksheets:
        items = _open_table(sheet, workbook, source)
        has_header = has_header or items is not None
        if items is None or sheet.sheet_state != "visible":
            reason = "extra_sheet" if sheet.sheet_state == "visible" else "hidden_sheet"
            left.append((reason, _count_rows(sheet, workbook)))
            continue
        yield from items
    workbook.close()
    for reason, count in left:
        if count and (has_header or reason == "hidden_sheet"):
            detail = _HIDDEN if reason == "hidden_sheet" else _EXTRA
            yield SkippedPart(source, 1, reason, count, detail)
    if not has_header:
        yield UnreadableRow(source, 1, "no_header", _NO_HEADER)


def _refuse_strict(file: BinaryIO) -> None:
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(file) as archive:
        if "xl/workbook.xml" in archive.namelist():
            with archive.open("xl/workbook.xml") as part:
                if _STRICT in part.read(_HEAD_BYTES):
                    detail = "The workbook is Strict Open XML; save it as Excel Workbook (.xlsx)."
                    raise BrokenFileError("strict_workbook", detail)
    file.seek(0)


def _parser(sheet: Any, workbook: Any, stream: Any) -> Any:
    from indexer.sources.workbook_sheet import SheetParser  # noqa: PLC0415 - it needs openpyxl

    return SheetParser(
        stream,
        sheet._shared_strings,
        data_only=True,
        epoch=workbook.epoch,
        date_formats=workbook._date_formats,
        timedelta_formats=workbook._timedelta_formats,
    )


def _open_table(sheet: Any, workbook: Any, source: str) -> Iterator[SourceItem] | None:
    from indexer.sources.workbook_sheet import number_rows, read_merges  # noqa: PLC0415

    with sheet._get_source() as stream:
        merges = read_merges(stream)
    parser = _parser(sheet, workbook, sheet._get_source())
    table = Table(source, merges, hidden_columns=parser.hidden_columns, sheet=sheet.title)
    return table.read(number_rows(parser))


def _count_rows(sheet: Any, workbook: Any) -> int:
    from indexer.sources.workbook_sheet import number_rows  # noqa: PLC0415

    with sheet._get_source() as stream:
        rows = number_rows(_parser(sheet, workbook, stream))
        return sum(not all(map(is_blank, row.cells)) for row in rows)
