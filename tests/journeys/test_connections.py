"""Clients that say nothing, half a request, too much, or don't take what they asked for."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import httpx2
import pytest

from search_api import connections
from search_api.admission import LONG_LANE
from tests.journeys.command import plain_row, run, running_server, write_rows

SECONDS = connections.HEAD_SECONDS + connections.STALLED_SECONDS + 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A server with room for two requests at once; an export of all of it takes megabytes."""
    folder = tmp_path_factory.mktemp("slow")
    text = "".join(chr(0x4E00 + place * 7919 % 20_000) for place in range(3000))
    rows = (plain_row(number, body=f"第{number}期{text[number:]}") for number in range(1500))
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


def test_a_head_without_end_is_refused(served: httpx2.Client) -> None:
    with closing(dial(served)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with suppress(ConnectionResetError, BrokenPipeError):
            for _ in range(200):
                connection.sendall(b"X-Long: " + b"a" * 1000 + b"\r\n")
        assert wait_for_end(connection).startswith((b"HTTP/1.1 400", b""))
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
