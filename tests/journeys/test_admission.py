"""Who is let in, who waits, who is told to come back; and what metrics and log say of it."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gongkai.engines.installation import Installation
from gongkai.settings import Settings
from gongkai.staff.audit import Audit
from gongkai.staff.staff_database import open_ledger
from search_api.app import create_app
from search_api.http.log_config import JsonLines
from search_api.http.request_limits import (
    BURST_SECONDS,
    KIOSK_LANE,
    WAITING_EACH,
    Admission,
    Limits,
    RateLimiter,
    name_client,
)
from search_api.http.telemetry import Metrics
from search_api.staff.auth import ATTEMPTS, RECORDED

CITIZEN, NEIGHBOUR, KIOSK = "203.0.113.5", "203.0.113.6", "198.51.100.7"


def limited(sampled: Installation, **settings: object) -> Installation:
    return replace(sampled, settings=sampled.settings.model_copy(update=settings))


def open_from(installed: Installation, address: str) -> TestClient:
    return TestClient(create_app(installed), client=(address, 50_000))


def test_an_address_that_asks_too_often_is_told_when_to_come_back(sampled: Installation) -> None:
    # One request, and the next after five seconds: no machine is so slow that it comes by then.
    app = create_app(limited(sampled, client_rate=1.05 / BURST_SECONDS))
    citizen, neighbour = (TestClient(app, client=(each, 1)) for each in (CITIZEN, NEIGHBOUR))
    assert neighbour.get("/").status_code == 200
    assert citizen.get("/browse").status_code == 200
    refused = citizen.get("/api/v1/search?size=1&facets=")
    assert refused.status_code == 429
    assert refused.json()["title"] == "请求过于频繁，请稍后再试"
    assert int(refused.headers["retry-after"]) > 0
    assert "content-security-policy" in refused.headers
    assert "请求过于频繁" in citizen.get("/").text
    assert citizen.get("/healthz").status_code == 200
    assert citizen.get("/static/icon.svg").status_code == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", KIOSK])
def test_this_machine_and_kiosks_have_no_rate(sampled: Installation, address: str) -> None:
    kept = limited(sampled, client_rate=0.5, kiosk_addresses=f"{KIOSK}, 2001:db8::/32")
    client = open_from(kept, address)
    assert {client.get("/browse").status_code for _ in range(12)} == {200}


def test_one_household_is_one_client() -> None:
    now = 0.0
    rates = RateLimiter(1.0, lambda: now)
    assert [rates.take("2001:db8:1:2::/64") for _ in range(BURST_SECONDS + 1)] == [
        *[True] * BURST_SECONDS,
        False,
    ]
    now = 2.0
    assert [rates.take("2001:db8:1:2::/64") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("::ffff:cb00:7105", "203.0.113.5"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_client_is_an_ipv4_address_or_an_ipv6_network(host: str, name: str) -> None:
    assert name_client(host) == name


@pytest.mark.parametrize("address", ["::ffff:127.0.0.1", f"::ffff:{KIOSK}"])
def test_an_ipv4_address_written_as_ipv6_is_the_same_client(
    sampled: Installation, address: str
) -> None:
    client = open_from(limited(sampled, client_rate=0.5, kiosk_addresses=KIOSK), address)
    assert {client.get("/browse").status_code for _ in range(12)} == {200}


def test_wrong_tokens_are_counted_by_network(fresh: Installation) -> None:
    app = create_app(fresh)
    audit = Audit(open_ledger(fresh.settings.data_dir))

    def sign_in(host: str) -> int:
        client = TestClient(app, client=(host, 1))
        return client.post("/staff/sign-in", data={"token": "wrong"}).status_code

    one_network = [f"2001:db8:1:2:{n:x}::{n:x}" for n in range(1, ATTEMPTS + 3)]
    one_address = ["203.0.113.5", "::ffff:203.0.113.5"] * ATTEMPTS
    for hosts in (one_network, one_address):
        assert [sign_in(each) for each in hosts[: ATTEMPTS + 2]] == [401] * ATTEMPTS + [429] * 2
    assert sign_in("2001:db8:1:3::1") == sign_in("203.0.113.6") == 401
    seen = Counter(each.subject for each in audit.entries(1000))
    assert seen == {
        "2001:db8:1:2::/64": ATTEMPTS,
        "203.0.113.5": ATTEMPTS,
        "2001:db8:1:3::/64": 1,
        "203.0.113.6": 1,
    }
    for number in range(RECORDED):
        sign_in(f"2001:db8:2:{number:x}::1")
    assert len(audit.entries(1000)) == RECORDED


@pytest.mark.parametrize("wrong", ["not an address", "10.0.0.0/99", "1.2.3"])
def test_a_wrong_network_is_a_wrong_setting(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Settings(kiosk_addresses=wrong)


class Slow:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.running = self.most = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        await self.go.wait()
        self.running -= 1
        await PlainTextResponse("done")(scope, receive, send)


def turn_away(_scope: Scope, status: int, seconds: int) -> ASGIApp:
    return PlainTextResponse("", status, {"Retry-After": str(seconds)})


async def ask(app: ASGIApp, address: str, path: str = "/search") -> int:
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": "GET", "path": path, "client": (address, 1), "headers": []}
    await app(scope, receive, send)
    return statuses[0]


def test_a_crowd_waits_its_turn_and_what_is_too_much_is_told_at_once() -> None:
    async def crowd() -> None:
        slow = Slow()
        limits = Limits(2, 0, (ip_network(KIOSK),))
        app = Admission(slow, Metrics(), turn_away, limits)
        most = 2 + 2 * WAITING_EACH
        asked = [asyncio.create_task(ask(app, CITIZEN)) for _ in range(most + 5)]
        await asyncio.sleep(0.05)
        assert sorted(task.result() for task in asked if task.done()) == [503] * 5
        # Kiosks and exports do not stand behind the crowd.
        others = [asyncio.create_task(ask(app, KIOSK)) for _ in range(KIOSK_LANE)]
        others.append(asyncio.create_task(ask(app, CITIZEN, "/api/v1/replica")))
        await asyncio.sleep(0.05)
        assert slow.running == 2 + KIOSK_LANE + 1
        slow.go.set()
        assert {await each for each in others} == {200}
        assert [await each for each in asked].count(200) == most
        assert await ask(app, CITIZEN) == 200

    asyncio.run(crowd())


def test_who_waits_too_long_is_turned_away_and_leaves_no_hole() -> None:
    async def wait() -> None:
        slow = Slow()
        app = Admission(slow, Metrics(), turn_away, Limits(1, 0))
        first = asyncio.create_task(ask(app, CITIZEN))
        await asyncio.sleep(0.01)
        assert await ask(app, NEIGHBOUR) == 503
        slow.go.set()
        assert await first == 200
        assert [await ask(app, NEIGHBOUR) for _ in range(3)] == [200] * 3
        assert slow.most == 1

    asyncio.run(wait())


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, object]]]:
    caplog.set_level(logging.INFO, logger="gongkai.access")
    return lambda: [
        json.loads(JsonLines().format(record))
        for record in caplog.records
        if record.name == "gongkai.access"
    ]


def test_metrics_and_log_name_routes_and_never_what_was_asked(
    sampled: Installation, lines: Callable[[], list[dict[str, object]]]
) -> None:
    client = open_from(sampled, CITIZEN)
    with client:
        answer = client.get("/search?q=龘靐齉&publisher=secret", headers={"X-Request-ID": "forged"})
        client.get("/records/no-such-record-7")
        client.post("/nothing-here")
        counted = client.get("/metrics").text
        assert client.get("/metrics", headers={"X-Forwarded-For": CITIZEN}).status_code == 404
    assert 'gongkai_requests_total{method="GET",route="/search",status="200"} 1.0' in counted
    assert 'route="/records/{record_id:path}",status="404"' in counted
    assert "gongkai_engine_up 1.0" in counted
    assert "gongkai_index_records 292.0" in counted
    first = lines()[0]
    assert first["message"] == "GET /search"
    assert first["status"] == 200
    assert first["request"] == answer.headers["x-request-id"] != "forged"
    for told in (counted, json.dumps(lines(), ensure_ascii=False)):
        for secret in ("龘靐齉", "secret", "no-such-record-7", "nothing-here", CITIZEN, "forged"):
            assert secret not in told
