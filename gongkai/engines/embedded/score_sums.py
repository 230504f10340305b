"""Adds up the scores of equal queries in a tree, so that each is evaluated once.

甲 in a word zone is required, scored as a word and scored again as a pair of characters. The sum of
disjunctions of the same alternatives is one disjunction with another weight and tie breaker.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gongkai.query.tree import And, Boost, ConstantScore, DisMax, MatchAll, Or, Query

Alternatives = tuple[Query, ...]


def join_scores(query: Query) -> Query:
    """Returns a query with the same matches and scores, and equal parts of an And joined."""
    match query:
        case And(must, should, exclude):
            sums = _Sums.of(should)
            needed = tuple(part for each in must for part in sums.join(join_scores(each)))
            return And(needed, sums.rest(), exclude)
        case Or(alternatives, least):
            return Or(tuple(map(join_scores, alternatives)), least)
    return query


def scored_alternatives(query: Query) -> Alternatives:
    """Returns what a query matches, whatever the weights: equal values have equal matches."""
    return _weigh(query)[0]


@dataclass(frozen=True, slots=True)
class _Weight:
    """The best alternative counts `best` times, each other one `others` times."""

    best: float
    others: float

    def plus(self, other: "_Weight") -> "_Weight":
        return _Weight(self.best + other.best, self.others + other.others)

    def apply(self, alternatives: Alternatives) -> Query:
        inner = alternatives[0]
        if len(alternatives) > 1:
            inner = DisMax(alternatives, self.others / self.best)
        return inner if self.best == 1 else Boost(inner, self.best)


@dataclass(frozen=True, slots=True)
class _Sums:
    """The weights of optional queries, until each is joined with a required one."""

    weights: dict[Alternatives, _Weight] = field(default_factory=dict)

    @classmethod
    def of(cls, optional: Iterable[Query]) -> "_Sums":
        sums = cls()
        for each in optional:
            alternatives, weight = _weigh(each)
            if not weight.best:
                continue  # adds nothing to any score
            known = sums.weights.get(alternatives)
            sums.weights[alternatives] = known.plus(weight) if known else weight
        return sums

    def join(self, required: Query) -> tuple[Query, ...]:
        """Returns required queries with the scores of the optional ones that match the same."""
        match required:
            case ConstantScore(And(parts, (), ()), score, name) if self._holds(parts):
                scored = dict.fromkeys(map(scored_alternatives, parts))
                constant = ConstantScore(MatchAll(), score, name)
                return *(self.weights.pop(each).apply(each) for each in scored), constant
            case Or(alternatives, least):
                return (Or(tuple(map(self._add, alternatives)), least),)
        return (self._add(required),)

    def rest(self) -> tuple[Query, ...]:
        return tuple(weight.apply(each) for each, weight in self.weights.items())

    def _holds(self, parts: Iterable[Query]) -> bool:
        return all(scored_alternatives(each) in self.weights for each in parts)

    def _add(self, query: Query) -> Query:
        alternatives, weight = _weigh(query)
        more = self.weights.pop(alternatives, None)
        return weight.plus(more).apply(alternatives) if more else query


def _weigh(query: Query) -> tuple[Alternatives, _Weight]:
    factor = 1.0
    while isinstance(query, Boost):
        factor, query = factor * query.factor, query.query
    if isinstance(query, DisMax):
        return query.any, _Weight(factor, factor * query.tie_breaker)
    return (query,), _Weight(factor, 0.0)
