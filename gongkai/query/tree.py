"""A question as a tree with no engine in it. `understand`, `filters` build, engines compile it.

Every leaf names a field of `gongkai.catalog.fields` and values already analysed for it.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class MatchAll:
    """Every record, all with the same score."""


@dataclass(frozen=True, slots=True)
class MatchNone:
    """No record."""


@dataclass(frozen=True, slots=True)
class Term:
    """Records whose field holds this one value; scored by the engine's BM25."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Records whose field holds at least one of the values; not scored."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Records whose field holds the values one right after another."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Records whose integer field lies in [lower, upper]; None is open. Not scored."""

    field: str
    lower: int | None = None
    upper: int | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All of `must`, none of `exclude`; `should` only adds to the score. `must` is not empty."""

    must: tuple["Query", ...]
    should: tuple["Query", ...] = ()
    exclude: tuple["Query", ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least `minimum` of the alternatives; scores add up."""

    any: tuple["Query", ...]
    minimum_should_match: int = 1


@dataclass(frozen=True, slots=True)
class DisMax:
    """At least one of the alternatives; the best score counts, plus `tie` times the others'."""

    any: tuple["Query", ...]
    tie_breaker: float = 0.0


@dataclass(frozen=True, slots=True)
class Boost:
    """The score of `query` times `factor`. `name`: where in `relevance.toml` the number stands."""

    query: "Query"
    factor: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class ConstantScore:
    """The matches of `query`, each with this score; `name` as in Boost."""

    query: "Query"
    score: float
    name: str = ""


Query: TypeAlias = (
    MatchAll | MatchNone | Term | Terms | Phrase | Range | And | Or | DisMax | Boost | ConstantScore
)


def without_scores(query: Query) -> Query:
    """The same matches without what only scores: for what counts them and orders nothing."""
    match query:
        case And():
            must = tuple(map(without_scores, query.must))
            return And(must, exclude=tuple(map(without_scores, query.exclude)))
        case Or():
            return Or(tuple(map(without_scores, query.any)), query.minimum_should_match)
        case DisMax():
            return Or(tuple(map(without_scores, query.any)))
        case Boost() | ConstantScore():
            return without_scores(query.query)
    return query


def count_leaves(query: Query) -> int:
    """Terms, phrases, ranges and the like in the tree: what an engine has to look up."""
    match query:
        case And():
            return sum(map(count_leaves, (*query.must, *query.should, *query.exclude)))
        case Or() | DisMax():
            return sum(map(count_leaves, query.any))
        case Boost() | ConstantScore():
            return count_leaves(query.query)
    return 1
