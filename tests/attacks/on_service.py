"""Attacks on what the server keeps and does: staff, closed text, sizes, time, kills."""

import re
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from tests.attacks.rows import CANARIES, CLOSED
from tests.attacks.target import Target
from tests.journeys.command import plain_row, start_with, write_rows


def fetch_addresses(target: Target) -> None:
    """Addresses in records, parameters and headers: nobody ever calls them."""
    there = quote("http://127.0.0.1/")
    for name in ("url", "q", "back", "callback", "record"):
        target.ask(f"/search?{name}={there}")
    assert target.trapped == [], target.trapped[:3]


def act_as_staff(target: Target) -> None:
    """Fixed, stolen and foreign sessions; forms of other sites; tokens that are none."""
    for path in (
        "/staff/duplicates",
        "/staff/audit",
        "/staff/rejected",
        "/staff/searches",
        "/staff/statistics",
        "/staff/check",
        "/staff/rejected.csv",
        "/staff/certificate",
        "/api/v1/duplicates",
    ):
        for said in (
            {},
            {"Cookie": "gongkai_staff=x"},
            {"Authorization": "Bearer x"},
            {"X-Forwarded-User": "admin", "X-Real-IP": "127.0.0.1"},
        ):
            assert target.ask(path, said).status in (401, 429), path
    fixed = "A" * 43
    signed = target.submit(
        "/staff/sign-in", {"token": target.token}, {"Cookie": f"gongkai_staff={fixed}"}
    )
    assert signed.status == 303
    cookie = signed.headers["set-cookie"]
    assert fixed not in cookie
    for flag in ("HttpOnly", "Path=/staff", "SameSite=strict"):
        assert flag.lower() in cookie.lower()
    session = {"Cookie": cookie.partition(";")[0]}
    assert target.ask("/staff/audit", {"Cookie": f"gongkai_staff={fixed}"}).status == 401
    forged = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert target.submit("/staff/sign-in", {"token": target.token}, forged).status == 403
    for path in (
        "/staff/sign-out",
        "/staff/check",
        "/staff/certificate",
        "/staff/duplicates/0123456789abcdef",
    ):
        for form in ({"q": "x"}, {"q": "x", "form_key": ""}, {"q": "x", "form_key": "A" * 32}):
            answer = target.submit(path, {**form, "decision": "distinct"}, {**session, **forged})
            assert answer.status in (403, 422), (path, answer.status)
    page = target.ask("/staff/audit", session)
    assert page.status == 200
    assert page.headers["cache-control"] == "no-store"
    key = re.search(r'name="form_key" value="([^"]+)"', page.text)
    assert key
    assert target.submit("/staff/sign-out", {"form_key": key[1]}, session).status == 303
    assert target.ask("/staff/audit", session).status == 401


def look_for_closed_text(target: Target) -> None:
    """Closed text in answers, headers, the log, metrics, suggestions, files and vectors."""
    for canary in CANARIES:
        pieces = [canary[start : start + 2] for start in range(len(canary) - 1)]
        for piece in (*pieces, canary):
            for path in (
                "/search?q={}",
                "/api/v1/search?q={}",
                "/api/v1/suggest?q={}",
                "/feed.atom?q={}",
                "/api/v1/search?topic={}",
                "/kiosk/list?q={}",
                "/search/export?q={}",
                "/opensearch/suggest?q={}",
            ):
                answer = target.ask(path.format(quote(piece)))
                assert answer.status == 200
                # What was asked is repeated; nothing else of the closed text may be.
                others = [each for each in pieces if each not in piece]
                assert not any(each in answer.text for each in others), path
            found = target.ask(f"/api/v1/search?q={quote(piece)}&semantic=false").text
            assert '"total":0,' in found, piece
    for path in (*target.addresses(), "/metrics"):
        answer = target.ask(path)
        told = answer.text + repr(answer.headers)
        assert not any(each in told for each in CANARIES), path
    pieces = [each[start : start + 2] for each in CANARIES for start in range(len(each) - 1)]
    assert not any(each in target.log for each in pieces)
    for name, content in target.stored():
        assert not any(each.encode() in content for each in pieces), name
    closed, unknown = target.ask("/api/v1/records/r400"), target.ask("/api/v1/records/zz")
    assert (closed.status, closed.content) == (unknown.status, unknown.content)


