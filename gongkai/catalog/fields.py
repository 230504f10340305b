"""The one field table of the index: what each field holds, how it is analysed, what it serves.

`indexer.documents` fills it, `queries` asks it, each engine derives its schema from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How an engine has to index a field."""

    KEYWORD = "keyword"
    """Whole values, matched exactly."""
    WORDS = "words"
    """Space-joined words with frequencies, for ranking; no positions."""
    GRAMS = "grams"
    """Space-joined overlapping character bigrams with positions, for literal runs."""
    CHARS = "chars"
    """Space-joined distinct characters, presence only."""
    INTEGER = "integer"
    """A 64-bit number, filtered by range and sorted."""


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the table. `tree`: values are paths and bring their ancestors along.

    `term_dictionary`: public words and codes, read as a whole for suggestions and corrections.
    `counted`: records are counted a value, so that an engine keeps a column for it.
    `stored`: the values are read back by the writing side.
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
"""A token no text can hold: between two zones of one field, so that no phrase spans both."""
SCHEMA_VERSION = 6
"""Raise it when a row above changes its meaning: every index has to be rebuilt then."""
