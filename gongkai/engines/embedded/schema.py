"""The tantivy schema and index, derived from the field table."""

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import tantivy

from gongkai.catalog.fields import FIELDS, Field, Kind

_INDEX_OPTION = {
    Kind.KEYWORD: "basic",
    Kind.WORDS: "freq",
    Kind.GRAMS: "position",
    Kind.CHARS: "basic",
}
_OPTIONS = {name: _INDEX_OPTION.get(row.kind, "basic") for name, row in FIELDS.items()}
STORED = "stored"
UNBOUND = "\0"
"""Stored instead of a set of paths that is too long for one term."""
_BETWEEN = "\n"
_LONGEST_TERM_BYTES = 60_000
"""tantivy silently drops terms of more than 65,530 bytes."""
_SETS_KEPT = 10_000
_SPACED = "spaced"


@cache
def build_schema() -> tantivy.Schema:
    """Returns the schema of every generation; a change requires a new SCHEMA_VERSION."""
    builder = tantivy.SchemaBuilder()
    for row in FIELDS.values():
        _add(builder, row)
        if row.tree:
            builder.add_text_field(
                set_field(row.name), fast=True, tokenizer_name="raw", index_option="basic"
            )
    builder.add_bytes_field(STORED, stored=True)
    return builder.build()


def set_field(tree: str) -> str:
    """Returns the field that holds all paths of a record as one value, which is faster to count."""
    return f"{tree}_set"


def join_set(paths: Iterable[str]) -> str:
    """Returns paths as one value, or UNBOUND; `split_set` is the inverse."""
    joined = _BETWEEN.join(paths)
    return joined if len(joined.encode()) <= _LONGEST_TERM_BYTES else UNBOUND


@lru_cache(_SETS_KEPT)
def split_set(value: str) -> tuple[str, ...]:
    """Returns the paths of a value that is not UNBOUND."""
    return tuple(value.split(_BETWEEN))


def index_option(field: str) -> str:
    """Returns the index option of a field; a term query must use the same one."""
    return _OPTIONS[field]


def open_index(path: Path) -> tantivy.Index:
    """Opens the index in a folder, created if empty. Raises ValueError for a damaged one."""
    index = tantivy.Index(build_schema(), path=str(path))
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_SPACED, analyzer)
    index.config_reader(reload_policy="manual")
    return index


def open_older_index(path: Path) -> tantivy.Index:
    """Opens an existing index under the schema that it was built with.

    Use it only to count, find and delete by `id`, which every schema has.
    """
    index = tantivy.Index.open(str(path))
    index.config_reader(reload_policy="manual")
    return index


def _add(builder: tantivy.SchemaBuilder, row: Field) -> None:
    if row.kind is Kind.INTEGER:
        builder.add_integer_field(row.name, indexed=True, fast=True)
        return
    whole = row.kind is Kind.KEYWORD
    builder.add_text_field(
        row.name,
        stored=row.stored or row.name == "id",
        fast=row.counted,
        tokenizer_name="raw" if whole else _SPACED,
        index_option=_INDEX_OPTION[row.kind],
    )
