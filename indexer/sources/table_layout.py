"""Finds the heading rows of a table and the labels of its columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gongkai.catalog.headings import is_blank, key_of
from gongkai.files.sheet_grid import MergedAreas, TableRow
from indexer.sources.headers import is_header, known_keys
from indexer.sources.reject_sheet import is_reject_sheet

MAX_HEADING_ROWS = 4
_LONGEST_LABEL = 40
_MOST_NOTES = 3
_FOOTER = re.compile(
    r"(?:备\s*注|注|填表说明|(?:制|填)表(?:人|单位|日期|时间)?|填报(?:人|单位|日期|时间)|审核人|"
    r"(?:单位)?负责人|联系人|联系电话|日期)\s*[：:]"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The heading rows, as an index range of the first rows, and the labels of the columns."""

    first: int
    last: int
    labels: tuple[str, ...]


def find_layout(rows: Sequence[TableRow], merges: MergedAreas) -> Layout | None:
    """Returns the heading rows: the row with the most known headings and rows joined to it.

    Groups of headings (发布信息 over 文号 and 发布机构) are recognised by merged cells, or by gaps
    in one row that the next row fills.
    """
    visible = [index for index, row in enumerate(rows) if not row.is_hidden]
    candidates = [index for index in visible if is_header(rows[index].cells)] or [
        index for index, row in enumerate(rows) if is_header(row.cells)
    ]
    if not candidates:
        return None
    best = max(candidates, key=lambda index: _rate_heading(rows[index].cells, index))
    first, last = best, best
    while first > 0 and last - first < MAX_HEADING_ROWS - 1 and _joins(rows, first - 1, merges):
        first -= 1
    while (
        last + 1 < len(rows) and last - first < MAX_HEADING_ROWS - 1 and _joins(rows, last, merges)
    ):
        last += 1
    return Layout(first, last, _name_columns(rows[first : last + 1], merges))


def _rate_heading(cells: Sequence[object], index: int) -> tuple[bool, int, int]:
    """Returns a sort key for heading rows: rejects sheets first, then known headings, then
    position.
    """
    return is_reject_sheet(cells), len(known_keys(cells)), -index


def _joins(rows: Sequence[TableRow], upper: int, merges: MergedAreas) -> bool:
    """Returns whether two consecutive rows are headings together."""
    above, below = rows[upper], rows[upper + 1]
    filled = [c for c, cell in enumerate(below.cells) if not is_blank(cell)]
    if not filled or sum(not is_blank(cell) for cell in above.cells) < 2:
        return False
    areas = merges.of_row(above.number)
    reaches = any(area.bottom >= below.number for area in areas if area.bottom > area.top)
    if reaches and below.number == above.number + 1:
        return bool(known_keys(above.cells)) and all(_is_label(below.cells[c]) for c in filled)
    names = [_cell(above, c) for c in filled]
    is_group = [
        is_blank(name) or _is_group(above, c, below) for name, c in zip(names, filled, strict=True)
    ]
    known = known_keys(below.cells)
    return (
        bool(known)
        and bool(known_keys(above.cells))
        and all(is_group)
        and all(_is_label(below.cells[c]) for c in filled)
        and any(not is_blank(_cell(above, c)) for c in range(len(above.cells)) if c not in filled)
    )


def _is_group(above: TableRow, column: int, below: TableRow) -> bool:
    """Returns whether a cell is a group name: blank to its right above, filled there below."""
    return is_blank(_cell(above, column + 1)) and not is_blank(_cell(below, column + 1))


def _is_label(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) <= _LONGEST_LABEL


def _cell(row: TableRow, column: int) -> object:
    return row.cells[column] if column < len(row.cells) else None


def _name_columns(rows: Sequence[TableRow], merges: MergedAreas) -> tuple[str, ...]:
    width = max((c + 1 for row in rows for c, cell in enumerate(row.cells) if not is_blank(cell)))
    grid = [[_cell(row, column) for column in range(width)] for row in rows]
    last = rows[-1].number
    for row, cells in zip(rows, grid, strict=True):
        for area in merges.of_row(row.number):
            if area.left < width and not is_blank(cells[area.left]) and row.number < last:
                right = min(area.right, width - 1)
                cells[area.left : right + 1] = [cells[area.left]] * (right + 1 - area.left)
    for upper, lower in pairwise(grid):
        _spread_groups(upper, lower)
    return tuple(
        _join_labels([str(cells[column]) for cells in grid if not is_blank(cells[column])], column)
        for column in range(width)
    )


def _spread_groups(upper: list[object], lower: Sequence[object]) -> None:
    """Copies a group name to the columns on its right that only the lower row names."""
    group: object = None
    for column, cell in enumerate(upper):
        if not is_blank(cell):
            group = cell if not is_blank(lower[column]) else None
        elif not is_blank(lower[column]) and group is not None:
            upper[column] = group


def _join_labels(labels: Sequence[str], column: int) -> str:
    """Returns the label of a column: the names from the group down, joined from the first known."""
    path = list(dict.fromkeys(labels))
    if len(path) < 2:
        return path[0] if path else f"column_{column + 1}"
    for start in range(len(path)):
        if key_of(joined := "".join(path[start:])):
            return joined
    return "".join(path)


def is_total(cells: Sequence[object]) -> bool:
    """Returns whether a row is a total: 合计 and otherwise only numbers."""
    filled = [str(cell).strip() for cell in cells if not is_blank(cell)]
    return bool(filled) and _is_total_word(filled[0]) and all(map(_is_count, filled[1:]))


def is_footer(cells: Sequence[object]) -> bool:
    """Returns whether a row is a note below a table: up to three cells like 制表人：张."""
    filled = [str(cell).strip() for cell in cells if not is_blank(cell)]
    return 0 < len(filled) <= _MOST_NOTES and all(map(_FOOTER.match, filled))


def _is_total_word(text: str) -> bool:
    return "".join(text.split()).strip("：:") in _TOTALS


def _is_count(text: str) -> bool:
    return text.rstrip("条件项份").strip().replace(".", "", 1).replace(",", "").isdigit()


_TOTALS = frozenset(
    ("合计", "总计", "小计", "共计", "总数", "本页合计", "本页小计", "total", "Total")
)
