"""The rows, merged areas and hidden parts of a sheet, within size limits."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from gettext import gettext as _
from typing import Protocol

from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import (
    MAX_MERGED_AREAS,
    MAX_SPREADSHEET_ROWS,
    MAX_WIDE_ROWS,
    WIDE_ROW_CELLS,
)

MAX_COLUMNS = 16_384


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table. `uncalculated` are columns, from 0, with a formula without a value."""

    number: int
    cells: Sequence[object]
    is_hidden: bool = False
    uncalculated: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged area by its first and last row and column; rows count from 1, columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class MergedAreas:
    """The merged areas of a table by their first row."""

    by_top: dict[int, list[Merge]] = field(default_factory=dict)
    count: int = 0

    def add(self, merge: Merge) -> None:
        """Adds an area. Raises BrokenFileError above the limit of a sheet."""
        self.count += 1
        if self.count > MAX_MERGED_AREAS:
            raise BrokenFileError("bad_file", _("The sheet has too many merged areas."))
        self.by_top.setdefault(merge.top, []).append(merge)

    def of_row(self, number: int) -> Sequence[Merge]:
        return self.by_top.get(number, ())


Area = tuple[tuple[int, int], tuple[int, int]]
"""Row and column of the first and of the last cell, from 0."""


@dataclass(slots=True)
class SheetMarks:
    """What a sheet states about its cells. Rows and columns count from 0.

    `faults` are the columns, by row, that hold an error instead of a value.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    faults: dict[int, set[int]] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    is_1904: bool = False


class Sheet(Protocol):
    """A sheet of a workbook. `hidden_columns` may be complete only after the first row."""

    @property
    def name(self) -> str: ...

    @property
    def is_hidden(self) -> bool: ...

    @property
    def merges(self) -> MergedAreas: ...

    @property
    def hidden_columns(self) -> AbstractSet[int]: ...

    def read_rows(self) -> Iterator[TableRow]: ...


@dataclass(slots=True)
class RowLimits:
    """Counts the rows of one sheet and their widths."""

    wide: int = 0

    def check(self, number: int, width: int) -> None:
        """Raises BrokenFileError for a row beyond the limits of a sheet."""
        if number > MAX_SPREADSHEET_ROWS:
            raise BrokenFileError("bad_file", _("The sheet has more rows than a sheet can have."))
        self.wide += width > WIDE_ROW_CELLS
        if self.wide > MAX_WIDE_ROWS or width > MAX_COLUMNS:
            raise BrokenFileError("bad_file", _("Too many rows of the sheet are too wide."))


@dataclass(slots=True)
class SheetGrid:
    """The rows of a sheet or of a page's table. Row numbers count from 1, columns from 0."""

    rows: list[TableRow] = field(default_factory=list)
    merges: MergedAreas = field(default_factory=MergedAreas)
    hidden_columns: set[int] = field(default_factory=set)
    is_hidden: bool = False
    name: str = ""
    column_count: int = 0
    """Columns described so far, in formats that describe them before their rows."""
    _number: int = 0
    _cells: list[object] = field(default_factory=list)
    _taken: dict[int, int] = field(default_factory=dict)
    _limits: RowLimits = field(default_factory=RowLimits)

    def begin_row(self, number: int | None = None) -> None:
        """Begins the next row, or the row of this number."""
        self._number = self._number + 1 if number is None else max(number, self._number + 1)
        self._cells = []

    def add_cell(
        self, value: object, across: int = 1, down: int = 1, column: int | None = None
    ) -> None:
        """Adds a cell in this column, or in the next one that no merged cell from above covers."""
        left = len(self._cells) if column is None else max(column, len(self._cells))
        while column is None and self._taken.get(left, 0) >= self._number:
            left += 1
        right, bottom = left + max(across, 1) - 1, self._number + max(down, 1) - 1
        if right >= MAX_COLUMNS:
            raise BrokenFileError("bad_file", _("A row of the sheet is too wide."))
        self._cells += [None] * (right + 1 - len(self._cells))
        self._cells[left] = value
        if right > left or bottom > self._number:
            self.merges.add(Merge(self._number, left, bottom, right))
            self._taken.update(dict.fromkeys(range(left, right + 1), bottom))

    def end_row(self, *, is_hidden: bool = False, faults: frozenset[int] = frozenset()) -> None:
        """Ends the row; `faults` are the columns with a formula without a value, or an error."""
        self._limits.check(self._number, len(self._cells))
        self.rows.append(TableRow(self._number, self._cells, is_hidden, faults))

    def repeat_row(self) -> None:
        """Begins a row with the cells of the last one."""
        self._number += 1

    def skip_rows(self, count: int) -> None:
        """Passes over blank rows."""
        self._number += count

    def read_rows(self) -> Iterator[TableRow]:
        return iter(self.rows)
