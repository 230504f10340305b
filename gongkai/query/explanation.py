"""A query tree in, its parts that carry a number of relevance.toml out. `Answering` scores them."""

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
class NamedPart:
    """`name`: where the number stands, as `words.title`; `asks`: fields and values it is about."""

    name: str
    asks: str
    query: Query


def find_parts(query: Query) -> Iterator[NamedPart]:
    """The outermost parts with a name first, then those within, as the tree has them."""
    if isinstance(query, Boost | ConstantScore) and query.name:
        yield NamedPart(query.name, describe(query), query)
    for part in _inside(query):
        yield from find_parts(part)


def describe(query: Query) -> str:
    """What the leaves ask for: `title_words:公积金`."""
    return " ".join(dict.fromkeys(_leaves(query)))


def _leaves(query: Query) -> Iterator[str]:
    match query:
        case Term(field, value):
            yield f"{field}:{value}"
        case Terms(field, values):
            yield f"{field}:{'|'.join(values)}"
        case Phrase(field, values):
            yield f"{field}:{values[0] + ''.join(value[-1] for value in values[1:])}"
        case Range(field, lower, upper):
            yield f"{field}:{lower}–{upper}"
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