def send_bombs(target: Target) -> None:
    """Parameters at many times their length, deep paths, heads and bodies over the limit."""
    for size in (10, 100, 1_000, 10_000):
        for unit in ("a/", "(", '"', "-", "公", "*", "a ", "%E5%85%AC/", "1"):
            for name in ("q", "topic", "publisher", "find", "path", "cursor", "document_number"):
                for path in (
                    "/search",
                    "/api/v1/search",
                    "/search/facets/topic",
                    "/api/v1/suggest",
                ):
                    query = quote(unit * size, safe="%")[:30_000]
                    assert target.ask(f"{path}?{name}={query}").status in (200, 400, 404, 414, 422)
    many = "&".join(f"topic=a{number}" for number in range(3000))
    assert target.ask(f"/api/v1/search?{many}").status in (200, 414, 422, 431)
    for path in ("/staff/sign-in", "/staff/check", "/appearance", "/api/v1/duplicates/check"):
        assert target.ask(path, method="POST", body=b"a" * 200_000).status in (401, 413)
    deep = b"[" * 60_000
    kind = {"Content-Type": "application/json"}
    assert target.ask("/api/v1/duplicates/check", kind, "POST", deep).status in (400, 401, 422, 429)
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
    for long in (
        head + b"X: " + b"a" * 40_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        head + b"".join(b"X-%d: a\r\n" % n for n in range(9_000)) + b"\r\n",
    ):
        got = target.raw(long)
        assert not got or re.match(rb"HTTP/1.1 4(00|14|31)", got), got[:50]
    assert target.is_well()


def smuggle_requests(target: Target) -> None:
    """Two lengths, lengths beside chunks, broken chunks, noise: refused, and nothing hangs."""
    head = b"POST /appearance HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    tries = (
        head
        + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"0\r\n\r\nGET /staff HTTP/1.1\r\n\r\n",
        head + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\nabcde",
        head + b"Content-Length: -1\r\n\r\n",
        head + b"Content-Length: 1e3\r\n\r\n",
        head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        head + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /search?q=\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    )
    for data in tries:
        got = target.raw(data)
        assert not got or got.startswith(b"HTTP/1.1 4"), got[:80]
        assert got.count(b"HTTP/1.1 ") <= 1, got[:80]
    assert target.is_well()


def wait_for_ever(target: Target) -> None:
    """Three hundred silent or half-sent connections: everybody else is answered, they are ended."""
    began = (
        b"",
        b"GET /sea",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Y: ",
        b"POST /staff/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\ntoken=",
    )
    opened = [socket.create_connection(("127.0.0.1", target.port), timeout=60) for _ in range(300)]
    try:
        for number, connection in enumerate(opened):
            connection.sendall(began[number % len(began)])
        for _ in range(20):
            assert target.is_well()
        for connection in opened[:8]:
            with suppress(ConnectionResetError):
                while connection.recv(1 << 16):
                    pass
        target.sent += len(opened)
    finally:
        for connection in opened:
            connection.close()


def guess_tokens(target: Target) -> None:
    """Wrong tokens from one address end in 429; the right one is still taken."""
    statuses = [target.submit("/staff/sign-in", {"token": f"gk_{n}"}, {}).status for n in range(60)]
    assert set(statuses) <= {401, 429}, set(statuses)
    assert statuses[-1] == 429
    assert target.submit("/staff/sign-in", {"token": target.token}, {}).status == 303
    assert f"gk_{5}" not in target.log


def withdraw_during_searches(target: Target) -> None:
    """Records are taken off while others search: once the command ends, nobody finds them."""
    faults: list[str] = []
    gone: dict[str, float] = {}
    over = threading.Event()

    def search() -> None:
        while not over.is_set():
            asked = time.monotonic()
            answer = target.ask("/api/v1/search?size=100")
            for record_id, at in list(gone.items()):
                if at < asked and f'"id":"{record_id}"' in answer.text:
                    faults.append(record_id)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in range(10, 15):
            assert target.run("withdraw", f"r{number}").returncode == 0
            gone[f"r{number}"] = time.monotonic() + 1
        time.sleep(3)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert faults == []
    for record_id in gone:
        for kind in ("/records/{}", "/api/v1/records/{}", "/kiosk/records/{}", "/text/records/{}"):
            assert target.ask(kind.format(record_id)).status == 410
    assert CLOSED not in target.log


def kill_runs(target: Target) -> None:
    """Rebuilds are killed at several moments: the same answers, and the next run is whole."""
    before = target.ask("/api/v1/search?size=100&facets=").text
    total = re.search(r'"total":(\d+)', before)
    rows = write_rows(target.folder / "more.jsonl", (plain_row(n) for n in range(500, 900)))
    for pause in (1.5, 3.0, 4.5):
        process = start_with(target.settings, "index", "--rebuild", rows)
        time.sleep(pause)
        process.kill()
        process.wait()
        target.sent += 1
        assert target.is_well()
    shown = re.search(r'"total":(\d+)', target.ask("/api/v1/search?size=1").text)
    assert total
    assert shown
    assert shown[1] in (total[1], "400")
    assert target.run("index", rows).returncode == 0
    assert target.run("doctor").returncode == 0
    assert target.ask("/records/r600").status == 200
    assert CLOSED not in Path(target.folder / "server.log").read_text(errors="replace")
