"""Endpoints for crawlers and browsers: robots.txt, sitemaps, the OpenSearch description."""

import re
from collections.abc import AsyncIterator
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from gongkai.catalog.dates import parse_date
from gongkai.catalog.fields import SHELVES
from gongkai.query.request import FACET_SIZE_LIMIT, SearchRequest
from gongkai.search.service import SearchService
from search_api.http.dependencies import (
    SearchServiceDependency,
    SiteDependency,
    SuggesterDependency,
)
from search_api.http.errors import UnknownPageError
from search_api.http.parameters import TYPED_LIMIT
from search_api.web.browse_page import browse_url
from search_api.web.feeds import last_change, write_opensearch, write_sitemap, write_sitemap_index
from search_api.web.rendering import ICON
from search_api.web.site import record_path

SITEMAP_LIMIT = 50_000
"""Maximum number of addresses in one sitemap (sitemaps.org)."""
_SUGGESTIONS = 8
_PART = re.compile(r"[0-9]{4}(?:-[0-9]{2})?")
_ROBOTS = """User-agent: *
Disallow: /search?*&
Disallow: /search/export
Disallow: /feed.atom
Disallow: /apply
Disallow: /appearance
Disallow: /api/
Allow: /

Sitemap: {base}/sitemap.xml
"""
router = APIRouter(include_in_schema=False)


@router.get("/robots.txt")
async def robots(request: Request, site: SiteDependency) -> PlainTextResponse:
    """Allows records and plain lists. Filter combinations are unlimited and are disallowed."""
    return PlainTextResponse(_ROBOTS.format(base=site.base(request)))


@router.get("/opensearch.xml")
async def opensearch(request: Request, site: SiteDependency) -> Response:
    """Returns the OpenSearch description that pages link to."""
    content = write_opensearch(site.name, site.base(request), ICON)
    return Response(content, media_type="application/opensearchdescription+xml")


@router.get("/opensearch/suggest")
async def opensearch_suggest(
    q: Annotated[str, Query(max_length=TYPED_LIMIT)], suggester: SuggesterDependency
) -> Response:
    """Returns suggestions in the format of browsers: the typed text, then a list."""
    answer = await suggester.suggest(q, _SUGGESTIONS)
    content = [q, [each.text for each in answer.suggestions]]
    return Response(orjson.dumps(content), media_type="application/x-suggestions+json")


@router.get("/sitemap.xml")
async def sitemap_index(
    request: Request, service: SearchServiceDependency, site: SiteDependency
) -> Response:
    """Returns the sitemap index: one sitemap per year, or per month for a very large year."""
    answer = await service.search(
        SearchRequest(size=1, facets=("year",), facet_size=FACET_SIZE_LIMIT)
    )
    years = {
        each.value: each.count for each in answer.facets["year"] if _PART.fullmatch(each.value)
    }
    parts = ["pages", *(part for year, count in years.items() for part in _cut(year, count))]
    base = site.base(request)
    return _xml(write_sitemap_index(f"{base}/sitemap/{part}.xml" for part in parts))


@router.get("/sitemap/{part}.xml")
async def sitemap(
    part: str, request: Request, service: SearchServiceDependency, site: SiteDependency
) -> Response:
    """Returns the sitemap of one year or month; `pages` is the sitemap of all other pages."""
    base = site.base(request)
    if part == "pages":
        paths = ["/", "/browse", *(browse_url(name) for name in SHELVES)]
        return _xml(write_sitemap((base + path, None) for path in paths))
    if not _PART.fullmatch(part) or not 1 <= int(part[5:] or 1) <= 12 or int(part[:4]) == 0:
        raise UnknownPageError
    rows = [row async for row in _pages_of(part, service)]
    return _xml(write_sitemap((base + path, day) for path, day in rows))


def _cut(year: str, count: int) -> list[str]:
    return [year] if count <= SITEMAP_LIMIT else [f"{year}-{month:02}" for month in range(1, 13)]


async def _pages_of(part: str, service: SearchService) -> AsyncIterator[tuple[str, str]]:
    date = parse_date(part, field="published_on")
    left = SITEMAP_LIMIT
    async for record in service.every(SearchRequest(published_from=date, published_to=date)):
        yield record_path(record.id), last_change(record)
        left -= 1
        if not left:
            return


def _xml(content: bytes) -> Response:
    return Response(content, media_type="application/xml")
