"""Rows in, CSV out that Excel opens rightly: byte order mark, CRLF, no cell run or misread.

Exports of result lists, staff's lists and the command line use it.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_MISREAD = re.compile(r"0\d+|\d{12,}|\d{4}-\d{1,2}|\d+[Ee]\d+|\d{1,2}[-/]\d{1,4}")


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
    return [str(each) if isinstance(each, int | float) else _guard(_spell(each)) for each in row]


def _spell(value: object) -> str:
    if isinstance(value, list | tuple):
        return "；".join(map(str, value))
    return "" if value is None else str(value)


def _guard(text: str) -> str:
    """Excel runs =…, and makes a number of 0012 and a date of 2008-05, unless told it is text."""
    if _FORMULA.match(text):
        return f"'{text}"
    return f"\t{text}" if _MISREAD.fullmatch(text) else text
