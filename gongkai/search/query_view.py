"""Describes how a query was read, for the response."""

from gongkai.query.date_expressions import describe
from gongkai.query.request import SearchRequest
from gongkai.query.syntax import find_quotations
from gongkai.search.chosen_query import ChosenQuery
from gongkai.search.hybrid import HybridPage
from gongkai.search.responses import DateView, QueryView


def view_query(
    request: SearchRequest, chosen: ChosenQuery, page: HybridPage, full: int
) -> QueryView:
    """Returns the view of a query; `full` counts the records with all of its words."""
    interpreted = chosen.interpreted
    expression = interpreted.date_expression
    return QueryView(
        text=interpreted.text,
        terms=list(interpreted.terms),
        corrected_from=chosen.corrected_from,
        did_you_mean=chosen.did_you_mean,
        relaxed=page.keyword_total > full and chosen.is_relaxed,
        complete=full,
        missing=list(chosen.missing),
        emphasized=list(find_quotations(interpreted.text)),
        loosened=chosen.loosened,
        newest=chosen.interpreted.newest and chosen.order is not request.sort,
        cut=interpreted.is_cut,
        related=len(page.related),
        semantic=page.outcome,
        expanded={term: list(others) for term, others in interpreted.expanded.items()},
        date=DateView(
            label=describe(expression),
            published_from=expression.first.iso if expression.first else None,
            published_to=expression.last.iso if expression.last else None,
        )
        if expression
        else None,
    )
