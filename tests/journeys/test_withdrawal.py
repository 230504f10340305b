"""What is taken off, by staff or by its source, is gone from every door when the command returns.

Two workers of a real server, asked again and again over connections of their own, on each engine.
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from gongkai.engines.installation import Installation
from tests.journeys.command import plain_row, run_with, running_server, write_rows

CANARY, OTHER = "龘靐齉", "麤鱻爩"
SECONDS = 1.0
"""What a door may take; then every answer of every worker has to be without it."""
ROUNDS = 3
"""Each with a new connection, so that both workers are met."""


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.slow)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    kept = {"GONGKAI_DATA_DIR": str(tmp_path / "data")}
    if request.param == "embedded":
        return kept
    elastic: Installation = request.getfixturevalue("elastic")
    return kept | {
        "GONGKAI_ENGINE": "elasticsearch",
        "GONGKAI_ELASTICSEARCH_URL": elastic.settings.elasticsearch_url,
        "GONGKAI_ELASTICSEARCH_PREFIX": elastic.settings.elasticsearch_prefix,
        "GONGKAI_ELASTICSEARCH_REPLICAS": "0",
    }


def rows(**closed: str) -> list[dict[str, object]]:
    """Ten records; r1 has CANARY in every place that is shown, r2 is akin to it."""
    marked = {
        "title": f"关于{CANARY}饮水安全工程的通知",
        "body": f"{CANARY}工程已经完成验收，现予公布。",
        "keywords": CANARY,
        "summary": f"{CANARY}概述",
        "document_number": f"{CANARY}〔2011〕7号",
    }
    akin = {"title": f"关于{OTHER}饮水安全工程的通知", "body": f"{OTHER}工程已经完成验收。"}
    return [
        plain_row(1, **marked, **closed),
        plain_row(2, **akin),
        *map(plain_row, range(3, 11)),
    ]


def doors(of: str) -> Iterator[str]:
    """Every address by which a record comes out."""
    word, number = quote(of), quote(f"{of}〔2011〕7号")
    yield from ("/", "/browse", "/browse/topic", "/kiosk", "/kiosk/list", "/feed.atom", "/search",
                "/api/v1/search?size=100", "/search/citations", "/api/v1/replica", "/sitemap.xml",
                "/sitemap/2011.xml", "/api/v1/classifications", "/search/export",
                "/search/export?format=jsonl", "/api/v1/search/export")  # fmt: skip
    for path in ("/search", "/api/v1/search", "/kiosk/list", "/feed.atom", "/search/export"):
        yield f"{path}?q={word}"
        yield f"{path}?q={number}"
    yield f"/api/v1/suggest?q={word}"
    yield f"/api/v1/suggest?q={quote(of[:1])}"
    for path in ("/records/", "/api/v1/records/", "/text/records/", "/kiosk/records/"):
        yield f"{path}r1"
    for path in ("/records/r2", "/api/v1/records/r2/similar", "/apply?record=r1"):
        yield path


def ask_all(address: httpx2.URL, paths: Iterable[str]) -> Iterator[tuple[str, httpx2.Response]]:
    alone = {"Connection": "close"}
    with httpx2.Client(base_url=address, headers=alone, trust_env=False, timeout=30) as client:
        for path in paths:
            yield path, client.get(path)


def holders(address: httpx2.URL, canary: str) -> set[str]:
    """Doors whose answer holds the canary, though nobody typed it there; either worker."""
    found = set()
    for path, answer in ask_all(address, doors(canary)):
        assert answer.status_code < 500, (path, answer.status_code)
        text = answer.text + repr(answer.headers)
        typed = "q=" in path or "record=" in path
        shown = f"{canary}工程" in text or f"{canary}饮水" in text or f"{canary}概述" in text
        if shown or (canary in text and not typed):
            found.add(path)
    return found


@pytest.mark.parametrize("way", ["withdraw", "close"])
def test_gone_from_every_door_within_a_second(
    settings: dict[str, str], tmp_path: Path, way: str
) -> None:
    export = write_rows(tmp_path / "rows.jsonl", rows())
    assert run_with(settings, "index", export).returncode == 0
    with running_server(settings, "--workers", 2) as (_, client):
        until = time.monotonic() + 20
        while not client.get("/api/v1/suggest", params={"q": CANARY}).json()["suggestions"]:
            assert time.monotonic() < until
            time.sleep(0.2)
        before = holders(client.base_url, CANARY)
        assert len(before) > 15, before
        # A copy that a cache keeps, and asks about.
        kept = client.get("/records/r1")
        kept_list = client.get("/search", params={"q": CANARY})
        if way == "withdraw":
            assert run_with(settings, "withdraw", "r1").returncode == 0
        else:
            closed = write_rows(tmp_path / "closed.jsonl", rows(disclosure="不予公开"))
            assert "withheld            1" in run_with(settings, "index", closed).stdout
        time.sleep(SECONDS)
        for _ in range(ROUNDS):
            assert holders(client.base_url, CANARY) == set()
        for address, copy in ((kept.url, kept), (kept_list.url, kept_list)):
            asked = client.get(address, headers={"If-None-Match": copy.headers["etag"]})
            assert asked.status_code != 304
        assert client.get("/records/r1").status_code == 410
        assert "麤鱻爩" in client.get("/records/r2").text
