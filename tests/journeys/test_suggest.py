"""Completions over HTTP: what citizens type, what the wall keeps, what goes with a record."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from indexer.pipeline import IndexJob, publish
from search_api.app import create_app
from tests.journeys.command import plain_row, write_rows


def suggest(client: TestClient, q: str, **parameters: Any) -> list[dict[str, Any]]:
    response = client.get("/api/v1/suggest", params={"q": q, **parameters})
    assert response.status_code == 200, response.text
    answer: list[dict[str, Any]] = response.json()["suggestions"]
    return answer


def texts(suggestions: list[dict[str, Any]]) -> list[str]:
    return [each["text"] for each in suggestions]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("公积", "公积金"),
        ("gongjijin", "公积金"),
        ("gjj", "公积金"),
        ("公ji", "公积金"),
        ("huangmx", "黄梅戏"),
        ("烟花", "烟花爆竹"),
        ("煙花", "烟花爆竹"),
        ("宜公积", "宜公积金"),
        ("市教体", "安庆市教育体育局"),
        ("yzbm", "宜政办秘"),
        ("宜政办", "宜政办秘"),
    ],
)
def test_a_few_keys_reach_a_word(client: TestClient, typed: str, word: str) -> None:
    assert word in texts(suggest(client, typed))


@pytest.mark.parametrize("typed", ["宜政办秘〔2020〕", "宜政办秘[2020", "宜政办秘2020"])
def test_a_code_with_its_year_is_completed_to_numbers(client: TestClient, typed: str) -> None:
    numbers = [each for each in suggest(client, typed) if each["kind"] == "document_number"]
    assert numbers
    assert all(each["text"].startswith("宜政办秘〔2020〕") for each in numbers)
    serial = numbers[0]["text"].removeprefix("宜政办秘〔2020〕").removesuffix("号")
    assert numbers[0]["text"] in texts(suggest(client, f"宜政办秘〔2020〕{serial[0]}"))
    assert texts(suggest(client, "宜政办秘〔20")) == ["宜政办秘"]


def test_each_says_what_it_is_and_how_many_hold_it(client: TestClient) -> None:
    found = suggest(client, "住房公积金")
    assert {each["kind"] for each in found} >= {"term", "title"}
    assert all(each["count"] > 0 for each in found)
    assert len({each["text"] for each in found}) == len(found)
    term = next(each for each in found if each["text"] == "住房公积金")
    total = client.get("/api/v1/search", params={"q": "住房公积金", "size": 1}).json()["total"]
    assert 0 < term["count"] <= total


def test_a_beginning_of_too_many_titles_tells_none(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = {each["kind"] for each in suggest(client, "公积", size=20)}
    assert kinds >= {"term", "title"}
    monkeypatch.setattr("gongkai.search.suggest._TITLES_SCORED", 0)
    assert {each["kind"] for each in suggest(client, "积金", size=20)} == kinds - {"title"}


def test_as_many_as_asked_for(client: TestClient) -> None:
    assert len(suggest(client, "安庆", size=3)) == 3
    assert len(suggest(client, "安庆")) == 8
    assert suggest(client, "") == []
    assert suggest(client, "。") == []
    assert suggest(client, "zzzzzz") == []


@pytest.mark.parametrize(
    ("parameters", "at_fault"),
    [({"size": 0}, "size"), ({"size": 21}, "size"), ({"q": "水" * 101}, "q"), ({"x": 1}, "x")],
)
def test_a_wrong_parameter_is_named(
    client: TestClient, parameters: dict[str, Any], at_fault: str
) -> None:
    response = client.get("/api/v1/suggest", params=parameters)
    assert response.status_code == 422
    assert response.json()["parameter"] == at_fault


@pytest.fixture
def fed(installation: Installation, tmp_path: Path) -> Iterator[tuple[Installation, TestClient]]:
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    served = replace(installation, settings=settings)
    rows = [
        plain_row(1, title="关于古树名木保护的通知"),
        plain_row(2, title="关于蚕桑产业扶持的通知"),
        plain_row(3, title="关于渡口渡船管理的通知", disclosure="不予公开"),
        plain_row(4, title="关于水文测站的答复", disclosure="依申请公开", body="气象雷达选址"),
    ]
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", rows)]), served)
    with TestClient(create_app(served)) as client:
        yield served, client


def test_what_is_not_public_completes_nothing(fed: tuple[Installation, TestClient]) -> None:
    _, client = fed
    assert suggest(client, "渡口") == suggest(client, "dukou") == []
    assert suggest(client, "气象雷达") == suggest(client, "qxld") == []
    assert "水文" in "".join(texts(suggest(client, "水文")))


def test_what_was_withdrawn_is_gone_at_once(fed: tuple[Installation, TestClient]) -> None:
    served, client = fed
    assert "蚕桑" in texts(suggest(client, "cansang"))
    served.open_store().withdraw(["r2"], cause=STAFF)
    assert suggest(client, "cansang") == suggest(client, "蚕桑") == []
    assert client.get("/api/v1/search", params={"q": "cansang"}).json()["total"] == 0
    mistaken = client.get("/api/v1/search", params={"q": "蚕丧产业"}).json()["query"]
    assert mistaken["corrected_from"] is None
    assert mistaken["did_you_mean"] is None
    assert "古树名木" in texts(suggest(client, "古树"))
