"""`replica pull` from a server that means harm: one sentence, and the index stays as it was."""

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.errors import GongkaiError
from indexer.commands.replica import pull_replica
from indexer.download import Limits
from indexer.replica_lines import BrokenReplicaError
from indexer.replicas import apply_replica
from tests.engines.records import make_document, read_contents
from tests.journeys.hostile import Act, service

QUICK = Limits(patience=0.5, head=2.0, seconds=5.0, bytes=2_000_000, rate=10_000)
ID_NUMBER = "11010519491231002X"


def line(installation: Installation, **changes: object) -> dict[str, Any]:
    """A record as a portal sends it, changed."""
    document = make_document(installation, id="r9", title="关于农村饮水的通知")
    return {**orjson.loads(document.stored), **changes}


def copy_of(*lines: object, end: object = None) -> bytes:
    head = {"format": 1, "generation": "x", "records": len(lines)}
    last = {"end": len(lines)} if end is None else end
    parts = (each if isinstance(each, bytes) else orjson.dumps(each) for each in lines)
    return b"\n".join([orjson.dumps(head), *parts, orjson.dumps(last)]) + b"\n"


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    given = {"Content-Type": "application/jsonl", "Content-Length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {v}" for name, v in given.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@pytest.fixture(scope="module")
def hall(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A kiosk that has pulled two records from a good portal."""
    folder = tmp_path_factory.mktemp("hall")
    settings = installation.settings.model_copy(update={"data_dir": folder})
    made = replace(installation, settings=settings)
    with service(http(good(made), ETag='"1"')) as portal:
        done = pull_replica(portal, made)
    assert done is not None
    assert done.records == 2
    return made


def good(installation: Installation) -> bytes:
    return copy_of(line(installation, id="r1"), line(installation, id="r2"))


def state_of(made: Installation) -> object:
    with closing(made.open_store()) as store:
        generations = [(each.name, each.records) for each in store.generations()]
        return generations, dict(store.withdrawn()), read_contents(made)


def assert_one_sentence(made: Installation, act: Act | bytes) -> str:
    before = state_of(made)
    with service(act) as portal, pytest.raises(GongkaiError) as raised:
        pull_replica(portal, made, limits=QUICK)
    assert state_of(made) == before
    assert not list((made.settings.data_dir / "replica").glob("*.part"))
    text = str(raised.value)
    assert "\n" not in text
    assert len(text) < 250
    return text


def endlessly(head: bytes, chunk: bytes, pause: float = 0.0) -> Act:
    def act(connection: socket.socket) -> None:
        connection.sendall(head)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            connection.sendall(chunk)
            time.sleep(pause)

    return act


def reset(connection: socket.socket) -> None:
    connection.sendall(http(b"x" * 10, Content_Length="1000"))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\n"
CHUNKED = PLAIN + b"Transfer-Encoding: chunked\r\n\r\n"
FILLER = b"A" * 65536
HTML = b"<!doctype html><html><body>Login</body></html>"
TRANSPORT: dict[str, Act | bytes] = {
    "html page": http(HTML, Content_Type="text/html"),
    "html page as lines": http(HTML),
    "json": http(b"{}", Content_Type="application/json"),
    "no content type": b"HTTP/1.1 200 OK\r\n\r\n{}",
    "nothing": b"",
    "nothing in the body": http(b""),
    "no http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "a status line of garbage": b"\x00\xff\xfe" * 100,
    "an endless status line": endlessly(b"HTTP/1.1 200 ", FILLER),
    "http 0.9": HTML,
    **{
        f"status {code}": http(b"x", status=f"{code} Status")
        for code in (201, 202, 203, 206, 226, 300, 305, 400, 401, 403, 404, 407, 410, 416, 418)
    },
    **{f"status {code}": http(b"x", status=f"{code} Status") for code in (429, 500, 502, 503, 504)},
    "status 204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "status 304 unasked": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "status 101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "status 999": http(b"x", status="999 ?"),
    "status -1": http(b"x", status="-1 ?"),
    "endless 100": endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50, 0.01),
    "redirect to a file": http(b"", "302 Found", Location="file:///etc/passwd"),
    "redirect to another host": http(b"", "302 Found", Location="http://localhost:9200/"),
    "redirect to ftp": http(b"", "301 Moved", Location="ftp://127.0.0.1/x"),
    "redirect to data": http(b"", "307 Moved", Location="data:text/plain,x"),
    "redirect to itself": http(b"", "308 Moved", Location="/api/v1/replica"),
    "redirect to nowhere": http(b"", "302 Found"),
    "redirect to a broken address": http(b"", "302 Found", Location="http://[::1"),
    "redirect with an endless body": endlessly(
        b"HTTP/1.1 302 Found\r\nLocation: http://localhost/\r\n\r\n", FILLER
    ),
    "gzip": http(gzip.compress(b"x"), Content_Encoding="gzip"),
    "a gzip bomb": http(gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip"),
    "brotli": http(b"x", Content_Encoding="br"),
    "length too long": http(copy_of(), Content_Length="999999"),
    "length negative": http(copy_of(), Content_Length="-5"),
    "length no number": http(copy_of({}), Content_Length="many"),
    "chunk of no size": CHUNKED + b"zz\r\nabc\r\n",
    "chunk cut off": CHUNKED + b"ff\r\nabc",
    "chunk negative": CHUNKED + b"-1\r\nabc\r\n0\r\n\r\n",
    "chunk huge": CHUNKED + b"ffffffffffffffffffff\r\nabc",
    "chunk line endless": endlessly(CHUNKED, FILLER),
    "a flood of headers": b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 5000 + b"\r\n",
    "an endless header": endlessly(b"HTTP/1.1 200 OK\r\nX-A: ", FILLER),
    "headers without end": endlessly(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 0.05),
    "a head byte by byte": endlessly(b"HTTP/1.1 200 OK\r\nX-A: ", b"b", 0.1),
    "an endless stream": endlessly(PLAIN + b"\r\n", FILLER),
    "an endless stream of records": endlessly(PLAIN + b"\r\n", copy_of({"id": "x"})),
    "a slow drip": endlessly(PLAIN + b"\r\n", b"x", 0.1),
    "silence": endlessly(b"", b"", 1.0),
    "silence in the body": endlessly(PLAIN + b"Content-Length: 100\r\n\r\nx", b"", 1.0),
    "a reset": reset,
}  # fmt: skip
WAITED_OUT = dict.fromkeys(
    ("endless 100", "a head byte by byte", "silence", "silence in the body", "a slow drip")
)
"""Answers that only a time limit ends; the nightly run waits for it."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if name in WAITED_OUT else name
        for name in TRANSPORT
    ],
)
def test_hostile_answers_end_in_one_sentence(hall: Installation, name: str) -> None:
    assert_one_sentence(hall, TRANSPORT[name])


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "ftp://x/", "http://", "https:///x", "javascript:alert(1)", "x"),
        *(
            "http://[::1",
            "http://a:99999",
            "http://a:b",
            "http://u:p@a",
            "http://a?b",
            "http://a#b",
        ),
        *("http://a\r\nb", "", "http://" + "a" * 300 + ".example", "http://.", "http://a..b"),
        "http://127.0.0.1:1",
        "https://127.0.0.1:1",
    ],
)
def test_addresses_that_lead_nowhere(hall: Installation, address: str) -> None:
    with pytest.raises(GongkaiError):
        pull_replica(address, hall, limits=QUICK)


