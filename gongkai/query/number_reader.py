"""Reads numbers of documents and index entries in a query, and the laws named before articles."""

from collections.abc import Iterable, Iterator

from analyzers.normalize import normalize_text
from analyzers.numerals import find_quantities
from gongkai.catalog.document_number import find_document_numbers
from gongkai.catalog.index_number import find_index_number_parts, find_index_numbers
from gongkai.catalog.number_parts import IsPrefix, NumberParts, find_number_parts
from gongkai.query.query_builder import QueryBuilder
from gongkai.query.tree import Query


class NumberReader:
    """Finds numbers and builds the query of each; `is_prefix` as in `find_number_parts`.

    The queries of numbers do not depend on word counts.
    """

    def __init__(self, builder: QueryBuilder, is_prefix: IsPrefix) -> None:
        self._builder = builder
        self._is_prefix = is_prefix

    def split(self, text: str) -> Iterator[tuple[str, Query | None]]:
        """Yields the text split at its numbers, each number with the query for its field."""
        position = 0
        for start, end, query in sorted(self._find(text), key=lambda item: item[:2]):
            if start < position:
                continue
            if text[position:start].strip():
                yield text[position:start], None
            yield text[start:end], query
            position = end
        if text[position:].strip():
            yield text[position:], None

    def _find(self, text: str) -> Iterable[tuple[int, int, Query]]:
        number = self._builder.number
        for whole in find_document_numbers(text):
            typed = text[whole.start : whole.end]
            canonical = whole.number.canonical
            yield whole.start, whole.end, number("document_number", canonical, typed)
        for entry in find_index_numbers(text):
            typed = text[entry.start : entry.end]
            canonical = entry.number.canonical
            yield entry.start, entry.end, number("index_number", canonical, typed)
        for start, end in find_index_number_parts(text):
            yield start, end, self._builder.number_part((), text[start:end])
        for found in find_number_parts(text, self._is_prefix):
            typed = text[found.start : found.end]
            yield (
                found.start,
                found.end,
                self._builder.number_part(_part_terms(found.parts), typed),
            )


def find_laws(text: str) -> Iterator[str]:
    """Yields the names before articles: 劳动法 of 劳动法第32条."""
    normalized = normalize_text(text)
    for quantity in find_quantities(normalized):
        before = normalized[: quantity.start].rstrip("》 ").split()
        if quantity.nth and quantity.unit == "条" and before:
            yield before[-1].lstrip("《")


def _part_terms(parts: NumberParts) -> tuple[tuple[str, str], ...]:
    named = (
        ("number_prefix", parts.prefix),
        ("number_year", str(parts.year) if parts.year else None),
        ("number_serial", parts.serial),
    )
    return tuple((name, value) for name, value in named if value)
