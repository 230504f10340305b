"""Endpoints of the public pages. They use the same requests and responses as the API."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

from gongkai.catalog.fields import FACETS, SHELVES
from gongkai.query.request import TEXT_LIMIT, SearchRequest
from gongkai.search.responses import SearchAnswer
from gongkai.search.service import SearchService
from search_api.http.dependencies import (
    CitationsDependency,
    ContextDependency,
    OpenedFromDependency,
    RecordId,
    SearchServiceDependency,
    cache_headers,
    fetch_record,
    find_record,
    missing_record_error,
    record_listed,
    refuse_merged,
    zero_result_task,
)
from search_api.http.errors import UnknownPageError
from search_api.http.parameters import CITATIONS_PAGE_LIMIT, PageParameters, PageQuery
from search_api.http.search_requests import InvertedRangeError, read_request
from search_api.web.browse_page import render_facet, render_overview
from search_api.web.citation import cite
from search_api.web.citations_page import CITING_SHOWN, PAGE_SIZE, render_citations
from search_api.web.comparison_page import render_comparison
from search_api.web.facet_page import render_facet_values
from search_api.web.frequent_queries import find_frequent
from search_api.web.home_page import NEWEST, render_home
from search_api.web.no_results import Elsewhere
from search_api.web.plain_record import write_plain_record
from search_api.web.record_page import Beside, Found, render_record
from search_api.web.rendering import PageContext, render
from search_api.web.results_page import Surroundings, render_results
from search_api.web.site import record_path
from search_api.web.urls import without_filters

STATIC = FilePath(__file__).resolve().parents[1] / "static"
SIMILAR_SHOWN = 5
_METHODS = ["GET", "HEAD"]
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Words = Annotated[str, Query(max_length=TEXT_LIMIT)]


@router.api_route("/", methods=_METHODS)
async def home(context: ContextDependency, service: SearchServiceDependency) -> HTMLResponse:
    """Shows the search box, frequent queries, the newest records and facets to browse."""
    hall = context.site.hall
    answer, words = await asyncio.gather(
        service.search(NEWEST),
        find_frequent(service, hall.tiles if hall else ()),
    )
    return HTMLResponse(render_home(answer, words, context))


@router.api_route("/search", methods=_METHODS)
async def search(
    request: Request,
    parameters: PageQuery,
    context: ContextDependency,
    service: SearchServiceDependency,
) -> HTMLResponse:
    """Shows results with facets, or alternatives if there are none."""
    asked, date_faults = _read_dated(parameters)
    answer = await service.search(asked)
    elsewhere = None if answer.total else await _look_elsewhere(asked, service)
    surroundings = Surroundings(service.today(), elsewhere, date_faults)
    return HTMLResponse(
        render_results(answer, asked, context, surroundings),
        status_code=422 if date_faults else 200,
        headers=cache_headers(answer),
        background=zero_result_task(request, asked, answer)
        or record_listed(request, asked, answer),
    )


@router.api_route("/search/facets/{name}", methods=_METHODS)
async def facet_values(
    name: str,
    parameters: PageQuery,
    context: ContextDependency,
    service: SearchServiceDependency,
    find: Words = "",
) -> HTMLResponse:
    """Shows all values of one facet with a search by label."""
    if name not in FACETS:
        raise UnknownPageError
    asked = read_request(parameters)
    values = await service.facet(asked, name)
    return HTMLResponse(render_facet_values(name, values, asked, find, context))


@router.api_route("/search/citations", methods=_METHODS)
async def citations(
    parameters: PageQuery, context: ContextDependency, service: SearchServiceDependency
) -> PlainTextResponse:
    """Returns the citations of one page of a list, one per line."""
    asked = replace(read_request(parameters), facets=(), highlight=False, fold=False)
    answer = await service.search(asked)
    return PlainTextResponse(_cite_all(answer, context, service))


@router.api_route("/browse", methods=_METHODS)
async def browse(context: ContextDependency, service: SearchServiceDependency) -> HTMLResponse:
    """Shows every classification with its most frequent classes."""
    return HTMLResponse(render_overview(await service.classifications(), context))


@router.api_route("/browse/{name}", methods=_METHODS)
async def browse_facet(
    name: str, context: ContextDependency, service: SearchServiceDependency
) -> HTMLResponse:
    """Shows one classification completely."""
    if name not in SHELVES:
        raise UnknownPageError
    trees = await service.classifications()
    return HTMLResponse(render_facet(name, trees, service.agencies, context))


@router.api_route("/docs", methods=_METHODS)
async def docs(context: ContextDependency) -> HTMLResponse:
    """Shows the interactive API documentation."""
    return HTMLResponse(render("docs.html", context))


@router.api_route(
    "/text/records/{record_id:path}", methods=_METHODS, dependencies=[Depends(refuse_merged)]
)
async def record_text(
    record_id: RecordId, context: ContextDependency, service: SearchServiceDependency
) -> PlainTextResponse:
    """Returns one record as a text file."""
    found = await find_record(record_id, service)
    text = write_plain_record(found, context.base + record_path(record_id))
    headers = {"Content-Disposition": 'attachment; filename="record.txt"'}
    return PlainTextResponse(text, headers=headers)


@router.api_route(
    "/comparison/records/{record_id:path}", methods=_METHODS, dependencies=[Depends(refuse_merged)]
)
async def comparison(
    record_id: RecordId,
    context: ContextDependency,
    service: SearchServiceDependency,
    other: Annotated[str, Query(alias="with", max_length=200)] = "",
) -> HTMLResponse:
    """Compares two versions of a document by article."""
    found = await service.comparison(record_id, other)
    if found is None:
        raise await missing_record_error(record_id, service)
    return HTMLResponse(await asyncio.to_thread(render_comparison, found, context))


@router.api_route(
    "/citations/records/{record_id:path}", methods=_METHODS, dependencies=[Depends(refuse_merged)]
)
async def citing_records(
    record_id: RecordId,
    context: ContextDependency,
    service: SearchServiceDependency,
    citations: CitationsDependency,
    page: Annotated[int, Query(ge=1, le=CITATIONS_PAGE_LIMIT)] = 1,
) -> HTMLResponse:
    """Shows all records that cite a record."""
    stored = await fetch_record(record_id, service)
    found, answer = await asyncio.gather(
        service.view(stored), citations.describe(stored, page, PAGE_SIZE)
    )
    return HTMLResponse(render_citations(found, answer, context))


@router.api_route(
    "/records/{record_id:path}", methods=_METHODS, dependencies=[Depends(refuse_merged)]
)
async def record(
    record_id: RecordId,
    context: ContextDependency,
    service: SearchServiceDependency,
    citations: CitationsDependency,
    opened: OpenedFromDependency,
) -> HTMLResponse:
    """Shows one record with the search terms highlighted."""
    words = opened.words
    stored = await fetch_record(record_id, service)
    found, similar, cited, highlight_terms = await asyncio.gather(
        service.view(stored),
        service.similar(stored, SIMILAR_SHOWN),
        citations.describe(stored, 1, CITING_SHOWN),
        service.highlight_terms(words),
    )
    beside = Beside(similar.hits, cited)

    def draw() -> str:
        how = Found(words, highlight_terms)
        return render_record(found, beside, how, context, service.today())

    # Render in a thread: a text may have two million characters.
    page = await asyncio.to_thread(draw)
    return HTMLResponse(page, background=opened.task)


def _read_dated(parameters: PageParameters) -> tuple[SearchRequest, Mapping[str, str]]:
    """Returns the request, and by date the fault of a range that ends before it starts.

    The page shows that fault beside the pickers and keeps everything else.
    """
    try:
        return read_request(parameters), {}
    except InvertedRangeError as error:
        name = error.parameter.removesuffix("_from")
        undated = parameters.model_copy(update={f"{name}_from": "", f"{name}_to": ""})
        request, others = _read_dated(undated)
        return request, {name: error.title, **others}


async def _look_elsewhere(request: SearchRequest, service: SearchService) -> Elsewhere:
    loosened = replace(without_filters(request), size=1, facets=())
    is_narrowed = loosened != replace(request, size=1, facets=())
    unfiltered = (await service.search(loosened)).total if is_narrowed else 0
    return Elsewhere(unfiltered, (await service.classifications()).trees)


def _cite_all(answer: SearchAnswer, context: PageContext, service: SearchService) -> str:
    today = service.today()
    lines = [cite(hit, context.base + record_path(hit.id), today) for hit in answer.hits]
    return "".join(f"{line}\n" for line in lines)
