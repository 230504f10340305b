"""`/staff/expiring`: rules whose stated term ends within 90 days, or has passed."""

from datetime import date
from enum import StrEnum

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from gongkai.catalog.fields import TITLES
from gongkai.staff.audit import Action
from gongkai.staff.audit_subjects import ListName, StaffList
from gongkai.staff.expiring_terms import COLUMNS, DAYS, ExpiringTerm, list_coming, list_passed
from search_api.http.dependencies import (
    ContextDependency,
    SearchServiceDependency,
    sheet_response,
)
from search_api.http.state import services_of
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import Looking
from search_api.web.site import record_path

router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)
_HEADINGS = {
    **TITLES,
    "id": "编号",
    "effective_on": "施行日期",
    "expires_on": "文中期限",
    "passage": "正文依据",
}


class State(StrEnum):
    """The two parts of the list."""

    COMING = "coming"
    PASSED = "passed"


@router.get("/expiring")
async def expiring(
    request: Request,
    context: ContextDependency,
    acting: Looking,
    service: SearchServiceDependency,
    state: State = State.COMING,
) -> HTMLResponse:
    """Shows the rules of one part, the first to end first."""
    rows = await _read(request, service.today(), state)
    acting.note(Action.VIEWED, StaffList(ListName.EXPIRING, state))
    page = render_staff(
        "expiring.html",
        context,
        acting.session,
        rows=rows,
        state=state.value,
        days=DAYS,
        path=record_path,
    )
    return HTMLResponse(page)


@router.get("/expiring.csv")
async def export_expiring(
    request: Request,
    acting: Looking,
    service: SearchServiceDependency,
    state: State = State.COMING,
) -> Response:
    """Returns the same rows as CSV."""
    rows = await _read(request, service.today(), state)
    acting.note(Action.EXPORTED, StaffList(ListName.EXPIRING, state))
    heads = [_HEADINGS[name] for name in COLUMNS]
    return sheet_response(f"expiring-{state}", heads, [each.row for each in rows])


async def _read(request: Request, today: date, state: State) -> list[ExpiringTerm]:
    services = services_of(request)
    read = list_coming if state is State.COMING else list_passed
    return await read(services.engine, services.installation.tables, today)
