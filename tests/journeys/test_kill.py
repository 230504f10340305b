"""kill -9 at random moments of whatever writes: nothing acknowledged is lost, none is doubled."""

import asyncio
import os
import random
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from gongkai.duplicates.decisions import Decisions
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery
from gongkai.query.tree import MatchAll
from gongkai.settings import Settings
from search_api.app import create_app
from tests.journeys.command import plain_row, run, running_server, start_with, write_rows
from tests.journeys.killing import (
    Office,
    make_row,
    read_versions,
    run_child,
    work_index,
    work_replica,
)
from tests.scale import scaled

RECORDS = scaled(500, 1_500)
KILLS = 2
MOMENTS = int(os.environ.get("GONGKAI_SOAK_KILLS", scaled(12, 200)))
"""Random moments of one engine; `make soak` asks for 200."""


def contents(installation: Installation, data_dir: Path) -> dict[str, bytes]:
    settings = installation.settings.model_copy(update={"data_dir": data_dir})
    engine = replace(installation, settings=settings).open_engine()
    result = asyncio.run(engine.search(EngineQuery(MatchAll(), limit=10 * RECORDS)))
    assert result.total == len(result.hits)
    return {hit.id: hit.stored for hit in result.hits}


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = "供水管网改造验收合格。" * 40
    rows = (plain_row(number, body=f"第{number}期工程{text}") for number in range(RECORDS))
    return write_rows(tmp_path_factory.mktemp("kill") / "export.jsonl", rows)


@pytest.fixture(scope="module")
def whole(export: Path, installation: Installation) -> tuple[dict[str, bytes], float]:
    """The index of a run left alone, and how long it took."""
    folder = export.parent / "whole"
    ended = run_child(Settings(data_dir=folder), work_index, export)
    return contents(installation, folder), ended.seconds


@pytest.mark.parametrize("rebuild", [False, True], ids=["update", "rebuild"])
def test_killed_and_run_again_is_the_same_index(
    export: Path,
    whole: tuple[dict[str, bytes], float],
    installation: Installation,
    tmp_path: Path,
    rebuild: bool,
) -> None:
    expected, seconds = whole
    words = ["index", *(["--rebuild"] if rebuild else []), str(export)]
    moments = random.Random(20090220)
    settings = Settings(data_dir=tmp_path)
    for _ in range(KILLS):
        run_child(settings, work_index, export, rebuild, kill_after=moments.uniform(0, seconds))
    assert run(tmp_path, *words).returncode == 0
    assert contents(installation, tmp_path) == expected
    left = [path.name for path in (tmp_path / "generations").iterdir()]
    assert len(left) <= 2, "killed rebuilds left generations behind"


def strike_often(office: Office, moments: int) -> None:
    """Random commands until so many were killed at their work; twelve in a hundred end too soon."""
    office.begin()
    strikes = 0
    while sum(office.moments.values()) < moments:
        office.strike()
        strikes += 1
        assert strikes < 3 * moments + 20, f"only {office.moments} were killed in {strikes} runs"
    print(f"killed: {office.moments}")


def test_no_random_moment_loses_or_doubles_a_record(fresh: Installation, tmp_path: Path) -> None:
    office = Office(fresh, tmp_path, random.Random(20081101))
    strike_often(office, MOMENTS)
    assert set(office.moments) == {"update", "rebuild", "withdraw", "reopen", "purge", "rollback"}


