"""Compiles a query tree to an Elasticsearch query.

Scores equal those of the embedded engine: both use BM25 with k1 1.2 and b 0.75.
"""

from collections.abc import Iterable
from functools import singledispatch
from typing import Any

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

Compiled = dict[str, Any]


@singledispatch
def compile_query(query: Query, boost: float = 1.0) -> Compiled:
    """Compiles a tree recursively; `boost` multiplies the score.

    Raises TypeError for unknown nodes.
    """
    raise TypeError(f"no such query node: {type(query).__name__}, boost {boost}")


def narrow(query: Compiled, filters: Iterable[Compiled]) -> Compiled:
    """Restricts a query to the filters; its scores stay."""
    unscored = list(filters)
    return {"bool": {"must": [query], "filter": unscored}} if unscored else query


@compile_query.register
def _(_query: MatchAll, boost: float = 1.0) -> Compiled:
    return {"match_all": {"boost": boost}}


@compile_query.register
def _(_query: MatchNone, boost: float = 1.0) -> Compiled:  # noqa: ARG001
    return {"match_none": {}}


@compile_query.register
def _(query: Term, boost: float = 1.0) -> Compiled:
    return {"term": {query.field: {"value": query.value, "boost": boost}}}


@compile_query.register
def _(query: Terms, boost: float = 1.0) -> Compiled:
    return {"terms": {query.field: list(query.values), "boost": boost}}


@compile_query.register
def _(query: Phrase, boost: float = 1.0) -> Compiled:
    return {"match_phrase": {query.field: {"query": " ".join(query.values), "boost": boost}}}


@compile_query.register
def _(query: Range, boost: float = 1.0) -> Compiled:
    limits = {"gte": query.lower, "lte": query.upper}
    given = {name: limit for name, limit in limits.items() if limit is not None}
    return {"range": {query.field: {**given, "boost": boost}}}


@compile_query.register
def _(query: And, boost: float = 1.0) -> Compiled:
    return {
        "bool": {
            "must": [compile_query(each) for each in query.must],
            "should": [compile_query(each) for each in query.should],
            "must_not": [compile_query(each) for each in query.exclude],
            "boost": boost,
        }
    }


@compile_query.register
def _(query: Or, boost: float = 1.0) -> Compiled:
    alternatives = [compile_query(each) for each in query.any]
    return {
        "bool": {
            "should": alternatives,
            "minimum_should_match": query.minimum_should_match,
            "boost": boost,
        }
    }


@compile_query.register
def _(query: DisMax, boost: float = 1.0) -> Compiled:
    alternatives = [compile_query(each) for each in query.any]
    return {"dis_max": {"queries": alternatives, "tie_breaker": query.tie_breaker, "boost": boost}}


@compile_query.register
def _(query: Boost, boost: float = 1.0) -> Compiled:
    return compile_query(query.query, boost * query.factor)


@compile_query.register
def _(query: ConstantScore, boost: float = 1.0) -> Compiled:
    return {"constant_score": {"filter": compile_query(query.query), "boost": query.score * boost}}
