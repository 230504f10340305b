"""The result list with its filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from markupsafe import Markup

from gongkai.query.request import Scope, SearchRequest, Sort
from gongkai.search.responses import CopyView, HitView, PassageView, SearchAnswer
from search_api.web.badges import Badge, build_badges
from search_api.web.date_filter import IN_FORCE_LABEL, build_periods, pick_dates
from search_api.web.facet_panels import build_chips, build_panels, settle_request
from search_api.web.no_results import Elsewhere, build_leads
from search_api.web.pagination import build_paging
from search_api.web.query_notes import build_notes
from search_api.web.rendering import PageContext, render, shorten, trusted
from search_api.web.urls import (
    DATE_PARAMETERS,
    SWITCHES,
    absolute,
    apply_url,
    build_parameters,
    citations_url,
    export_url,
    feed_url,
    kept_fields,
    record_url,
    search_url,
    with_in_force,
    with_page,
    with_scope,
    with_sort,
    without_filters,
    without_switch,
)

SORT_LABELS: Mapping[Sort, str] = {
    Sort.RELEVANCE: "相关度",
    Sort.NEWEST: "最新发布",
    Sort.OLDEST: "最早发布",
}

SCOPE_LABELS: Mapping[Scope, str] = {Scope.ALL: "全文", Scope.TITLE: "标题"}


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A record with the same text as a hit, with its link."""

    view: CopyView
    href: str


@dataclass(frozen=True, slots=True)
class HitRow:
    """A hit with its link, highlights and badges."""

    view: HitView
    href: str
    title: Markup
    snippet: Markup
    badges: tuple[Badge, ...]
    copies: tuple[CopyRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Tools:
    """Links for the whole list. `permalink` is absolute."""

    permalink: str
    csv: str
    json_lines: str
    feed: str
    citations: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """The passage that answers a question, with the link to its record and its marks."""

    view: PassageView
    href: str
    badges: tuple[Badge, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a list needs beside its answer: the date, and the data for alternatives if it is empty.

    `date_faults` maps a date to the fault of its range; the list then ignores the range.
    """

    today: date
    elsewhere: Elsewhere | None = None
    date_faults: Mapping[str, str] = field(default_factory=dict)


def build_copies(copies: Sequence[CopyView], text: str = "") -> tuple[CopyRow, ...]:
    """Returns the rows of records with the same text."""
    return tuple(CopyRow(each, record_url(each.id, text)) for each in copies)


def build_hit(hit: HitView, text: str = "", place: int = 0) -> HitRow:
    """Returns a row of the list. `text` is the query, to highlight it on the record page."""
    return HitRow(
        view=hit,
        href=record_url(hit.id, text, hit.article.anchor if hit.article else "", place),
        title=trusted(hit.title_html),
        snippet=trusted(hit.snippet_html),
        badges=build_badges(
            hit.disclosure,
            hit.validity,
            related=hit.related,
            pinned=hit.pinned,
            term_passed=hit.term_passed,
        ),
        copies=build_copies(hit.folded, text),
    )


def build_quotation(answer: SearchAnswer, text: str) -> Quotation | None:
    """Returns the passage that answers the question `text`, with a link to its article."""
    found = answer.answer
    if found is None:
        return None
    return Quotation(
        view=found,
        href=record_url(found.id, text, found.article.anchor if found.article else ""),
        badges=build_badges(found.disclosure, found.validity, term_passed=found.term_passed),
    )


def render_results(
    answer: SearchAnswer,
    request: SearchRequest,
    context: PageContext,
    surroundings: Surroundings,
) -> str:
    """Renders the list."""
    elsewhere = surroundings.elsewhere
    settled = settle_request(request, answer)
    asked = replace(settled, text=answer.query.text) if answer.query.corrected_from else settled
    chips = build_chips(asked, answer)
    return render(
        "search.html",
        context,
        answer=answer,
        asked=asked,
        heading=shorten(asked.text),
        hits=[
            build_hit(hit, asked.text, place)
            for place, hit in enumerate(answer.hits, start=(asked.page - 1) * asked.size + 1)
        ],
        quoted=build_quotation(answer, asked.text),
        panels=build_panels(asked, answer),
        chips=chips,
        clear=search_url(without_filters(asked)) if chips else None,
        sorts=_link_sorts(asked, answer.query.newest),
        paging=build_paging(asked, answer.total),
        first_page=search_url(with_page(asked, 1)),
        apart=search_url(replace(asked, fold=False)),
        notes=build_notes(settled, answer),
        leads=build_leads(asked, answer, elsewhere) if elsewhere else (),
        apply=apply_url(text=asked.text),
        tools=_build_tools(asked, context),
        kept_by_words=kept_fields(asked, "q", *SWITCHES),
        periods=build_periods(asked, surroundings.today),
        dates=pick_dates(asked, surroundings.date_faults),
        has_date_fault=bool(surroundings.date_faults),
        kept_by_dates=kept_fields(asked, *DATE_PARAMETERS),
        in_force=_link_in_force(asked),
        scopes=_link_scopes(asked),
        is_combined=_is_combined(asked),
    )


def _link_sorts(request: SearchRequest, is_newest: bool) -> list[tuple[str, str, bool]]:
    """Returns label, link and whether the order is the one in use.

    The newest come first where the words ask for them, and where there are no words to be relevant.
    """
    has_words = bool(request.text.strip())
    by_date = request.sort is Sort.RELEVANCE and (is_newest or not has_words)
    used = Sort.NEWEST if by_date else request.sort
    by_words = without_switch(request, "dates") if is_newest else request
    orders = {
        Sort.RELEVANCE: with_sort(by_words, Sort.RELEVANCE),
        **{sort: with_sort(request, sort) for sort in (Sort.NEWEST, Sort.OLDEST)},
    }
    return [
        (SORT_LABELS[sort], search_url(order), sort is used)
        for sort, order in orders.items()
        if has_words or sort is not Sort.RELEVANCE
    ]


def _link_scopes(request: SearchRequest) -> list[tuple[str, str, bool]]:
    """Returns label, link and state of each scope; none where there are no words."""
    if not request.text.strip():
        return []
    return [
        (label, search_url(with_scope(request, scope)), request.scope is scope)
        for scope, label in SCOPE_LABELS.items()
    ]


def _link_in_force(request: SearchRequest) -> tuple[str, str, bool]:
    href = search_url(with_in_force(request, in_force=not request.in_force))
    return IN_FORCE_LABEL, href, request.in_force


def _build_tools(request: SearchRequest, context: PageContext) -> Tools:
    return Tools(
        permalink=absolute(context.base, search_url(with_page(request, 1))),
        csv=export_url(request, "csv"),
        json_lines=export_url(request, "jsonl"),
        feed=feed_url(request),
        citations=citations_url(request),
    )


def _is_combined(request: SearchRequest) -> bool:
    """Returns whether crawlers should skip the page: filter combinations are unlimited."""
    return len(build_parameters(request)) > 1
