"""Redirects within the site. They contain only paths: a Host header never decides the target."""

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send


def local_address(path: str, request: Request) -> str:
    """Returns a decoded path of this site as an address, with the query string of the request."""
    query = request.scope["query_string"].decode("latin-1")
    return quote(path, safe="/") + (f"?{query}" if query else "")


def without_last_slash(router: Router) -> ASGIApp:
    """Returns the app for paths without a route: redirects `/staff/` to `/staff`, else raises 404.

    Starlette's own redirect uses the Host header of the request.
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