@pytest.mark.slow
def test_no_random_moment_of_a_cluster_either(elastic: Installation, tmp_path: Path) -> None:
    # Whoever comes after a killed writer waits twelve seconds to see that it is gone.
    office = Office(elastic, tmp_path, random.Random(20190515), size=120)
    strike_often(office, max(2, MOMENTS // 8))


def test_a_killed_pull_of_a_copy_shows_the_old_or_the_new(
    fresh: Installation, tmp_path: Path
) -> None:
    """What its source has no more is gone after the next pull, whenever the last one was killed."""
    chance = random.Random(17)
    copies = [write_copy(fresh, tmp_path, kept) for kept in (range(150), range(50, 200))]
    expected = [{f"r{n}": 1 for n in kept} for kept in (range(150), range(50, 200))]
    whole = run_child(fresh.settings, work_replica, copies[0]).seconds
    for turn in range(max(4, MOMENTS // 5)):
        new = copies[(turn + 1) % 2]
        ended = run_child(
            fresh.settings, work_replica, new, kill_after=chance.uniform(0, 1.1 * whole)
        )
        seen = read_versions(fresh, 1000)
        assert seen in expected
        if ended.killed:
            run_child(fresh.settings, work_replica, new)
        assert read_versions(fresh, 1000) == expected[(turn + 1) % 2]
        store = fresh.open_store()
        assert not {*store.withdrawn()} & {*expected[(turn + 1) % 2]}


def write_copy(fresh: Installation, folder: Path, numbers: range) -> Path:
    """The lines that a portal with these records would give away."""
    portal = folder / f"portal{numbers.start}"
    settings = fresh.settings.model_copy(update={"data_dir": portal})
    rows = [make_row(f"r{number}", 1, is_closed=False) for number in numbers]
    run_child(settings, work_index, write_rows(folder / "rows.jsonl", rows), True)
    with TestClient(create_app(replace(fresh, settings=settings))) as client:
        content = client.get("/api/v1/replica").content
    copy = folder / f"copy{numbers.start}.jsonl"
    copy.write_bytes(content)
    return copy


def test_of_two_indexers_at_once_one_is_told_to_wait(tmp_path: Path) -> None:
    export = write_rows(tmp_path / "export.jsonl", map(plain_row, range(300)))
    settings = {"GONGKAI_DATA_DIR": str(tmp_path / "data")}
    several = [start_with(settings, "index", export) for _ in range(3)]
    statuses = sorted(each.wait() for each in several)
    assert set(statuses) <= {0, 4}
    assert 0 in statuses
    assert "300" in run(tmp_path / "data", "status").stdout


def test_a_decision_that_was_acknowledged_outlives_its_server(tmp_path: Path) -> None:
    """The server is killed while staff decide; each 200 that came is still decided after it."""
    chance = random.Random(3)
    data = tmp_path / "data"
    text = "农村饮水安全工程已经通过竣工验收，现将有关事项通知如下，请遵照执行。" * 3
    rows = [plain_row(n, title=f"关于{n // 2}号工程验收的通知", body=text * (1 + n // 2))
            for n in range(24)]  # fmt: skip
    assert run(data, "index", write_rows(tmp_path / "rows.jsonl", rows)).returncode == 0
    token = run(data, "token", "add", "政务公开办").stdout.strip()
    acknowledged: dict[str, str] = {}
    for _ in range(max(3, MOMENTS // 10)):
        with running_server({"GONGKAI_DATA_DIR": str(data)}) as (process, client):
            client.headers["Authorization"] = f"Bearer {token}"
            known = wait_for_clusters(client) or sorted(acknowledged)
            killing = threading.Timer(chance.uniform(0.05, 0.6), process.kill)
            killing.start()
            asked = ""
            with suppress(httpx2.TransportError):
                while True:
                    asked, decision = chance.choice(known), "distinct"
                    path = f"/api/v1/duplicates/{asked}/decision"
                    answer = client.put(path, json={"decision": decision})
                    assert answer.status_code == 200, answer.text
                    acknowledged[asked] = decision
            killing.join()
    kept = {key: each.decision.value for key, each in Decisions(data).current().items()}
    assert acknowledged
    assert {key: kept.get(key) for key in acknowledged} == acknowledged
    assert run(data, "doctor").returncode == 0


def wait_for_clusters(client: httpx2.Client) -> list[str]:
    """Ids of the clusters still open, once the first scan is done."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        answer = client.get("/api/v1/duplicates", params={"size": 100})
        if answer.status_code == 200:
            return [each["id"] for each in answer.json()["clusters"]]
        time.sleep(0.2)
    raise AssertionError(f"no scan came to its end: {answer.text}")
