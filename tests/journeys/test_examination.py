"""`gongkai doctor` as a page: what it shows of a damaged, unreachable or dead installation."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from gongkai.settings import EngineKind
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from search_api.app import create_app
from search_api.staff.examination import LIMIT_SECONDS, Examination, Examiner
from tests.journeys.command import plain_row, write_rows

PASSWORD = "geheim-4711"
WAIT_SECONDS = 120


@pytest.fixture
def office(installation: Installation, tmp_path: Path) -> Installation:
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    return replace(installation, settings=settings)


@pytest.fixture
def desk(office: Installation) -> Iterator[TestClient]:
    token = Tokens(open_ledger(office.settings.data_dir)).add("政务公开办")
    with TestClient(create_app(office)) as client:
        client.post("/staff/sign-in", data={"token": token})
        yield client


def wait_for(examiner: Examiner) -> Examination:
    until = time.monotonic() + WAIT_SECONDS
    while examiner.is_running():
        assert time.monotonic() < until
        time.sleep(0.1)
    latest = examiner.latest()
    assert latest is not None
    return latest


def damage(folder: Path) -> str:
    name = (folder / "live").read_text().strip()
    store = next((folder / "generations" / name / "index").glob("*.store"))
    store.write_bytes(store.read_bytes()[:100])
    return store.name


def test_staff_see_a_damaged_index_and_what_to_do(office: Installation, tmp_path: Path) -> None:
    export = write_rows(tmp_path / "export.jsonl", map(plain_row, range(3)))
    publish(IndexJob(find_sources([export])), office)
    name = damage(office.settings.data_dir)
    token = Tokens(open_ledger(office.settings.data_dir)).add("政务公开办")
    with TestClient(create_app(office), raise_server_exceptions=False) as client:
        home = client.post("/staff/sign-in", data={"token": token})
        assert home.status_code == 200
        assert "检索索引暂时不能使用" in home.text
        form_key = home.text.split('name="form_key" value="')[1].split('"')[0]
        assert client.get("/staff/doctor").text.count("还没有做过检查") == 1
        client.post("/staff/doctor", data={"form_key": form_key})
        wait_for(Examiner(office.settings))
        shown = client.get("/staff/doctor").text
    assert '<span class="light fault">故障</span>' in shown
    assert name in shown
    assert "gongkai index --rebuild" in shown
    assert "故障" in shown.split("<tbody>")[1].split("</tr>")[0], "faults come first"


def test_a_cluster_that_is_down_is_said_in_chinese(office: Installation) -> None:
    settings = office.settings.model_copy(
        update={
            "engine": EngineKind.ELASTICSEARCH,
            "elasticsearch_url": "http://127.0.0.1:9",
            "elasticsearch_username": "elastic",
            "elasticsearch_password": PASSWORD,
        }
    )
    examiner = Examiner(type(settings).model_validate(settings.model_dump(exclude_unset=True)))
    assert examiner.start()
    done = wait_for(examiner)
    assert "连接不上" in done.problem or "无法连接" in done.problem, done.problem
    assert PASSWORD not in orjson.dumps(done).decode()


def test_one_run_at_a_time_over_all_workers(office: Installation) -> None:
    one, other = Examiner(office.settings), Examiner(office.settings)
    assert one.start()
    assert not one.start()
    assert not other.start()
    assert other.is_running()
    one.close()
    assert wait_for(other).problem
    assert other.start()
    other.close()
    wait_for(one)


def test_a_run_whose_server_died_is_told_and_blocks_nothing(
    office: Installation, desk: TestClient
) -> None:
    started = datetime.now(UTC) - timedelta(seconds=LIMIT_SECONDS + 60)
    dead = Examination(started.isoformat(timespec="seconds"))
    (office.settings.data_dir / "doctor.json").write_bytes(orjson.dumps(dead))
    shown = desk.get("/staff/doctor").text
    assert "没有完成，请重新检查" in shown
    assert "正在检查" not in shown
    (office.settings.data_dir / "doctor.json").write_bytes(b"[1")
    assert "还没有做过检查" in desk.get("/staff/doctor").text
