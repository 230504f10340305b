"""The links to other pages of a result list."""

from dataclasses import dataclass

from gongkai.query.request import PAGE_WINDOW, SearchRequest
from search_api.web.urls import search_url, with_page

_NEARBY = 2


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to a page. `follows_gap` is set if pages were left out before it."""

    number: int
    href: str
    is_current: bool
    follows_gap: bool


@dataclass(frozen=True, slots=True)
class Paging:
    """The position in the list. `is_cut` is set if the list continues after the last page."""

    pages: tuple[PageLink, ...]
    previous: str | None
    next: str | None
    current: int
    last: int
    is_cut: bool


def build_paging(request: SearchRequest, total: int) -> Paging:
    """Returns links to the first, last and nearby pages. Page numbers end at the 10,000th hit."""
    reachable = PAGE_WINDOW // request.size
    needed = max(-(-total // request.size), 1)
    last = min(needed, reachable)
    here = request.page
    return Paging(
        pages=_link_pages(request, last),
        previous=search_url(with_page(request, min(here - 1, last))) if here > 1 else None,
        next=search_url(with_page(request, here + 1)) if here < last else None,
        current=here,
        last=last,
        is_cut=needed > reachable and here >= last,
    )


def _link_pages(request: SearchRequest, last: int) -> tuple[PageLink, ...]:
    nearby = range(max(request.page - _NEARBY, 1), min(request.page + _NEARBY, last) + 1)
    numbers = sorted({1, *nearby, last})
    before = [0, *numbers]
    return tuple(
        PageLink(
            number=number,
            href=search_url(with_page(request, number)),
            is_current=number == request.page,
            follows_gap=number - previous > 1,
        )
        for previous, number in zip(before, numbers, strict=False)
    )
