"""`/staff/tokens`: the tokens of staff with their roles, for administrators."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from gongkai.catalog.agencies import AgencyDirectory
from gongkai.staff.audit import Action
from gongkai.staff.roles import Role
from gongkai.staff.tokens import NAME_LIMIT, TOKEN_DAYS, Token, Tokens, read_now
from search_api.http.dependencies import ContextDependency
from search_api.http.errors import UnknownPageError
from search_api.http.state import services_of
from search_api.staff.page import ROLE_LABELS, render_staff
from search_api.staff.staff_dependencies import (
    Acting,
    AdministratorActing,
    AdministratorLooking,
)

router = APIRouter(prefix="/staff", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class TokenForm:
    """The fields of a new token; `unit` is a code or a name of an agency."""

    name: Annotated[str, Form(max_length=NAME_LIMIT)] = ""
    role: Annotated[Role, Form()] = Role.CLERK
    unit: Annotated[str, Form(max_length=200)] = ""
    days: Annotated[int, Form(ge=1, le=3650)] = TOKEN_DAYS


@router.get("/tokens")
def tokens(
    request: Request, context: ContextDependency, acting: AdministratorLooking
) -> HTMLResponse:
    """Shows every token by owner, role and state; the token itself is never shown."""
    return HTMLResponse(_render(request, context, acting))


@router.post("/tokens")
def add(
    request: Request,
    context: ContextDependency,
    acting: AdministratorActing,
    form: Annotated[TokenForm, Depends()],
) -> Response:
    """Adds a token and shows it once: no later page can."""
    services = services_of(request)
    name = form.name.strip()
    unit = _find_unit(form, services.installation.tables.agencies)
    problem = ""
    if not name or not name.isprintable():
        problem = "请填写使用人。"
    elif unit is None:
        problem = "机构表中没有这个单位，请填写全称或者代码。"
    if problem:
        page = _render(request, context, acting, typed=form, problem=problem)
        return HTMLResponse(page, 422)
    text = services.tokens.add(name, form.days, form.role, unit or "")
    acting.note(Action.TOKEN_ADDED, text.split("_")[1])
    return HTMLResponse(_render(request, context, acting, added=text))


@router.post("/tokens/{token_id}/revoke")
def revoke(
    token_id: Annotated[str, Path(pattern="^[0-9a-f]{8}$")],
    request: Request,
    acting: AdministratorActing,
) -> Response:
    """Revokes a token and ends its sessions."""
    if not services_of(request).tokens.revoke(token_id):
        raise UnknownPageError
    acting.note(Action.TOKEN_REVOKED, token_id)
    return RedirectResponse("/staff/tokens", status_code=303)


def _find_unit(form: TokenForm, agencies: AgencyDirectory) -> str | None:
    """Returns the code of a clerk's unit, empty for other roles, None for an unknown unit."""
    if form.role is not Role.CLERK:
        return ""
    agency = agencies.find(form.unit.strip())
    return agency.code if agency else None


def _render(request: Request, context: ContextDependency, acting: Acting, **shown: object) -> str:
    services = services_of(request)
    return render_staff(
        "tokens.html",
        context,
        acting.session,
        tokens=_sort(services.tokens),
        now=read_now().isoformat(timespec="seconds"),
        label_of=services.installation.tables.agencies.label_of,
        roles=ROLE_LABELS,
        **{"typed": TokenForm(), "added": "", "problem": "", **shown},
    )


def _sort(tokens: Tokens) -> list[Token]:
    """Returns the tokens in force first, the newest before older ones."""
    latest = reversed(tokens.list())
    return sorted(latest, key=lambda token: token.revoked_at is not None)
