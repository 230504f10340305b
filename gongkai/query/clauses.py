"""Collects the clauses of one query and bounds their number, whatever the query text holds.

A limit counts leaves of the query tree: terms, phrases, ranges. Earlier clauses are kept, later
ones are dropped, and `is_cut` reports that some were dropped. The kept clauses are enough to find a
text of so many words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from analyzers.numerals import Quantity
from gongkai.query.tree import Query, count_leaves

REQUIRED_LEAVES = 500
"""Required phrases and numbers; a query of 1,000 characters has 500 at most."""
EXCLUDED_LEAVES = 500
WORD_LEAVES = 400
"""Words with their official terms; forty words need 160 leaves without official terms."""
LIFTING_LEAVES = 200
OPTIONAL_LEAVES = 240
"""Pairs and characters, which only rank the records that match most words."""


@dataclass(slots=True)
class BoundedClauses:
    """Clauses in order, with at most `limit` leaves in all; the first clause is always accepted."""

    limit: int
    taken: list[Query] = field(default_factory=list)
    leaves: int = 0
    is_cut: bool = False

    def add(self, query: Query) -> bool:
        """Adds the clause if it fits within the limit; returns whether it was added."""
        leaves = count_leaves(query)
        if self.taken and self.leaves + leaves > self.limit:
            self.is_cut = True
            return False
        self.taken.append(query)
        self.leaves += leaves
        return True

    def extend(self, queries: Iterable[Query]) -> None:
        """Adds clauses until one no longer fits."""
        for query in queries:
            if not self.add(query):
                return


@dataclass(frozen=True, slots=True)
class ReadTerm:
    """One term as read: its words, official terms, the agency or the quantity that it names.

    `is_bound` words must be side by side. `is_asked` is true in a clause that asks. `counted` are
    the keys of `WordCounts` that tell how much the term says: those of its words, then those of
    each official term.
    """

    words: tuple[str, ...]
    others: tuple[str, ...] = ()
    agency: str | None = None
    quantity: Quantity | None = None
    is_bound: bool = False
    is_asked: bool = False
    counted: tuple[Sequence[str], ...] = ()


@dataclass(slots=True)
class Clauses:
    """The clauses read in a text so far, each kind within its own limit."""

    must: BoundedClauses = field(default_factory=partial(BoundedClauses, REQUIRED_LEAVES))
    numbers: BoundedClauses = field(default_factory=partial(BoundedClauses, REQUIRED_LEAVES))
    """Document numbers and index numbers, of which one has to match."""
    words: BoundedClauses = field(default_factory=partial(BoundedClauses, WORD_LEAVES))
    read: list[ReadTerm] = field(default_factory=list)
    """All terms in order; `words` requires the first of them."""
    question_words: list[str] = field(default_factory=list)
    should: BoundedClauses = field(default_factory=partial(BoundedClauses, LIFTING_LEAVES))
    optional: BoundedClauses = field(default_factory=partial(BoundedClauses, OPTIONAL_LEAVES))
    """Clauses that only add to the score, used where most words are enough to match."""
    written: BoundedClauses = field(default_factory=partial(BoundedClauses, LIFTING_LEAVES))
    """The plain text as written, run by run."""
    has_run: bool = False
    """Whether a run of the text has several words."""
    has_number: bool = False
    exclude: BoundedClauses = field(default_factory=partial(BoundedClauses, EXCLUDED_LEAVES))
    terms: list[str] = field(default_factory=list)
    highlight_terms: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    expanded: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def ask(self, words: Sequence[str]) -> None:
        """Marks the term of these words, read before, as one of a clause that asks."""
        for at, term in enumerate(self.read):
            if term.words == tuple(words):
                self.read[at] = replace(term, is_asked=True)

    @property
    def is_cut(self) -> bool:
        """Whether a required, worded or excluded clause was dropped."""
        return any(each.is_cut for each in (self.must, self.numbers, self.words, self.exclude))
