"""`/units`: the tree of all agencies, and the page of each."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from gongkai.search.units import UnitReader
from search_api.http.dependencies import ContextDependency, SearchServiceDependency
from search_api.http.errors import UnknownPageError
from search_api.http.state import services_of
from search_api.web.unit_page import newest_of, render_unit, render_units

_METHODS = ["GET", "HEAD"]
router = APIRouter(prefix="/units", include_in_schema=False, default_response_class=HTMLResponse)


@router.api_route("", methods=_METHODS)
async def units(request: Request, context: ContextDependency) -> HTMLResponse:
    """Shows the tree of all agencies with records."""
    services = services_of(request)
    counts = await UnitReader(services.installation, services.engine).count_branches()
    return HTMLResponse(render_units(services.search.agencies, counts, context))


@router.api_route("/{code}", methods=_METHODS)
async def unit(
    code: str, request: Request, context: ContextDependency, service: SearchServiceDependency
) -> HTMLResponse:
    """Shows one agency: guide, reports, classes, newest records and the agencies below it."""
    services = services_of(request)
    agency = service.agencies.by_code(code)
    if agency is None:
        raise UnknownPageError
    reader = UnitReader(services.installation, services.engine)
    overview, answer, counts = await asyncio.gather(
        reader.read(agency), service.search(newest_of(code)), reader.count_branches()
    )
    return HTMLResponse(render_unit(overview, answer, counts, service.agencies, context))
