"""An HTTP protocol with limits: size and time of a head, transfer rates, client timeouts.

uvicorn waits without limit for the head of a request and buffers all of it. Each open connection
uses a file descriptor; a few thousand idle ones would leave none for other clients.
"""

import asyncio
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from search_api.http.body_limit import LARGE_BODY

HEAD_SECONDS = 10.0
"""Time from the connection, or the first byte of a further request, to the end of the head."""
HEAD_BYTES = 32 * 1024
"""More than a browser needs for the longest address and cookies of this site."""
STALLED_SECONDS = 20.0
"""How long a client may send no body data, or accept less than TAKEN_BYTES of a response."""
TAKEN_BYTES = 16 * 1024
"""Bytes of a response that a client must accept within STALLED_SECONDS.

Even a modem accepts ten times as much.
"""
UNSENT_BYTES = 128 * 1024
"""Unsent bytes of a response in the kernel buffer.

The kernel's default grows to megabytes; a slow client then seems to accept nothing for a minute.
"""
SHUTDOWN_DELAY_SECONDS = 1.0
"""How long a stopping server waits for the first request of a connection."""
LEAST_RATE = 32 * 1024
"""Minimum rate of a body in bytes per second, after the first STALLED_SECONDS."""
_REFUSALS = {
    HTTPStatus.BAD_REQUEST: "请求格式有误",
    HTTPStatus.REQUEST_URI_TOO_LONG: "请求地址过长",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "请求头过长",
}


class OversizedHeadError(Exception):
    """The head of a request is longer than HEAD_BYTES."""


class ClientTimer:
    """A timer that runs while the client has to act. It calls `give_up` when the time is over."""

    def __init__(self, loop: asyncio.AbstractEventLoop, give_up: Callable[[], None]) -> None:
        self._loop = loop
        self._give_up = give_up
        self._running: asyncio.TimerHandle | None = None

    def start(self, seconds: float) -> None:
        """Starts or restarts the timer."""
        self.stop()
        self._running = self._loop.call_later(seconds, self._give_up)

    def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None


class ClientTimeoutProtocol(HttpToolsProtocol):
    """HTTP/1.1 with time limits for what the client sends and accepts."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._request_timer = ClientTimer(self.loop, self._give_up)
        self._response_timer = ClientTimer(self.loop, self._check_taken)
        self._unsent = 0
        self._head_bytes: int | None = 0
        self._refusal = HTTPStatus.BAD_REQUEST

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Pause writing, and time the client, as long as anything is unsent.
        transport.set_write_buffer_limits(high=0)
        opened = transport.get_extra_info("socket")
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        self._request_timer.start(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_timer.stop()
        self._response_timer.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._head_bytes is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes is not None and self._head_bytes > HEAD_BYTES:
            # The head is incomplete and already too long.
            self._refusal = self._name_refusal()
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """Handles the first byte of a request."""
        super().on_message_begin()
        self._head_bytes = 0
        self._request_timer.start(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """Handles the end of the head; a body may follow. Raises OversizedHeadError."""
        self._head_bytes = None
        if self._measure_head() > HEAD_BYTES:
            self._refusal = self._name_refusal()
            raise OversizedHeadError
        lengths = [value for name, value in self.headers if name == b"content-length"]
        length = int(lengths[0]) if lengths and lengths[0].isdigit() else 0
        self._request_timer.start(STALLED_SECONDS + min(length, LARGE_BODY) / LEAST_RATE)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Handles the end of the body."""
        self._request_timer.stop()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Sends an error for an invalid or oversized head and closes the connection.

        `msg` is uvicorn's text and is not used: the response is in Chinese.
        """
        if self._is_answering():
            # A response to an earlier request is in progress: close the connection after it.
            self.cycle.keep_alive = False
            return
        content = f"{_REFUSALS[self._refusal]}\n".encode()
        head = (
            f"HTTP/1.1 {self._refusal} {self._refusal.phrase}\r\n"
            "content-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(content)}\r\n"
            "cache-control: no-store\r\n"
            "x-content-type-options: nosniff\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + content)
        self.transport.close()

    def shutdown(self) -> None:
        """Stops the connection.

        A new connection may have a request in transit, so it gets a delay.
        """
        if self.cycle is None:
            self.loop.call_later(SHUTDOWN_DELAY_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        """Starts the timer: the client accepts no more data at present."""
        super().pause_writing()
        self._unsent = self.transport.get_write_buffer_size()
        self._response_timer.start(STALLED_SECONDS)

    def resume_writing(self) -> None:
        """Stops the timer: the client accepts data again."""
        super().resume_writing()
        self._response_timer.stop()

    def _is_answering(self) -> bool:
        if self.cycle is None or self.cycle.response_complete:
            return False
        is_asked_whole = not self.cycle.more_body
        return is_asked_whole or self.cycle.response_started or bool(self.pipeline)

    def _measure_head(self) -> int:
        """Returns the size of the completed head in bytes: request line, names and values."""
        fields = sum(len(name) + len(value) + 4 for name, value in self.headers)
        return len(self.url) + fields

    def _name_refusal(self) -> HTTPStatus:
        is_address = len(self.url) > HEAD_BYTES // 2
        fields = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        return HTTPStatus.REQUEST_URI_TOO_LONG if is_address else fields

    def _check_taken(self) -> None:
        unsent = self.transport.get_write_buffer_size()
        if self._unsent - unsent < TAKEN_BYTES:
            self._give_up()
            return
        self._unsent = unsent
        self._response_timer.start(STALLED_SECONDS)

    def _give_up(self) -> None:
        # Abort, because `close` stays open until a client that reads nothing has taken everything.
        self.transport.abort()
