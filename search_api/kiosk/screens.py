"""The kiosk screens: few and large elements.

They show the same responses as the public pages. No link leaves the site: web addresses are text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.fields import PANELS, TILES, TITLES
from gongkai.catalog.halls import Hall
from gongkai.query.request import SearchRequest, Sort
from gongkai.search.responses import FacetValueView, RecordView, SearchAnswer
from search_api.kiosk.mode import SIZES, Mode
from search_api.kiosk.qr import draw_qr
from search_api.web.facet_panels import walk
from search_api.web.pagination import build_paging
from search_api.web.record_page import Found, RecordPage, build_record_page
from search_api.web.rendering import PageContext, render, shorten
from search_api.web.results_page import HitRow, build_hit
from search_api.web.urls import build_parameters, with_page

HITS = 5
"""Records on one screen, chosen to avoid long scrolling."""
NARROWED = PANELS[:3]
_CHOICES = 6
_LIST = "/kiosk/list"
_SIZE_LABELS = dict(zip(SIZES, ("标准", "大", "特大"), strict=True))


@dataclass(frozen=True, slots=True)
class KioskContext:
    """The page context with the hall and the kiosk settings."""

    page: PageContext
    hall: Hall
    mode: Mode


@dataclass(frozen=True, slots=True)
class KioskTile:
    """A touch target. `note` is a count or an explanation."""

    label: str
    href: str
    note: str = ""


def list_link(mode: Mode, request: SearchRequest) -> str:
    """Returns the kiosk address of a request's list."""
    return mode.link(_LIST, *build_parameters(replace(request, size=10)))


def render_start(context: KioskContext, generation: str) -> str:
    """Renders the start screen. `generation` is the time of the data, as text."""
    mode = context.mode
    ways = [KioskTile(label, mode.link(f"/kiosk/browse/{name}")) for name, label in TILES.items()]
    gazette = SearchRequest(chosen={"genre": ("公报",)}, sort=Sort.NEWEST)
    ways += [
        KioskTile("最新发布", list_link(mode, SearchRequest(sort=Sort.NEWEST))),
        KioskTile("政府公报", list_link(mode, gazette)),
    ]
    words = [KioskTile(word, list_link(mode, SearchRequest(word))) for word in context.hall.tiles]
    return _render("start", context, ways=ways, words=words, generation=generation, back=None)


def render_find(context: KioskContext, text: str) -> str:
    """Renders the on-screen keyboard. `text` is the initial content of the box."""
    return _render("find", context, text=text, back=context.mode.link("/kiosk"))