def test_tls_from_what_speaks_none(hall: Installation) -> None:
    with service(http(b"")) as portal, pytest.raises(GongkaiError):
        pull_replica(portal.replace("http:", "https:"), hall, limits=QUICK)


DEEP = b'{"a":' * 2000 + b"1" + b"}" * 2000
ATTACHED = {"name": "a", "url": None, "text": "b", "text_state": "x"}
LINES: dict[str, bytes | object] = {
    "no json": b"{",
    "a list": [{"id": "r9"}],
    "a number": 7,
    "null": None,
    "an empty line": b"",
    "another object": {"id": "r9"},
}
CHANGES: dict[str, Mapping[str, object]] = {
    "a long list": {"topic": ["x"] * 100_000},
    "a long title": {"title": "x" * 100_000},
    "a long id": {"id": "x" * 201},
    "an empty id": {"id": ""},
    "an unknown state of text": {"attachments": [ATTACHED]},
    "an attachment without a name": {"attachments": [{"url": None}]},
    "many attachments": {"attachments": [{**ATTACHED, "text_state": "read"}] * 2000},
}
SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "invalid utf-8": lambda sent: sent.replace(b"r9", b"\xff\xfe"),
    "a lone surrogate": lambda sent: sent.replace(b"r9", b"\\ud800"),
    "deep": lambda sent: sent[:-1] + b',"x":' + DEEP + b"}",
    "cut off": lambda sent: sent[:-20],
}


