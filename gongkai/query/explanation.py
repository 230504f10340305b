"""Lists the parts of a query tree that carry a weight from relevance.toml."""

from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.query.tree import (
    And,
    Boost,
    ConstantScore,
    DisMax,
    Or,
    Phrase,
    Query,
    Range,
    Term,
    Terms,
)


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """The score that one query part gave a record; `asks` is what the part matches."""

    name: str
    asks: str
    score: float


@dataclass(frozen=True, slots=True)
class NamedPart:
    """A scored part.

    `name` is the key in relevance.toml, such as `words.title`; `asks` lists the fields and values
    it matches.
    """

    name: str
    asks: str
    query: Query


def find_parts(query: Query) -> Iterator[NamedPart]:
    """Yields named parts in tree order, each outer part before the parts inside it."""
    if isinstance(query, Boost | ConstantScore) and query.name:
        yield NamedPart(query.name, describe(query), query)
    for part in _inside(query):
        yield from find_parts(part)


def describe(query: Query) -> str:
    """Returns the leaves of a query as text: `title_words:公积金`."""
    return " ".join(dict.fromkeys(_leaves(query)))


def _leaves(query: Query) -> Iterator[str]:
    match query:
        case Term(field, value):
            yield f"{field}:{value}"
        case Terms(field, values):
            yield f"{field}:{'|'.join(values)}"
        case Phrase(field, values, _):
            yield f"{field}:{values[0] + ''.join(value[-1] for value in values[1:])}"
        case Range(field, lower, upper):
            yield f"{field}:{lower}–{upper}"
        case And(must, should, exclude):
            for part in (*must, *should):
                yield from _leaves(part)
            for part in exclude:
                yield from (f"-{leaf}" for leaf in _leaves(part))
            return
    for part in _inside(query):
        yield from _leaves(part)


def _inside(query: Query) -> tuple[Query, ...]:
    match query:
        case And(must, should, exclude):
            return (*must, *should, *exclude)
        case Or(alternatives) | DisMax(alternatives):
            return alternatives
        case Boost(inner) | ConstantScore(inner):
            return (inner,)
    return ()
