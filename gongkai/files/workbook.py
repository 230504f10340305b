"""Writes tables of text and numbers as one workbook (XLSX)."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTH = 18
_FIRST_WIDTH = 32


def write_workbook(sheets: Mapping[str, Iterable[Sequence[object]]]) -> bytes:
    """Returns the workbook; text stays text even if it begins like a formula."""
    # Loading openpyxl takes a quarter second, which few processes need.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    workbook = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        sheet.freeze_panes = "B2"
        for at, letter in enumerate("ABCDEFGHIJKLMNOPQRST"):
            sheet.column_dimensions[letter].width = _WIDTH if at else _FIRST_WIDTH
        for row in rows:
            sheet.append([_guard(WriteOnlyCell(sheet), value) for value in row])
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def _guard(cell: Any, value: object) -> Any:
    """Returns a cell with the value; text stays text even if it begins like a formula."""
    cell.value = _NOT_IN_XML.sub("", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
    return cell
