"""A real HTTP server between us and a node, which gets in the way as it is told to."""

import http.client
import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import orjson

_REFUSAL = orjson.dumps({"error": {"type": "es_rejected_execution_exception"}, "status": 429})
_STRANGER = orjson.dumps({"error": {"type": "security_exception"}, "status": 401})
_OUT_OF_TIME = orjson.dumps(
    {
        "error": {
            "root_cause": [
                {"type": "search_timeout_exception", "reason": "Time exceeded", "timed_out": True}
            ],
            "type": "search_phase_execution_exception",
            "reason": "all shards failed",
        },
        "status": 429,
    }
)
"""What 9.5 answers to a search with `timeout` that may not be partial."""
_OWN_HEADERS = {"Content-Type": "application/json", "X-Elastic-Product": "Elasticsearch"}


@dataclass(slots=True)
class Way:
    """The node's address, and a fault for each of the next bulk requests.

    `busy`: refused with 429. `answer lost`: done, but nobody hears of it.
    `value too long`: the last document gets a value that the node refuses. `searches` has a fault
    for each of the next searches: `out of time`, or `hangs` until `over` is set. If `admitted` is
    set, requests need one of these values of `Authorization`. A bulk request of more bytes than
    `largest` is refused with 413, as nginx does.
    """

    target: str
    faults: list[str] = field(default_factory=list)
    searches: list[str] = field(default_factory=list)
    bulks: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    admitted: frozenset[str] = frozenset()
    largest: int = 1 << 30

    def admits(self, authorization: str | None) -> bool:
        """Whether a request with this header is passed on."""
        return not self.admitted or authorization in self.admitted

    def meet_bulk(self) -> str:
        """The fault that this bulk request meets, if any."""
        self.bulks += 1
        return self.faults.pop(0) if self.faults else ""

    def meet_search(self) -> str:
        """The fault that this search meets, if any."""
        return self.searches.pop(0) if self.searches else ""


@contextmanager
def stand_between(way: Way, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Gives the address to ask instead of the node's."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.way = way
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    with _serving(server) as address:
        yield address.replace("http:", "https:") if tls else address


@contextmanager
def run_server(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server of some other kind; gives its address."""
    with _serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
        yield address


class TooOld(http.server.BaseHTTPRequestHandler):
    """Answers as a server does that does not know the client's manner of asking."""

    def do_GET(self) -> None:
        content = orjson.dumps({"error": {"type": "media_type_header_exception"}, "status": 400})
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.end_headers()
        self.wfile.write(content if self.command != "HEAD" else b"")

    do_HEAD = do_PUT = do_POST = do_GET  # noqa: N815 # their names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _serving(server: http.server.ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _lengthen_value(bulk: bytes) -> bytes:
    """The same bulk request, with a keyword over the node's 32,766 bytes in the last document."""
    *before, last = bulk.strip().split(b"\n")
    long = orjson.dumps({**orjson.loads(last), "genre": ["长" * 20_000]})
    return b"\n".join([*before, long, b""])


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    way: Way

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that end a connection, such as those that distrust it."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.server.way.admits(self.headers.get("Authorization")):
            self._answer(401, _OWN_HEADERS, _STRANGER)
            return
        if "_bulk" in self.path and len(body) > self.server.way.largest:
            self._answer(413, {"Content-Type": "text/html"}, b"Request Entity Too Large")
            return
        fault = self.server.way.meet_bulk() if "_bulk" in self.path else ""
        fault = self.server.way.meet_search() if "_search" in self.path else fault
        if fault in ("busy", "out of time"):
            self._answer(429, _OWN_HEADERS, _REFUSAL if fault == "busy" else _OUT_OF_TIME)
            return
        if fault == "hangs":
            self.server.way.over.wait()
            self.close_connection = True
            return
        answer = self._pass_on(_lengthen_value(body) if fault == "value too long" else body)
        if fault == "answer lost":
            self.close_connection = True
        else:
            self._answer(*answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any  # noqa: N815 # their names

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _pass_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        node = urlsplit(self.server.way.target)
        with closing(http.client.HTTPConnection(node.hostname or "", node.port)) as passed:
            headers = {**self.headers, "Content-Length": str(len(body))}
            headers.pop("Authorization", None)
            passed.request(self.command, self.path, body, headers)
            answer = passed.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("transfer-encoding", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else content)
