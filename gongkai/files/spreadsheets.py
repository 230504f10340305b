"""Rows in, CSV out that Excel opens rightly: byte order mark, CRLF, no cell run or misread.

Exports of result lists, staff's lists and the command line use it.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from gongkai.files.cell_guards import guard_cell

BYTE_ORDER_MARK = "\ufeff"


def write_sheet(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A whole small table as text."""
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer)
    writer.writerow(heads)
    writer.writerows(guard_cells(row) for row in rows)
    return buffer.getvalue()


def guard_cells(row: Iterable[object]) -> list[str]:
    """The cells of one row; numbers stay numbers, lists are parted by ；."""
    return [
        str(each) if isinstance(each, int | float) else guard_cell(_spell(each)) for each in row
    ]


def _spell(value: object) -> str:
    if isinstance(value, list | tuple):
        return "；".join(map(str, value))
    return "" if value is None else str(value)
