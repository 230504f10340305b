"""The start page with facets to browse by."""

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.fields import TITLES
from gongkai.query.request import SearchRequest, Sort
from gongkai.search.responses import FacetValueView, SearchAnswer
from search_api.web.rendering import PageContext, render
from search_api.web.results_page import build_hit
from search_api.web.urls import search_url

_BROWSED = ("audience", "topic", "publisher")
_TILES_SHOWN = {"audience": 8, "topic": 24, "publisher": 12}
_CHILDREN_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """One value to browse, with its most frequent children."""

    label: str
    count: int
    href: str
    children: tuple["Tile", ...]


@dataclass(frozen=True, slots=True)
class BrowseSection:
    """One facet as tiles: visible `tiles` and folded `more`."""

    name: str
    title: str
    tiles: tuple[Tile, ...]
    more: tuple[Tile, ...]


def render_home(answer: SearchAnswer, context: PageContext) -> str:
    """Renders the page. `answer` is an empty search, newest first, with all facets."""
    return render(
        "home.html",
        context,
        total=answer.total,
        sections=build_browse(answer),
        hits=[build_hit(hit) for hit in answer.hits],
        newest=search_url(SearchRequest(sort=Sort.NEWEST)),
    )


def build_browse(answer: SearchAnswer) -> tuple[BrowseSection, ...]:
    """Returns sections by audience (服务对象), topic (主题) and agency (机构); skips empty ones."""
    sections = (_build_section(name, answer.facets.get(name, [])) for name in _BROWSED)
    return tuple(section for section in sections if section.tiles)


def _build_section(name: str, values: Sequence[FacetValueView]) -> BrowseSection:
    tiles = _build_tiles(name, values)
    shown = _TILES_SHOWN[name]
    return BrowseSection(name, f"按{TITLES[name]}浏览", tiles[:shown], tiles[shown:])


def _build_tiles(name: str, values: Sequence[FacetValueView]) -> tuple[Tile, ...]:
    return tuple(
        Tile(
            label=each.label,
            count=each.count,
            href=search_url(SearchRequest(chosen={name: (each.value,)})),
            children=_build_tiles(name, _most_frequent(each.children)) if name != "topic" else (),
        )
        for each in values
        if each.count and each.value != MISSING
    )


def _most_frequent(values: Sequence[FacetValueView]) -> list[FacetValueView]:
    return sorted(values, key=lambda each: -each.count)[:_CHILDREN_SHOWN]