@pytest.mark.parametrize("name", [*LINES, *CHANGES, *SPELLINGS])
def test_lines_that_are_no_record_end_the_pull(hall: Installation, name: str) -> None:
    good_line = orjson.dumps(line(hall, **CHANGES.get(name, {})))
    spelled = SPELLINGS[name](good_line) if name in SPELLINGS else good_line
    assert_one_sentence(hall, http(copy_of(line(hall, id="r1"), LINES.get(name, spelled))))


WRONG: tuple[object, ...] = (7, 1.5, True, [], [1], [None], {}, {"a": 1}, [["x"]], "\0")


def test_wrong_types_in_each_field_end_the_pull_or_refuse_the_record(hall: Installation) -> None:
    """Every field of a record with every kind of value: never a stack trace, never shown."""
    plain = line(hall)
    before = state_of(hall)
    for key in plain:
        if key in ("repeals", "text_key", "bands"):
            continue
        for value in (None, *WRONG):
            changed = {**plain, key: value}
            if value == plain[key] or (key == "extra" and isinstance(value, dict)):
                continue
            with service(http(copy_of(changed))) as portal, pytest.raises(GongkaiError) as told:
                pull_replica(portal, hall, limits=QUICK)
            assert "\n" not in str(told.value)
    assert state_of(hall) == before


@pytest.mark.parametrize(
    "end",
    [{"end": 3}, {"end": -1}, {"end": "2"}, {"end": True}, {"end": 2.0}, {"end": None}, {}, 2],
)
def test_wrong_counts_end_the_pull(hall: Installation, end: object) -> None:
    assert_one_sentence(hall, http(copy_of(line(hall, id="r1"), line(hall, id="r2"), end=end)))


@pytest.mark.parametrize(
    "head", [b"[]", b"{}", b"1", b'{"format":"1","records":0}', b'{"format":1}', b'{"format":true}']
)
def test_wrong_heads_end_the_pull(hall: Installation, head: bytes) -> None:
    assert_one_sentence(hall, http(head + copy_of(line(hall))[copy_of(line(hall)).index(b"\n") :]))


@pytest.fixture
def kiosk(installation: Installation, tmp_path: Path) -> Installation:
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "kiosk"})
    return replace(installation, settings=settings)


def pull_lines(kiosk: Installation, *lines: object, **more: Any) -> Any:
    with service(http(copy_of(*lines), ETag='"2"')) as portal:
        return pull_replica(portal, kiosk, **more)


