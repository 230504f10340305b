"""Builds the rows and merged areas of a sheet from cells with spans, within size limits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gongkai.catalog.headings import is_blank
from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import (
    MAX_MERGED_AREAS,
    MAX_SPREADSHEET_ROWS,
    MAX_WIDE_ROWS,
    WIDE_ROW_CELLS,
)
from indexer.sources.row import SkippedPart, SourceItem, UnreadableRow
from indexer.sources.table_layout import Merge, MergedAreas, TableRow
from indexer.sources.table_rows import Table

MAX_COLUMNS = 16_384
_NO_HEADER = "No heading row with known headings was found in the first rows of any table."
_HIDDEN = "Rows of hidden sheets are not read; show the sheet or delete it."
_EXTRA = "Rows of tables without known headings are not read."


@dataclass(slots=True)
class SheetGrid:
    """The rows of a sheet or of a page's table. Row numbers count from 1, columns from 0."""

    rows: list[TableRow] = field(default_factory=list)
    merges: MergedAreas = field(default_factory=MergedAreas)
    hidden_columns: set[int] = field(default_factory=set)
    is_hidden: bool = False
    name: str = ""
    _number: int = 0
    _cells: list[object] = field(default_factory=list)
    _taken: dict[int, int] = field(default_factory=dict)
    _merged: int = 0
    _wide: int = 0

    def begin_row(self, number: int | None = None) -> None:
        """Begins the next row, or the row of this number."""
        self._number = self._number + 1 if number is None else max(number, self._number + 1)
        self._cells = []
        if self._number > MAX_SPREADSHEET_ROWS:
            raise BrokenFileError("bad_file", "The sheet has more rows than a sheet can have.")

    def add_cell(
        self, value: object, across: int = 1, down: int = 1, column: int | None = None
    ) -> None:
        """Adds a cell in this column, or in the next one that no merged cell from above covers."""
        left = len(self._cells) if column is None else max(column, len(self._cells))
        while column is None and self._taken.get(left, 0) >= self._number:
            left += 1
        right, bottom = left + max(across, 1) - 1, self._number + max(down, 1) - 1
        if right >= MAX_COLUMNS:
            raise BrokenFileError("bad_file", "A row of the sheet is too wide.")
        self._cells += [None] * (right + 1 - len(self._cells))
        self._cells[left] = value
        if right > left or bottom > self._number:
            self._merged += 1
            if self._merged > MAX_MERGED_AREAS:
                raise BrokenFileError("bad_file", "The sheet has too many merged areas.")
            self.merges.add(Merge(self._number, left, bottom, right))
            self._taken.update(dict.fromkeys(range(left, right + 1), bottom))

    def end_row(self, *, is_hidden: bool = False) -> None:
        self._wide += len(self._cells) > WIDE_ROW_CELLS
        if self._wide > MAX_WIDE_ROWS:
            raise BrokenFileError("bad_file", "Too many rows of the sheet are too wide.")
        self.rows.append(TableRow(self._number, self._cells, is_hidden))

    def count_rows(self) -> int:
        """Returns the number of rows that are not blank."""
        return sum(not all(map(is_blank, row.cells)) for row in self.rows)


def read_grids(source: str, grids: Iterable[SheetGrid]) -> Iterator[SourceItem]:
    """Yields the records of every sheet with a heading row, and the row counts of the others."""
    has_header, left = False, []
    for grid in grids:
        table = Table(source, grid.merges, hidden_columns=grid.hidden_columns, sheet=grid.name)
        items = table.read(iter(grid.rows))
        has_header = has_header or items is not None
        if items is None or grid.is_hidden:
            left.append(("hidden_sheet" if grid.is_hidden else "extra_sheet", grid.count_rows()))
        else:
            yield from items
    for reason, count in left:
        if count and (has_header or reason == "hidden_sheet"):
            detail = _HIDDEN if reason == "hidden_sheet" else _EXTRA
            yield SkippedPart(source, 1, reason, count, detail)
    if not has_header:
        yield UnreadableRow(source, 1, "no_header", _NO_HEADER)
