"""Compiles a query tree to a tantivy query."""

from collections.abc import Iterable

import tantivy
from tantivy import Occur

from gongkai.engines.embedded.schema import build_schema, index_option
from gongkai.query import tree

FEW_VALUES = 8
"""Up to this many values of a field are queried as single terms."""
DEEPEST = 8
"""Nesting depth of optional queries, which tantivy evaluates recursively."""
_Clause = tuple[Occur, tantivy.Query]


def compile_query(query: tree.Query) -> tantivy.Query:  # noqa: C901, PLR0911
    """Compiles a tree, node by node."""
    # The most frequent nodes come first; a tree has a hundred of them.
    match query:
        case tree.Term(field, value):
            return tantivy.Query.term_query(build_schema(), field, value, index_option(field))
        case tree.Boost(inner, factor):
            return tantivy.Query.boost_query(compile_query(inner), factor)
        case tree.DisMax(alternatives, tie_breaker):
            queries = [compile_query(each) for each in alternatives]
            return tantivy.Query.disjunction_max_query(queries, tie_breaker)
        case tree.And():
            return _compile_and(query)
        case tree.Or(alternatives, least):
            some = _clauses(Occur.Should, alternatives)
            return tantivy.Query.boolean_query(some, minimum_number_should_match=least)
        case tree.ConstantScore(inner, score):
            return tantivy.Query.const_score_query(compile_query(inner), score)
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


def _compile_and(query: tree.And) -> tantivy.Query:
    needed = [*_clauses(Occur.Must, query.must), *_clauses(Occur.MustNot, query.exclude)]
    optional = _clauses(Occur.Should, query.should)
    if not query.must:
        return tantivy.Query.boolean_query([*needed, *optional])
    # Optional queries are nested around the main query, so that only matches are looked up in them.
    # Side by side, tantivy would visit all of their matches, and most records are in force.
    whole = tantivy.Query.boolean_query([*needed, *optional[:-DEEPEST]])
    for each in optional[-DEEPEST:]:
        whole = tantivy.Query.boolean_query([(Occur.Must, whole), each])
    return whole


def _clauses(occur: Occur, queries: Iterable[tree.Query]) -> list[_Clause]:
    return [(occur, compile_query(each)) for each in queries]
