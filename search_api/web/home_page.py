"""The start page: search box, frequent queries, newest records, facets to browse by."""

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.fields import HOME, TITLES
from gongkai.query.request import FACET_SIZE_LIMIT, SearchRequest, Sort
from gongkai.search.responses import FacetValueView, SearchAnswer
from search_api.web.browse_page import browse_url
from search_api.web.facet_panels import list_leaves
from search_api.web.rendering import PageContext, render
from search_api.web.results_page import build_hit
from search_api.web.urls import search_url

NEWEST = SearchRequest(sort=Sort.NEWEST, size=6, facets=HOME, facet_size=FACET_SIZE_LIMIT)
"""The request of the page: the newest records, and the facets to browse by."""
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class BrowseLink:
    """One value to browse."""

    label: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class BrowseColumn:
    """One facet: its most frequent values, and `href` of the page with all of them."""

    name: str
    title: str
    links: tuple[BrowseLink, ...]
    href: str


def render_home(answer: SearchAnswer, words: Sequence[str], context: PageContext) -> str:
    """Renders the page.

    `answer` is the response to NEWEST; `words` are frequent queries.
    """
    return render(
        "home.html",
        context,
        total=answer.total,
        words=[(word, search_url(SearchRequest(word))) for word in words],
        columns=build_columns(answer),
        hits=[build_hit(hit) for hit in answer.hits],
        newest=search_url(SearchRequest(sort=Sort.NEWEST)),
    )


def build_columns(answer: SearchAnswer) -> tuple[BrowseColumn, ...]:
    """Returns the columns; a facet without values has none."""
    columns = (_build_column(name, answer.facets.get(name, [])) for name in HOME)
    return tuple(column for column in columns if column.links)


def _build_column(name: str, values: Sequence[FacetValueView]) -> BrowseColumn:
    leaves = list_leaves(name, values)
    filled = [each for each in leaves if each.count and each.value != MISSING]
    links = tuple(
        BrowseLink(each.label, each.count, search_url(SearchRequest(chosen={name: (each.value,)})))
        for each in sorted(filled, key=lambda each: -each.count)[:_SHOWN]
    )
    return BrowseColumn(name, TITLES[name], links, browse_url(name))
