"""The kiosk screens of lists, filters and the start: few and large elements.

They show the same responses as the public pages. No link leaves the site: web addresses are text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.fields import PANELS, TILES, TITLES
from gongkai.catalog.halls import Hall
from gongkai.query.request import FACET_SIZE_LIMIT, SearchRequest, Sort
from gongkai.search.responses import FacetValueView, SearchAnswer
from search_api.kiosk.layout import KioskContext, link_record, link_row, list_link, render_screen
from search_api.kiosk.mode import Mode
from search_api.web.facet_panels import list_leaves
from search_api.web.facet_rows import walk
from search_api.web.pagination import build_paging
from search_api.web.rendering import PageContext, shorten, spell_day
from search_api.web.results_page import build_hit, build_quotation
from search_api.web.urls import build_parameters, with_page

NARROWED = PANELS[:3]
_GAZETTE = "公报"
NEWEST = SearchRequest(
    sort=Sort.NEWEST,
    size=3,
    facets=(*TILES, "genre"),
    facet_size=FACET_SIZE_LIMIT,
    highlight=False,
)
"""The request of the start screen: newest records, and the facets that lead to records."""
_CHOICES = 6


@dataclass(frozen=True, slots=True)
class KioskTile:
    """A touch target. `note` is a count or an explanation; `icon` names a drawing."""

    label: str
    href: str
    note: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """Ways to records without typing: the newest records, and queries that find some."""

    newest: SearchAnswer
    words: Sequence[str]


def render_start(context: KioskContext, offers: Offers, created: str) -> str:
    """Renders the start screen. `created` is an ISO time."""
    mode, newest = context.mode, offers.newest
    return render_screen(
        "start",
        context,
        total=newest.total,
        **_offer(mode, offers),
        newest=[
            link_row(mode, build_hit(hit), SearchRequest(sort=Sort.NEWEST)) for hit in newest.hits
        ],
        day=spell_day(created),
        back=None,
    )


def _offer(mode: Mode, offers: Offers) -> dict[str, Sequence[KioskTile]]:
    words = [KioskTile(word, list_link(mode, SearchRequest(word))) for word in offers.words]
    return {"ways": list(_ways(mode, offers.newest)), "words": words}


def _ways(mode: Mode, newest: SearchAnswer) -> Iterator[KioskTile]:
    """Yields the ways to records without typing; a way without records is left out."""
    for name, label in TILES.items():
        values = newest.facets.get(name, [])
        if any(each.count and each.value != MISSING for each in values):
            yield KioskTile(label, mode.link(f"/kiosk/browse/{name}"), icon=name)
    if newest.total:
        yield KioskTile("最新发布", list_link(mode, SearchRequest(sort=Sort.NEWEST)), icon="newest")
    if any(each.count and each.value == _GAZETTE for each in newest.facets.get("genre", [])):
        gazette = SearchRequest(chosen={"genre": (_GAZETTE,)}, sort=Sort.NEWEST)
        yield KioskTile("政府公报", list_link(mode, gazette), icon="gazette")


def render_find(context: KioskContext, text: str) -> str:
    """Renders the on-screen keyboard. `text` is the initial content of the box."""
    return render_screen("find", context, text=text, back=None)


def render_list(
    context: KioskContext,
    answer: SearchAnswer,
    request: SearchRequest,
    offers: Offers | None = None,
) -> str:
    """Renders one screen of hits, or other ways to records (`offers`) where there are none."""
    mode = context.mode
    asked = replace(request, text=answer.query.text)
    paging = build_paging(asked, answer.total)
    here = asked.page
    quotation = build_quotation(answer, asked.text)
    return render_screen(
        "list",
        context,
        answer=answer,
        heading=shorten(asked.text) or _describe_choices(answer) or "全部信息",
        hits=[link_row(mode, build_hit(hit), asked) for hit in answer.hits],
        quoted=quotation and (quotation, link_record(mode, quotation.href, asked)),
        notes=list(_describe_reading(answer)),
        paging=paging,
        previous=list_link(mode, with_page(asked, here - 1)) if here > 1 else None,
        following=list_link(mode, with_page(asked, here + 1)) if here < paging.last else None,
        narrow=_narrow_link(mode, answer, asked),
        again=mode.link("/kiosk/find", ("q", asked.text)),
        back=_level_of(mode, asked),
        **(_offer(mode, offers) if offers else {}),
    )


def render_narrow(context: KioskContext, answer: SearchAnswer, request: SearchRequest) -> str:
    """Renders the most frequent values of three fields as filters for a list."""
    mode = context.mode
    groups = [
        (TITLES[name], tiles)
        for name in NARROWED
        if (tiles := list(_choices(mode, request, name, answer.facets.get(name, []))))
    ]
    wide = [
        KioskTile(f"不限{TITLES[name]}", list_link(mode, _without(request, name)))
        for name in request.chosen
    ]
    return render_screen(
        "narrow", context, groups=groups, wide=wide, total=answer.total,
        back=list_link(mode, request),
    )  # fmt: skip


def render_browse(
    context: KioskContext, name: str, values: Sequence[FacetValueView], path: str
) -> str:
    """Renders the children of `path`, or the first level; the hall's own agencies come first."""
    mode = context.mode
    parent = next((each for each in walk(values) if each.value == path), None)
    level = parent.children if parent else _own_first(values, context.hall)
    shown = [each for each in level if each.count and each.value != MISSING]
    tiles = [_branch(mode, name, each) for each in shown]
    if parent and parent.count:
        whole = _choose(mode, name, parent)
        tiles.insert(0, KioskTile(f"{parent.label}的全部信息", whole, _count(parent)))
    above = next((each.value for each in walk(values) if parent in each.children), "")
    up = mode.link(f"/kiosk/browse/{name}", *([("path", above)] if above else []))
    return render_screen(
        "browse", context, heading=parent.label if parent else TILES[name], tiles=tiles,
        back=up if path else None,
    )  # fmt: skip


