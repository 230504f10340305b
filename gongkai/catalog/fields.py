"""The field table of the index: what each field holds, how it is analysed, what it is used for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How an engine indexes a field."""

    KEYWORD = "keyword"
    """Whole values, matched exactly."""
    WORDS = "words"
    """Words joined by spaces, with frequencies for ranking, without positions."""
    GRAMS = "grams"
    """Overlapping character bigrams joined by spaces, with positions, for literal runs."""
    CHARS = "chars"
    """Distinct characters joined by spaces; presence only."""
    INTEGER = "integer"
    """A 64-bit integer for range filters and sorting."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    `tree` fields hold paths together with their ancestors. `term_dictionary` fields are read as a
    whole for autocomplete and spelling correction. `counted` fields have value counts, so an engine
    stores a column for them. `stored` values are read back when writing.
    """

    name: str
    kind: Kind
    facet: bool = False
    tree: bool = False
    term_dictionary: bool = False
    stored: bool = False

    @property
    def counted(self) -> bool:
        return self.facet or self.term_dictionary


_ROWS = (
    Field("id", Kind.KEYWORD),
    Field("revision", Kind.KEYWORD),
    Field("title_key", Kind.KEYWORD),
    Field("document_number", Kind.KEYWORD),
    Field("index_number", Kind.KEYWORD),
    Field("number_prefix", Kind.KEYWORD, term_dictionary=True),
    Field("number_year", Kind.KEYWORD),
    Field("number_serial", Kind.KEYWORD),
    Field("authority", Kind.KEYWORD),
    Field("repeals", Kind.KEYWORD),
    Field("terms", Kind.KEYWORD, term_dictionary=True),
    Field("text_key", Kind.KEYWORD),
    Field("bands", Kind.KEYWORD),
    Field("identities", Kind.KEYWORD, stored=True),
    Field("title_words", Kind.WORDS),
    Field("title_grams", Kind.GRAMS),
    Field("entry_words", Kind.WORDS),
    Field("body_words", Kind.WORDS),
    Field("text_grams", Kind.GRAMS),
    Field("text_chars", Kind.CHARS),
    Field("category", Kind.KEYWORD, facet=True, tree=True),
    Field("topic", Kind.KEYWORD, facet=True, tree=True),
    Field("audience", Kind.KEYWORD, facet=True, tree=True),
    Field("life_event", Kind.KEYWORD, facet=True, tree=True),
    Field("genre", Kind.KEYWORD, facet=True),
    Field("format", Kind.KEYWORD, facet=True),
    Field("publisher", Kind.KEYWORD, facet=True),
    Field("year", Kind.KEYWORD, facet=True),
    Field("validity", Kind.KEYWORD, facet=True),
    Field("disclosure", Kind.KEYWORD, facet=True),
    Field("published_first", Kind.INTEGER),
    Field("published_last", Kind.INTEGER),
    Field("published_order", Kind.INTEGER),
)

FIELDS: Mapping[str, Field] = {row.name: row for row in _ROWS}
FACETS: tuple[str, ...] = tuple(row.name for row in _ROWS if row.facet)
TREES: tuple[str, ...] = tuple(row.name for row in _ROWS if row.tree)
ZONE_BREAK = "\u2063"
"""A token that no text contains; it separates zones of a field, so that no phrase spans two."""
SCHEMA_VERSION = 6
"""Raised when a field changes its meaning; every index must then be rebuilt."""
