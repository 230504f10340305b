"""Reads tables written as JSON: rows of cells below headings, and columns of cells."""

from collections.abc import Iterator, Mapping, Sequence

from gongkai.catalog.headings import is_blank
from indexer.sources.headers import known_keys, pair_cells
from indexer.sources.row import Row, SourceRow

_ENOUGH_HEADINGS = 2
_NAMING = ("title", "name", "label", "field", "text", "header")
_DEPTH = 4
_FEWEST_ROWS = 2
"""Of columns; a record may hold lists of one value."""


def read_headings(value: object) -> Sequence[str]:
    """Returns a list as the headings of a table, or () if it is none."""
    if not isinstance(value, list) or len(value) < _ENOUGH_HEADINGS:
        return ()
    for naming in (None, *_NAMING):
        names = [each.get(naming) if isinstance(each, dict) else each for each in value]
        headings = [str(each) for each in names if isinstance(each, str)]
        if len(headings) == len(value) and len(known_keys(headings)) >= _ENOUGH_HEADINGS:
            return headings
    return ()


def read_table(value: object, source: str, line: int, depth: int = 0) -> Iterator[Row]:
    """Yields the rows of a table in a value: a list of lists, or an object of columns."""
    if isinstance(value, list) and len(value) > 1 and (headings := read_headings(value[0])):
        yield from _pair_rows(headings, value[1:], source, line)
    elif isinstance(value, Mapping):
        yield from (SourceRow(source, line, fields) for fields in read_columns(value))
        lists = [each for each in value.values() if isinstance(each, list)]
        headings = next(filter(None, map(read_headings, lists)), ())
        for each in lists:
            if headings and each and all(isinstance(row, list) for row in each):
                yield from _pair_rows(headings, each, source, line)
                return
        for inner in value.values() if depth < _DEPTH else ():
            if isinstance(inner, Mapping | list):
                yield from read_table(inner, source, line, depth + 1)


def _pair_rows(
    headings: Sequence[str], rows: Sequence[object], source: str, line: int
) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, list) and not all(map(is_blank, row)):
            yield pair_row(source, line, headings, row)


def pair_row(source: str, line: int, headings: Sequence[str], cells: Sequence[object]) -> Row:
    """Returns a row of cells below headings."""
    return pair_cells(source, line, headings, cells, padding=None)


def read_columns(value: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    """Returns the rows of columns of equal length: `{"标题": [...], "文号": [...]}`."""
    if len(value) < _ENOUGH_HEADINGS or len(known_keys(value)) < _ENOUGH_HEADINGS:
        return ()
    columns = [list(each.values()) if isinstance(each, dict) else each for each in value.values()]
    lists = [each for each in columns if isinstance(each, list)]
    lengths = {len(each) for each in lists}
    if len(lists) < len(columns) or len(lengths) != 1 or max(lengths) < _FEWEST_ROWS:
        return ()
    return [dict(zip(value, row, strict=True)) for row in zip(*lists, strict=True)]
