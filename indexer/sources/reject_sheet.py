"""Extracts the original row from a row of a rejects sheet, without the added columns."""

from collections.abc import Iterable, Sequence
from gettext import gettext as _

from gongkai.catalog.headings import is_blank
from gongkai.staff.reject_sheets import COLUMNS, read_cell
from indexer.sources.row import Row, SourceRow, UnreadableRow, gather_cells

_OURS = frozenset(COLUMNS)
_ENOUGH = 3
WITHHELD = _("The reject does not contain its row: fix it at its source.")


def is_reject_sheet(headings: Iterable[object]) -> bool:
    """Returns whether the headings are those of a rejects sheet, even with columns missing."""
    return sum(str(heading).strip() in _OURS for heading in headings) >= _ENOUGH


def unwrap_row(source: str, line: int, headings: Sequence[str], cells: Sequence[object]) -> Row:
    """Returns the row as in its source. A row whose text was not kept is unreadable."""
    pairs = [
        (heading, read_cell(cell))
        for heading, cell in zip(headings, cells, strict=False)
        if heading.strip() not in _OURS and not is_blank(cell)
    ]
    if not pairs:
        return UnreadableRow(source, line, "withheld_row", WITHHELD)
    return SourceRow(source, line, gather_cells(pairs))
