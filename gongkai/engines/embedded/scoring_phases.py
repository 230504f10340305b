"""Scores a query of many matches in two phases, so that costly clauses are read for the best only.

The first phase orders all matches without the optional clauses on characters, pairs and phrases,
and without boosts of many records. The second phase adds these to the scores of the first WINDOW
matches. Further matches keep the order of the first phase, so that pages neither repeat nor skip a
record.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeGuard

import tantivy
from tantivy import Occur

from gongkai.engines.embedded.compile import DEEPEST, compile_query
from gongkai.engines.embedded.schema import build_schema, index_option
from gongkai.engines.embedded.selectivity import Selectivity
from gongkai.query import tree

WINDOW = 200
"""First matches that the second phase scores: more than rank fusion reads."""
LEAST_WORK = 150_000
"""Matches times deferred clauses from which the second phase saves more than it costs."""
_ORDER = "published_order"
"""A number that tells records apart."""
_CHARACTERS = frozenset(("text_chars", "text_grams"))
Scored = tuple[float, tantivy.DocAddress]
_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phases:
    """The query that finds and orders all matches, and optional clauses of the second phase."""

    first: tree.Query
    second: tuple[tree.Query, ...] = ()


def divide_phases(query: tree.Query, selectivity: Selectivity) -> Phases:
    """Divides a scored query; with few matches, everything is in the first phase."""
    deferred: list[tree.Query] = []
    first = _defer(query, selectivity, deferred)
    if selectivity.visited(query) * len(deferred) < LEAST_WORK:
        return Phases(query)
    return Phases(first, tuple(deferred))


def add_second_phase(
    searcher: tantivy.Searcher, scored: Sequence[Scored], second: Sequence[tree.Query]
) -> list[Scored]:
    """Returns the matches of the first phase with the first WINDOW in the order of both phases."""
    records = _Records.read(searcher, [address for _, address in scored[:WINDOW]])
    gained = defaultdict(float, records.score([each for each in second if not _is_whole(each)]))
    for each in second:
        if _is_whole(each):
            for key in records.keep(each.query).orders:
                gained[key] += each.score
    ranked = [(score + gained[_key(address)], address) for score, address in scored[:WINDOW]]
    return [*sorted(ranked, key=lambda each: -each[0]), *scored[WINDOW:]]


@dataclass(frozen=True, slots=True)
class _Records:
    """Some records, by the key of their address, with the number that tells them apart."""

    searcher: tantivy.Searcher
    orders: Mapping[_Key, int]

    @classmethod
    def read(
        cls, searcher: tantivy.Searcher, addresses: Sequence[tantivy.DocAddress]
    ) -> "_Records":
        orders = searcher.fast_field_values(_ORDER, list(addresses))
        pairs = zip(addresses, orders, strict=True)
        return cls(searcher, {_key(address): int(order or 0) for address, order in pairs})

    def score(self, optional: Sequence[tree.Query]) -> dict[_Key, float]:
        """Returns the sum of the scores of optional queries, for each record."""
        scores = dict.fromkeys(self.orders, 0.0)
        for at in range(0, len(optional), DEEPEST):
            query = self._match()
            for each in optional[at : at + DEEPEST]:
                # A nested query is looked up for these records only.
                part = (Occur.Should, compile_query(each))
                query = tantivy.Query.boolean_query([(Occur.Must, query), part])
            for key, score in self._search(query).items():
                scores[key] = scores.get(key, 0.0) + score
        return scores

    def keep(self, query: tree.Query) -> "_Records":
        """Returns the records that match.

        Alternatives are searched one by one: tantivy reads those of thousands of records ahead.
        """
        match query:
            case tree.And(must, (), ()):
                return reduce(_Records.keep, must, self)
            case tree.Or((first, *others), 1) if others and self.orders:
                found = self.keep(first)
                left = {key: each for key, each in self.orders.items() if key not in found.orders}
                rest = _Records(self.searcher, left).keep(tree.Or(tuple(others)))
                return _Records(self.searcher, {**found.orders, **rest.orders})
            case tree.Or((only,), 1):
                return self.keep(only)
        both = [(Occur.Must, self._match()), (Occur.Must, compile_query(query))]
        found_keys = self._search(tantivy.Query.boolean_query(both)) if self.orders else ()
        kept = {key: self.orders[key] for key in found_keys if key in self.orders}
        return _Records(self.searcher, kept)

    def _match(self) -> tantivy.Query:
        option = index_option(_ORDER)
        schema = build_schema()
        terms = (tantivy.Query.term_query(schema, _ORDER, n, option) for n in self.orders.values())
        any_of = tantivy.Query.boolean_query([(Occur.Should, each) for each in terms])
        return tantivy.Query.const_score_query(any_of, 0.0)

    def _search(self, query: tantivy.Query) -> dict[_Key, float]:
        hits = self.searcher.search(query, limit=max(len(self.orders), 1), count=False).hits
        return {_key(address): float(score) for score, address in hits}


def _defer(query: tree.Query, selectivity: Selectivity, deferred: list[tree.Query]) -> tree.Query:
    """Returns the query without the clauses of the second phase, which are put into `deferred`."""
    match query:
        case tree.And(must, should, exclude):
            held = frozenset(_required_parts(must))
            later = [each for each in should if _is_ranked_later(each, selectivity)]
            deferred += [_without_held(each, held) for each in later]
            kept = tuple(each for each in should if each not in later)
            if len(must) == 1:
                must = (_defer(must[0], selectivity, deferred),)
            return tree.And(must, kept, exclude)
        case tree.Or((*others, last), 1) if not any(isinstance(each, tree.And) for each in others):
            return tree.Or((*others, _defer(last, selectivity, deferred)))
    return query


def _required_parts(must: Iterable[tree.Query]) -> Iterator[tree.Query]:
    """Yields queries that every match of the required ones has."""
    for each in must:
        inner = each.query if isinstance(each, tree.ConstantScore) else each
        yield from inner.must if isinstance(inner, tree.And) else (inner,)


def _without_held(query: tree.Query, held: Container[tree.Query]) -> tree.Query:
    """Returns an optional query that is the same for records that match all of `held`.

    Phrases come first, because fewer records have them.
    """
    match query:
        case tree.ConstantScore(tree.And(must, (), ()), score, name):
            needed = [tree.without_scores(each) for each in must if each not in held]
            ordered = sorted(needed, key=lambda each: not _is_of_characters(each))
            return tree.ConstantScore(tree.And(tuple(ordered)), score, name)
    return query


def _is_whole(query: tree.Query) -> TypeGuard[tree.ConstantScore]:
    """Whether a query gives one score to the records that match several others."""
    return isinstance(query, tree.ConstantScore) and isinstance(query.query, tree.And)


def _is_ranked_later(query: tree.Query, selectivity: Selectivity) -> bool:
    """Whether an optional query is left for the second phase.

    If many records get the same boost (in force), the best matches with it are within the window.
    """
    is_boost = isinstance(query, tree.ConstantScore) and selectivity.is_common(query)
    return is_boost or _is_of_characters(query)


def _is_of_characters(query: tree.Query) -> bool:
    return any(field in _CHARACTERS for field in _fields(query))


def _fields(query: tree.Query) -> Iterator[str]:
    match query:
        case tree.And():
            for each in (*query.must, *query.should, *query.exclude):
                yield from _fields(each)
        case tree.Or(alternatives) | tree.DisMax(alternatives):
            for each in alternatives:
                yield from _fields(each)
        case tree.Boost(inner) | tree.ConstantScore(inner):
            yield from _fields(inner)
        case tree.Term(field) | tree.Phrase(field):
            yield field


def _key(address: tantivy.DocAddress) -> _Key:
    return address.segment_ord, address.doc
