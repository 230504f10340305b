"""The page of an agency, and the tree of all agencies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from gongkai.catalog.agencies import LEVELS, Agency, AgencyDirectory
from gongkai.catalog.duties import Rule
from gongkai.query.request import SearchRequest, Sort
from gongkai.search.responses import SearchAnswer
from gongkai.search.units import DutyRecords, UnitOverview
from search_api.web.browse_page import Branch, list_branches
from search_api.web.qr import draw_qr
from search_api.web.rendering import PageContext, render
from search_api.web.results_page import HitRow, build_hit
from search_api.web.site import unit_path
from search_api.web.urls import feed_url, search_url

CATALOG = "category"
_OPEN_LEVELS = frozenset(LEVELS[:3])
"""Levels of the agencies that the tree shows with those below them."""
_EMBED = """<form data-gongkai action="{base}/search" method="get">
  <input name="q" type="search" aria-label="检索{name}的信息">
  <input type="hidden" name="unit" value="{code}">
  <button>检索</button>
</form>
<script src="{base}/static/embed.js" defer></script>"""
"""The search box for a page of another site."""


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A record of a duty; an annual report has a `year`, another agency's a `publisher`."""

    hit: HitRow
    year: int | None
    publisher: str


@dataclass(frozen=True, slots=True)
class DutySection:
    """One duty with its records, or with none."""

    name: str
    rows: tuple[DutyRow, ...]
    is_annual: bool


@dataclass(frozen=True, slots=True)
class UnitLink:
    """An agency with the records of it and of all agencies below; `is_open` shows these."""

    name: str
    count: int
    href: str
    children: tuple["UnitLink", ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class UnitPage:
    """The content of the page of an agency."""

    agency: Agency
    own: int
    total: int
    above: tuple[UnitLink, ...]
    below: tuple[UnitLink, ...]
    duties: tuple[DutySection, ...]
    catalog: tuple[Branch, ...]
    newest: tuple[HitRow, ...]
    all_newest: str
    feed: str
    address: str
    qr: Markup
    embed: str


def newest_of(code: str) -> SearchRequest:
    """Returns the request of an agency's newest records and the classes of all."""
    return SearchRequest(
        unit=code, sort=Sort.NEWEST, size=8, facets=(CATALOG,), facet_size=1_000, highlight=False
    )


def render_unit(
    overview: UnitOverview,
    answer: SearchAnswer,
    counts: Mapping[str, int],
    agencies: AgencyDirectory,
    context: PageContext,
) -> str:
    """Renders the page. `answer` is that of `newest_of`, `counts` those of the branches."""
    agency = overview.agency
    asked = SearchRequest(unit=agency.code)
    address = context.base + unit_path(agency.code)
    page = UnitPage(
        agency=agency,
        own=overview.own,
        total=overview.total,
        above=tuple(_link(each, counts) for each in agencies.path(agency.code)),
        below=tuple(
            _link(each, counts) for each in agencies.children(agency.code) if counts[each.code]
        ),
        duties=tuple(map(_describe, overview.duties)),
        catalog=list_branches(CATALOG, answer.facets[CATALOG], asked),
        newest=tuple(map(build_hit, answer.hits)),
        all_newest=search_url(SearchRequest(unit=agency.code, sort=Sort.NEWEST)),
        feed=feed_url(asked),
        address=address,
        qr=draw_qr(address),
        embed=_EMBED.format(base=context.base, code=agency.code, name=agency.name),
    )
    return render("unit.html", context, unit=page)


def render_units(agencies: AgencyDirectory, counts: Mapping[str, int], context: PageContext) -> str:
    """Renders the tree of all agencies that have records or agencies below with records."""
    roots = [each for each in agencies.all() if not agencies.above(each.code)]
    tree = tuple(_link_all(roots, counts, agencies))
    return render("units.html", context, units=tree, total=len(agencies.all()))


def _describe(records: DutyRecords) -> DutySection:
    is_annual = records.duty.rule is Rule.ANNUAL
    years: Sequence[int | None] = records.years or [None] * len(records.hits)
    rows = tuple(
        DutyRow(build_hit(hit), year, "" if records.is_own else hit.publisher.name)
        for hit, year in zip(records.hits, years, strict=True)
    )
    return DutySection(records.duty.name, rows, is_annual)


def _link(agency: Agency, counts: Mapping[str, int]) -> UnitLink:
    return UnitLink(agency.name, counts[agency.code], unit_path(agency.code))


def _link_all(
    agencies: Sequence[Agency], counts: Mapping[str, int], directory: AgencyDirectory
) -> Iterator[UnitLink]:
    for each in agencies:
        if counts[each.code]:
            below = tuple(_link_all(directory.children(each.code), counts, directory))
            is_open = each.level in _OPEN_LEVELS
            yield UnitLink(each.name, counts[each.code], unit_path(each.code), below, is_open)
