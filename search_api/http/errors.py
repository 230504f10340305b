"""Maps every error to an HTTP status and a problem document (RFC 9457) or problem page.

No message quotes the content of a record or setting, and none shows a stack trace.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Scope

from gongkai.errors import (
    BadRequestError,
    EngineUnavailableError,
    IndexMismatchError,
    QueryTimeoutError,
)
from gongkai.search.responses import Problem
from search_api.http.caching import SECURITY_HEADERS
from search_api.http.redirects import local_address
from search_api.kiosk.screens import render_kiosk_problem
from search_api.staff.auth import (
    WINDOW_SECONDS,
    FormKeyError,
    NotAllowedError,
    SignInError,
    TooManyAttemptsError,
)
from search_api.web.problem_page import render_problem
from search_api.web.rendering import PageContext, context_of, render

log = logging.getLogger("gongkai.search_api")
RETRY_AFTER_SECONDS = 5
_KIOSK = "/kiosk"
_PROGRAMS = ("/api/", "/healthz", "/readyz", "/openapi.json", "/opensearch", "/sitemap", "/robots")
_TITLES = {
    400: "请求有误",
    401: "需要有效的令牌",
    403: "页面已经失效，请刷新后重新操作",
    404: "没有找到您要的内容",
    405: "不支持这种请求方式",
    410: "该信息已撤回，不再公开",
    413: "请求内容过大",
    422: "请求参数有误",
    429: "请求过于频繁，请稍后再试",
    500: "系统出现故障，请稍后再试",
    503: "检索服务暂时不可用，请稍后再试",
}
_NO_SUCH_KEY = "X-API-Key 的密钥不正确"
_TOO_SLOW = "这次检索用时过长，已经停止；请减少检索词或者缩小范围后再试"
_NOT_ALLOWED = "您的令牌不能进行这项操作，或者这条信息不属于您的单位"
_FAULTS = {
    "extra_forbidden": "没有这个参数",
    "string_too_long": "内容过长",
    "too_long": "取值过多",
    "int_parsing": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "greater_than_equal": "数值过小",
    "less_than_equal": "数值过大",
    "enum": "不是可用的取值",
    "missing": "缺少这个参数",
}


_DESCRIBED = {
    404: "没有这个编号的公开信息。",
    410: "信息已经撤下。",
    422: "参数不存在或者有误。",
    503: "检索服务暂时不可用，重试时间见 Retry-After。",
}
_PROBLEM_TYPE = "application/problem+json"


def describe_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns the OpenAPI descriptions of the error responses of an endpoint."""
    content = {_PROBLEM_TYPE: {"schema": Problem.model_json_schema()}}
    return {status: {"description": _DESCRIBED[status], "content": content} for status in statuses}


class GoneError(Exception):
    """The record was published once and has been withdrawn."""


class UnknownRecordError(Exception):
    """No public record has this id."""


class MovedError(Exception):
    """The record was merged into another one, whose id is `kept`."""

    def __init__(self, kept: str) -> None:
        super().__init__()
        self.kept = kept


class UnknownPageError(Exception):
    """This site has no such page."""


def install_error_handlers(app: FastAPI) -> None:
    """Registers a handler for every error: JSON for API clients, a page for browsers."""
    handlers = {
        BadRequestError: lambda r, e: problem_response(r, 422, e.title, e.parameter),
        RequestValidationError: _invalid,
        UnknownRecordError: lambda r, _: problem_response(
            r, 404, "没有这条信息，或者它不是公开信息"
        ),
        UnknownPageError: lambda r, _: problem_response(r, 404),
        SignInError: _ask_to_sign_in,
        FormKeyError: lambda r, _: problem_response(r, 403),
        NotAllowedError: lambda r, _: problem_response(r, 403, _NOT_ALLOWED),
        TooManyAttemptsError: lambda r, _: problem_response(
            r, 429, given={"Retry-After": str(WINDOW_SECONDS)}
        ),
        GoneError: lambda r, _: problem_response(r, 410),
        MovedError: _lead_on,
        QueryTimeoutError: lambda r, _: problem_response(r, 503, _TOO_SLOW),
        EngineUnavailableError: _unavailable,
        IndexMismatchError: _unavailable,
        HTTPException: lambda r, e: problem_response(r, e.status_code, given=e.headers),
        Exception: _fault,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def refuse_entry(app: FastAPI, scope: Scope, status: int, seconds: int) -> Response:
    """Returns the response to a request rejected by a limit, before any route has run.

    A status of 401 is for a wrong API key.

    Most rejections happen under load, so each rendered page is cached.
    """
    request = Request({**scope, "app": app})
    given = {"Retry-After": str(seconds)} if seconds else {}
    if not _wants_page(request):
        return problem_response(request, status, _title_refusal(status), given=given)
    is_kiosk = request.scope["path"].startswith(_KIOSK)
    context = replace(context_of(request), here=_KIOSK if is_kiosk else "/")
    return HTMLResponse(_draw_refusal(status, context, is_kiosk=is_kiosk), status, given)


@lru_cache(maxsize=64)
def _draw_refusal(status: int, context: PageContext, *, is_kiosk: bool) -> str:
    problem = Problem(title=_title_refusal(status), status=status)
    return _draw(problem, context, is_kiosk=is_kiosk)


def _title_refusal(status: int) -> str:
    return _NO_SUCH_KEY if status == HTTPStatus.UNAUTHORIZED else _TITLES[status]


def problem_response(
    request: Request,
    status: int,
    title: str = "",
    parameter: str | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    """Returns a problem as JSON or as a page. `given` are additional headers."""
    known = _TITLES.get(status) or HTTPStatus(status).phrase
    problem = Problem(title=title or known, status=status, parameter=parameter)
    headers = dict(given or {})
    if status in (429, 503):
        headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    if _wants_page(request):
        is_kiosk = request.scope["path"].startswith(_KIOSK)
        page = _draw(problem, context_of(request), is_kiosk=is_kiosk)
        return HTMLResponse(page, status, headers)
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, status, headers, media_type=_PROBLEM_TYPE)


def _draw(problem: Problem, context: PageContext, *, is_kiosk: bool) -> str:
    if is_kiosk:
        return render_kiosk_problem(context, problem.title)
    return render_problem(problem, context)


def _wants_page(request: Request) -> bool:
    path: str = request.scope["path"]
    return not path.startswith(_PROGRAMS)


def _invalid(request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part not in ("query", "path", "body")]
    title = _FAULTS.get(first["type"], "参数取值有误")
    return problem_response(request, 422, title, place[0] if place else None)


def _lead_on(request: Request, error: MovedError) -> Response:
    """Redirects to the same page of the kept record."""
    path = request.scope["route"].path_format.replace("{record_id}", error.kept)
    return RedirectResponse(local_address(path, request), 308)


def _ask_to_sign_in(request: Request, _: Exception) -> Response:
    if _wants_page(request):
        page = render("staff/sign_in.html", context_of(request), problem="请先登录。")
        return HTMLResponse(page, 401)
    return problem_response(request, 401, given={"WWW-Authenticate": "Bearer"})


def _unavailable(request: Request, error: Exception) -> Response:
    log.error("engine unavailable: %s", error)
    return problem_response(request, 503)


def _fault(request: Request, error: Exception) -> Response:
    log.error("unexpected %s on %s", type(error).__name__, request.scope.get("route"))
    # Starlette handles unexpected exceptions outside all middleware.
    return problem_response(request, 500, given={**SECURITY_HEADERS, "Cache-Control": "no-store"})
