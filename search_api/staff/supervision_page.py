"""`/staff/supervision`: what the rules ask of each agency, with lights, history and exports."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from gongkai.catalog.agencies import Agency
from gongkai.catalog.duties import Duties
from gongkai.files.workbook import write_workbook
from gongkai.search.annual_tables import AnnualTables, build_annual_tables
from gongkai.search.supervision import Supervised, SupervisionService
from gongkai.staff.audit import Action
from gongkai.staff.audit_subjects import ListName, StaffList
from gongkai.staff.snapshots import Snapshot
from gongkai.staff.traffic_lights import Check, Judged, Light, judge, name_checks
from gongkai.staff.unit_figures import UnitFigures
from search_api.http.dependencies import ContextDependency, SearchServiceDependency, sheet_response
from search_api.http.errors import UnknownPageError
from search_api.http.state import services_of
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import Looking
from search_api.web.site import unit_path

HISTORY = 30
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


class Chosen(BaseModel):
    """The agencies that the table shows: those with a light, of a level, or all."""

    light: str = Field("", pattern="^(|none|green|yellow|red)$")
    level: str = Field("", max_length=2)


Year = Annotated[int, Query(ge=1900, le=2100)]


@router.get("/supervision")
async def supervision(
    request: Request,
    context: ContextDependency,
    acting: Looking,
    service: SearchServiceDependency,
    chosen: Annotated[Chosen, Query()],
) -> HTMLResponse:
    """Shows all agencies with their lights, the worst first."""
    found = await _service(request).read(service.today())
    shown = _choose(found.units, chosen)
    duties = services_of(request).installation.duties
    return HTMLResponse(
        await asyncio.to_thread(
            render_staff,
            "supervision.html",
            context,
            acting.session,
            found=found,
            counts=_count_lights(found.units),
            units=shown,
            names=name_checks(duties),
            rows=[(each, _in_order(each, duties)) for each in shown],
            lights=Light,
            chosen=chosen,
            levels=sorted({each.agency.level for each in found.units}),
        )
    )


@router.get("/supervision.csv")
async def export_csv(
    request: Request, acting: Looking, service: SearchServiceDependency
) -> Response:
    """Returns the table as CSV."""
    found = await _service(request).read(service.today())
    acting.note(Action.EXPORTED, StaffList(ListName.SUPERVISION))
    head, *rows = _lay_out(found, services_of(request).installation.duties)
    return sheet_response("supervision", [str(each) for each in head], rows)


@router.get("/supervision.xlsx")
async def export_xlsx(
    request: Request, acting: Looking, service: SearchServiceDependency
) -> Response:
    """Returns the table as a workbook."""
    found = await _service(request).read(service.today())
    acting.note(Action.EXPORTED, StaffList(ListName.SUPERVISION))
    rows = list(_lay_out(found, services_of(request).installation.duties))
    content = await asyncio.to_thread(write_workbook, {"公开督查": rows})
    return _file(content, "公开督查.xlsx", _XLSX)


@router.get("/supervision/history")
async def history(request: Request, context: ContextDependency, acting: Looking) -> HTMLResponse:
    """Shows how many agencies had each light on the days of the snapshots."""
    supervisor = _service(request)

    def count() -> list[tuple[Snapshot, dict[Light, int]]]:
        return [
            (each, _count_lights(supervisor.judge_all(each, each.day)))
            for each in supervisor.snapshots.list(HISTORY)
        ]

    rows = await asyncio.to_thread(count)
    return HTMLResponse(
        render_staff("supervision_history.html", context, acting.session, rows=rows, lights=Light)
    )


@router.get("/supervision/{code}")
async def unit(
    code: str,
    request: Request,
    context: ContextDependency,
    acting: Looking,
    service: SearchServiceDependency,
) -> HTMLResponse:
    """Shows one agency with the facts behind its lights and its history, to print and send."""
    agency = _find(request, code)
    supervisor = _service(request)
    found = await supervisor.read(service.today())
    snapshots = await asyncio.to_thread(supervisor.snapshots.list, HISTORY)
    duties = services_of(request).installation.duties
    figures = found.snapshot.units.get(code, UnitFigures())
    past = [
        (each, judge(agency, each.units.get(code, UnitFigures()), duties, each.day))
        for each in snapshots
    ]
    return HTMLResponse(
        render_staff(
            "supervised_unit.html",
            context,
            acting.session,
            found=found,
            unit=judge(agency, figures, duties, service.today()),
            history=past,
            page_path=unit_path(code),
            years=range(service.today().year - 1, service.today().year - 4, -1),
        )
    )


@router.get("/supervision/{code}/report.docx")
async def report_docx(request: Request, acting: Looking, code: str, year: Year) -> Response:
    """Returns the tables of the annual report as DOCX."""
    # python-docx takes as long to load as FastAPI, and few processes write a document.
    from search_api.staff.annual_files import name_report, write_report_docx  # noqa: PLC0415

    tables = await _report(request, code, year)
    acting.note(Action.EXPORTED, StaffList(ListName.SUPERVISION, f"{code} {year}"))
    content = await asyncio.to_thread(write_report_docx, tables)
    return _file(content, f"{name_report(tables)}.docx", _DOCX)


@router.get("/supervision/{code}/report.xlsx")
async def report_xlsx(request: Request, acting: Looking, code: str, year: Year) -> Response:
    """Returns the same tables as a workbook."""
    from search_api.staff.annual_files import name_report, write_report_xlsx  # noqa: PLC0415

    tables = await _report(request, code, year)
    acting.note(Action.EXPORTED, StaffList(ListName.SUPERVISION, f"{code} {year}"))
    content = await asyncio.to_thread(write_report_xlsx, tables)
    return _file(content, f"{name_report(tables)}.xlsx", _XLSX)


def _service(request: Request) -> SupervisionService:
    return services_of(request).supervision


async def _report(request: Request, code: str, year: int) -> AnnualTables:
    services = services_of(request)
    agency = _find(request, code)
    return await build_annual_tables(services.engine, services.installation.tables, agency, year)


def _find(request: Request, code: str) -> Agency:
    agency = services_of(request).installation.tables.agencies.by_code(code)
    if agency is None:
        raise UnknownPageError
    return agency


def _choose(units: Sequence[Judged], chosen: Chosen) -> list[Judged]:
    return [
        each
        for each in units
        if chosen.light in ("", each.light.name.lower()) and chosen.level in ("", each.agency.level)
    ]


def _count_lights(units: Sequence[Judged]) -> dict[Light, int]:
    counts = dict.fromkeys(reversed(Light), 0)
    for each in units:
        counts[each.light] += 1
    return counts


def _in_order(unit: Judged, duties: Duties) -> list[Check | None]:
    """Returns the check of each column; None for a requirement that is not the agency's."""
    checks = {each.name: each for each in unit.checks}
    return [checks.get(name) for name in name_checks(duties)]


def _spell(check: Check | None) -> str:
    if check is None or check.light is Light.NONE:
        return check.fact if check else ""
    return f"{check.light.word}：{check.fact}"


def _lay_out(found: Supervised, duties: Duties) -> Iterator[tuple[object, ...]]:
    names = name_checks(duties)
    yield ("单位", "代码", "级别", "结论", "信息条数", "最近发布", *names)
    for each in found.units:
        agency, figures = each.agency, each.figures
        cells = map(_spell, _in_order(each, duties))
        yield (
            agency.name, agency.code, agency.level, each.light.word,
            figures.records, figures.latest, *cells,
        )  # fmt: skip


def _file(content: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=kind, headers=headers)
