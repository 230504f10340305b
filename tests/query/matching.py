"""What a query tree means, in the plainest words: does this one document meet it?

The laws of understanding and filters are stated with it, without any engine.
"""

from collections.abc import Iterator, Mapping, Sequence

from gongkai.query.tree import (
    And,
    Boost,
    ConstantScore,
    DisMax,
    MatchAll,
    MatchNone,
    Or,
    Phrase,
    Query,
    Range,
    Term,
    Terms,
)

Fields = Mapping[str, str | int | Sequence[str]]
"""As `IndexDocument.fields` holds them."""


def matches(query: Query, fields: Fields) -> bool:
    """Whether the document is among those that the query asks for."""
    match query:
        case MatchAll() | MatchNone():
            met = isinstance(query, MatchAll)
        case Term(field, value):
            met = value in _values(fields, field)
        case Terms(field, values):
            met = not set(values).isdisjoint(_values(fields, field))
        case Phrase(field, values, slop):
            tokens = _values(fields, field)
            met = _are_near(tokens, *values, slop) if slop else _holds_run(tokens, values)
        case Range(field, lower, upper):
            number = fields[field]
            assert isinstance(number, int)
            met = (lower is None or lower <= number) and (upper is None or number <= upper)
        case And(must, _, exclude):
            met = all(matches(part, fields) for part in must)
            met = met and not any(matches(part, fields) for part in exclude)
        case Or(alternatives, minimum):
            met = sum(matches(part, fields) for part in alternatives) >= minimum
        case DisMax(alternatives):
            met = any(matches(part, fields) for part in alternatives)
        case Boost(inner) | ConstantScore(inner):
            met = matches(inner, fields)
    return met


def parts_of(query: Query) -> Iterator[Query]:
    """The query and everything inside it."""
    yield query
    match query:
        case And(must, should, exclude):
            inner: tuple[Query, ...] = (*must, *should, *exclude)
        case Or(alternatives) | DisMax(alternatives):
            inner = alternatives
        case Boost(part) | ConstantScore(part):
            inner = (part,)
        case _:
            inner = ()
    for part in inner:
        yield from parts_of(part)


def _values(fields: Fields, field: str) -> Sequence[str]:
    value = fields[field]
    assert not isinstance(value, int)
    # The title's key is one value; other texts are words between blanks.
    return value.split() if isinstance(value, str) and field != "title_key" else _listed(value)


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _are_near(tokens: Sequence[str], first: str, second: str, slop: int) -> bool:
    """Of two values: each one out of order costs two."""
    starts = [at for at, token in enumerate(tokens) if token == first]
    ends = [at for at, token in enumerate(tokens) if token == second]
    moved = (end - start - 1 for start in starts for end in ends)
    return any(0 <= each <= slop or 1 < -each <= slop for each in moved)


def _holds_run(tokens: Sequence[str], run: Sequence[str]) -> bool:
    starts = (at for at, token in enumerate(tokens) if token == run[0])
    return any(tuple(tokens[start : start + len(run)]) == tuple(run) for start in starts)
