"""`/staff`: rejected rows, unclassified records, zero-result queries, annual statistics."""

from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from starlette.background import BackgroundTask

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.fields import EXPECTED, TITLES
from gongkai.engines.port import EngineQuery
from gongkai.query.request import SearchRequest
from gongkai.query.tree import MatchAll
from gongkai.staff.audit import Action
from gongkai.staff.audit_subjects import ListName, StaffList
from gongkai.staff.reject_reasons import describe_reason, title_of
from gongkai.staff.reject_sheets import ReadEntries, write_reject_csv, write_reject_xlsx
from gongkai.staff.rejected import RejectedRun, count_reasons, list_runs, open_run, see_within
from gongkai.staff.roles import Scope
from gongkai.staff.statistics import COUNTED, LATEST, count_year, list_figures
from gongkai.staff.unclicked_queries import DAYS_SHOWN as DAYS_WATCHED
from gongkai.staff.unclicked_queries import LATE, LATELY
from gongkai.staff.working_days import TERM
from gongkai.staff.zero_result_queries import DAYS_SHOWN
from search_api.http.dependencies import ContextDependency, SearchServiceDependency, sheet_response
from search_api.http.state import services_of, state_of
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import (
    ClerkLooking,
    Looking,
)
from search_api.web.site import record_path
from search_api.web.urls import export_url, search_url

_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY, _PART = 4 << 20, 1 << 18
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/rejected")
def rejected(
    request: Request,
    context: ContextDependency,
    acting: ClerkLooking,
    run: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Shows the rejected rows of one run by agency and reason."""
    folder = services_of(request).installation.settings.data_dir
    runs = list_runs(folder)
    chosen = run if run in runs else next(iter(runs), "")
    acting.note(Action.VIEWED, StaffList(ListName.REJECTED, chosen))
    opened = open_own_run(request, chosen, acting.scope)
    reasons = count_reasons(opened.entries()) if opened else {}
    return HTMLResponse(
        render_staff(
            "rejected.html",
            context,
            acting.session,
            runs=runs,
            run=chosen,
            reasons=reasons,
            torn=opened.torn if opened else 0,
            describe=describe_reason,
            title=title_of,
        )
    )


@router.get("/rejected.csv")
def export_rejected_csv(
    request: Request,
    acting: ClerkLooking,
    run: Annotated[str, Query(max_length=40)] = "",
    publisher: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Returns rejected rows of one agency or all as CSV that can be corrected and indexed again."""
    read = _open_rejected(request, run, publisher, acting.scope)
    acting.note(Action.EXPORTED, StaffList(ListName.REJECTED, run))
    pieces = (piece.encode() for piece in write_reject_csv(read))
    return StreamingResponse(pieces, headers=_save_as(run, "csv"), media_type=_CSV)


@router.get("/rejected.xlsx")
def export_rejected_xlsx(
    request: Request,
    acting: ClerkLooking,
    run: Annotated[str, Query(max_length=40)] = "",
    publisher: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Returns the same rows as a workbook."""
    read = _open_rejected(request, run, publisher, acting.scope)
    acting.note(Action.EXPORTED, StaffList(ListName.REJECTED, run))
    # The response reads and closes the file.
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    write_reject_xlsx(read, file)
    file.seek(0)
    parts = iter(partial(file.read, _PART), b"")
    return StreamingResponse(
        parts,
        headers=_save_as(run, "xlsx"),
        media_type=_XLSX,
        background=BackgroundTask(file.close),
    )


def open_own_run(request: Request, run: str, scope: Scope) -> RejectedRun | None:
    """Returns the rejected rows of one run that belong to the scope, or None."""
    installation = services_of(request).installation
    job = state_of(request).job_runner.jobs.find_run(run)
    # The rows of an upload are its unit's, whatever agency they state.
    seen = Scope() if job is not None and job.is_of(scope) else scope
    may_see = see_within(seen, installation.tables.agencies)
    return open_run(installation.settings.data_dir, run, may_see)


def _open_rejected(request: Request, run: str, publisher: str, scope: Scope) -> ReadEntries:
    opened = open_own_run(request, run, scope)
    return partial(opened.entries, publisher) if opened else lambda: ()


def _save_as(run: str, suffix: str) -> dict[str, str]:
    name = f"rejected-{run}.{suffix}" if run.isascii() and run.isalnum() else f"rejected.{suffix}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@router.get("/unclassified")
async def unclassified(
    context: ContextDependency, acting: Looking, service: SearchServiceDependency
) -> HTMLResponse:
    """Shows the number of records that lack each classification, with links to lists."""
    rows = []
    for name in EXPECTED:
        request = SearchRequest(chosen={name: (MISSING,)}, size=1, facets=())
        found = await service.search(request)
        rows.append(
            {
                "title": TITLES[name],
                "count": found.total,
                "href": search_url(request),
                "export": export_url(request, "csv"),
            }
        )
    return HTMLResponse(render_staff("unclassified.html", context, acting.session, rows=rows))


@router.get("/searches")
async def searches(request: Request, context: ContextDependency, acting: Looking) -> HTMLResponse:
    """Shows queries that found nothing, or nothing that anybody opened, on several days."""
    acting.note(Action.VIEWED, StaffList(ListName.ZERO_RESULTS))
    services = services_of(request)
    page = render_staff(
        "searches.html",
        context,
        acting.session,
        rows=services.zero_results.list(),
        days_shown=DAYS_SHOWN,
        unclicked=services.unclicked.list(),
        days_watched=DAYS_WATCHED,
        late=LATE,
        lately=LATELY,
    )
    return HTMLResponse(page)


@router.get("/statistics")
async def statistics(
    request: Request,
    context: ContextDependency,
    acting: Looking,
    service: SearchServiceDependency,
    year: Annotated[int | None, Query(ge=1900, le=2100)] = None,
) -> HTMLResponse:
    """Shows the statistics of one year."""
    services = services_of(request)
    engine, tables = services.engine, services.installation.tables
    result = await engine.search(EngineQuery(MatchAll(), facets=("year",), limit=0))
    years = sorted(result.facets["year"], reverse=True)
    chosen = year or int(next(iter(years), service.today().year))
    counted = await count_year(engine, tables, chosen)
    groups = [(TITLES[name], counted.counts[name].most_common()) for name in COUNTED]
    groups.insert(1, ("月份", sorted(counted.counts["month"].items())))
    return HTMLResponse(
        render_staff(
            "statistics.html",
            context,
            acting.session,
            counted=counted,
            years=years,
            groups=groups,
            term=TERM,
            most=LATEST,
            path=record_path,
        )
    )


@router.get("/statistics.csv")
async def export_statistics(
    request: Request,
    acting: Looking,
    year: Annotated[int, Query(ge=1900, le=2100)],
) -> Response:
    """Returns the same figures as `gongkai stats --csv`."""
    services = services_of(request)
    counted = await count_year(services.engine, services.installation.tables, year)
    acting.note(Action.EXPORTED, StaffList(ListName.STATISTICS, str(year)))
    return sheet_response("statistics", ("figure", "value", "number"), list(list_figures(counted)))
