"""Compiles a query tree to an Elasticsearch query.

Scores equal those of the embedded engine: both use BM25 with k1 1.2 and b 0.75.
"""

from collections.abc import Iterable
from typing import Any

from gongkai.query import tree

Compiled = dict[str, Any]


def compile_query(query: tree.Query, boost: float = 1.0) -> Compiled:  # noqa: C901, PLR0911
    """Compiles a tree, node by node; `boost` multiplies the score."""
    match query:
        case tree.MatchAll():
            return {"match_all": {"boost": boost}}
        case tree.MatchNone():
            return {"match_none": {}}
        case tree.Term(field, value):
            return {"term": {field: {"value": value, "boost": boost}}}
        case tree.Terms(field, values):
            return {"terms": {field: list(values), "boost": boost}}
        case tree.Phrase(field, values, slop):
            phrase = {"query": " ".join(values), "slop": slop, "boost": boost}
            return {"match_phrase": {field: phrase}}
        case tree.Range(field, lower, upper):
            return {"range": {field: {"gte": lower, "lte": upper, "boost": boost}}}
        case tree.And(must, should, exclude):
            parts = {"must": must, "should": should, "must_not": exclude}
            compiled = {name: _compile_each(part) for name, part in parts.items()}
            return {"bool": {**compiled, "boost": boost}}
        case tree.Or(alternatives, least):
            some = {"should": _compile_each(alternatives), "minimum_should_match": least}
            return {"bool": {**some, "boost": boost}}
        case tree.DisMax(alternatives, tie_breaker):
            queries = _compile_each(alternatives)
            return {"dis_max": {"queries": queries, "tie_breaker": tie_breaker, "boost": boost}}
        case tree.Boost(inner, factor):
            return compile_query(inner, boost * factor)
        case tree.ConstantScore(inner, score):
            return {"constant_score": {"filter": compile_query(inner), "boost": score * boost}}


def narrow(query: Compiled, filters: Iterable[Compiled]) -> Compiled:
    """Restricts a query to the filters; its scores stay."""
    unscored = list(filters)
    return {"bool": {"must": [query], "filter": unscored}} if unscored else query


def _compile_each(queries: Iterable[tree.Query]) -> list[Compiled]:
    return [compile_query(each) for each in queries]
