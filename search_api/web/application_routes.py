"""Endpoints of the application form. What is typed is neither stored nor logged nor counted."""

import asyncio
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, Response

from gongkai.query.request import TEXT_LIMIT
from search_api.http.dependencies import (
    ContextDependency,
    SearchServiceDependency,
    find_record,
)
from search_api.web.application_form import LONG, ApplicationForm, find_faults
from search_api.web.application_page import prefill, render_application
from search_api.web.public_matches import find_public_matches
from search_api.web.rendering import render

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_DOCX_NAME = quote("政府信息公开申请表.docx")
_NOT_KEPT = {"Cache-Control": "no-store"}
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.api_route("/apply", methods=["GET", "HEAD"])
async def apply(
    context: ContextDependency,
    service: SearchServiceDependency,
    q: Annotated[str, Query(max_length=TEXT_LIMIT)] = "",
    record: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Shows how to apply for information that is not public, with a form to fill in."""
    found = await find_record(record, service) if record else None
    matches = await find_public_matches(service, found.title if found else q)
    return HTMLResponse(render_application(q, prefill(q, found), context, matches=matches))


@router.post("/apply/form")
async def save_application(
    form: Annotated[ApplicationForm, Form()],
    context: ContextDependency,
    service: SearchServiceDependency,
) -> Response:
    """Returns the filled form as DOCX, or the page with its faults."""
    if faults := find_faults(form):
        matches = await find_public_matches(service, form.wanted)
        page = render_application("", form, context, faults, matches)
        return HTMLResponse(page, status_code=422, headers=_NOT_KEPT)
    # python-docx takes as long to load as FastAPI, and few processes write a document.
    from search_api.web.application_docx import write_docx  # noqa: PLC0415

    content = await asyncio.to_thread(write_docx, form)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{_DOCX_NAME}", **_NOT_KEPT}
    return Response(content, media_type=_DOCX, headers=headers)


@router.post("/apply/check")
async def check_application(
    form: Annotated[ApplicationForm, Form()],
    context: ContextDependency,
    service: SearchServiceDependency,
) -> HTMLResponse:
    """Shows the form as filled, with public records for what is wanted."""
    matches = await find_public_matches(service, form.wanted, is_asked=True)
    page = render_application("", form, context, matches=matches)
    return HTMLResponse(page, headers=_NOT_KEPT)


@router.post("/apply/matches")
async def public_matches(
    context: ContextDependency,
    service: SearchServiceDependency,
    wanted: Annotated[str, Form(max_length=LONG)] = "",
) -> HTMLResponse:
    """Returns the list of public records alone, for the script of the form."""
    matches = await find_public_matches(service, wanted, is_asked=True)
    page = render("public_matches.html", context, matches=matches)
    return HTMLResponse(page, headers=_NOT_KEPT)
