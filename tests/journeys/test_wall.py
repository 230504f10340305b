"""The disclosure wall, end to end: canary texts behind it must not come out of any door."""

import csv
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from search_api.app import create_app
from tests.journeys.command import plain_row, run, write_rows

# Characters that nothing else here holds; the bigrams an index would keep are looked for as well.
CLOSED = "龘靐齉爩鱻麤"
ON_REQUEST = "饕餮魑魅魍魉"
PERSONAL = "薨躄鼙鼛鼗鼖"
CANARIES = (CLOSED, ON_REQUEST, PERSONAL)


def pieces(canary: str) -> Iterator[bytes]:
    for start in range(len(canary) - 1):
        yield canary[start : start + 2].encode()


@pytest.fixture(scope="module")
def guarded(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, str]:
    """A data folder fed by every kind of row that must stay behind, and what the run printed."""
    folder = tmp_path_factory.mktemp("wall")
    closed = plain_row(
        2,
        disclosure="不予公开",
        **dict.fromkeys(("title", "body", "summary", "备注", "keywords", "topic", "genre"), CLOSED),
        document_number=f"{CLOSED}〔2020〕1号",
        publisher=CLOSED,
        attachments=[{"name": CLOSED, "url": f"https://example.gov.cn/{CLOSED}"}],
        extra={CLOSED: CLOSED},
    )
    on_request = plain_row(
        3,
        disclosure="依申请公开",
        body=ON_REQUEST,
        attachments=[{"name": ON_REQUEST}],
        内部意见=ON_REQUEST,
        extra={"说明": ON_REQUEST},
    )
    rows = [
        plain_row(1),
        closed,
        on_request,
        {**closed, "id": "r4", "title": None},
        {**closed, "id": "r5", "published_on": "never", "disclosure": "内部资料"},
        {**closed, "id": "r6", "公开属性": "主动公开"},
        {**closed, "id": "r7", "disclosure": ["主动公开", "不公开"]},
        plain_row(8, title=f"{PERSONAL}11010519491231002X", body=PERSONAL),
        plain_row(9, body=f"{PERSONAL} 6222 0212 3456 7890 128"),
    ]
    source = write_rows(folder / "rows.jsonl", rows)
    broken = f'{{"title": "{CLOSED}", "disclosure": "不予公开", '
    source.write_bytes(source.read_bytes() + broken.encode() + b"\n")
    with (folder / "rows.csv").open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["标题", "发布机构", "发布日期", "公开属性", "正文"])
        told = ("安庆市水利局", "2020-01-01")
        writer.writerow([CLOSED, *told, "不予公开", CLOSED])
        writer.writerow(["依申请的事项通知", *told, "依申请公开", ON_REQUEST])
    data = folder / "data"
    done = run(data, "index", source, folder / "rows.csv")
    again = run(data, "index", "--rebuild", source, folder / "rows.csv")
    assert done.returncode == again.returncode == 3
    return data, done.stdout + done.stderr + again.stdout + again.stderr


def test_rows_behind_the_wall_are_counted(guarded: tuple[Path, str]) -> None:
    assert "not_public 6" in guarded[1]
    assert "personal_data" in guarded[1]


def test_nothing_is_printed_or_left_on_disk(guarded: tuple[Path, str]) -> None:
    data, printed = guarded
    written = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    assert any(path.suffix == ".jsonl" for path in written), "there is no rejects file to look at"
    for canary in CANARIES:
        assert canary not in printed
        for path, content in written.items():
            leaked = [piece for piece in pieces(canary) if piece in content]
            assert not leaked, f"{path.name} holds {leaked[0].decode()}"


