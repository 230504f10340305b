"""Simplifies a query tree for one snapshot of an index; matches and scores stay the same."""

from collections.abc import Callable, Iterable

from gongkai.engines.embedded.compile import FEW_VALUES
from gongkai.query.tree import (
    And,
    Boost,
    ConstantScore,
    DisMax,
    MatchNone,
    Or,
    Phrase,
    Query,
    Term,
    Terms,
    alternatives_of,
)

Frequency = Callable[[str, str], int]
"""Returns the number of records whose field has a value, or a higher number; 0 is exact."""


def drop_unmatched(query: Query, frequency: Frequency) -> Query:
    """Returns the query without the parts that no record matches; MatchNone if that is all."""
    return _keep_matched(query, frequency) or MatchNone()


def push_filters(query: Query, filters: Iterable[Query]) -> Query:
    """Restricts a scored query to filters, which score nothing.

    tantivy reads thousands of records of alternatives ahead, so the filters are put inside of them.
    """
    unscored = tuple(ConstantScore(each, 0.0) for each in filters)
    return _restrict(query, unscored) if unscored else query


def _keep_matched(query: Query, frequency: Frequency) -> Query | None:
    match query:
        case Boost(inner, factor, name):
            kept = _keep_matched(inner, frequency)
            return Boost(kept, factor, name) if kept else None
        case ConstantScore(inner, score, name):
            kept = _keep_matched(inner, frequency)
            return ConstantScore(kept, score, name) if kept else None
        case And() | Or() | DisMax():
            return _keep_parts(query, frequency)
    return query if _may_match(query, frequency) else None


def _may_match(leaf: Query, frequency: Frequency) -> bool:
    match leaf:
        case Term(field, value):
            return bool(frequency(field, value))
        case Phrase(field, values):
            return all(frequency(field, each) for each in values)
        case Terms(field, values) if len(values) <= FEW_VALUES:
            return any(frequency(field, each) for each in values)
    return not isinstance(leaf, MatchNone)


def _keep_parts(query: And | Or | DisMax, frequency: Frequency) -> Query | None:
    match query:
        case Or(alternatives, least):
            some = _keep_each(alternatives, frequency)
            if len(some) < least:
                return None
            return some[0] if len(some) == 1 else _join_or(some, least)
        case DisMax(alternatives, tie_breaker):
            some = _keep_each(alternatives, frequency)
            return DisMax(some, tie_breaker) if len(some) > 1 else next(iter(some), None)
        case And(must, should, exclude):
            needed = _keep_each(must, frequency)
            if len(needed) < len(must):
                return None
            optional, excluded = _keep_each(should, frequency), _keep_each(exclude, frequency)
            return _join_and(needed, optional, excluded)


def _join_or(alternatives: tuple[Query, ...], least: int) -> Or:
    """Returns one list of alternatives instead of lists within a list."""
    if least > 1:
        return Or(alternatives, least)
    return Or(tuple(part for each in alternatives for part in alternatives_of(each)))


def _join_and(
    must: tuple[Query, ...], should: tuple[Query, ...], exclude: tuple[Query, ...]
) -> And:
    """Returns one And instead of one that requires only another."""
    if len(must) == 1 and isinstance(must[0], And):
        inner = must[0]
        return And(inner.must, (*inner.should, *should), (*inner.exclude, *exclude))
    return And(must, should, exclude)


def _keep_each(queries: Iterable[Query], frequency: Frequency) -> tuple[Query, ...]:
    kept = (_keep_matched(each, frequency) for each in queries)
    return tuple(each for each in kept if each)


def _restrict(query: Query, filters: tuple[Query, ...]) -> Query:
    match query:
        case And((Or((*_, And())),), should, ()):
            return And((_restrict(query.must[0], filters),), should)
        case Or((*_, And()) as alternatives, 1):
            return Or(tuple(_restrict(each, filters) for each in alternatives))
        case And(must, should, exclude):
            return And((*must, *filters), should, exclude)
    return And((query, *filters))
