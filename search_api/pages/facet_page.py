"""One facet of a result list in, all its values with a search among them out, as HTML.

The fold of the filter column holds the most frequent values; here are all, without a script.
"""

from collections.abc import Sequence
from dataclasses import replace

from queries.request import SearchRequest
from search_api.answer import FacetValueView
from search_api.facets import TITLES
from search_api.pages.facet_panels import build_rows
from search_api.pages.links import build_parameters, search_url
from search_api.pages.rendering import PageContext, render, shorten

ROWS_LIMIT = 500
"""Rows of one page; a word typed above them narrows to those it is part of."""


def render_facet_values(
    name: str,
    values: Sequence[FacetValueView],
    request: SearchRequest,
    find: str,
    context: PageContext,
) -> str:
    """`values`: the whole facet as this list counts it; `find`: part of a label."""
    found = _find(values, "".join(find.split()).casefold())
    return render(
        "facet.html",
        context,
        title=TITLES[name],
        name=name,
        find=find,
        heading=shorten(request.text),
        rows=build_rows(request, name, found[:ROWS_LIMIT]),
        left_out=max(len(found) - ROWS_LIMIT, 0),
        back=search_url(request),
        kept=[pair for pair in build_parameters(request) if pair[0] != "page"],
    )


def _find(values: Sequence[FacetValueView], part: str) -> list[FacetValueView]:
    """Values whose label holds `part`, and those above them."""
    found = []
    for each in values:
        if not each.count and not each.selected:
            continue
        below = _find(each.children, part)
        if below or part in each.label.casefold():
            kept = _find(each.children, "") if part in each.label.casefold() else below
            found.append(replace(each, children=kept))
    return found
