"""Reads the records of a table and counts its hidden rows and columns."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from gettext import gettext as _
from itertools import chain, islice

from gongkai.catalog.headings import is_blank
from gongkai.files.limits import HEADER_WITHIN_ROWS
from gongkai.files.sheet_grid import MergedAreas, TableRow
from indexer.sources.headers import known_keys, name_columns, pair_cells
from indexer.sources.record_likeness import states_disclosure
from indexer.sources.row import Row, SkippedPart, SourceItem, SourceRow, UnreadableRow
from indexer.sources.table_layout import Layout, find_layout, is_footer, is_total

_UNCALCULATED = _(
    "A cell holds a formula without a value, or an error; open the table and save it."
)
_ENOUGH_HEADINGS = 3
_ROWS = _("Hidden rows are not read; show them or delete them.")
_COLUMNS = _("Hidden columns are not read; show them or delete them.")


@dataclass(slots=True)
class Table:
    """One table, by the name of its sheet if it has one.

    `hidden_columns` are column numbers from 0; `padding` fills short rows.
    """

    source: str
    merges: MergedAreas = field(default_factory=MergedAreas)
    hidden_columns: AbstractSet[int] = frozenset()
    padding: object = None
    sheet: str = ""
    _labels: tuple[str, ...] = ()
    _heading_rows: set[tuple[object, ...]] = field(default_factory=set)
    _running: dict[int, tuple[int, object]] = field(default_factory=dict)
    _hidden_rows: int = 0
    _unread: frozenset[int] = frozenset()
    _seen_columns: set[int] = field(default_factory=set)

    def read(
        self, rows: Iterable[TableRow | UnreadableRow], *, needs_known: bool = True
    ) -> Iterator[SourceItem] | None:
        """Returns the records, or None if none of the first rows is a heading row.

        With `needs_known` off, the first row that is not blank is accepted as the heading row.
        """
        first, rest = _take_first(iter(rows))
        top = [row for row in first if isinstance(row, TableRow)]
        layout = find_layout(top, self.merges)
        if layout is None:
            filled = [row for row in top if not all(map(is_blank, row.cells))]
            if needs_known or not filled:
                return None if needs_known else self._read_rows(chain(first, rest))
            layout = Layout(
                top.index(filled[0]), top.index(filled[0]), name_columns(filled[0].cells)
            )
        self._heading_rows = {tuple(row.cells) for row in top[layout.first : layout.last + 1]}
        self._set_labels(layout.labels)
        above = {id(row) for row in top[: layout.last + 1]}
        return self._read_rows(chain((row for row in first if id(row) not in above), rest))

    def _set_labels(self, labels: tuple[str, ...]) -> None:
        """Sets the labels. Hidden columns are read only if they may state the disclosure."""
        self._labels = labels
        self._unread = frozenset(
            column
            for column in self.hidden_columns
            if column >= len(labels) or not states_disclosure(labels[column])
        )

    def _read_rows(self, rows: Iterable[TableRow | UnreadableRow]) -> Iterator[SourceItem]:
        number = 1
        for row in rows:
            number = row.number if isinstance(row, TableRow) else row.line
            item = self._read_row(row) if isinstance(row, TableRow) else row
            if item is not None:
                yield item
        if self._hidden_rows:
            yield SkippedPart(self.source, number, "hidden_rows", self._hidden_rows, _ROWS)
        if self._seen_columns:
            count = len(self._seen_columns)
            yield SkippedPart(self.source, number, "hidden_columns", count, _COLUMNS)

    def _read_row(self, row: TableRow) -> Row | None:
        cells = self._fill_merged(row)
        if row.is_hidden:
            self._hidden_rows += not all(map(is_blank, row.cells))
            return None
        if all(map(is_blank, row.cells)) and not row.uncalculated:
            return None
        if tuple(row.cells) in self._heading_rows or is_total(row.cells) or is_footer(row.cells):
            return None
        if self._is_new_heading(row):
            self._set_labels(name_columns(row.cells))
            self._heading_rows.add(tuple(row.cells))
            return None
        if row.uncalculated - self._unread:
            return UnreadableRow(self.source, row.number, "uncalculated", _UNCALCULATED)
        return self._pair(row.number, cells)

    def _pair(self, number: int, cells: list[object]) -> Row:
        unread = self._unread
        for column in range(len(cells)) if unread else ():
            if column in unread and not is_blank(cells[column]):
                self._seen_columns.add(column)
                cells[column] = self.padding
        paired = pair_cells(self.source, number, self._labels, cells, padding=self.padding)
        if isinstance(paired, UnreadableRow) or not (unread or self.sheet):
            return paired
        fields = paired.fields
        if unread:
            shown = {label for c, label in enumerate(self._labels) if c not in unread}
            fields = {label: cell for label, cell in fields.items() if label in shown}
        return SourceRow(self.source, number, fields, self.sheet)

    def _fill_merged(self, row: TableRow) -> list[object]:
        """Returns the cells, with the value of a vertically merged cell repeated in each of its
        rows.
        """
        cells = list(row.cells)
        is_empty = all(map(is_blank, cells))
        for column, (bottom, value) in list(self._running.items()):
            if row.number > bottom:
                del self._running[column]
            elif not is_empty:
                if column >= len(cells):
                    cells += [None] * (column + 1 - len(cells))
                if is_blank(cells[column]):
                    cells[column] = value
        for area in self.merges.of_row(row.number):
            value = row.cells[area.left] if area.left < len(row.cells) else None
            if area.bottom > area.top and area.left < len(self._labels) and not is_blank(value):
                self._running[area.left] = (area.bottom, value)
        return cells

    def _is_new_heading(self, row: TableRow) -> bool:
        """Returns whether another table begins: most cells of the row are headings."""
        known = known_keys(row.cells)
        filled = sum(not is_blank(cell) for cell in row.cells)
        return len(known) >= _ENOUGH_HEADINGS and "title" in known and 2 * len(known) > filled


def _take_first(
    rows: Iterator[TableRow | UnreadableRow],
) -> tuple[list[TableRow | UnreadableRow], Iterator[TableRow | UnreadableRow]]:
    """Returns the first rows and the rest. A fault among the first rows is raised by the rest."""
    first: list[TableRow | UnreadableRow] = []
    try:
        first.extend(islice(rows, HEADER_WITHIN_ROWS))
    except Exception as error:
        return first, _raise_later(error)
    return first, rows


def _raise_later(error: Exception) -> Iterator[TableRow | UnreadableRow]:
    raise error
    yield  # makes this a generator, which raises on the first next()
