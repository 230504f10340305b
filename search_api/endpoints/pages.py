"""The pages people see. The same requests and answers as the API, shown as HTML."""

import asyncio
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, PlainTextResponse

from catalog.fields import FACETS
from queries.request import TEXT_LIMIT, SearchRequest, Sort
from search_api.answer import SearchAnswer, SimilarAnswer
from search_api.answering import Answering
from search_api.endpoints.dependencies import (
    AnsweringDependency,
    ContextDependency,
    NotingDependency,
    RecordId,
    find_record,
    keeping,
    refuse_merged,
)
from search_api.errors import UnknownPageError
from search_api.pages.application_page import render_application
from search_api.pages.browse_page import BROWSED, render_facet, render_overview
from search_api.pages.citation import cite
from search_api.pages.facet_page import render_facet_values
from search_api.pages.home_page import render_home
from search_api.pages.leads import Elsewhere
from search_api.pages.links import without_filters
from search_api.pages.plain_record import write_plain_record
from search_api.pages.record_page import Found, render_record
from search_api.pages.rendering import PageContext, render
from search_api.pages.results_page import render_results
from search_api.parameters import PageQuery, read_request
from search_api.site import record_path

STATIC = FilePath(__file__).resolve().parents[1] / "static"
NEWEST_SHOWN = 8
SIMILAR_SHOWN = 5
_METHODS = ["GET", "HEAD"]
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Words = Annotated[str, Query(max_length=TEXT_LIMIT)]


@router.api_route("/", methods=_METHODS)
async def home(context: ContextDependency, answering: AnsweringDependency) -> HTMLResponse:
    """The search box, ways to browse, the newest records."""
    answer = await answering.search(SearchRequest(sort=Sort.NEWEST, size=NEWEST_SHOWN))
    return HTMLResponse(render_home(answer, context))


@router.api_route("/search", methods=_METHODS)
async def search(
    parameters: PageQuery,
    context: ContextDependency,
    answering: AnsweringDependency,
    noting: NotingDependency,
) -> HTMLResponse:
    """Results with facets; where there are none, what leads on."""
    asked = read_request(parameters)
    answer = await answering.search(asked)
    elsewhere = None if answer.total else await _look_elsewhere(asked, answering)
    page = render_results(answer, asked, context, elsewhere)
    return HTMLResponse(page, headers=keeping(answer), background=noting(asked, answer))


@router.api_route("/search/facets/{name}", methods=_METHODS)
async def facet_values(
    name: str,
    parameters: PageQuery,
    context: ContextDependency,
    answering: AnsweringDependency,
    find: Words = "",
) -> HTMLResponse:
    """All values of one facet, to search among."""
    if name not in FACETS:
        raise UnknownPageError
    asked = read_request(parameters)
    values = await answering.facet(asked, name)
    return HTMLResponse(render_facet_values(name, values, asked, find, context))


@router.api_route("/search/citations", methods=_METHODS)
async def citations(
    parameters: PageQuery, context: ContextDependency, answering: AnsweringDependency
) -> PlainTextResponse:
    """The records of one page of a list, each as a line that cites it."""
    asked = replace(read_request(parameters), facets=(), highlight=False)
    answer = await answering.search(asked)
    return PlainTextResponse(_cite_all(answer, context, answering))


@router.api_route("/browse", methods=_METHODS)
async def browse(context: ContextDependency, answering: AnsweringDependency) -> HTMLResponse:
    """Every classification with its most frequent classes."""
    return HTMLResponse(render_overview(await answering.classifications(), context))


@router.api_route("/browse/{name}", methods=_METHODS)
async def browse_facet(
    name: str, context: ContextDependency, answering: AnsweringDependency
) -> HTMLResponse:
    """One classification whole."""
    if name not in BROWSED:
        raise UnknownPageError
    trees = await answering.classifications()
    return HTMLResponse(render_facet(name, trees, answering.agencies, context))


@router.api_route("/apply", methods=_METHODS)
async def apply(
    context: ContextDependency,
    answering: AnsweringDependency,
    q: Words = "",
    record: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """How to apply for what is not public, with a form to print."""
    found = await find_record(record, answering) if record else None
    return HTMLResponse(render_application(q, found, context))


@router.api_route("/docs", methods=_METHODS)
async def docs(context: ContextDependency) -> HTMLResponse:
    """The API, to read and to try; for programmers."""
    return HTMLResponse(render("docs.html", context))


@router.api_route(
    "/text/records/{record_id:path}", methods=_METHODS, dependencies=[Depends(refuse_merged)]
)
async def record_text(
    record_id: RecordId, context: ContextDependency, answering: AnsweringDependency
) -> PlainTextResponse:
    """One record as a text file."""
    found = await find_record(record_id, answering)
    text = write_plain_record(found, context.base + record_path(record_id))
    headers = {"Content-Disposition": 'attachment; filename="record.txt"'}
    return PlainTextResponse(text, headers=headers)


@router.api_route(
    "/records/{record_id:path}", methods=_METHODS, dependencies=[Depends(refuse_merged)]
)
async def record(
    record_id: RecordId, context: ContextDependency, answering: AnsweringDependency, q: str = ""
) -> HTMLResponse:
    """One record, with the words marked that it was found by."""
    found, similar = await asyncio.gather(
        find_record(record_id, answering), answering.similar(record_id, SIMILAR_SHOWN)
    )
    words = q[:TEXT_LIMIT]
    hits = (similar or SimilarAnswer(hits=[])).hits

    def draw() -> str:
        how = Found(words, answering.needles(words))
        return render_record(found, hits, how, context, answering.today())

    # A text may have two million characters.
    return HTMLResponse(await asyncio.to_thread(draw))


async def _look_elsewhere(request: SearchRequest, answering: Answering) -> Elsewhere:
    loosened = replace(without_filters(request), size=1, facets=())
    is_narrowed = loosened != replace(request, size=1, facets=())
    unfiltered = (await answering.search(loosened)).total if is_narrowed else 0
    return Elsewhere(unfiltered, (await answering.classifications()).trees)


def _cite_all(answer: SearchAnswer, context: PageContext, answering: Answering) -> str:
    today = answering.today()
    lines = [cite(hit, context.base + record_path(hit.id), today) for hit in answer.hits]
    return "".join(f"{line}\n" for line in lines)
