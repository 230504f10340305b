"""Reads the rows inside one JSON value."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.sources.json_outline import Stated, outline_json
from indexer.sources.json_values import is_reject, parse_row
from indexer.sources.record_likeness import holds_value
from indexer.sources.row import Row, SkippedPart, SourceItem, SourceRow, UnreadableRow, gather_cells

_LINKS = "Objects with only a title and an address are not read as records."


def parse_rows(
    text: bytes, source: str, line: int, *, stated: Sequence[Stated] = (), is_inner: bool = False
) -> Iterator[SourceItem]:
    """Yields the records in a value, or the value as a row. All rows have the same `line`.

    `stated` holds the disclosure fields of enclosing objects. With `is_inner`, the value comes from
    an object that is not a record; it then yields nothing if it contains no records.
    """
    row = parse_row(text, source, line)
    if _is_flat(row) and not is_inner:
        yield _state(row, stated)
        return
    outline = outline_json(text)
    if not outline.records or (is_reject(text) and not is_inner):
        if not is_inner:
            yield _state(row, stated)
        return
    for span in outline.records:
        inner = parse_row(text[span.start : span.end], source, line)
        yield _state(inner, (*span.stated, *stated))
    if outline.passed:
        yield SkippedPart(source, line, "second_list", outline.passed, _LINKS)


def _is_flat(row: Row) -> bool:
    return isinstance(row, SourceRow) and not any(
        isinstance(value, dict | list) and not holds_value(str(heading))
        for heading, value in row.fields.items()
    )


def _state(row: Row, stated: Sequence[Stated]) -> Row:
    """Returns a row with the disclosure fields around it; of several values the strictest wins."""
    if not stated or isinstance(row, UnreadableRow):
        return row
    pairs = [(str(heading), value) for heading, value in row.fields.items()]
    return replace(row, fields=gather_cells((*pairs, *stated)))
