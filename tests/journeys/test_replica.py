"""A kiosk's own copy: pulled over HTTP, switched whole, searched with the portal gone."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from indexer.pipeline import IndexJob, publish
from indexer.replica_lines import BrokenReplicaError
from indexer.replicas import apply_replica
from search_api.app import create_app
from search_api.http.caching import VERSION_SECONDS
from tests.conftest import copy_sample
from tests.engines.records import changed
from tests.journeys.command import plain_row, run, write_rows
from tests.journeys.conftest import serving


@pytest.fixture
def portal(installation: Installation, sample_data: Path, tmp_path: Path) -> Installation:
    """The sample as a portal serves it."""
    return copy_sample(installation, sample_data, tmp_path / "portal")


@pytest.fixture
def hall(installation: Installation, tmp_path: Path) -> Installation:
    """A machine of its own, still empty."""
    return changed(installation, data_dir=tmp_path / "hall")


@pytest.fixture
def copy(portal: Installation, tmp_path: Path) -> Path:
    with TestClient(create_app(portal)) as client:
        content = client.get("/api/v1/replica").content
    path = tmp_path / "copy.jsonl"
    path.write_bytes(content)
    return path


@pytest.fixture
def screens(hall: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(hall), raise_server_exceptions=False) as client:
        yield client


def total(client: TestClient, **asked: str) -> int:
    answer = client.get("/api/v1/search", params=asked)
    assert answer.status_code == 200, answer.text
    count: int = answer.json()["total"]
    return count


def test_a_copy_answers_as_the_portal_does(
    portal: Installation, hall: Installation, copy: Path, screens: TestClient
) -> None:
    done = apply_replica(copy, hall)
    with TestClient(create_app(portal)) as client:
        assert done.records == total(client) == total(screens)
        asked = (
            {"q": "公积金提取"},
            {"q": "竣工验收意见"},
            {"q": "宜公积金〔2021〕12号"},
            {"q": "低保"},
        )
        for each in asked:
            theirs, ours = (c.get("/api/v1/search", params=each).json() for c in (client, screens))
            assert [hit["id"] for hit in theirs["hits"]] == [hit["id"] for hit in ours["hits"]]
            assert theirs["facets"] == ours["facets"]
        path = f"/api/v1/records/{theirs['hits'][0]['id']}"
        assert client.get(path).json() == screens.get(path).json()


def test_half_a_copy_is_never_served(
    hall: Installation, copy: Path, screens: TestClient, tmp_path: Path
) -> None:
    apply_replica(copy, hall)
    before = total(screens)
    whole = copy.read_bytes()
    lines = whole.splitlines(keepends=True)
    broken = {
        "cut in a line": whole[: len(whole) // 2],
        "cut after a line": b"".join(lines[:50]),
        "without its last line": b"".join(lines[:-1]),
        "a line lost": b"".join([*lines[:7], *lines[8:]]),
        "nothing": b"",
        "a page of a portal's login": b"<!doctype html><html></html>",
        "another format": lines[0].replace(b'"format":1', b'"format":2') + b"".join(lines[1:]),
        "no end of line": whole[:-1],
        "a damaged record": b"".join([lines[0], b'{"id": "x"}\n', b'{"end":1}\n']),
    }
    for name, content in broken.items():
        half = tmp_path / "half.jsonl"
        half.write_bytes(content)
        with pytest.raises(BrokenReplicaError):
            apply_replica(half, hall)
        assert total(screens) == before, name
    generations = list((hall.settings.data_dir / "generations").iterdir())
    assert len(generations) == 1, "a half generation was left on disk"


def test_changes_come_in_and_what_was_withdrawn_goes(
    portal: Installation, hall: Installation, copy: Path, screens: TestClient, tmp_path: Path
) -> None:
    apply_replica(copy, hall)
    gone = screens.get("/api/v1/search", params={"q": "公积金"}).json()["hits"][0]["id"]
    portal.open_store().withdraw([gone], cause=STAFF)
    publish(IndexJob([write_rows(tmp_path / "new.jsonl", [plain_row(1)])]), portal)
    again = tmp_path / "again.jsonl"
    with TestClient(create_app(portal)) as client:
        again.write_bytes(client.get("/api/v1/replica").content)
    done = apply_replica(again, hall)
    assert done.gone == 1
    assert screens.get(f"/records/{gone}").status_code == 410
    assert screens.get("/records/r1").status_code == 200
    # Going back to the generation before does not bring it back either.
    hall.open_store().rollback()
    assert screens.get(f"/records/{gone}").status_code == 410
    apply_replica(copy, hall)
    assert screens.get(f"/records/{gone}").status_code == 200


def test_what_staff_took_off_here_stays_off(
    hall: Installation, copy: Path, screens: TestClient
) -> None:
    apply_replica(copy, hall)
    gone = screens.get("/api/v1/search").json()["hits"][0]["id"]
    hall.open_store().withdraw([gone], cause=STAFF)
    apply_replica(copy, hall)
    assert screens.get(f"/records/{gone}").status_code == 410


def test_pulled_by_the_command_and_served_with_the_portal_gone(
    portal: Installation, tmp_path: Path, hall: Installation
) -> None:
    data = hall.settings.data_dir
    with serving(portal) as address:
        first = run(data, "replica", "pull", address)
        assert first.returncode == 0, first.stderr
        assert "records, 0 gone" in first.stdout
        assert run(data, "replica", "pull", f"{address}/").stdout == "unchanged\n"
        publish(IndexJob([write_rows(tmp_path / "new.jsonl", [plain_row(1)])]), portal)
        # The portal asks its engine for the version twice a second.
        time.sleep(2 * VERSION_SECONDS)
        assert "records" in run(data, "replica", "pull", address).stdout
    away = run(data, "replica", "pull", address)
    assert away.returncode == 2
    assert "can't be reached" in away.stderr
    with TestClient(create_app(hall)) as client:
        page = client.get("/kiosk/list", params={"q": "公积金"})
        assert page.text.count("<li>") >= 5
        assert client.get("/records/r1").status_code == 200
        assert "数据截至20" in client.get("/kiosk").text


def test_a_copy_holds_what_is_public_and_no_more(portal: Installation, copy: Path) -> None:
    text = copy.read_text(encoding="utf-8")
    with TestClient(create_app(portal)) as client:
        hits = client.get("/api/v1/search", params={"disclosure": "依申请公开", "size": 100})
        for hit in hits.json()["hits"]:
            record = client.get(f"/api/v1/records/{hit['id']}").json()
            assert record["body"] == ""
    for line in text.splitlines()[1:-1]:
        if '"disclosure":"依申请公开"' in line:
            assert '"body":""' in line
            assert '"attachments":[]' in line
    assert '"disclosure":"不予公开"' not in text
