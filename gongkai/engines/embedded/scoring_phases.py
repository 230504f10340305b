"""Scores a query of many matches in two phases (rescore); costly clauses are read for the best.

The first phase orders all matches without the optional clauses on characters, pairs and phrases,
and without boosts of many records. The second phase adds these to the scores of the first WINDOW
matches. Further matches keep the order of the first phase, so that pages neither repeat nor skip a
record.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import tantivy
from tantivy import Occur

from gongkai.engines.embedded.compile import DEEPEST, compile_query
from gongkai.engines.embedded.schema import build_schema, index_option
from gongkai.engines.embedded.score_sums import Alternatives, scored_alternatives
from gongkai.engines.embedded.selectivity import Selectivity
from gongkai.query import tree

WINDOW = 300
"""First matches that the second phase scores: more than rank fusion reads."""
LEAST_WORK = 400_000
"""Work of the deferred clauses, in characters looked up, from which the second phase costs less."""
_BOOST_WORK = 3
"""Looking up a boost of many records: a range of dates, or records that are not among others."""
_PHRASE_WORK = 2
"""Reading the positions of a phrase."""
_RARE = 4
"""Characters that this many times fewer records have than the query visits stay in the first."""
_BITS = 20
"""Queries encoded in one score, which has 24 exact bits."""
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
    return _Division(selectivity, selectivity.visited(query)).divide(query)


def add_second_phase(
    searcher: tantivy.Searcher, scored: Sequence[Scored], second: Sequence[tree.Query]
) -> list[Scored]:
    """Returns the matches of the first phase with the first WINDOW in the order of both phases."""
    best = scored[:WINDOW]
    gained = _score_records(searcher, [address for _, address in best], second)
    ranked = [(score + gained.get(_key(address), 0.0), address) for score, address in best]
    return [*sorted(ranked, key=lambda each: -each[0]), *scored[WINDOW:]]


def _score_records(
    searcher: tantivy.Searcher,
    addresses: Sequence[tantivy.DocAddress],
    optional: Sequence[tree.Query],
) -> dict[_Key, float]:
    """Returns the sum of the scores of optional queries, for each record that matches one."""
    records = _Records(searcher, searcher.fast_field_values(_ORDER, list(addresses)))
    gained = records.score([each for each in optional if not _is_full_match(each)])
    full = [each for each in optional if _is_full_match(each)]
    leaves = tuple(dict.fromkeys(leaf for each in full for leaf in _leaves(each.query)))
    matched = records.match(leaves)
    for key in map(_key, addresses):
        held = matched.get(key, set())
        score = sum(each.score for each in full if _is_matched(each.query, held))
        gained[key] = gained.get(key, 0.0) + score
    return gained


@dataclass(frozen=True, slots=True)
class _Records:
    """Some records of an index, by the numbers that tell them apart."""

    searcher: tantivy.Searcher
    orders: Sequence[float | None]

    def score(self, optional: Sequence[tree.Query]) -> dict[_Key, float]:
        """Returns the sum of the scores of optional queries, for each record."""
        scores: dict[_Key, float] = {}
        for at in range(0, len(optional), DEEPEST):
            for key, score in self._search(optional[at : at + DEEPEST]).items():
                scores[key] = scores.get(key, 0.0) + score
        return scores

    def match(self, queries: Sequence[tree.Query]) -> dict[_Key, set[tree.Query]]:
        """Returns the queries that match, for each record."""
        matched: dict[_Key, set[tree.Query]] = {}
        for at in range(0, len(queries), _BITS):
            part = queries[at : at + _BITS]
            # The score of a record is a sum of powers of two.
            flags = [tree.ConstantScore(each, 1 << bit) for bit, each in enumerate(part)]
            for key, score in self._search(flags).items():
                held = {each for bit, each in enumerate(part) if int(score) >> bit & 1}
                matched.setdefault(key, set()).update(held)
        return matched

    def _search(self, optional: Sequence[tree.Query]) -> dict[_Key, float]:
        query = self._match_all()
        for each in optional:
            # tantivy reads alternatives for thousands of records ahead, a nested query for these.
            part = (Occur.Should, compile_query(each))
            query = tantivy.Query.boolean_query([(Occur.Must, query), part])
        hits = self.searcher.search(query, limit=max(len(self.orders), 1), count=False).hits
        return {_key(address): float(score) for score, address in hits}

    def _match_all(self) -> tantivy.Query:
        option, schema = index_option(_ORDER), build_schema()
        terms = (tantivy.Query.term_query(schema, _ORDER, each, option) for each in self.orders)
        any_of = tantivy.Query.boolean_query([(Occur.Should, each) for each in terms])
        return tantivy.Query.const_score_query(any_of, 0.0)


@dataclass(frozen=True, slots=True)
class _Division:
    """Divides a query that visits so many records."""

    selectivity: Selectivity
    visited: int

    def divide(self, query: tree.Query) -> Phases:
        deferred: list[tree.Query] = []
        first = self._defer(query, deferred)
        if sum(map(self._estimate_work, deferred)) < LEAST_WORK:
            return Phases(query)
        return Phases(first, tuple(deferred))

    def _defer(self, query: tree.Query, deferred: list[tree.Query]) -> tree.Query:
        """Returns the query without the clauses that are put into `deferred`."""
        match query:
            case tree.And(must, should, exclude):
                held = frozenset(_required_parts(must))
                later = [each for each in should if self._is_deferred(each)]
                deferred += [_without_held(each, held) for each in later]
                kept = tuple(each for each in should if each not in later)
                if len(must) == 1:
                    must = (self._defer(must[0], deferred),)
                return tree.And(must, kept, exclude)
            case tree.Or((*others, tree.And() as last), 1) if not any(map(_is_and, others)):
                return tree.Or((*others, self._defer(last, deferred)))
        return query

    def _is_deferred(self, query: tree.Query) -> bool:
        """Whether an optional query is left for the second phase.

        Rare characters cost little and tell records apart. If many records get the same boost (in
        force), the best matches with it are within the window.
        """
        if _is_full_match(query):
            return True
        if _is_of_characters(query):
            return _RARE * self.selectivity.estimate(query) >= self.visited
        return isinstance(query, tree.ConstantScore) and self.selectivity.is_common(query)

    def _estimate_work(self, query: tree.Query) -> int:
        """Returns the work of an optional query in the first phase."""
        if _is_full_match(query):
            # Phrases that are alternatives are read for all records that have their values.
            return _PHRASE_WORK * self.selectivity.estimate(query)
        return self.visited if _is_of_characters(query) else _BOOST_WORK * self.visited


def _is_and(query: tree.Query) -> bool:
    return isinstance(query, tree.And)


def _required_parts(must: Iterable[tree.Query]) -> Iterator[Alternatives]:
    """Yields what every match of the required queries has."""
    for each in must:
        inner = each.query if isinstance(each, tree.ConstantScore) else each
        parts = inner.must if isinstance(inner, tree.And) else (inner,)
        yield from map(scored_alternatives, parts)


def _without_held(query: tree.Query, held: Container[Alternatives]) -> tree.Query:
    """Returns an optional query that is the same for records that match all of `held`."""
    match query:
        case tree.ConstantScore(tree.And(must, (), ()), score, name):
            needed = (
                tree.without_scores(each) for each in must if scored_alternatives(each) not in held
            )
            return tree.ConstantScore(tree.And(tuple(needed)), score, name)
    return query


def _is_full_match(query: tree.Query) -> TypeGuard[tree.ConstantScore]:
    """Whether a query gives one score to records that match several queries, some of phrases."""
    is_one_score = isinstance(query, tree.ConstantScore) and isinstance(query.query, tree.And)
    return is_one_score and _is_of_characters(query)


def _is_matched(query: tree.Query, held: Container[tree.Query]) -> bool:
    """Whether a record that matches the leaves `held` matches a query without scores."""
    match query:
        case tree.And(must, _, exclude):
            is_excluded = any(_is_matched(each, held) for each in exclude)
            return not is_excluded and all(_is_matched(each, held) for each in must)
        case tree.Or(alternatives, least):
            return sum(_is_matched(each, held) for each in alternatives) >= least
    return query in held


def _leaves(query: tree.Query) -> Iterator[tree.Query]:
    match query:
        case tree.And():
            for each in (*query.must, *query.exclude):
                yield from _leaves(each)
        case tree.Or(alternatives):
            for each in alternatives:
                yield from _leaves(each)
        case _:
            yield query


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
