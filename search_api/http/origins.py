"""Middleware that lets pages of named sites read the public API (CORS), without cookies."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_API, _STAFF = "/api/v1/", "/api/v1/duplicates"
_DAY = 86_400


class OriginMiddleware:
    """Answers with CORS headers on the public API only."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "HEAD"],
            allow_headers=["X-API-Key"],
            expose_headers=["ETag", "Retry-After"],
            max_age=_DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        path = scope.get("path", "")
        is_shared = path.startswith(_API) and not path.startswith(_STAFF)
        app = self._shared if scope["type"] == "http" and is_shared else self._app
        await app(scope, receive, send)
