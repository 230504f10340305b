"""Endpoints for the display settings: the form, and the cookie that stores the choice."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from search_api.http.dependencies import ContextDependency
from search_api.web.appearance import (
    COLOUR_LABELS,
    COOKIE,
    COOKIE_SECONDS,
    LAYOUT_LABELS,
    Appearance,
    Colours,
    Layout,
    local_path,
)
from search_api.web.rendering import render

_BACK_LIMIT = 8_000
router = APIRouter(include_in_schema=False)


@router.get("/appearance")
async def show(
    context: ContextDependency, back: Annotated[str, Query(max_length=_BACK_LIMIT)] = "/"
) -> HTMLResponse:
    """Shows the form. `back` is the page that the reader came from."""
    return HTMLResponse(
        render(
            "appearance.html",
            context,
            layouts=list(LAYOUT_LABELS.items()),
            colours=list(COLOUR_LABELS.items()),
            back=local_path(back),
        )
    )


@router.post("/appearance")
async def choose(
    request: Request,
    context: ContextDependency,
    layout: Annotated[Layout | None, Form()] = None,
    colours: Annotated[Colours | None, Form()] = None,
    back: Annotated[str, Form(max_length=_BACK_LIMIT)] = "/",
) -> Response:
    """Stores the settings for a year and goes back. Settings that are not given stay unchanged."""
    chosen = Appearance(layout or context.appearance.layout, colours or context.appearance.colours)
    response = RedirectResponse(local_path(back), status_code=303)
    response.set_cookie(
        COOKIE,
        chosen.write(),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response