def render_list(context: KioskContext, answer: SearchAnswer, request: SearchRequest) -> str:
    """Renders one screen of hits. Facets have a screen of their own."""
    mode = context.mode
    asked = replace(request, text=answer.query.text, size=HITS)
    paging = build_paging(asked, answer.total + answer.query.related)
    here = asked.page
    return _render(
        "list",
        context,
        answer=answer,
        heading=shorten(asked.text) or _describe_choices(answer) or "全部信息",
        hits=[_row(mode, build_hit(hit), asked) for hit in answer.hits],
        notes=list(_describe_reading(answer)),
        paging=paging,
        previous=list_link(mode, with_page(asked, here - 1)) if here > 1 else None,
        following=list_link(mode, with_page(asked, here + 1)) if here < paging.last else None,
        narrow=mode.link("/kiosk/narrow", *build_parameters(replace(asked, size=10, page=1))),
        again=mode.link("/kiosk/find", ("q", asked.text)),
        back=mode.link("/kiosk"),
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
    return _render(
        "narrow", context, groups=groups, wide=wide, total=answer.total,
        back=list_link(mode, request),
    )  # fmt: skip


def render_browse(
    context: KioskContext, name: str, values: Sequence[FacetValueView], path: str
) -> str:
    """Renders the children of `path`, or the first level; the hall's own agencies come first."""
    mode = context.mode
    parent = next((each for each in walk(values) if each.value == path), None)
    level = parent.children if parent else values
    shown = [each for each in level if each.count and each.value != MISSING]
    tiles = [_branch(mode, name, each) for each in _own_first(shown, context.hall)]
    if parent and parent.count:
        whole = _choose(mode, name, parent)
        tiles.insert(0, KioskTile(f"{parent.label}的全部信息", whole, _count(parent)))
    above = path.rpartition("/")[0]
    up = mode.link(f"/kiosk/browse/{name}", *([("path", above)] if above else []))
    return _render(
        "browse", context, heading=parent.label if parent else TILES[name], tiles=tiles,
        back=up if path else mode.link("/kiosk"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reached:
    """The way to a record: the query, the list to go back to, the current date."""

    found: Found
    back: str
    today: date


def render_kiosk_record(context: KioskContext, record: RecordView, reached: Reached) -> str:
    """Renders one record. A QR code shows its address if the site has a public URL."""
    page = context.page
    shown = build_record_page(record, (), reached.found, page.base, reached.today)
    return _render(
        "record",
        context,
        record=shown,
        facts=list(_facts(shown)),
        qr=draw_qr(shown.address) if page.site.public_url else None,
        address=shown.address if page.site.public_url else "",
        back=_read_back(reached.back) or context.mode.link("/kiosk"),
    )


def render_kiosk_problem(context: PageContext, title: str) -> str:
    """Renders a problem with a link to the start. The requested address is not repeated."""
    here = replace(context, here="/kiosk")
    return _render("problem", KioskContext(here, Hall("", ""), Mode()), title=title, back=None)


def _render(name: str, context: KioskContext, **shown: object) -> str:
    mode = context.mode
    here = urlsplit(context.page.here)
    kept = list(_kept_parameters(here.query))
    sizes = [
        (label, mode.sized(size).link(here.path, *kept), size == mode.size)
        for size, label in _SIZE_LABELS.items()
    ]
    return render(
        f"kiosk/{name}.html",
        context.page,
        hall=context.hall,
        mode=mode,
        start=mode.link("/kiosk"),
        reset=Mode(mode.hall).link("/kiosk"),
        find=mode.link("/kiosk/find"),
        sizes=sizes,
        contrast=mode.contrasted().link(here.path, *kept),
        **shown,
    )


def _row(mode: Mode, hit: HitRow, request: SearchRequest) -> tuple[HitRow, str]:
    back = list_link(mode, request)
    given = [("q", request.text)] if request.text else []
    path = urlsplit(hit.href)
    link = mode.link(f"/kiosk{path.path}", *given, ("back", back))
    return hit, f"{link}#{path.fragment}" if path.fragment else link


def _choices(
    mode: Mode, request: SearchRequest, name: str, values: Sequence[FacetValueView]
) -> Iterator[KioskTile]:
    known = [each for each in values if each.count and each.value != MISSING and not each.selected]
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
    own = {name: at for at, name in enumerate(hall.agencies)}
    return sorted(values, key=lambda each: min(own.get(each.label, 999), own.get(each.value, 999)))


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
    if query.relaxed and not query.complete:
        yield "没有完全符合的信息，下面是部分符合的。"
    if query.related:
        yield "标有“相关”的是按意思找到的，供您参考。"


def _facts(record: RecordPage) -> Iterator[tuple[str, str]]:
    keys = ("publisher", "document_number", "published_on", "validity")
    wanted = {TITLES[key] for key in keys}
    for row in record.rows:
        if row.heading in wanted:
            yield row.heading, "；".join(value.text for value in row.values)


def _kept_parameters(query: str) -> Iterator[tuple[str, str]]:
    """Yields the parameters that links to the same screen keep, without the kiosk settings."""
    for name, value in parse_qsl(query):
        if name == "back":
            value = _read_back(value)  # noqa: PLW2901
        if value and name not in ("hall", "size", "contrast"):
            yield name, value


def _read_back(back: str) -> str:
    """Returns the list address to go back to, rebuilt from its parts, or "" for another address."""
    path, _, query = back.partition("?")
    if path != _LIST:
        return ""
    pairs = parse_qsl(query.partition("#")[0])
    return f"{path}?{urlencode(pairs)}" if pairs else path