def test_what_is_pulled_passes_the_rules_of_the_intake(kiosk: Installation) -> None:
    closed = [
        line(kiosk, id="c1", disclosure="不予公开", body="绝密内容"),
        line(kiosk, id="c2", disclosure="内部", body="绝密内容"),
        line(kiosk, id="c3", disclosure="", body="绝密内容"),
        line(kiosk, id="c4", body=f"申请人身份证号{ID_NUMBER}"),
        line(kiosk, id="c5", extra={"备注": ID_NUMBER}),
        line(
            kiosk,
            id="c6",
            attachments=[{"name": "名单", "url": None, "text": ID_NUMBER, "text_state": "read"}],
        ),
        line(kiosk, id="../../etc", title="绝密内容"),
        line(kiosk, id="a\u0001b", title="绝密内容"),
        line(kiosk, id=" r5 ", title="绝密内容"),
        line(kiosk, id="r6", title=""),
        line(kiosk, id="r7", published_on="不详"),
        line(kiosk, id="r8", title="绝密" * 300),
    ]
    sent = [
        *closed,
        line(kiosk, id="ok"),
        line(kiosk, id="ask", disclosure="依申请公开", body="绝密内容", extra={"备注": "绝密内容"}),
        line(kiosk, id="003127334/200902-00019", url="javascript:alert(1)"),
        line(
            kiosk,
            id="att",
            attachments=[
                {"name": "表", "url": "file:///etc/passwd", "text": "饮水", "text_state": "read"}
            ],
        ),
    ]
    done = pull_lines(kiosk, *sent)
    assert (done.records, done.refused) == (4, len(closed))
    shown = {key: orjson.loads(stored) for key, stored in read_contents(kiosk).items()}
    assert set(shown) == {"ok", "ask", "003127334/200902-00019", "att"}
    assert (shown["ask"]["body"], shown["ask"]["extra"]) == ("", {})
    assert shown["003127334/200902-00019"]["url"] is None
    (attachment,) = shown["att"]["attachments"]
    assert (attachment["url"], attachment["text"]) == (None, "饮水")
    left = [file for file in kiosk.settings.data_dir.rglob("*") if file.is_file()]
    assert not [file for file in left if "绝密".encode() in file.read_bytes()]


def test_a_record_that_a_portal_closes_goes_everywhere(kiosk: Installation) -> None:
    pull_lines(kiosk, line(kiosk, id="r1"), line(kiosk, id="r2"))
    closed = line(kiosk, id="r1", disclosure="不予公开")
    done = pull_lines(kiosk, closed, line(kiosk, id="r2"), allow_shrink=True)
    assert (done.records, done.refused, done.gone) == (1, 1, 1)
    with closing(kiosk.open_store()) as store:
        assert set(store.withdrawn()) == {"r1"}
        store.rollback()
    assert set(read_contents(kiosk)) == {"r2"}


def test_a_record_sent_twice_is_taken_at_its_strictest(kiosk: Installation) -> None:
    public, asked = line(kiosk, body="全文"), line(kiosk, disclosure="依申请公开")
    closed = line(kiosk, id="r1", disclosure="不予公开")
    done = pull_lines(
        kiosk, public, asked, public, closed, line(kiosk, id="r1"), line(kiosk, id="r2"), closed
    )
    assert done.records == 2
    shown = {key: orjson.loads(stored) for key, stored in read_contents(kiosk).items()}
    assert set(shown) == {"r9", "r2"}
    assert (shown["r9"]["disclosure"], shown["r9"]["body"]) == ("依申请公开", "")


def test_half_a_portal_is_not_switched_to_unasked(kiosk: Installation) -> None:
    pull_lines(kiosk, *(line(kiosk, id=f"r{number}") for number in range(10)))
    before = state_of(kiosk)
    with pytest.raises(GongkaiError, match="allow-shrink"):
        pull_lines(kiosk, *(line(kiosk, id=f"r{number}") for number in range(5)))
    assert state_of(kiosk) == before
    assert pull_lines(kiosk, line(kiosk, id="r0"), allow_shrink=True).records == 1


