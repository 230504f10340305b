"""Renders templates to complete HTML pages.

Templates contain only markup; the page modules of this package build their values.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request

from gongkai.query.request import TEXT_LIMIT
from search_api.web.appearance import COOKIE, Appearance, read_appearance
from search_api.web.site import Site, site_of

_ROOT = Path(__file__).resolve().parents[1]
_HEADING_LONGEST = 40
_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class PageContext:
    """The request data of a page. `base` is the prefix of absolute addresses.

    `here` is the path and query string of the page.
    """

    site: Site
    appearance: Appearance
    base: str
    here: str


def context_of(request: Request) -> PageContext:
    """Returns the context of a request."""
    site = site_of(request)
    query = request.scope["query_string"].decode("latin-1")
    return PageContext(
        site=site,
        appearance=read_appearance(request.cookies.get(COOKIE)),
        base=site.base(request),
        here=request.scope.get("raw_path", b"/").decode("latin-1") + (f"?{query}" if query else ""),
    )


def render(template: str, context: PageContext, **shown: object) -> str:
    """Renders a template. An undefined name in a template is an error."""
    return _ENVIRONMENT.get_template(template).render(
        page=context, site=context.site, appearance=context.appearance, **shown
    )


def shorten(text: str) -> str:
    """Returns the text shortened for a heading."""
    return text if len(text) <= _HEADING_LONGEST else f"{text[:_HEADING_LONGEST]}…"


def trusted(html: str) -> Markup:
    """Returns HTML that was escaped when it was made; `<mark>` is its only tag."""
    return Markup(html)  # noqa: S704


@cache
def _static_url(name: str) -> str:
    """Returns an address that changes with the content, so that a cached copy is never stale."""
    digest = hashlib.sha256((_ROOT / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:8]}"


def _spell_time(moment: str) -> str:
    """Returns an ISO 8601 time, UTC by default, in Beijing time."""
    return f"{_in_beijing(moment):%Y-%m-%d %H:%M:%S}"


def spell_day(moment: str | None = None) -> str:
    """Returns the day of an ISO 8601 time, or of now, in Beijing: 2026年3月5日 星期四."""
    day = _in_beijing(moment) if moment else datetime.now(_BEIJING)
    return f"{day.year}年{day.month}月{day.day}日 星期{'一二三四五六日'[day.weekday()]}"


def _in_beijing(moment: str) -> datetime:
    read = datetime.fromisoformat(moment)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(_BEIJING)


ICON = _static_url("icon.svg")


def _build_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = "{:,}".format
    environment.filters["beijing"] = _spell_time
    environment.globals["static"] = _static_url
    environment.globals["icon"] = ICON
    environment.globals["text_limit"] = TEXT_LIMIT
    return environment


_ENVIRONMENT = _build_environment()
