"""Answers in, whole HTML pages out. The endpoints for people and the error handlers call it.

Templates hold the markup and nothing else; what they show is built beside this file.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from queries.request import TEXT_LIMIT, SearchRequest, Sort
from search_api.answer import HitView, Problem, RecordView, SearchAnswer
from search_api.facets import TITLES
from search_api.pages.badges import build_badges
from search_api.pages.facet_panels import build_chips, build_panels, settle_request
from search_api.pages.home_page import build_browse
from search_api.pages.links import (
    SWITCHES,
    kept_fields,
    record_url,
    search_url,
    with_page,
    with_sort,
    without_filters,
)
from search_api.pages.notes import build_notes
from search_api.pages.paging import build_paging
from search_api.pages.record_page import build_record_page

_ROOT = Path(__file__).resolve().parents[1]
_HEADING_LONGEST = 40
_SORT_LABELS: Mapping[Sort, str] = {
    Sort.RELEVANCE: "相关度",
    Sort.NEWEST: "最新发布",
    Sort.OLDEST: "最早发布",
}
_PARAMETERS: Mapping[str, str] = {
    **TITLES,
    "q": "检索词",
    "published_from": "起始日期",
    "published_to": "截止日期",
    "document_number": "文号",
    "sort": "排序方式",
    "page": "页码",
    "size": "每页条数",
    "cursor": "翻页标记",
    "expand": "扩展检索词",
    "correct": "自动纠错",
    "dates": "识别日期",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What every page says of the installation. `name`: in the header and the titles."""

    name: str


def render_search(answer: SearchAnswer, request: SearchRequest, site: Site) -> str:
    """The result list with its filters."""
    settled = settle_request(request, answer)
    asked = replace(settled, text=answer.query.text) if answer.query.corrected_from else settled
    chips = build_chips(asked, answer)
    return _render(
        "search.html",
        site,
        answer=answer,
        asked=asked,
        heading=_shorten(asked.text),
        took=_describe_time(answer.took_ms),
        hits=[_Hit.build(hit, asked.text) for hit in answer.hits],
        panels=build_panels(asked, answer),
        chips=chips,
        clear=search_url(without_filters(asked)) if chips else None,
        sorts=[(label, search_url(with_sort(asked, s)), s) for s, label in _SORT_LABELS.items()],
        paging=build_paging(asked, answer.total),
        first_page=search_url(with_page(asked, 1)),
        notes=build_notes(settled, answer),
        kept_by_words=kept_fields(asked, "q", *SWITCHES),
        kept_by_dates=kept_fields(asked, "published_from", "published_to"),
    )


def render_home(answer: SearchAnswer, site: Site) -> str:
    """The start page; `answer`: to an empty question, newest first, with all its facets."""
    return _render(
        "home.html",
        site,
        total=answer.total,
        sections=build_browse(answer),
        hits=[_Hit.build(hit) for hit in answer.hits],
        newest=search_url(SearchRequest(sort=Sort.NEWEST)),
    )


def render_record(record: RecordView, query: str | None, site: Site) -> str:
    """One record; `query`: the words it was found by, to lead back to them."""
    text = (query or "").strip()[:TEXT_LIMIT]
    back = search_url(SearchRequest(text=text)) if text else None
    return _render(
        "record.html", site, page=build_record_page(record), back=back, text=text,
        shown_text=_shorten(text),
    )  # fmt: skip


def render_docs(site: Site) -> str:
    """The page that draws the OpenAPI document."""
    return _render("docs.html", site)


def render_problem(problem: Problem, site: Site, home: str = "/") -> str:
    """An error as a page that says what to do next; never more than the problem itself says."""
    parameter = _PARAMETERS.get(problem.parameter or "", problem.parameter)
    return _render("problem.html", site, problem=problem, parameter=parameter, home=home)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A hit and what the list shows beside it."""

    view: HitView
    href: str
    title: Markup
    snippet: Markup
    badges: tuple[object, ...]

    @classmethod
    def build(cls, hit: HitView, text: str = "") -> "_Hit":
        """The two *_html fields are escaped where they are made; <mark> is their only tag."""
        return cls(
            view=hit,
            href=record_url(hit.id, text),
            title=Markup(hit.title_html),  # noqa: S704
            snippet=Markup(hit.snippet_html),  # noqa: S704
            badges=build_badges(hit.disclosure, hit.validity),
        )


def _describe_time(took_ms: float) -> str:
    if took_ms < 1:
        return "不到 1 毫秒"
    return f"{took_ms:.0f} 毫秒" if took_ms < 1000 else f"{took_ms / 1000:.1f} 秒"


def _shorten(text: str) -> str:
    return text if len(text) <= _HEADING_LONGEST else f"{text[:_HEADING_LONGEST]}…"


def _render(template: str, site: Site, **context: object) -> str:
    return _ENVIRONMENT.get_template(template).render(site=site, **context)


def _static_url(name: str) -> str:
    """The address changes with the content, so that a cached copy is never stale."""
    digest = hashlib.sha256((_ROOT / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:8]}"


def _build_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = "{:,}".format
    environment.globals["stylesheet"] = _static_url("gongkai.css")
    environment.globals["icon"] = _static_url("icon.svg")
    environment.globals["docs_script"] = _static_url("docs.js")
    environment.globals["text_limit"] = TEXT_LIMIT
    return environment


_ENVIRONMENT = _build_environment()
