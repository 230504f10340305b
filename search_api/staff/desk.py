"""`/staff`: sign-in, the overview of open tasks, the audit log.

Staff sign in with a token. Each form carries a key of its session.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from gongkai.catalog.classifications import MISSING
from gongkai.errors import EngineUnavailableError, IndexMismatchError
from gongkai.query.request import SearchRequest
from gongkai.search.duplicates import ScanRunningError
from gongkai.staff.rejected import list_runs
from gongkai.staff.roles import Scope, find_scope
from gongkai.staff.tokens import SESSION
from search_api.http.dependencies import ContextDependency, SearchServiceDependency
from search_api.http.state import services_of, state_of
from search_api.staff.auth import (
    COOKIE,
    COOKIE_PATH,
    FormDependency,
    FormKeyError,
    SignInError,
    TooManyAttemptsError,
    client_of,
    get_authenticator,
)
from search_api.staff.duplicates_page import count_own
from search_api.staff.page import (
    ACTION_LABELS,
    label_subject,
    render_staff,
)
from search_api.staff.reports import open_own_run
from search_api.staff.staff_dependencies import (
    DuplicateServiceDependency,
    Looking,
    ZeroResultsDependency,
)
from search_api.web.rendering import render

AUDIT_SIZE = 100
PATIENCE = 1.0
"""Seconds that the first page waits for a scan; other pages wait longer."""
router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@router.get("")
async def home(
    request: Request,
    context: ContextDependency,
    duplicate_service: DuplicateServiceDependency,
    service: SearchServiceDependency,
    zero_results: ZeroResultsDependency,
) -> HTMLResponse:
    """Shows the open tasks, or the sign-in form without a session."""
    session = get_authenticator(request).find_session(request.cookies.get(COOKIE))
    if session is None:
        return HTMLResponse(render("staff/sign_in.html", context, problem=""))
    token = session.token
    scope = find_scope(token.role, token.unit, services_of(request).installation.tables.agencies)
    return HTMLResponse(
        render_staff(
            "home.html",
            context,
            session,
            is_whole=scope.is_whole,
            clusters=await _count_clusters(duplicate_service, scope),
            rejected=await run_in_threadpool(_count_rejected, request, scope),
            unclassified=await _count_unclassified(service),
            searches=len(zero_results.list()) if scope.is_whole else 0,
            examined=await run_in_threadpool(state_of(request).examiner.latest),
        )
    )


async def _count_clusters(
    duplicate_service: DuplicateServiceDependency, scope: Scope
) -> int | None:
    """Returns None while records are compared or the index is unavailable."""
    try:
        return await count_own(duplicate_service, scope, PATIENCE)
    except (ScanRunningError, EngineUnavailableError, IndexMismatchError):
        return None


async def _count_unclassified(service: SearchServiceDependency) -> int | None:
    """Returns None if the index is unavailable: the page leads to the check of it."""
    request = SearchRequest(chosen={"topic": (MISSING,)}, size=1, facets=())
    try:
        return (await service.search(request)).total
    except (EngineUnavailableError, IndexMismatchError):
        return None


def _count_rejected(request: Request, scope: Scope) -> int:
    """Returns the number of rejected rows of the latest run that has any."""
    folder = services_of(request).installation.settings.data_dir
    latest = next(iter(list_runs(folder)), "")
    opened = open_own_run(request, latest, scope)
    return sum(1 for _ in opened.entries()) if opened else 0


@router.post("/sign-in")
async def sign_in(
    request: Request,
    context: ContextDependency,
    token: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Opens a session. Its cookie is limited to /staff and to this site."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise FormKeyError
    try:
        cookie = get_authenticator(request).open_session(token, client_of(request))
    except SignInError:
        problem = "令牌不正确或者已经失效。"
        return HTMLResponse(render("staff/sign_in.html", context, problem=problem), 401)
    except TooManyAttemptsError:
        problem = "尝试次数过多，请 5 分钟后再试。"
        page = render("staff/sign_in.html", context, problem=problem)
        return HTMLResponse(page, 429, {"Retry-After": "300"})
    response = RedirectResponse("/staff", status_code=303)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(SESSION.total_seconds()),
        path=COOKIE_PATH,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/sign-out")
async def sign_out(request: Request, session: FormDependency) -> Response:
    """Ends the session, also for every copy of its cookie."""
    get_authenticator(request).close_session(request.cookies.get(COOKIE, ""), session)
    response = RedirectResponse("/staff", status_code=303)
    response.delete_cookie(COOKIE, path=COOKIE_PATH)
    return response


@router.get("/audit")
async def audit_log(
    context: ContextDependency,
    acting: Looking,
    before: Annotated[int | None, Query(ge=1)] = None,
) -> HTMLResponse:
    """Shows the actions of staff, latest first."""
    entries = acting.audit.entries(AUDIT_SIZE, before)
    older = entries[-1].sequence if len(entries) == AUDIT_SIZE else None
    page = render_staff(
        "audit.html",
        context,
        acting.session,
        entries=entries,
        older=older,
        labels=ACTION_LABELS,
        subject=label_subject,
    )
    return HTMLResponse(page)
