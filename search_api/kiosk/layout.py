"""What all kiosk screens share: the context, the frame, and links that keep the mode."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from gongkai.catalog.halls import Hall
from gongkai.query.request import SearchRequest
from search_api.kiosk.mode import HITS, LIST_PATH, SIZES, Mode, carry
from search_api.web.rendering import PageContext, render, spell_day
from search_api.web.results_page import HitRow
from search_api.web.urls import build_parameters

_SIZE_LABELS = dict(zip(SIZES, ("标准", "大", "特大"), strict=True))


@dataclass(frozen=True, slots=True)
class KioskContext:
    """The page context with the hall and the kiosk settings."""

    page: PageContext
    hall: Hall
    mode: Mode


def list_link(mode: Mode, request: SearchRequest) -> str:
    """Returns the kiosk address of a request's list."""
    return mode.link(LIST_PATH, *build_parameters(replace(request, size=10)))


def render_screen(name: str, context: KioskContext, **shown: object) -> str:
    """Renders a template of the kiosk in its frame: hall, type sizes, contrast, bars."""
    mode = context.mode
    here = urlsplit(context.page.here)

    def link(other: Mode) -> str:
        return other.link(here.path, *carry(here.query, other))

    return render(
        f"kiosk/{name}.html",
        context.page,
        hall=context.hall,
        mode=mode,
        today=spell_day(),
        unmeasured=HITS,
        start=mode.link("/kiosk"),
        reset=Mode(mode.hall).link("/kiosk"),
        find=mode.link("/kiosk/find"),
        sizes=[
            (label, link(mode.sized(size)), size == mode.size)
            for size, label in _SIZE_LABELS.items()
        ],
        contrast=link(mode.contrasted()),
        **shown,
    )


def link_row(mode: Mode, hit: HitRow, request: SearchRequest) -> tuple[HitRow, str]:
    """Returns a row with the kiosk address of its record."""
    return hit, link_record(mode, hit.href, request)


def link_record(mode: Mode, href: str, request: SearchRequest) -> str:
    """Returns the kiosk address of a record, with the way back to the list of a request."""
    back = list_link(mode, request)
    given = [("q", request.text)] if request.text else []
    path = urlsplit(href)
    link = mode.link(f"/kiosk{path.path}", *given, ("back", back))
    return f"{link}#{path.fragment}" if path.fragment else link
