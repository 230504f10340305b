"""Writes CSV for Excel: byte order mark, CRLF, and guarded cells."""

import csv
import io
from collections.abc import Iterable, Sequence

from gongkai.files.cell_guards import guard_cell

BYTE_ORDER_MARK = "\ufeff"


def write_sheet(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Returns a small table as text."""
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer)
    writer.writerow(heads)
    writer.writerows(guard_cells(row) for row in rows)
    return buffer.getvalue()


def guard_cells(row: Iterable[object]) -> list[str]:
    """Returns the cells of one row; numbers stay numbers, lists are joined by ；."""
    return [
        str(each) if isinstance(each, int | float) else guard_cell(_spell(each)) for each in row
    ]


def _spell(value: object) -> str:
    if isinstance(value, list | tuple):
        return "；".join(map(str, value))
    return "" if value is None else str(value)
