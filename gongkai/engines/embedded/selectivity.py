"""Estimates how many records match a query, from the frequencies of its terms."""

from collections.abc import Collection
from dataclasses import dataclass, field

import tantivy

from gongkai.query import tree


@dataclass(frozen=True, slots=True)
class Selectivity:
    """Estimates of one snapshot. No estimate is less than the number of matches.

    `filters` restrict the records that a query visits.
    """

    searcher: tantivy.Searcher
    filters: Collection[tree.Query] = ()
    _frequencies: dict[tuple[str, str], int] = field(default_factory=dict)

    def visited(self, query: tree.Query) -> int:
        """Returns an upper bound of the matches that pass the filters."""
        return min(map(self.estimate, (query, *self.filters)))

    def estimate(self, query: tree.Query) -> int:  # noqa: PLR0911
        """Returns an upper bound of the number of records that match."""
        match query:
            case tree.Term(name, value):
                return self.frequency(name, value)
            case tree.Boost(inner) | tree.ConstantScore(inner):
                return self.estimate(inner)
            case tree.And(must):
                return min(map(self.estimate, must))
            case tree.Or(alternatives, least):
                # A match is counted at least `least` times.
                return self._bound(sum(map(self.estimate, alternatives)) // least)
            case tree.DisMax(alternatives):
                return self._bound(sum(map(self.estimate, alternatives)))
            case tree.Terms(name, values):
                return self._bound(sum(self.frequency(name, each) for each in values))
            case tree.Phrase(name, values):
                return min(self.frequency(name, each) for each in values)
            case tree.MatchNone():
                return 0
        return self.searcher.num_docs

    def is_common(self, query: tree.Query) -> bool:
        """Whether a tenth of all records may match."""
        return 10 * self.estimate(query) >= self.searcher.num_docs

    def _bound(self, count: int) -> int:
        return min(count, self.searcher.num_docs)

    def frequency(self, name: str, value: str) -> int:
        """Returns the number of records with a value; some of them may be deleted."""
        known = self._frequencies.get((name, value))
        if known is None:
            known = self._frequencies[name, value] = self.searcher.doc_freq(name, value)
        return known
