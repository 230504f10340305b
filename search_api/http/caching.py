"""Middleware for security headers, ETags and Cache-Control.

A response depends only on the address, the live index, the date and the cookie. The ETag is a hash
of these, so a conditional request is answered without a search. The ETag changes with each commit,
generation switch or withdrawal.
"""

import hashlib
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gongkai.catalog.instants import today_in_china
from gongkai.errors import GongkaiError
from gongkai.settings import Settings

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
        "object-src 'none'; img-src 'self' data:"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
VERSION_SECONDS = 0.5
"""How long an index version is reused before the engine is asked again.

A withdrawal therefore takes effect within a second.
"""
# Kiosk screens run their own scripts and forms, but must not open windows or downloads.
KIOSK_POLICY = "sandbox allow-scripts allow-same-origin allow-forms allow-modals"
_KIOSK = "/kiosk"
_STAFF = ("/staff", "/api/v1/duplicates")
_NEVER_KEPT = ("/healthz", "/readyz", "/metrics", "/appearance", "/api/v1/changes", _KIOSK)
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"

_INDEX_ONLY = ("/api/v1/replica",)
"""Their bodies depend on the index alone. Ranking, date expressions and citations use the date."""


@dataclass(frozen=True, slots=True)
class DataVersion:
    """`index` is the version of the build and the index, `rest` that of all data besides."""

    index: str = ""
    rest: str = ""


ReadVersion = Callable[[], Awaitable[DataVersion]]


def name_build(settings: Settings) -> str:
    """Returns a hash of the code, tables and settings of this installation; the same in every
    worker.
    """
    folders = [Path(__file__).parents[1], settings.tables_dir, settings.dictionary_dir]
    files = [file for folder in folders if folder for file in sorted(folder.rglob("*.*"))]
    stamps = [(str(file), stat.st_mtime_ns, stat.st_size) for file, stat in _stats(files)]
    return hashlib.sha256(repr((stamps, settings)).encode()).hexdigest()


def _stats(files: Iterable[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    for file in files:
        if file.suffix != ".pyc" and file.is_file():
            yield file, file.stat()


class SecurityHeaders:
    """Adds SECURITY_HEADERS to every response that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(_STAFF):
                    headers["Cache-Control"] = "no-store"
                    headers["X-Robots-Tag"] = "noindex"
                if scope["path"].startswith(_KIOSK):
                    policy = SECURITY_HEADERS["Content-Security-Policy"]
                    headers["Content-Security-Policy"] = f"{policy}; {KIOSK_POLICY}"
            await send(message)

        await self._app(scope, receive, send_secured)


class ConditionalGetMiddleware:
    """Middleware for ETag, Cache-Control and conditional GET (RFC 9110, 9111) on pages and API.

    `read_version` returns the version of all data in a response, `name_site` that of the words of
    the site that a request asks for. Any cache may store a response, but must revalidate it every
    time: a withdrawn record must not survive in a cache.
    """

    def __init__(
        self,
        app: ASGIApp,
        read_version: ReadVersion,
        name_site: Callable[[Scope], str] = lambda _: "",
        today: Callable[[], date] = today_in_china,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._read_version = read_version
        self._name_site = name_site
        self._today = today
        self._clock = clock
        self._version = DataVersion()
        self._read_at = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        etag = await self._name(scope, headers)
        if etag and _holds(headers.get("if-none-match", ""), etag):
            await _send_unchanged(send, etag)
            return

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                _date(MutableHeaders(scope=message), message["status"], scope, etag)
            await send(message)

        await self._app(scope, receive, send_dated)

    async def _name(self, scope: Scope, headers: Headers) -> str | None:
        path = scope["path"]
        if path.startswith(("/static/", f"{_KIOSK}/", *_STAFF)) or path in _NEVER_KEPT:
            return None
        try:
            version = await self._current_version()
        except GongkaiError:
            # The route fails with the same error and reports it.
            return None
        besides = () if path in _INDEX_ONLY else (version.rest, f"{self._today()}")
        parts = (
            version.index,
            *besides,
            self._name_site(scope),
            headers.get("host", ""),
            headers.get("cookie", ""),
            path,
            scope["query_string"].decode("latin-1"),
        )
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return f'W/"{digest[:24]}"'

    async def _current_version(self) -> DataVersion:
        now = self._clock()
        if now - self._read_at >= VERSION_SECONDS:
            self._version = await self._read_version()
            self._read_at = now
        return self._version


def _holds(wanted: str, etag: str) -> bool:
    """Returns whether an If-None-Match value contains the ETag (weak comparison, with or without
    W/).
    """
    given = (each.strip().removeprefix("W/") for each in wanted.split(","))
    return etag.removeprefix("W/") in given


def _date(headers: MutableHeaders, status: int, scope: Scope, etag: str | None) -> None:
    if scope["path"].startswith("/static/"):
        # A changed file gets a new address.
        named = b"v=" in scope["query_string"] and status == 200
        headers.setdefault("Cache-Control", _FOREVER if named else _ASK_AGAIN)
        return
    headers.add_vary_header("Cookie")
    if etag and status == 200:
        headers.setdefault("ETag", etag)
        headers.setdefault("Cache-Control", _ASK_AGAIN)
    else:
        headers.setdefault("Cache-Control", "no-store")


async def _send_unchanged(send: Send, etag: str) -> None:
    headers = {"ETag": etag, "Cache-Control": _ASK_AGAIN, "Vary": "Cookie, Accept-Encoding"}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 304, "headers": raw})
    await send({"type": "http.response.body", "body": b""})
