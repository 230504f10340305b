"""Keeps the clauses of one query within limits, whatever its text holds. `understand` fills it.

A limit counts leaves: terms, phrases, ranges. What comes first stays; what is over is left out
and told (`is_cut`), since a text of so many words is found by those that stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from gongkai.query.tree import Query, count_leaves

REQUIRED_LEAVES = 500
"""Of phrases and numbers that have to be met; a query of 1,000 characters has 500 at most."""
EXCLUDED_LEAVES = 500
WORD_LEAVES = 400
"""Of words with their official terms; forty words have 160 without them."""
LIFTING_LEAVES = 200
OPTIONAL_LEAVES = 240
"""Of pairs and characters, which only order what has most words."""


@dataclass(slots=True)
class BoundedClauses:
    """Clauses in order, no more than `limit` leaves in all; the first is taken in any case."""

    limit: int
    taken: list[Query] = field(default_factory=list)
    leaves: int = 0
    is_cut: bool = False

    def add(self, query: Query) -> bool:
        """Take the clause if there is room for it; whether there was."""
        leaves = count_leaves(query)
        if self.taken and self.leaves + leaves > self.limit:
            self.is_cut = True
            return False
        self.taken.append(query)
        self.leaves += leaves
        return True

    def extend(self, queries: Iterable[Query]) -> None:
        """Take clauses as long as there is room."""
        for query in queries:
            if not self.add(query):
                return


@dataclass(slots=True)
class Clauses:
    """What was read in a text so far, each kind within its limit."""

    must: BoundedClauses = field(default_factory=partial(BoundedClauses, REQUIRED_LEAVES))
    words: BoundedClauses = field(default_factory=partial(BoundedClauses, WORD_LEAVES))
    content: BoundedClauses = field(default_factory=partial(BoundedClauses, WORD_LEAVES))
    """Words of two characters or more: one character alone is in nearly every text."""
    asking: list[str] = field(default_factory=list)
    should: BoundedClauses = field(default_factory=partial(BoundedClauses, LIFTING_LEAVES))
    optional: BoundedClauses = field(default_factory=partial(BoundedClauses, OPTIONAL_LEAVES))
    """What only lifts, and only where most words are enough."""
    exclude: BoundedClauses = field(default_factory=partial(BoundedClauses, EXCLUDED_LEAVES))
    terms: list[str] = field(default_factory=list)
    highlight_terms: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    expanded: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_cut(self) -> bool:
        """Whether something that the text asks for was left out."""
        return self.must.is_cut or self.words.is_cut or self.exclude.is_cut
