"""A question as a tree with no engine in it. `understand`, `filters` build, engines compile it.

Every leaf names a field of `catalog.fields` and values already analysed for it.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Everything:
    """Every record, all with the same score."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No record."""


@dataclass(frozen=True, slots=True)
class Term:
    """Records whose field holds this one value; scored by the engine's BM25."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class AnyTerm:
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
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Best:
    """At least one of the alternatives; the best score counts, plus `tie` times the others'."""

    any: tuple["Query", ...]
    tie: float = 0.0


@dataclass(frozen=True, slots=True)
class Boost:
    """The score of `query` times `factor`. `name`: where in `relevance.toml` the number stands."""

    query: "Query"
    factor: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Constant:
    """The matches of `query`, each with this score; `name` as in Boost."""

    query: "Query"
    score: float
    name: str = ""


Query: TypeAlias = (
    Everything | Nothing | Term | AnyTerm | Phrase | Range | And | Or | Best | Boost | Constant
)


def matching(query: Query) -> Query:
    """The same matches without what only scores: for what counts them and orders nothing."""
    match query:
        case And():
            must = tuple(map(matching, query.must))
            return And(must, exclude=tuple(map(matching, query.exclude)))
        case Or():
            return Or(tuple(map(matching, query.any)), query.minimum)
        case Best():
            return Or(tuple(map(matching, query.any)))
        case Boost() | Constant():
            return matching(query.query)
    return query


def count_leaves(query: Query) -> int:
    """Terms, phrases, ranges and the like in the tree: what an engine has to look up."""
    match query:
        case And():
            return sum(map(count_leaves, (*query.must, *query.should, *query.exclude)))
        case Or() | Best():
            return sum(map(count_leaves, query.any))
        case Boost() | Constant():
            return count_leaves(query.query)
    return 1