@pytest.mark.parametrize(
    "etag", ['"\x01"', "no quotes", '"' + "x" * 300 + '"', "\xe4\xf6", "*", ""]
)
def test_odd_etags_are_not_kept(kiosk: Installation, etag: str) -> None:
    with service(http(good(kiosk), ETag=etag)) as portal:
        for _ in range(2):
            assert pull_replica(portal, kiosk) is not None


@contextmanager
def answering_portal(content: bytes) -> Iterator[str]:
    """Answers 304 to who shows the ETag, as a portal does."""

    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_known = self.headers.get("If-None-Match") == '"1"'
            self.send_response(304 if is_known else 200)
            self.send_header("ETag", '"1"')
            self.send_header("Content-Type", "application/jsonl")
            self.end_headers()
            if not is_known:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def damage_store(kiosk: Installation) -> None:
    name = (kiosk.settings.data_dir / "live").read_text().strip()
    folder = kiosk.settings.data_dir / "generations" / name / "index"
    for file in folder.glob("*.store"):
        file.write_bytes(file.read_bytes()[:-10])


def rebuild_here(kiosk: Installation) -> None:
    with closing(kiosk.open_store()) as store, store.rebuild() as writer:
        writer.put(make_document(kiosk, id="own"))
        writer.commit()
        store.publish(writer.name)


def roll_back(kiosk: Installation) -> None:
    with closing(kiosk.open_store()) as store:
        store.rollback()


def lose_index(kiosk: Installation) -> None:
    (kiosk.settings.data_dir / "live").unlink()


def lose_ids(kiosk: Installation) -> None:
    (kiosk.settings.data_dir / "replica" / "ids").write_bytes(b"[")


def test_unchanged_is_said_only_while_the_last_pull_is_live_and_whole(
    kiosk: Installation,
) -> None:
    with answering_portal(good(kiosk)) as portal:
        assert pull_replica(portal, kiosk) is not None
        assert pull_replica(portal, kiosk) is None
        with closing(kiosk.open_store()) as store:
            store.withdraw(["r2"], cause=STAFF)
        # A record that staff took off here is no reason to fetch everything.
        assert pull_replica(portal, kiosk) is None
        for harm in (rebuild_here, damage_store, lose_ids, lose_index):
            harm(kiosk)
            assert pull_replica(portal, kiosk, allow_shrink=True) is not None, harm
            assert set(read_contents(kiosk)) == {"r1"}, harm
            assert pull_replica(portal, kiosk) is None, harm
        rebuild_here(kiosk)
        pull_replica(portal, kiosk, allow_shrink=True)
        roll_back(kiosk)
        assert set(read_contents(kiosk)) == {"own"}
        assert pull_replica(portal, kiosk, allow_shrink=True) is not None
        assert set(read_contents(kiosk)) == {"r1"}


def test_a_torn_copy_of_another_kind_of_file(kiosk: Installation, tmp_path: Path) -> None:

    for number, content in enumerate(
        (b"", b"\0" * 1000, gzip.compress(b"x"), b"\n\n\n", b"PK\3\4")
    ):
        copy = tmp_path / f"copy{number}"
        copy.write_bytes(content)
        with pytest.raises(BrokenReplicaError):
            apply_replica(copy, kiosk)


def test_a_pull_into_elasticsearch_keeps_the_rules_and_says_unchanged(
    elastic: Installation,
) -> None:
    sent = copy_of(
        line(elastic, id="r1"),
        line(elastic, id="c1", disclosure="不予公开", body="绝密内容"),
        line(elastic, id="ask", disclosure="依申请公开", body="绝密内容"),
    )
    with answering_portal(sent) as portal:
        done = pull_replica(portal, elastic)
        assert done is not None
        assert (done.records, done.refused) == (2, 1)
        assert pull_replica(portal, elastic) is None
        assert set(read_contents(elastic)) == {"r1", "ask"}
        rebuild_here(elastic)
        assert pull_replica(portal, elastic, allow_shrink=True) is not None
    assert "绝密" not in str({key: text.decode() for key, text in read_contents(elastic).items()})
