"""Middleware that limits request bodies and reads small ones before a request takes a slot.

A client that sends half a form and then stalls would otherwise hold one of the few concurrency
slots.
"""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.http.request_limits import UPLOADS, WITH_FILES, Refuse

SMALL_BODY, LARGE_BODY = 64 * 1024, 20 * 1024 * 1024
"""Maximum body sizes in bytes: for a form, and for a draft document uploaded by staff."""


class BodyLimitMiddleware:
    """ASGI middleware that reads a small body to its end and rejects a larger one with status 413.

    Only staff may upload files; `is_staff` checks the headers. File uploads are streamed.
    """

    def __init__(
        self,
        app: ASGIApp,
        is_staff: Callable[[Headers], bool],
        refuse: Refuse,
        upload_limit: int = LARGE_BODY,
    ) -> None:
        self._app = app
        self._limits = {**dict.fromkeys(WITH_FILES, LARGE_BODY), UPLOADS: upload_limit}
        self._is_staff = is_staff
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        if not declared and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        may_be_large = scope["path"] in self._limits and self._is_staff(headers)
        limit = self._limits[scope["path"]] if may_be_large else SMALL_BODY
        if declared.isdecimal() and int(declared) > limit:
            await self._refuse(scope, 413, 0)(scope, receive, send)
        elif may_be_large:
            await self._app(scope, _limited(receive, limit), send)
        else:
            await self._pass_whole(scope, receive, send, limit)

    async def _pass_whole(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client has disconnected
            body += message.get("body", b"")
            if len(body) > limit:
                await self._refuse(scope, 413, 0)(scope, receive, send)
                return
            more = message.get("more_body", False)
        await self._app(scope, _replayed(body, receive), send)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Returns a receive channel that yields the body first, then the remaining messages."""
    left = [body]

    async def replay() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return replay


def _limited(receive: Receive, limit: int) -> Receive:
    count = 0

    async def receive_some() -> Message:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        if count > limit:
            raise HTTPException(413)
        return message

    return receive_some
