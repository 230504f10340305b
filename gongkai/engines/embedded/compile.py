"""Compiles a query tree to a tantivy query."""

from collections.abc import Iterable, Sequence

import tantivy
from tantivy import Occur

from gongkai.engines.embedded.schema import build_schema, index_option
from gongkai.engines.embedded.selectivity import Selectivity
from gongkai.query import tree

FEW_VALUES = 8
"""Up to this many values of a field are queried as single terms."""
DEEPEST = 40
"""Most optional queries that are nested; each takes up to 10 kB of a thread's stack."""
NESTED_FROM = 2
"""An optional query is nested if it has at least this many times the matches of the main query.

Looking up one match takes about as long as passing two.
"""
FEW_MATCHES = 500
"""Up to this many matches of the main query, optional queries are nested without an estimate."""
_Clause = tuple[Occur, tantivy.Query]


def compile_query(  # noqa: C901, PLR0911
    query: tree.Query, selectivity: Selectivity | None = None
) -> tantivy.Query:
    """Compiles a tree, node by node. `selectivity` affects time only."""
    # The most frequent nodes come first; a tree has a hundred of them.
    match query:
        case tree.Term(field, value):
            return tantivy.Query.term_query(build_schema(), field, value, index_option(field))
        case tree.Boost(inner, factor):
            return tantivy.Query.boost_query(compile_query(inner, selectivity), factor)
        case tree.DisMax(alternatives, tie_breaker):
            queries = [compile_query(each, selectivity) for each in alternatives]
            return tantivy.Query.disjunction_max_query(queries, tie_breaker)
        case tree.And():
            return _compile_and(query, selectivity)
        case tree.Or(alternatives, least):
            some = _clauses(Occur.Should, alternatives, selectivity)
            return tantivy.Query.boolean_query(some, minimum_number_should_match=least)
        case tree.ConstantScore(inner, score):
            return tantivy.Query.const_score_query(compile_query(inner, selectivity), score)
        case tree.Phrase(field, values, slop):
            at: list[str | tuple[int, str]] = [*enumerate(values)]
            return tantivy.Query.phrase_query(build_schema(), field, at, slop)
        case tree.Terms(field, values):
            return _compile_terms(field, values)
        case tree.Range(field, lower, upper):
            kind = tantivy.FieldType.Integer
            return tantivy.Query.range_query(build_schema(), field, kind, lower, upper)
        case tree.MatchAll():
            return tantivy.Query.all_query()
        case tree.MatchNone():
            return tantivy.Query.empty_query()


def narrow(query: tantivy.Query, filters: Iterable[tantivy.Query]) -> tantivy.Query:
    """Restricts a query to the filters; its scores stay."""
    unscored = [(Occur.Must, tantivy.Query.const_score_query(each, 0.0)) for each in filters]
    if not unscored:
        return query
    return tantivy.Query.boolean_query([(Occur.Must, query), *unscored])


def without(query: tantivy.Query, excluded: tantivy.Query | None) -> tantivy.Query:
    """Excludes the records that match `excluded` from a query."""
    if excluded is None:
        return query
    return tantivy.Query.boolean_query([(Occur.Must, query), (Occur.MustNot, excluded)])


def _compile_terms(field: str, values: tuple[str, ...]) -> tantivy.Query:
    if len(values) > FEW_VALUES:
        return tantivy.Query.term_set_query(build_schema(), field, values)
    # Single terms are looked up lazily; a term set is read to its end first.
    terms = _clauses(Occur.Should, (tree.Term(field, value) for value in values))
    return tantivy.Query.const_score_query(tantivy.Query.boolean_query(terms), 1.0)


def _compile_and(query: tree.And, selectivity: Selectivity | None) -> tantivy.Query:
    needed = [
        *_clauses(Occur.Must, query.must, selectivity),
        *_clauses(Occur.MustNot, query.exclude, selectivity),
    ]
    if not query.must:
        return tantivy.Query.boolean_query(
            [*needed, *_clauses(Occur.Should, query.should, selectivity)]
        )
    flat, nested = _divide_optional(query, selectivity)
    whole = tantivy.Query.boolean_query([*needed, *_clauses(Occur.Should, flat, selectivity)])
    for each in _clauses(Occur.Should, nested, selectivity):
        whole = tantivy.Query.boolean_query([(Occur.Must, whole), each])
    return whole


def _divide_optional(
    query: tree.And, selectivity: Selectivity | None
) -> tuple[Sequence[tree.Query], Sequence[tree.Query]]:
    """Returns the optional queries that become SHOULD clauses, and those that are nested.

    tantivy visits every match of a SHOULD clause. In a nested query, it looks up the matches of the
    main query only, which is faster for frequent ones: most records are in force.
    """
    if selectivity is None or not query.should:
        return query.should[:-DEEPEST], query.should[-DEEPEST:]
    visited = selectivity.visited(query)
    if visited <= FEW_MATCHES and len(query.should) <= DEEPEST:
        return (), query.should
    least = NESTED_FROM * visited
    counts = list(map(selectivity.estimate, query.should))
    ranked = sorted(range(len(counts)), key=counts.__getitem__, reverse=True)
    frequent = {at for at in ranked[:DEEPEST] if counts[at] >= least}
    numbered = list(enumerate(query.should))
    flat = [each for at, each in numbered if at not in frequent]
    return flat, [each for at, each in numbered if at in frequent]


def _clauses(
    occur: Occur, queries: Iterable[tree.Query], selectivity: Selectivity | None = None
) -> list[_Clause]:
    return [(occur, compile_query(each, selectivity)) for each in queries]
