"""The page with all values of one facet, with a search by label.

The filter column shows only the most frequent values. This page needs no script.
"""

from collections.abc import Sequence
from dataclasses import replace

from gongkai.catalog.fields import TITLES
from gongkai.query.request import SearchRequest
from gongkai.search.responses import FacetValueView
from search_api.web.facet_rows import FacetRow, FacetRows, missing_last, walk
from search_api.web.rendering import PageContext, render, shorten
from search_api.web.urls import build_parameters, search_url

ROWS_LIMIT = 500
"""Maximum number of rows on the page, including children. The label search narrows them."""


def render_facet_values(
    name: str,
    values: Sequence[FacetValueView],
    request: SearchRequest,
    find: str,
    context: PageContext,
) -> str:
    """Renders the page. `values` is the whole facet of this list; `find` is part of a label."""
    found = _find(values, "".join(find.split()).casefold())
    shown, count = _take(found, ROWS_LIMIT)
    rows = FacetRows(request, name).build(missing_last(shown))
    return render(
        "facet.html",
        context,
        title=TITLES[name],
        name=name,
        find=find,
        heading=shorten(request.text),
        rows=_unfold(rows) if find else rows,
        left_out=_count(found) - count,
        back=search_url(request),
        kept=[pair for pair in build_parameters(request) if pair[0] != "page"],
    )


def _find(values: Sequence[FacetValueView], part: str) -> list[FacetValueView]:
    """Returns the values whose label contains `part`, with their descendants and ancestors.

    Visits each value once.
    """
    found = []
    for each in values:
        if not each.count and not each.selected:
            continue
        is_found = part in each.label.casefold()
        below = _find(each.children, "" if is_found else part)
        if below or is_found:
            found.append(replace(each, children=below))
    return found


def _unfold(rows: Sequence[FacetRow]) -> tuple[FacetRow, ...]:
    """Returns the rows with every branch open, so that what was found can be seen."""
    return tuple(replace(row, is_open=True, children=_unfold(row.children)) for row in rows)


def _take(values: Sequence[FacetValueView], most: int) -> tuple[list[FacetValueView], int]:
    """Returns the first `most` values in document order, and their number."""
    taken: list[FacetValueView] = []
    count = 0
    for each in values:
        if count >= most:
            break
        children, below = _take(each.children, most - count - 1)
        taken.append(replace(each, children=children))
        count += 1 + below
    return taken, count


def _count(values: Sequence[FacetValueView]) -> int:
    return sum(1 for _ in walk(values))
