"""The change feed as a program reads it, and the example clients of the docs."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gongkai.engines.changes import write_position
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from indexer.pipeline import IndexJob, publish
from indexer.purge import purge
from search_api.app import create_app
from tests.journeys.command import plain_row, write_rows

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference"
SECRET = "龘靐"


@pytest.fixture
def made(installation: Installation, tmp_path: Path) -> Installation:
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    return replace(installation, settings=settings)


@pytest.fixture
def programs(made: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(made)) as opened:
        yield opened


def index(made: Installation, *rows: dict[str, object], rebuild: bool = False) -> None:
    folder = made.settings.data_dir.parent
    job = IndexJob([write_rows(folder / "rows.jsonl", rows)], rebuild=rebuild, allow_shrink=True)
    publish(job, made)


def follow(programs: TestClient, since: str) -> tuple[dict[str, str], str]:
    """Id -> change of all pages after a cursor, and the cursor to go on from."""
    told: dict[str, str] = {}
    more = True
    while more:
        page: Any = programs.get("/api/v1/changes", params={"since": since, "size": 2}).json()
        assert len(page["changes"]) <= 2
        for each in page["changes"]:
            assert each["id"] not in told
            told[each["id"]] = each["change"]
            if each["change"] == "withdrawn":
                assert set(each) == {"id", "at", "change", "record"}
                assert each["record"] is None
            else:
                assert programs.get(each["record"]).json()["id"] == each["id"]
        since, more = page["next"], page["more"]
    assert page["latest"] == since
    return told, since


def test_a_program_follows_what_is_public(made: Installation, programs: TestClient) -> None:
    hidden = {"title": f"{SECRET}处置方案", "disclosure": "不予公开"}
    index(made, *(plain_row(number) for number in range(1, 6)), plain_row(7, **hidden))
    told, at = follow(programs, "")
    assert told == {f"r{number}": "published" for number in range(1, 6)}
    index(made, plain_row(1), plain_row(2, summary=f"{SECRET}更新"), plain_row(6))
    told, at = follow(programs, at)
    assert told == {"r2": "changed", "r6": "published"}
    index(made, plain_row(2, disclosure="不予公开"))
    made.open_store().withdraw(["r3", "r7"], cause=STAFF)
    told, at = follow(programs, at)
    assert told == {"r2": "withdrawn", "r3": "withdrawn"}
    index(made, *(plain_row(number) for number in (1, 2, 4, 5)), rebuild=True)
    told, at = follow(programs, at)
    assert told == {"r2": "published", "r6": "withdrawn"}
    purge(made)
    assert follow(programs, at) == ({}, at)
    everything = programs.get("/api/v1/changes", params={"size": 1000})
    assert SECRET not in everything.text
    assert "r7" not in everything.text
    assert "etag" not in everything.headers


def test_a_cursor_of_another_list_is_refused(made: Installation, programs: TestClient) -> None:
    index(made, plain_row(1))
    for cursor in ("?", "e30", write_position("other", 0), write_position("", 99)):
        response = programs.get("/api/v1/changes", params={"since": cursor})
        assert (response.status_code, response.json()["parameter"]) == (422, "since")
    for size in (0, 1001):
        assert programs.get("/api/v1/changes", params={"size": size}).status_code == 422


@pytest.mark.parametrize("language", [".", "zh"])
def test_the_clients_of_the_docs_run(address: str, tmp_path: Path, language: str) -> None:
    text = (DOCS / language / "http-api.md").read_text(encoding="utf-8")
    changes, search = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[:2]
    assert max(len(each.splitlines()) for each in (changes, search)) <= 20
    place = tmp_path / "since.txt"

    def run(code: str, *words: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", code, address, *words],
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        )
        return done.stdout.splitlines()

    assert run(changes, str(place))[0].startswith("fetch http")
    assert run(changes, str(place)) == []
    assert any("公积金" in line for line in run(search, "公积金"))