def test_no_door_lets_it_out(guarded: tuple[Path, str], installation: Installation) -> None:
    settings = installation.settings.model_copy(update={"data_dir": guarded[0]})
    served = replace(installation, settings=settings)
    with TestClient(create_app(served)) as client:
        everything = client.get("/api/v1/search", params={"size": 100}).json()
        assert {hit["id"] for hit in everything["hits"]} >= {"r1", "r3"}
        doors = [
            "/", "/search", "/api/v1/search", "/api/v1/classifications", "/openapi.json",
            "/search/export", "/search/export?format=jsonl", "/feed.atom", "/search/citations",
            "/browse", "/browse/publisher", "/browse/topic", "/search/facets/publisher",
            "/sitemap.xml", "/sitemap/pages.xml", "/sitemap/2020.xml", "/robots.txt", "/apply",
        ]  # fmt: skip
        ids = [hit["id"] for hit in everything["hits"]] + [f"r{i}" for i in range(2, 10)]
        kinds = ("/records/{}", "/api/v1/records/{}", "/api/v1/records/{}/similar",
                 "/text/records/{}", "/apply?record={}")  # fmt: skip
        doors += [kind.format(each) for each in ids for kind in kinds]
        texts = [client.get(door).text for door in doors]
        for canary in CANARIES:
            assert not any(canary in text for text in texts)
            for start in range(len(canary) - 1):
                piece = canary[start : start + 2]
                for query in (piece, f'"{piece}"', piece[0]):
                    answer = client.get("/api/v1/search", params={"q": query}).json()
                    assert answer["total"] == 0, query
            for field in ("topic", "publisher", "genre"):
                asked = client.get("/api/v1/search", params={field: canary}).json()
                assert asked["total"] == 0


def test_an_answer_does_not_tell_what_is_behind(
    guarded: tuple[Path, str], installation: Installation
) -> None:
    """A closed record and one that never was get the same answer, letter for letter."""
    settings = installation.settings.model_copy(update={"data_dir": guarded[0]})
    served = replace(installation, settings=settings)
    with TestClient(create_app(served)) as client:
        closed = client.get("/api/v1/records/r2")
        unknown = client.get("/api/v1/records/zz")
        assert closed.status_code == unknown.status_code == 404
        assert closed.content == unknown.content
        on_request = client.get("/api/v1/records/r3").json()
        assert on_request["disclosure"] == "依申请公开"
        assert on_request["body"] == ""
        assert on_request["attachments"] == []
        assert on_request["extra"] == {}
        assert orjson.loads(client.get("/api/v1/search").content)["total"] == 3


def test_no_header_log_or_metric_tells(
    guarded: tuple[Path, str], installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even of what was typed: canaries in words, ids, filters, headers, forms, wrong values."""
    settings = installation.settings.model_copy(update={"data_dir": guarded[0]})
    served = replace(installation, settings=settings)
    said: list[str] = []
    with (
        caplog.at_level(logging.DEBUG),
        # A command that ran before in this process has set a level of its own.
        caplog.at_level(logging.DEBUG, "gongkai"),
        TestClient(create_app(served), raise_server_exceptions=False) as client,
    ):
        for canary in CANARIES:
            sent = {"User-Agent": quote(canary), "Cookie": f"appearance={quote(canary)}"}
            for path, asked in (
                ("/search", {"q": canary}),
                ("/api/v1/search", {"q": canary, "topic": canary}),
                ("/api/v1/suggest", {"q": canary}),
                ("/api/v1/search", {canary: "1"}),
                ("/api/v1/search", {"page": canary}),
                ("/search", {"cursor": canary}),
                ("/feed.atom", {"q": canary}),
                ("/search/export", {"q": canary}),
                ("/kiosk/list", {"q": canary}),
                (f"/records/{quote(canary)}", {}),
                (f"/browse/{quote(canary)}", {}),
                (f"/{quote(canary)}", {}),
                ("/staff", {"q": canary}),
            ):
                answer = client.get(path, params=asked, headers=sent)
                assert answer.status_code < 500
                said.append(repr(sorted(answer.headers.items())))
            client.post("/staff/sign-in", data={"token": canary})
            client.post("/api/v1/duplicates/check", json={"title": canary})
        said.append(client.get("/metrics").text)
    ours = [each for each in caplog.records if not each.name.startswith(("httpx", "httpcore"))]
    assert [each for each in ours if each.name == "gongkai.access"]
    said += [each.getMessage() + repr(each.__dict__) for each in ours]
    for canary in CANARIES:
        for piece in pieces(canary):
            for text in said:
                assert piece.decode() not in text
                assert quote(piece) not in text, text[:300]
    for path in guarded[0].rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(piece in content for each in CANARIES for piece in pieces(each)), path
