"""Builds the record of a row from its cells, the tables and the rules of each column."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from gongkai.catalog.addresses import parse_url, read_attachments
from gongkai.catalog.agencies import Agency
from gongkai.catalog.classifications import ClassificationTree, split_values
from gongkai.catalog.columns import tidy_columns
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.fields import CLASSES
from gongkai.catalog.genre import infer_genre
from gongkai.catalog.identity import own_id
from gongkai.catalog.plain_text import reduce_markup
from gongkai.catalog.record import Record
from gongkai.catalog.row_names import (
    parse_number,
    read_date_text,
    read_names,
    read_place,
    take_day,
)
from gongkai.catalog.row_reader import RowReader
from gongkai.catalog.tables import Tables
from gongkai.catalog.validity_period import read_ended_mark
from gongkai.errors import RefusedValueError, TooLongError

BODY_LIMIT = 8_000_000
VALIDITY_LIMIT = 40
_SPELLINGS = {
    "有效": "有效 现行有效 继续有效 全文有效",
    "失效": "失效 已失效 全文失效 宣布失效",
    "废止": "废止 已废止 全文废止",
    "已修改": "已修改 已被修改 已修订",
    "尚未生效": "尚未生效 尚未施行 未生效",
}
_VALIDITY = {word: value for value, words in _SPELLINGS.items() for word in words.split()}
_T = TypeVar("_T")


def build_record(
    cells: RowReader,
    others: Mapping[str, object],
    disclosure: Disclosure,
    tables: Tables,
    source: str,
) -> Record:
    """Returns the record of a row; `others` are its unknown columns, `source` the name in its id.

    Raises RefusedValueError for a required column without a readable value.
    """
    place = read_place(others)
    names = read_names(cells, place, tables.agencies)
    agency = tables.agencies.find(names.publisher, place=place)
    if agency is None:
        cells.warn("publisher", "unknown_agency", names.publisher)
    issued = read_date_text(cells, "issued_on")
    parse_issued = partial(take_day, cells, key="issued_on")
    issued_on = cells.attempt("issued_on", issued, parse_issued)
    classes = _classes(cells, tables)
    genre, inferred = _genre(cells, names.title, tables.tree("genre"))
    validity, is_marked = _infer_validity(cells, names.title)
    return Record(
        id=own_id(source, names.id),
        title=names.title,
        publisher=agency.code if agency else names.publisher,
        publisher_name=_publisher_name(cells, names.publisher, agency),
        publisher_inferred=names.is_inferred,
        published_on=names.published_on,
        disclosure=disclosure,
        index_number=names.index_number,
        document_number=names.number.canonical if names.number else None,
        document_number_original=_original(
            cells, "document_number", names.number_text, names.number, parse_number
        ),
        issued_on=issued_on,
        issued_on_original=_original(cells, "issued_on", issued, issued_on, parse_issued),
        **{**classes, "genre": genre, "validity": validity},
        validity_inferred=is_marked,
        genre_inferred=inferred,
        keywords=split_values(cells.values_of("keywords")),
        summary=reduce_markup("\n".join(cells.texts("summary")[:1])),
        body=read_body(cells),
        url=cells.attempt("url", cells.line("url"), parse_url),
        attachments=read_attachments(cells),
        extra=tidy_columns(others),
    )


def _original(
    cells: RowReader, key: str, stated: str, value: _T | None, parse: Callable[[str], _T]
) -> str | None:
    """Returns the cell as published, or the first original of a record that is indexed again."""
    first = cells.line(f"{key}_original")
    if not first or first == stated:
        return stated or None
    try:
        return first if parse(first) == value else stated
    except RefusedValueError:
        return stated


def _publisher_name(cells: RowReader, published: str, agency: Agency | None) -> str:
    """Returns the name as published, or the agency's name where the source gave only a code."""
    if not agency or published != agency.code:
        return published
    return cells.line("publisher_name") or agency.name


def _classes(cells: RowReader, tables: Tables) -> dict[str, Any]:
    """Returns the values of the columns that classify a record, and have no rule of their own."""
    classes: dict[str, Any] = {}
    for column in CLASSES:
        if column.key not in ("genre", "validity"):
            stated = cells.values_of(column.key)
            tree = tables.tree(column.key) if column.classified else None
            values = _find_classes(cells, tree, stated) if tree else split_values(stated)
            classes[column.key] = values if column.several else next(iter(values), None)
    return classes


def _find_classes(
    cells: RowReader, tree: ClassificationTree, stated: Sequence[str]
) -> tuple[str, ...]:
    paths = tree.canonical_values(stated) if stated else ()
    if unknown := [path for path in paths if not tree.known(path)]:
        cells.warn(tree.field, "unknown_class", *unknown)
    return paths


def _genre(cells: RowReader, title: str, tree: ClassificationTree) -> tuple[str | None, bool]:
    """Returns the genre, and whether it was inferred from the title."""
    ending = infer_genre(title)
    inferred = tree.canonical(ending) if ending else None
    given = tree.canonical(cells.line("genre"))
    if not given:
        return inferred, inferred is not None
    is_marked = cells.line("genre_inferred").lower() in ("true", "1")
    return given, is_marked and given == inferred


def _infer_validity(cells: RowReader, title: str) -> tuple[str | None, bool]:
    """Returns the validity, and whether a mark in the title (已废止) decides it.

    Portals add the mark to the title and leave the column as it was.
    """
    stated, mark = _validity(cells), read_ended_mark(title)
    is_kept = cells.line("validity_inferred").lower() in ("true", "1") and stated == mark
    if mark and (is_kept or stated in (None, "有效")):
        return mark, True
    return stated, False


def _validity(cells: RowReader) -> str | None:
    stated = cells.line("validity")
    if not stated:
        return None
    known = _VALIDITY.get(stated)
    if known is None:
        # Kept: without 部分失效 the record would look valid.
        cells.warn("validity", "unknown_validity", stated)
        return stated[:VALIDITY_LIMIT]
    return known


def read_body(cells: RowReader) -> str:
    """Returns the text of a row. Raises RefusedValueError if it is too long."""
    text = "\n".join(cells.texts("body"))
    if len(text) > BODY_LIMIT:
        raise TooLongError("body", BODY_LIMIT)
    return reduce_markup(text)
