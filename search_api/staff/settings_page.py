"""`/staff/settings`: every setting with its value and source, for administrators; read only."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from gongkai.settings_trace import TracedSetting, trace_settings
from search_api.http.dependencies import ContextDependency
from search_api.http.state import services_of
from search_api.staff.page import render_staff
from search_api.staff.staff_dependencies import AdministratorLooking

router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/settings")
def settings(
    request: Request, context: ContextDependency, acting: AdministratorLooking
) -> HTMLResponse:
    """Shows the settings of this server; secrets are masked."""
    traced = trace_settings(services_of(request).installation.settings)
    rows = [(each.variable, _spell(each), each.place or "默认值") for each in traced]
    return HTMLResponse(render_staff("settings.html", context, acting.session, rows=rows))


def _spell(setting: TracedSetting) -> str:
    if isinstance(setting.value, bool):
        return str(setting.value).lower()
    return "（未设置）" if setting.value in (None, "") else str(setting.value)
