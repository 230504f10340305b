"""The pages people see. The same requests and answers as the API, shown as HTML."""

from pathlib import Path as FilePath

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from queries.request import SearchRequest, Sort
from search_api.endpoints.search import AnsweringDependency, RecordId, find_record
from search_api.pages.rendering import render_docs, render_home, render_record, render_search
from search_api.parameters import PageQuery, read_request

STATIC = FilePath(__file__).resolve().parents[1] / "static"
NEWEST_SHOWN = 8
_METHODS = ["GET", "HEAD"]
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.api_route("/", methods=_METHODS)
async def home(request: Request, answering: AnsweringDependency) -> HTMLResponse:
    """The search box, ways to browse, the newest records."""
    newest = SearchRequest(sort=Sort.NEWEST, size=NEWEST_SHOWN)
    answer = await answering.search(newest)
    return HTMLResponse(render_home(answer, request.app.state.site))


@router.api_route("/search", methods=_METHODS)
async def search(
    parameters: PageQuery, request: Request, answering: AnsweringDependency
) -> HTMLResponse:
    """Results with facets."""
    asked = read_request(parameters)
    answer = await answering.search(asked)
    return HTMLResponse(render_search(answer, asked, request.app.state.site))


@router.api_route("/docs", methods=_METHODS)
async def docs(request: Request) -> HTMLResponse:
    """The API, to read and to try; for programmers."""
    return HTMLResponse(render_docs(request.app.state.site))


@router.api_route("/records/{record_id:path}", methods=_METHODS)
async def record(
    record_id: RecordId, request: Request, answering: AnsweringDependency
) -> HTMLResponse:
    """One record."""
    found = await find_record(record_id, answering)
    query = request.query_params.get("q")
    return HTMLResponse(render_record(found, query, request.app.state.site))