def render_kiosk_problem(context: PageContext, title: str) -> str:
    """Renders a problem with a link to the start. The requested address is not repeated."""
    here = replace(context, here="/kiosk")
    return render_screen(
        "problem", KioskContext(here, Hall("", ""), Mode()), title=title, back=None
    )


def _narrow_link(mode: Mode, answer: SearchAnswer, request: SearchRequest) -> str | None:
    """Returns the address of the filters, or None where filters cannot shorten the list."""
    if answer.total <= mode.hits and (answer.total or not request.chosen):
        return None
    return mode.link("/kiosk/narrow", *build_parameters(replace(request, size=10, page=1)))


def _level_of(mode: Mode, request: SearchRequest) -> str | None:
    """Returns the screen of the classification that a list without words was chosen from."""
    chosen = [(name, value) for name, values in request.chosen.items() for value in values]
    if request.text or len(chosen) != 1 or chosen[0][0] not in TILES:
        return None
    name, value = chosen[0]
    above = value.rpartition("/")[0]
    return mode.link(f"/kiosk/browse/{name}", *([("path", above)] if above else []))


def _choices(
    mode: Mode, request: SearchRequest, name: str, values: Sequence[FacetValueView]
) -> Iterator[KioskTile]:
    leaves = list_leaves(name, values)
    known = [each for each in leaves if each.count and each.value != MISSING and not each.selected]
    ordered = known if name == "year" else sorted(known, key=lambda each: -each.count)
    for each in ordered[:_CHOICES]:
        narrowed = replace(request, chosen={**request.chosen, name: (each.value,)}, page=1)
        yield KioskTile(each.label, list_link(mode, narrowed), _count(each))


def _without(request: SearchRequest, name: str) -> SearchRequest:
    chosen = {key: values for key, values in request.chosen.items() if key != name}
    return replace(request, chosen=chosen, page=1)


def _branch(mode: Mode, name: str, value: FacetValueView) -> KioskTile:
    has_below = any(each.count for each in value.children)
    below = mode.link(f"/kiosk/browse/{name}", ("path", value.value))
    return KioskTile(value.label, below if has_below else _choose(mode, name, value), _count(value))


def _choose(mode: Mode, name: str, value: FacetValueView) -> str:
    return list_link(mode, SearchRequest(chosen={name: (value.value,)}))


def _own_first(values: Sequence[FacetValueView], hall: Hall) -> list[FacetValueView]:
    """Returns the hall's own agencies, wherever in the tree they are, before the first level."""
    named = {key: each for each in walk(values) for key in (each.label, each.value)}
    own = [named[each] for each in hall.agencies if each in named]
    return [*own, *(each for each in values if each not in own)]


def _count(value: FacetValueView) -> str:
    return f"{value.count:,} 条"


def _describe_choices(answer: SearchAnswer) -> str:
    chosen = [each for values in answer.facets.values() for each in walk(values) if each.selected]
    return "、".join(each.label for each in chosen)


def _describe_reading(answer: SearchAnswer) -> Iterator[str]:
    query = answer.query
    if query.corrected_from:
        yield f"没有找到“{query.corrected_from}”，已查找“{query.text}”。"
    if query.date:
        yield f"只列出{query.date.label}的信息。"
    if query.newest:
        yield "按发布时间由新到旧排列。"
    if query.relaxed and not query.complete:
        yield "没有完全符合的信息，下面是部分符合的。"
    if query.related:
        yield "标有“相关”的是按意思找到的，供您参考。"
