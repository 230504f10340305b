"""HTTP connections with limits: a head's size and time, a body's rate, waiting for the client.

uvicorn waits for ever for the head of a request and keeps as much of it as comes. Each open
connection costs a file; a few thousand that say nothing would leave none for others.
"""

import asyncio
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from search_api.http.body_limit import LARGE_BODY

HEAD_SECONDS = 10.0
"""From the opening, or the first byte of a further request, to the end of its head."""
HEAD_BYTES = 32 * 1024
"""Longer than any browser's request with this site's longest address and cookies."""
STALLED_SECONDS = 20.0
"""How long a client may send nothing of a body, or take less than TAKEN_BYTES of an answer."""
TAKEN_BYTES = 16 * 1024
"""Bytes of an answer that a client has to take in STALLED_SECONDS. Less is no slow line: a modem
takes ten times as much."""
UNSENT_BYTES = 128 * 1024
"""Bytes of an answer that the kernel holds unsent. Its default grows to megabytes, and then a slow
client seems to take nothing for a minute."""
PARTING_SECONDS = 1.0
"""How long a server that ends waits for the first request of a connection."""
LEAST_RATE = 32 * 1024
"""Bytes a second at which a body has to come, after the first STALLED_SECONDS."""
_REFUSALS = {
    HTTPStatus.BAD_REQUEST: "请求格式有误",
    HTTPStatus.REQUEST_URI_TOO_LONG: "请求地址过长",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "请求头过长",
}


class OversizedHeadError(Exception):
    """A request whose head is over HEAD_BYTES."""


class Patience:
    """One clock that runs while the other side has its turn; `give_up` when it has run down."""

    def __init__(self, loop: asyncio.AbstractEventLoop, give_up: Callable[[], None]) -> None:
        self._loop = loop
        self._give_up = give_up
        self._running: asyncio.TimerHandle | None = None

    def start(self, seconds: float) -> None:
        """Anew, whether it ran before or not."""
        self.stop()
        self._running = self._loop.call_later(seconds, self._give_up)

    def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None


class ClientTimeoutProtocol(HttpToolsProtocol):
    """HTTP/1.1 with time limits for what the client sends and takes."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._asking = Patience(self.loop, self._give_up)
        self._taking = Patience(self.loop, self._check_taken)
        self._unsent = 0
        self._head_bytes: int | None = 0
        self._refusal = HTTPStatus.BAD_REQUEST

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Writing is paused, and the client's time counted, as long as anything is unsent.
        transport.set_write_buffer_limits(high=0)
        opened = transport.get_extra_info("socket")
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        self._asking.start(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._asking.stop()
        self._taking.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._head_bytes is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes is not None and self._head_bytes > HEAD_BYTES:
            # A head that has not ended yet.
            self._refusal = self._name_refusal()
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._head_bytes = 0
        self._asking.start(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """The last byte of its head; a body may follow. Raises OversizedHeadError."""
        self._head_bytes = None
        if self._measure_head() > HEAD_BYTES:
            self._refusal = self._name_refusal()
            raise OversizedHeadError
        lengths = [value for name, value in self.headers if name == b"content-length"]
        length = int(lengths[0]) if lengths and lengths[0].isdigit() else 0
        self._asking.start(STALLED_SECONDS + min(length, LARGE_BODY) / LEAST_RATE)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The last byte of its body."""
        self._asking.stop()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Refuse what is no request, or one with too long a head, and close the connection.

        `msg` is uvicorn's own text; ours is in Chinese.
        """
        if self._is_answering():
            # An answer to an earlier request is on its way: the connection ends after it.
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
        """The server ends. Who has just come may have a request on the way: it is waited for."""
        if self.cycle is None:
            self.loop.call_later(PARTING_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        """The client takes no more for now."""
        super().pause_writing()
        self._unsent = self.transport.get_write_buffer_size()
        self._taking.start(STALLED_SECONDS)

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._taking.stop()

    def _is_answering(self) -> bool:
        if self.cycle is None or self.cycle.response_complete:
            return False
        is_asked_whole = not self.cycle.more_body
        return is_asked_whole or self.cycle.response_started or bool(self.pipeline)

    def _measure_head(self) -> int:
        """Bytes of the head that has just ended: request line, names, values, what is between."""
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
        self._taking.start(STALLED_SECONDS)

    def _give_up(self) -> None:
        # Not `close`: who reads nothing would keep it open until all was sent.
        self.transport.abort()
