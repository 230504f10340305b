"""`/styleguide`: tokens and components on one page, for development."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from search_api.http.dependencies import ContextDependency
from search_api.web.badges import build_badges
from search_api.web.rendering import render

router = APIRouter(include_in_schema=False)
_SHARED_NAMES = {"quiet", "mark", "notice", "ended", "changed", "request", "valid"}
"""Tokens whose name is also the class of a component."""
_COLOURS = (
    *("ink", "quiet", "paper", "shade", "line", "field", "accent", "link", "visited"),
    *("mark", "notice", "ended", "changed", "request", "valid"),
)


@router.get("/styleguide")
async def styleguide(context: ContextDependency) -> HTMLResponse:
    """Shows the design system in the reader's appearance."""
    colours = [(f"{n}-token" if n in _SHARED_NAMES else n, f"--{n}") for n in _COLOURS]
    marks = [
        badge
        for disclosure, validity in (("依申请公开", "有效"), ("", "废止"), ("", "已修改"))
        for badge in build_badges(disclosure, validity)
    ]
    return HTMLResponse(render("styleguide.html", context, colours=colours, marks=marks))
