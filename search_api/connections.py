"""Connections that say too little for too long, or too much at once, are ended. `serve` uses it.

uvicorn waits for ever for the head of a request and keeps as much of it as comes. Each open
connection costs a file; a few thousand that say nothing would leave none for others.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from search_api.bodies import LARGE_BODY

HEAD_SECONDS = 10.0
"""From the opening, or the first byte of a further request, to the end of its head."""
HEAD_BYTES = 32 * 1024
"""Longer than any browser's request with this site's longest address and cookies."""
STALLED_SECONDS = 20.0
"""Without a byte taken or sent, while the other side has its turn."""
PARTING_SECONDS = 1.0
"""How long a server that ends waits for the first request of a connection."""
LEAST_RATE = 32 * 1024
"""Bytes a second at which a body has to come, after the first STALLED_SECONDS."""


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


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 with an end to its patience."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._asking = Patience(self.loop, self._give_up)
        self._taking = Patience(self.loop, self._give_up)
        self._head_bytes: int | None = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
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
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._head_bytes = 0
        self._asking.start(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """The last byte of its head; a body may follow."""
        self._head_bytes = None
        lengths = [value for name, value in self.headers if name == b"content-length"]
        length = int(lengths[0]) if lengths and lengths[0].isdigit() else 0
        self._asking.start(STALLED_SECONDS + min(length, LARGE_BODY) / LEAST_RATE)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The last byte of its body."""
        self._asking.stop()
        super().on_message_complete()

    def shutdown(self) -> None:
        """The server ends. Who has just come may have a request on the way: it is waited for."""
        if self.cycle is None:
            self.loop.call_later(PARTING_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        """The client takes no more for now."""
        super().pause_writing()
        self._taking.start(STALLED_SECONDS)

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._taking.stop()

    def _give_up(self) -> None:
        # Not `close`: who reads nothing would keep it open until all was sent.
        self.transport.abort()
