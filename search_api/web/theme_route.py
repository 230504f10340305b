"""Endpoints for the city's colour and logo."""

from fastapi import APIRouter
from fastapi.responses import Response

from search_api.http.dependencies import SiteDependency
from search_api.http.errors import UnknownPageError

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
router = APIRouter(prefix="/theme", include_in_schema=False)


@router.get("/colours.css")
async def colours(site: SiteDependency) -> Response:
    """Returns the style sheet with the city's colour."""
    if not site.theme.styles:
        raise UnknownPageError
    return Response(site.theme.styles, media_type="text/css", headers=_FOREVER)


@router.get("/logo")
async def logo(site: SiteDependency) -> Response:
    """Returns the city's logo."""
    if not site.theme.logo:
        raise UnknownPageError
    return Response(site.theme.logo, media_type=site.theme.logo_type, headers=_FOREVER)
