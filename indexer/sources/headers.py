"""Recognises the heading row of a table, and pairs cells with headings."""

from collections.abc import Iterable, Sequence
from gettext import gettext as _
from itertools import zip_longest

from gongkai.catalog.headings import is_blank, key_of
from indexer.sources.reject_sheet import is_reject_sheet, unwrap_row
from indexer.sources.row import Row, SourceRow, UnreadableRow, gather_cells


def known_keys(headings: Iterable[object]) -> frozenset[str]:
    """Returns the catalog keys of the known headings."""
    keys = (key_of(heading) for heading in headings if isinstance(heading, str))
    return frozenset(key for key in keys if key is not None)


def is_header(cells: Sequence[object]) -> bool:
    """Returns whether a row is a heading row: at least two filled cells, one a known heading.

    A title row above the table (one merged cell) is not. The columns of a rejects sheet are.
    """
    if is_reject_sheet(cells):
        return True
    return sum(not is_blank(cell) for cell in cells) >= 2 and bool(known_keys(cells))


def name_columns(cells: Sequence[object]) -> tuple[str, ...]:
    """Returns the heading of every column as published; a column without one is `column_3`."""
    filled = [index for index, cell in enumerate(cells, 1) if not is_blank(cell)]
    width = filled[-1] if filled else 0
    named = enumerate(cells[:width], 1)
    return tuple(f"column_{index}" if is_blank(cell) else str(cell) for index, cell in named)


def pair_cells(
    source: str, number: int, headings: Sequence[str], cells: Sequence[object], *, padding: object
) -> Row:
    """Returns a row of a table. Short rows are padded; extra filled cells make it unreadable."""
    if not all(map(is_blank, cells[len(headings) :])):
        detail = _("The row has {cells} cells below {headings} headings.").format(
            cells=len(cells), headings=len(headings)
        )
        return UnreadableRow(source, number, "column_count", detail)
    if is_reject_sheet(headings):
        return unwrap_row(source, number, headings, cells)
    pairs = zip_longest(headings, cells[: len(headings)], fillvalue=padding)
    return SourceRow(source, number, gather_cells((str(name), cell) for name, cell in pairs))
