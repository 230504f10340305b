"""Compiles a query tree to a tantivy query."""

from collections.abc import Iterable
from functools import singledispatch

import tantivy
from tantivy import Occur

from gongkai.engines.embedded.schema import build_schema, index_option
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

FEW_VALUES = 8
"""Up to this many values of a field are queried as single terms."""
DEEPEST = 8
"""Nesting depth of optional queries, which tantivy evaluates recursively."""


@singledispatch
def compile_query(query: Query) -> tantivy.Query:
    """Compiles a query tree, node by node. Raises TypeError for an unknown node."""
    raise TypeError(f"no such query node: {type(query).__name__}")


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


@compile_query.register
def _(_query: MatchAll) -> tantivy.Query:
    return tantivy.Query.all_query()


@compile_query.register
def _(_query: MatchNone) -> tantivy.Query:
    return tantivy.Query.empty_query()


@compile_query.register
def _(query: Term) -> tantivy.Query:
    return tantivy.Query.term_query(
        build_schema(), query.field, query.value, index_option(query.field)
    )


@compile_query.register
def _(query: Terms) -> tantivy.Query:
    if len(query.values) <= FEW_VALUES:
        # Single terms are looked up lazily; a term set is read to its end first.
        terms = [(Occur.Should, compile_query(Term(query.field, each))) for each in query.values]
        return tantivy.Query.const_score_query(tantivy.Query.boolean_query(terms), 1.0)
    return tantivy.Query.term_set_query(build_schema(), query.field, query.values)


@compile_query.register
def _(query: Phrase) -> tantivy.Query:
    return tantivy.Query.phrase_query(build_schema(), query.field, list(enumerate(query.values)))


@compile_query.register
def _(query: Range) -> tantivy.Query:
    return tantivy.Query.range_query(
        build_schema(), query.field, tantivy.FieldType.Integer, query.lower, query.upper
    )


@compile_query.register
def _(query: And) -> tantivy.Query:
    needed = [
        *((Occur.Must, compile_query(each)) for each in query.must),
        *((Occur.MustNot, compile_query(each)) for each in query.exclude),
    ]
    optional = [(Occur.Should, compile_query(each)) for each in query.should]
    if not query.must:
        return tantivy.Query.boolean_query([*needed, *optional])
    # Optional queries are nested around the main query, so that only matches are looked up in them.
    # Side by side, tantivy would visit all of their matches, and most records are in force.
    whole = tantivy.Query.boolean_query([*needed, *optional[:-DEEPEST]])
    for each in optional[-DEEPEST:]:
        whole = tantivy.Query.boolean_query([(Occur.Must, whole), each])
    return whole


@compile_query.register
def _(query: Or) -> tantivy.Query:
    alternatives = [(Occur.Should, compile_query(each)) for each in query.any]
    return tantivy.Query.boolean_query(
        alternatives, minimum_number_should_match=query.minimum_should_match
    )


@compile_query.register
def _(query: DisMax) -> tantivy.Query:
    return tantivy.Query.disjunction_max_query(
        [compile_query(e) for e in query.any], query.tie_breaker
    )


@compile_query.register
def _(query: Boost) -> tantivy.Query:
    return tantivy.Query.boost_query(compile_query(query.query), query.factor)


@compile_query.register
def _(query: ConstantScore) -> tantivy.Query:
    return tantivy.Query.const_score_query(compile_query(query.query), query.score)
