"""Boosts full matches by where the words are: near each other, in the title.

Words scattered over a long report are a weaker sign than one passage or one title with them all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from gongkai.query.clauses import ReadTerm
from gongkai.query.relevance import Weights
from gongkai.query.tree import And, ConstantScore, Or, Phrase, Query, Term

NEAR_LIMIT = 8
"""Terms of a query that a full match may have near each other or in its title."""


@dataclass(frozen=True, slots=True)
class FullMatch:
    """Builds the boosts with `letters_only` of the analyzer and `in_title` of the builder."""

    weights: Weights
    letters_only: Callable[[str], str]
    in_title: Callable[[str], Query]

    def boost(self, terms: Sequence[ReadTerm], every: Sequence[Query]) -> list[Query]:
        """Returns the boosts of records with every term; `every` requires the terms."""
        weights = self.weights
        if not 2 <= len(terms) <= NEAR_LIMIT:
            return []
        near = And((*every, *self._near_each_other(terms)))
        titled = And(tuple(map(self._titled, terms)))
        boosts = (
            ConstantScore(near, weights.full_near, "full.near"),
            ConstantScore(titled, weights.full_title, "full.title"),
        )
        return [boost for boost in boosts if boost.score]

    def _near_each_other(self, terms: Sequence[ReadTerm]) -> Iterable[Query]:
        """Matches each term near the next one, by a pair of characters of each."""
        slop = int(self.weights.full_distance)
        for one, other in pairwise(terms):
            pairs = [p for p in product(self._anchors(one), self._anchors(other)) if p[0] != p[1]]
            if pairs:
                orders = (each for pair in pairs for each in (pair, pair[::-1]))
                yield Or(tuple(Phrase("text_grams", each, slop) for each in orders))

    def _anchors(self, term: ReadTerm) -> list[str]:
        runs = map(self.letters_only, ("".join(term.words), *term.others[:1]))
        return [run[:2] for run in runs if len(run) >= 2]

    def _titled(self, term: ReadTerm) -> Query:
        typed = And(tuple(Term("title_words", word) for word in term.words))
        written = self.in_title("".join(term.words)) if term.is_bound else typed
        return Or((written, *map(self.in_title, term.others)))
