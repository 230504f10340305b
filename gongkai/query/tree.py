"""The query tree: engine-neutral nodes that each engine compiles to its own query.

Every leaf names a field of `gongkai.catalog.fields` and values already analysed for that field.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class MatchAll:
    """Matches every record with the same score."""


@dataclass(frozen=True, slots=True)
class MatchNone:
    """Matches no record."""


@dataclass(frozen=True, slots=True)
class Term:
    """Matches records whose field has this value; scored with the engine's BM25."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Matches records whose field has at least one of the values; not scored."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Matches records whose field has the values in sequence.

    Up to `slop` other values may be between them in all.
    """

    field: str
    values: tuple[str, ...]
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Range:
    """Matches records whose integer field is in [lower, upper]; None is open. Not scored."""

    field: str
    lower: int | None = None
    upper: int | None = None


@dataclass(frozen=True, slots=True)
class And:
    """Matches all of `must` and none of `exclude`; `should` only adds to the score.

    `must` is not empty.
    """

    must: tuple["Query", ...]
    should: tuple["Query", ...] = ()
    exclude: tuple["Query", ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """Matches at least `minimum_should_match` of the alternatives; their scores add up."""

    any: tuple["Query", ...]
    minimum_should_match: int = 1


@dataclass(frozen=True, slots=True)
class DisMax:
    """Matches at least one alternative, with the best score plus `tie_breaker` times the others."""

    any: tuple["Query", ...]
    tie_breaker: float = 0.0


@dataclass(frozen=True, slots=True)
class Boost:
    """Multiplies the score of `query` by `factor`; `name` is its key in `relevance.toml`."""

    query: "Query"
    factor: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class ConstantScore:
    """Gives each match of `query` this score; `name` as in Boost."""

    query: "Query"
    score: float
    name: str = ""


Query: TypeAlias = (
    MatchAll | MatchNone | Term | Terms | Phrase | Range | And | Or | DisMax | Boost | ConstantScore
)


def match_run(field: str, run: str) -> Query:
    """Matches a literal run of two or more characters by its overlapping bigrams."""
    if len(run) == 2:
        return Term(field, run)
    return Phrase(field, tuple(map("".join, pairwise(run))))


def without_scores(query: Query) -> Query:
    """Returns a query with the same matches and without optional parts, for counting.

    Nested alternatives become one list, which engines evaluate several times as fast.
    """
    match query:
        case And():
            must = tuple(dict.fromkeys(map(without_scores, query.must)))
            if len(must) == 1 and not query.exclude:
                return must[0]
            return And(must, exclude=tuple(map(without_scores, query.exclude)))
        case Or(alternatives, least) if least > 1:
            return Or(tuple(map(without_scores, alternatives)), least)
        case Or() | DisMax():
            return _join_alternatives(map(without_scores, query.any))
        case Boost() | ConstantScore():
            return without_scores(query.query)
    return query


def _join_alternatives(alternatives: Iterable[Query]) -> Query:
    """Returns the alternatives of all queries as one list, without those that add no match."""
    listed = dict.fromkeys(each for query in alternatives for each in alternatives_of(query))
    needed = tuple(
        each
        for each in listed
        # 甲 or (甲 and 乙) matches the same as 甲.
        if not (isinstance(each, And) and any(_is_among(part, listed) for part in each.must))
    )
    return needed[0] if len(needed) == 1 else Or(needed)


def alternatives_of(query: Query) -> tuple[Query, ...]:
    """Returns the queries of which a match needs one; a query without alternatives is alone."""
    return query.any if isinstance(query, Or) and query.minimum_should_match == 1 else (query,)


def _is_among(query: Query, listed: Container[Query]) -> bool:
    return all(each in listed for each in alternatives_of(query))


def count_leaves(query: Query) -> int:
    """Returns the number of leaves in the tree: terms, phrases, ranges and so on."""
    match query:
        case And():
            return sum(map(count_leaves, (*query.must, *query.should, *query.exclude)))
        case Or() | DisMax():
            return sum(map(count_leaves, query.any))
        case Boost() | ConstantScore():
            return count_leaves(query.query)
    return 1
