"""Pages for browsing the classification trees with their record counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from gongkai.catalog.agencies import LEVELS, AgencyDirectory
from gongkai.catalog.classifications import MISSING
from gongkai.catalog.fields import SHELVES, TITLES
from gongkai.query.request import SearchRequest
from gongkai.search.responses import ClassificationsAnswer, FacetValueView
from search_api.web.facet_panels import list_leaves
from search_api.web.rendering import PageContext, render
from search_api.web.urls import search_url

_OVERVIEW_ROWS = 12
_OTHER_LEVEL = "其他"
_EVERYTHING = SearchRequest()


@dataclass(frozen=True, slots=True)
class Branch:
    """One value with records, and its children."""

    label: str
    count: int
    href: str
    children: tuple["Branch", ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Values under one heading. `href` is the page with all of them."""

    title: str
    branches: tuple[Branch, ...]
    href: str | None = None
    left_out: int = 0


def browse_url(name: str) -> str:
    """Returns the address of a facet's page."""
    return f"/browse/{name}"


def render_overview(trees: ClassificationsAnswer, context: PageContext) -> str:
    """Renders all facets with their most frequent values."""
    shelves = tuple(_overview(name, trees.trees[name]) for name in SHELVES)
    shown = [shelf for shelf in shelves if shelf.branches]
    return render("browse.html", context, heading="分类浏览", shelves=shown, others=())


def render_facet(
    name: str, trees: ClassificationsAnswer, agencies: AgencyDirectory, context: PageContext
) -> str:
    """Renders one facet completely; agencies are grouped by level (市, 县, 乡)."""
    values = _known(trees.trees[name])
    if name == "publisher":
        shelves = tuple(_by_level(values, agencies))
    else:
        shelves = (Shelf("", _branches(name, values)),)
    others = [(TITLES[each], browse_url(each), each == name) for each in SHELVES]
    heading = f"按{TITLES[name]}浏览"
    return render("browse.html", context, heading=heading, shelves=shelves, others=others)


def _overview(name: str, values: Sequence[FacetValueView]) -> Shelf:
    filled = _known(list_leaves(name, values))
    if name == "publisher":
        filled.sort(key=lambda each: (-each.count, each.label))
    shown = [replace(each, children=[]) for each in filled[:_OVERVIEW_ROWS]]
    return Shelf(TITLES[name], _branches(name, shown), browse_url(name), len(filled) - len(shown))


def _known(values: Sequence[FacetValueView]) -> list[FacetValueView]:
    return [each for each in values if each.value != MISSING and each.count]


def list_branches(
    name: str, values: Sequence[FacetValueView], asked: SearchRequest
) -> tuple[Branch, ...]:
    """Returns the values with records, each with a link that adds it to a request."""
    return _branches(name, _known(values), asked)


def _branches(
    name: str, values: Sequence[FacetValueView], asked: SearchRequest = _EVERYTHING
) -> tuple[Branch, ...]:
    return tuple(
        Branch(
            each.label,
            each.count,
            search_url(replace(asked, chosen={name: (each.value,)})),
            _branches(name, _known(each.children), asked),
        )
        for each in values
    )


def _by_level(values: Sequence[FacetValueView], agencies: AgencyDirectory) -> Iterator[Shelf]:
    levels: Mapping[str, str] = {agency.code: agency.level for agency in agencies.all()}
    rank = {level: at for at, level in enumerate(LEVELS)}

    def rank_of(value: FacetValueView) -> int:
        return rank.get(levels.get(value.value, ""), len(LEVELS))

    ordered = sorted(values, key=lambda each: (rank_of(each), -each.count, each.label))
    for at, group in groupby(ordered, key=rank_of):
        title = f"{LEVELS[at]}级机构" if at < len(LEVELS) else f"{_OTHER_LEVEL}机构"
        yield Shelf(title, _branches("publisher", list(group)))
