"""`/reports` and `/gazettes`: 年报 and 公报 by agency, year and issue."""

from collections.abc import Sequence
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from gongkai.search.serials import Serial, SerialAgency, SerialReader
from search_api.http.dependencies import ContextDependency
from search_api.http.errors import UnknownPageError
from search_api.http.state import services_of
from search_api.web.rendering import PageContext, render
from search_api.web.site import record_path, serial_path

_METHODS = ["GET", "HEAD"]
TITLES = {Serial.REPORTS: "政府信息公开工作年度报告", Serial.GAZETTES: "公报"}
_OTHERS = "其他单位"
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.api_route("/reports", methods=_METHODS)
async def reports(request: Request, context: ContextDependency) -> Response:
    """Shows the agencies with annual reports, or the reports of the only one."""
    return await _list_agencies(request, context, Serial.REPORTS)


@router.api_route("/gazettes", methods=_METHODS)
async def gazettes(request: Request, context: ContextDependency) -> Response:
    """Shows the agencies with gazettes, or the gazettes of the only one."""
    return await _list_agencies(request, context, Serial.GAZETTES)


@router.api_route("/reports/{code:path}", methods=_METHODS)
async def agency_reports(code: str, request: Request, context: ContextDependency) -> Response:
    """Shows the annual reports of an agency by year."""
    return await _list_years(request, context, Serial.REPORTS, code)


@router.api_route("/gazettes/{code:path}", methods=_METHODS)
async def agency_gazettes(code: str, request: Request, context: ContextDependency) -> Response:
    """Shows the gazettes of an agency by year and issue."""
    return await _list_years(request, context, Serial.GAZETTES, code)


async def _list_agencies(request: Request, context: PageContext, serial: Serial) -> Response:
    agencies = await _open(request).agencies(serial)
    if len(agencies) == 1:
        return await _list_years(request, context, serial, agencies[0].code, is_only=True)
    page = render(
        "serials.html", context, title=TITLES[serial], serial=serial.value,
        levels=_group(agencies), path=serial_path,
    )  # fmt: skip
    return HTMLResponse(page)


async def _list_years(
    request: Request, context: PageContext, serial: Serial, code: str, *, is_only: bool = False
) -> Response:
    years = await _open(request).years(serial, code)
    if not years:
        raise UnknownPageError
    agencies = services_of(request).installation.tables.agencies
    page = render(
        "serial.html", context, title=TITLES[serial], serial=serial.value, years=years,
        agency=agencies.label_of(code), path=record_path, is_only=is_only,
    )  # fmt: skip
    return HTMLResponse(page)


def _open(request: Request) -> SerialReader:
    services = services_of(request)
    return SerialReader(services.installation, services.engine)


def _group(agencies: Sequence[SerialAgency]) -> list[tuple[str, list[SerialAgency]]]:
    """Returns the agencies by level, under its heading."""
    return [
        (f"{level}级" if level else _OTHERS, list(found))
        for level, found in groupby(agencies, key=lambda each: each.level)
    ]
