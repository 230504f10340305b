"""Extracts the text of workbooks: visible sheets, a line for each row, tabs between cells."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.containers import Container
from gongkai.files.sheet_grid import Sheet
from gongkai.files.workbooks import open_workbook


def read_workbook(
    file: BinaryIO, container: Container, characters: int
) -> tuple[str, AttachmentText]:
    """Returns the rows of the visible sheets without hidden rows and columns.

    Raises BrokenFileError or an error of a parser for a damaged file.
    """
    parts: list[str] = []
    length = 0
    for sheet in open_workbook(file, container):
        if sheet.is_hidden:
            continue
        lines = []
        for line in _read_lines(sheet):
            lines.append(line)
            length += len(line)
            if length > characters:
                break
        if lines:
            parts += [sheet.name, *lines]
        if length > characters:
            break
    return "\n".join(parts), AttachmentText.READ


def _read_lines(sheet: Sheet) -> Iterator[str]:
    for row in sheet.read_rows():
        if row.is_hidden:
            continue
        cells = [_spell(cell) for c, cell in enumerate(row.cells) if c not in sheet.hidden_columns]
        line = "\t".join(cells).rstrip()
        if line.strip():
            yield line


def _spell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        is_day = not (cell.hour or cell.minute or cell.second)
        return f"{cell:%Y-%m-%d}" if is_day else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return " ".join(str(cell).split())
