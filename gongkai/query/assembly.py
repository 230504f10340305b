"""Assembles the query trees of an interpretation from its clauses.

`strict` and `relaxed` score a record alike; `strict` requires every word, `relaxed` one of the
terms that tell documents apart, or more of a long query.
"""

from collections.abc import Iterable
from datetime import date
from itertools import chain

from gongkai.query.clauses import WORD_LEAVES, BoundedClauses, Clauses, ReadTerm
from gongkai.query.full_match import FullMatch
from gongkai.query.query_builder import QueryBuilder
from gongkai.query.questions import asks_how
from gongkai.query.relevance import Weights
from gongkai.query.static_rank import build_static_rank
from gongkai.query.term_choice import choose_terms
from gongkai.query.tree import And, ConstantScore, MatchNone, Or, Query
from gongkai.query.word_counts import WordCounts

WORD_LIMIT = 40
"""Distinct words that must match. More words only cost time; forty are enough to find a text."""


class TreeAssembler:
    """Assembles the trees of one text."""

    def __init__(
        self, builder: QueryBuilder, weights: Weights, counts: WordCounts, clauses: Clauses
    ) -> None:
        self._builder = builder
        self._weights = weights
        self._full_match = FullMatch(weights, builder.letters_only, builder.in_title)
        self._clauses = clauses
        self._choice = choose_terms(clauses.read, counts, weights)
        self._deciding = self._scored(self._choice.deciding)
        self._signs = self._collect_signs() if self._may_relax() else []

    def strict(self, text: str, today: date) -> Query:
        """Returns the tree that requires every word."""
        must = self._clauses.must.taken
        if not self._may_relax():
            return self._finish(text, today, [*must, *self._clauses.words.taken], [])
        return self._finish(text, today, [*must, self._every_word()], self._deciding)

    def relaxed(self, text: str, today: date) -> Query | None:
        """Returns the tree that requires some words; None where it would match no more."""
        must = self._clauses.must.taken
        if not self._may_relax():
            return None
        if self._clauses.codes:
            return self._finish(text, today, must, [*self._deciding, self._every_word()])
        least = max(1, int(len(self._deciding) * self._weights.relaxation_share))
        some = (Or(tuple(self._deciding), least),) if self._deciding else ()
        return self._finish(text, today, [*must, Or((*some, self._every_word()))], [])

    def _may_relax(self) -> bool:
        words = self._clauses.words.taken
        if self._clauses.codes:
            return bool(words)
        # Bound words are matched one by one when the query is relaxed.
        return len(words) > 1 or (bool(words) and self._deciding != words)

    def _collect_signs(self) -> list[Query]:
        """Returns the clauses that only rank."""
        deciding, further = self._choice.deciding, self._choice.further
        further = further[: WORD_LIMIT - len(deciding)]
        if not self._choice.is_message:
            return [*self._scored(further), *self._clauses.optional.taken, *self._full()]
        asked = self._scored(term for term in further if term.is_asked)
        told = self._scored(term for term in further if not term.is_asked)
        pairs = (self._builder.pairs(term.words) for term in deciding)
        return [*asked, *self._builder.story(told), *chain.from_iterable(pairs), *self._full()]

    def _full(self) -> list[Query]:
        """Boosts records that have the terms near each other or in the title."""
        terms = self._choice.deciding if self._choice.is_message else self._clauses.read
        every = (self._builder.required(term) for term in terms)
        return self._full_match.boost(tuple(terms), tuple(every))

    def _scored(self, terms: Iterable[ReadTerm]) -> list[Query]:
        scored = BoundedClauses(WORD_LEAVES)
        least = self._choice.least
        scored.extend(query for term in terms for query in self._builder.scored(term, least))
        return scored.taken

    def _every_word(self) -> Query:
        """Requires every word, or the text as written, which may be cut otherwise in a record."""
        clauses = self._clauses
        every: Query = And(tuple(clauses.words.taken))
        if clauses.has_run and not (clauses.has_number or clauses.written.is_cut):
            every = Or((every, And(tuple(clauses.written.taken))))
        return ConstantScore(every, self._weights.full_anywhere, "full.anywhere")

    def _finish(
        self, text: str, today: date, must: Iterable[Query], scored: Iterable[Query]
    ) -> Query:
        required = tuple(must)
        if not required:
            return MatchNone()
        clauses = self._clauses
        should = (*scored, *self._signs, *clauses.should.taken)
        meant = And(required, should, tuple(clauses.exclude.taken))
        whole = self._builder.named_whole(text)
        named = Or((*whole, meant)) if whole else meant
        count = len(self._choice.deciding)
        static_rank = build_static_rank(
            self._weights, count, self._deciding, today, asks_how=asks_how(text)
        )
        return And((named,), tuple(static_rank)) if static_rank else named
