"""Clients that say nothing, half a request, too much, or don't take what they asked for."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from gongkai.engines.installation import Installation
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from search_api.http import timeouts as connections
from search_api.http.request_limits import LONG_LANE
from tests.journeys.command import plain_row, run, running_server, write_rows
from tests.journeys.conftest import serving
from tests.scale import scaled

SECONDS = connections.HEAD_SECONDS + connections.STALLED_SECONDS + 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A server with room for two requests at once; an export of all of it takes megabytes."""
    folder = tmp_path_factory.mktemp("slow")
    text = "".join(chr(0x4E00 + place * 7919 % 20_000) for place in range(3000))
    numbers = range(scaled(200, 1500))
    rows = (plain_row(number, body=f"第{number}期{text[number:]}") for number in numbers)
    assert run(folder / "data", "index", write_rows(folder / "rows.jsonl", rows)).returncode == 0
    settings = {"GONGKAI_DATA_DIR": str(folder / "data"), "GONGKAI_REQUESTS_AT_ONCE": "2"}
    with running_server(settings) as (_, client):
        yield client


def dial(client: httpx2.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=5)


def wait_for_end(connection: socket.socket) -> bytes:
    """What came until the server ended it; fails where it never does."""
    connection.settimeout(SECONDS)
    got = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(1 << 16):
            got += piece
    return got


@pytest.mark.slow
def test_hundreds_of_silent_connections_starve_nobody_and_are_ended(served: httpx2.Client) -> None:
    head = b"POST /staff/login HTTP/1.1\r\nHost: x\r\n"
    began = (b"", b"GET /sea", head, head + b"X-Y: ", head + b"Content-Length: 50\r\n\r\ntoken=")
    with ExitStack() as opened:
        silent = [opened.enter_context(closing(dial(served))) for _ in range(400)]
        for number, connection in enumerate(silent):
            connection.sendall(began[number % 5])
        for path in ("/", "/search?q=饮水", "/api/v1/suggest?q=饮"):
            assert served.get(path).status_code == 200
        for connection in silent[:10]:
            wait_for_end(connection)


@pytest.mark.slow
def test_who_takes_nothing_of_a_copy_loses_it_and_others_get_theirs(served: httpx2.Client) -> None:
    """Four stalled clients fill the lane of what is long; each is ended, and it is free again."""
    with ExitStack() as opened:
        for _ in range(LONG_LANE):
            connection = opened.enter_context(closing(dial(served)))
            connection.sendall(b"GET /api/v1/replica HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1)
        assert served.get("/search?q=饮水").status_code == 200
        assert served.get("/search/export?format=csv").status_code == 503
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            answer = served.get("/search/export?format=csv&q=第7期")
            if answer.status_code == 200:
                break
            time.sleep(1)
        assert answer.status_code == 200, "the lane was never free again"


@pytest.fixture
def large(fresh: Installation, tmp_path: Path) -> Installation:
    """One record of 3 MB."""
    text = "".join(chr(0x4E00 + place * 7919 % 20_000) for place in range(1_000_000))
    rows = write_rows(tmp_path / "rows.jsonl", [plain_row(1, body=text)])
    publish(IndexJob(find_sources([rows])), fresh)
    return fresh


@contextmanager
def asking(installation: Installation, path: str) -> Iterator[socket.socket]:
    with (
        serving(installation, http=connections.ClientTimeoutProtocol) as served,
        closing(socket.create_connection(("127.0.0.1", int(served.rpartition(":")[2])))) as opened,
    ):
        opened.settimeout(5)
        opened.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        yield opened


@pytest.mark.parametrize("path", ["/api/v1/records/r1", "/api/v1/replica"])
def test_a_slow_client_gets_the_whole_of_a_large_answer(
    large: Installation, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """It takes many times as long as a client may wait, and never waits."""
    monkeypatch.setattr(connections, "STALLED_SECONDS", 0.5)
    got = 0
    with asking(large, path) as connection:
        while piece := connection.recv(40_000):
            got += len(piece)
            time.sleep(0.03)
    assert got > 3_000_000


@pytest.mark.parametrize("taken", [0, 1], ids=["nothing", "a byte at a time"])
def test_a_client_that_takes_next_to_nothing_is_cut_off(
    large: Installation, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    monkeypatch.setattr(connections, "STALLED_SECONDS", 0.5)
    with asking(large, "/api/v1/records/r1") as connection:
        with suppress(ConnectionResetError):
            for _ in range(30):
                if taken:
                    connection.recv(taken)
                time.sleep(0.1)
        assert len(wait_for_end(connection)) < 3_000_000


HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
FORM = b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab=cd"
FILL = b"a" * connections.HEAD_BYTES
LONG_HEADS = {
    "one long header": HEAD + b"X-Long: " + FILL + b"\r\n\r\n",
    "one long name": HEAD + FILL + b": a\r\n\r\n",
    "many headers": HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(4_000)) + b"\r\n",
    "a long address": b"GET /search?q=" + FILL + HEAD[12:] + b"\r\n",
    "a long method": FILL + HEAD + b"\r\n",
    "after another": HEAD + b"\r\n" + HEAD + b"X: " + FILL + b"\r\n\r\n",
    "after a form": FORM + HEAD + b"X: " + FILL + b"\r\n\r\n",
}


@pytest.mark.parametrize("size", [1 << 20, 1000, 7], ids=["at once", "in pieces", "in crumbs"])
@pytest.mark.parametrize("name", LONG_HEADS)
def test_a_head_over_the_limit_is_refused_however_it_arrives(
    served: httpx2.Client, name: str, size: int
) -> None:
    sent = LONG_HEADS[name] + HEAD + b"\r\n"
    with closing(dial(served)) as connection:
        with suppress(ConnectionResetError, BrokenPipeError):
            for start in range(0, len(sent), size):
                connection.sendall(sent[start : start + size])
        answers = re.findall(rb"HTTP/1\.1 (\d{3})", wait_for_end(connection))
    if answers and answers[0] == {"after another": b"200", "after a form": b"404"}.get(name):
        answers.pop(0)
    assert answers in ([], [b"400"], [b"414"], [b"431"])


def test_a_head_below_the_limit_is_read(served: httpx2.Client) -> None:
    long = "a" * (connections.HEAD_BYTES - 500)
    assert served.get("/healthz", headers={"X-Long": long}).status_code == 200


def test_a_head_without_end_is_refused(served: httpx2.Client) -> None:
    with closing(dial(served)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with suppress(ConnectionResetError, BrokenPipeError):
            for _ in range(200):
                connection.sendall(b"X-Long: " + b"a" * 1000 + b"\r\n")
        assert wait_for_end(connection).startswith((b"HTTP/1.1 431", b""))
    assert served.get("/").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /staff/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /staff/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\r\n" * 10_000,
        b"\xff" * 4096,
    ],
    ids=["tls", "smuggled", "two lengths", "space", "nul", "negative", "chunk", "empty", "noise"],
)
def test_what_is_no_http_is_refused_and_nothing_else_suffers(
    served: httpx2.Client, sent: bytes
) -> None:
    with closing(dial(served)) as connection, suppress(ConnectionResetError, BrokenPipeError):
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        got = wait_for_end(connection)
        assert not got or got.startswith(b"HTTP/1.1 4"), got[:100]
    assert served.get("/").status_code == 200
