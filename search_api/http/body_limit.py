"""What a request brings, whole and within bounds, before it takes anybody's place.

Put round Admission by `app`. Who sends the half of a form and waits would otherwise hold one of
the few places there are.
"""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.http.limits import WITH_FILES, Refuse

SMALL_BODY, LARGE_BODY = 64 * 1024, 20 * 1024 * 1024
"""Bytes that a request may bring: a form of words, or a draft with its file."""


class BodyLimitMiddleware:
    """ASGI middleware: reads a small body to its end, refuses a larger one by 413.

    A file is taken of staff only, which `is_staff` tells by the headers; it comes in pieces.
    """

    def __init__(self, app: ASGIApp, is_staff: Callable[[Headers], bool], refuse: Refuse) -> None:
        self._app = app
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
        may_be_large = scope["path"] in WITH_FILES and self._is_staff(headers)
        limit = LARGE_BODY if may_be_large else SMALL_BODY
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
                return  # who sent it has gone
            body += message.get("body", b"")
            if len(body) > limit:
                await self._refuse(scope, 413, 0)(scope, receive, send)
                return
            more = message.get("more_body", False)
        await self._app(scope, _replayed(body, receive), send)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body first, then whatever else comes."""
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
