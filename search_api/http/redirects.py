"""Redirects within the site: paths alone, so that no Host header decides where a reader ends up."""

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send


def local_address(path: str, request: Request) -> str:
    """A decoded path of this site as an address, with the query of the request."""
    query = request.scope["query_string"].decode("latin-1")
    return quote(path, safe="/") + (f"?{query}" if query else "")


def without_last_slash(router: Router) -> ASGIApp:
    """What answers where no route matches: `/staff/` leads to `/staff`, all else is 404.

    Starlette's own redirect names the host that the request named.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/")
        if path == scope["path"] or not _has_page(router, {**scope, "path": path}):
            raise HTTPException(404)
        address = local_address(path, Request(scope))
        await RedirectResponse(address, 307)(scope, receive, send)

    return answer


def _has_page(router: Router, scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in router.routes)
