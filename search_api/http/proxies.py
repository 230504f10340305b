"""Middleware that detects a reverse proxy that is not trusted to name the address of a client."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send


class ProxyWatchMiddleware:
    """Calls `on_untrusted` once, for the first request from an untrusted proxy.

    uvicorn replaces the address of a trusted proxy by one of `X-Forwarded-For`. The address of an
    untrusted one stays, and is not in that header.
    """

    def __init__(self, app: ASGIApp, on_untrusted: Callable[[], None]) -> None:
        self._app = app
        self._on_untrusted: Callable[[], None] | None = on_untrusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if self._on_untrusted and scope["type"] == "http" and _is_untrusted(scope):
            on_untrusted, self._on_untrusted = self._on_untrusted, None
            on_untrusted()
        await self._app(scope, receive, send)


def _is_untrusted(scope: Scope) -> bool:
    named = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    client = scope.get("client")
    if not named.strip(", ") or client is None:
        return False
    host = client[0]
    starts = (f"{host}:", f"[{host}]")
    return not any(
        each == host or each.startswith(starts) for each in map(str.strip, named.split(","))
    )
