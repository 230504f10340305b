"""Reads the rows inside one JSON value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from gettext import gettext as _

from gongkai.catalog.headings import key_of
from indexer.sources.headers import known_keys
from indexer.sources.json_outline import Stated, outline_json
from indexer.sources.json_repair import unfold_pairs
from indexer.sources.json_tables import read_columns, read_table
from indexer.sources.json_values import is_reject, parse_row, parse_value
from indexer.sources.record_likeness import add_stated, holds_value
from indexer.sources.row import Row, SkippedPart, SourceItem, SourceRow, UnreadableRow

_LINKS = _("Objects with only a title and an address are not read as records.")
_ACTIONS = frozenset(("index", "create", "update", "delete"))
"""Lines between the records of a bulk file of Elasticsearch."""
_LISTS = frozenset(("data", "list", "rows", "records", "items", "result", "results", "page"))


def parse_rows(
    text: bytes, source: str, line: int, *, stated: Sequence[Stated] = (), is_inner: bool = False
) -> Iterator[SourceItem]:
    """Yields the records in a value, or the value as a row. All rows have the same `line`.

    `stated` holds the fields of enclosing objects that apply to the records. With `is_inner`, the
    value comes from an object that is not a record; it then yields nothing if it contains no
    records.
    """
    row = parse_row(text, source, line)
    if _is_flat(row) and not is_inner:
        yield _state(row, stated)
        return
    if isinstance(row, SourceRow) and (columns := read_columns(row.fields)):
        yield from (_state(replace(row, fields=fields), stated) for fields in columns)
        return
    outline = outline_json(text)
    if not outline.records or (is_reject(text) and not is_inner):
        yield from () if is_inner else _read_others(text, row, stated)
        return
    for span in outline.records:
        inner = parse_row(text[span.start : span.end], source, line)
        if isinstance(inner, SourceRow) and span.path:
            inner = replace(inner, sheet=span.path)
        yield _state(inner, (*span.stated, *stated))
    if outline.passed:
        yield SkippedPart(source, line, "second_list", outline.passed, _LINKS)


def _read_others(text: bytes, row: Row, stated: Sequence[Stated]) -> Iterator[SourceItem]:
    """Yields the rows of a value without objects that are records, or the value as a row."""
    if not isinstance(row, SourceRow) or is_reject(text):
        yield _state(row, stated)
    elif rows := list(read_table(row.fields, row.source, row.line)) or list(_read_text(row)):
        yield from (_state(each, stated) for each in rows)
    elif fields := unfold_pairs(row.fields):
        yield _state(replace(row, fields=fields), stated)
    elif not _is_empty(row.fields):
        yield _state(row, stated)


def _read_text(row: SourceRow) -> Iterator[Row]:
    """Yields the records of JSON that is the text of a field: `{"data": "[{…}]"}`."""
    for heading, value in row.fields.items():
        if isinstance(value, str) and value[:1] in ("[", "{") and key_of(str(heading)) is None:
            text = value.encode("utf-8", "replace")
            if parse_value(text) is not None:
                found = parse_rows(text, row.source, row.line, is_inner=True)
                yield from (item for item in found if not isinstance(item, SkippedPart))


def _is_empty(fields: Mapping[str, object]) -> bool:
    """Returns whether an object is an empty page of a list, or a line between records."""
    if known_keys(map(str, fields)):
        return False
    if fields.keys() <= _ACTIONS and len(fields) == 1:
        return all(isinstance(value, dict) for value in fields.values())
    return _has_empty_list(fields)


def _has_empty_list(value: Mapping[str, object]) -> bool:
    return any(
        name in _LISTS and (inner == [] or (isinstance(inner, dict) and _has_empty_list(inner)))
        for name, inner in value.items()
    )


def _is_flat(row: Row) -> bool:
    if not isinstance(row, SourceRow):
        return False
    nested = [(k, v) for k, v in row.fields.items() if isinstance(v, dict | list)]
    if len(nested) == len(row.fields) or not any(key_of(str(each)) for each in row.fields):
        return not any(isinstance(v, str | dict | list) for v in row.fields.values())
    return all(holds_value(str(heading)) for heading, _ in nested)


def _state(row: Row, stated: Sequence[Stated]) -> Row:
    """Returns a row with the fields around it; of several disclosures the strictest wins."""
    if not stated or isinstance(row, UnreadableRow):
        return row
    return replace(row, fields=add_stated(row.fields, stated))
