"""Restricts an interpreted query to titles (检索范围：标题)."""

from collections.abc import Iterable
from dataclasses import replace

from gongkai.query.interpreter import InterpretedQuery
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
)

_MOVED = {"text_grams": "title_grams", "text_chars": "title_chars"}
_OUTSIDE = frozenset(
    ("entry_words", "body_words", "publisher", "document_number", "index_number")
) | frozenset(("number_prefix", "number_year", "number_serial"))
"""Fields of the words of a query that no title has. Filters do not pass here."""


def search_titles(interpreted: InterpretedQuery) -> InterpretedQuery:
    """Returns the interpretation with its trees restricted to titles."""
    relaxed = interpreted.relaxed
    return replace(
        interpreted,
        strict=restrict_to_titles(interpreted.strict),
        relaxed=restrict_to_titles(relaxed) if relaxed else None,
    )


def restrict_to_titles(query: Query) -> Query:  # noqa: PLR0911
    """Returns a query that matches words in titles alone; what a record is by itself stays."""
    match query:
        case Term(field, value):
            return MatchNone() if field in _OUTSIDE else Term(_MOVED.get(field, field), value)
        case Phrase(field, values, slop):
            return Phrase(_MOVED.get(field, field), values, slop)
        case And(must, should, exclude):
            required = tuple(map(restrict_to_titles, must))
            if any(isinstance(each, MatchNone) for each in required):
                return MatchNone()
            return And(required, _restrict(should), _restrict(exclude))
        case Or(alternatives, least):
            some = _restrict(alternatives)
            return Or(some, min(least, len(some))) if some else MatchNone()
        case DisMax(alternatives, tie_breaker):
            some = _restrict(alternatives)
            return DisMax(some, tie_breaker) if some else MatchNone()
        case Boost(inner, factor, name):
            whole = restrict_to_titles(inner)
            return whole if isinstance(whole, MatchNone) else Boost(whole, factor, name)
        case ConstantScore(inner, score, name):
            whole = restrict_to_titles(inner)
            return whole if isinstance(whole, MatchNone) else ConstantScore(whole, score, name)
    return query


def _restrict(queries: Iterable[Query]) -> tuple[Query, ...]:
    restricted = map(restrict_to_titles, queries)
    return tuple(each for each in restricted if not isinstance(each, MatchNone))
