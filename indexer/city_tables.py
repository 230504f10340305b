"""Tables of a city as CSV and as one workbook for editing, both ways."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from analyzers.table_files import COMMENT
from gongkai.files.cell_guards import guard_cell
from gongkai.files.durable import make_folder, open_whole, replace_file
from gongkai.files.spreadsheets import BYTE_ORDER_MARK
from indexer.table_templates import Cells, TableTemplate, list_city_templates, list_templates

WORKBOOK = "填表.xlsx"
_WIDTH = 24


def list_files(folder: Path, tables: Sequence[TableTemplate]) -> list[Path]:
    """Returns the paths that `write_tables` writes; the last one is the workbook."""
    is_city = tuple(tables) == list_city_templates()
    workbook = WORKBOOK if is_city else f"填表-{'-'.join(table.name for table in tables)}.xlsx"
    return [folder / name for name in (*(table.file for table in tables), workbook)]


def write_tables(folder: Path, tables: Sequence[TableTemplate]) -> list[Path]:
    """Writes each table as CSV, and all as one workbook. Returns the paths."""
    make_folder(folder)
    *files, workbook = list_files(folder, tables)
    for path, table in zip(files, tables, strict=True):
        replace_file(path, _write_csv(table).encode())
    _write_workbook(workbook, tables)
    return [*files, workbook]


def read_workbook(path: Path) -> dict[str, str]:
    """Returns the CSV text of each sheet that is named like a table.

    Raises OSError or zipfile.BadZipFile for a file that is no workbook.
    """
    # Loading openpyxl takes a quarter second, which other commands do not need.
    from openpyxl import load_workbook  # noqa: PLC0415

    names = {table.name for table in list_templates()}
    workbook = load_workbook(path, read_only=True, data_only=True)
    try:
        return {
            sheet.title: _spell_csv(
                [_spell(value) for value in row] for row in sheet.iter_rows(values_only=True)
            )
            for sheet in workbook.worksheets
            if sheet.title in names
        }
    finally:
        workbook.close()


def _lay_out(table: TableTemplate) -> Iterator[Cells]:
    """Yields comments, header, rows and examples; an example is a comment too."""
    yield (f"{COMMENT}{table.purpose}",)
    for column, meaning in table.columns.items():
        yield (f"{COMMENT}{column}：{meaning}",)
    for example in table.examples:
        yield (f"{COMMENT}例：{'，'.join(each or '（空）' for each in example)}",)
    yield tuple(table.columns)
    yield from table.rows


def _write_csv(table: TableTemplate) -> str:
    return BYTE_ORDER_MARK + _spell_csv(map(list, _lay_out(table)))


def _spell_csv(rows: Iterator[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def _spell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _write_workbook(path: Path, tables: Sequence[TableTemplate]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for table in tables:
        sheet = workbook.create_sheet(table.name)
        header = 0
        for number, row in enumerate(_lay_out(table), 1):
            header = number if tuple(row) == tuple(table.columns) else header
            for column, text in enumerate(row, 1):
                cell = sheet.cell(number, column, guard_cell(text))
                # As text, so that a code such as 000014349 keeps its zeros.
                cell.number_format = "@"
                if text.startswith(COMMENT):
                    cell.font = Font(italic=True, color="00666666")
        for cell in sheet[header]:
            cell.font = Font(bold=True)
        for column in range(1, len(table.columns) + 1):
            sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
        sheet.freeze_panes = sheet.cell(header + 1, 1)
    with open_whole(path) as file:
        workbook.save(file)
