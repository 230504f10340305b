"""What Elasticsearch alone can do to us: refuse, be full, be busy, be away; and large results."""

import asyncio
import http.client
import http.server
import socket
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from development.elasticsearch_node import find_missing_parts, start_cluster
from gongkai.engines.cursor import read_cursor
from gongkai.engines.elastic.circuit import SECONDS_OPEN
from gongkai.engines.elastic.connection import open_client
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, IndexDocument, SearchResult
from gongkai.errors import BadRequestError, EngineUnavailableError
from gongkai.query.request import Sort
from gongkai.query.tree import ConstantScore, MatchAll
from gongkai.settings import EngineKind
from indexer.pipeline import IndexJob, publish
from search_api.app import create_app
from tests.conftest import require_or_skip
from tests.engines.proxy import TooOld, Way, run_server, stand_between
from tests.engines.records import changed, make_document
from tests.journeys.command import plain_row, run_with, write_rows


def write(installation: Installation, documents: list[IndexDocument]) -> dict[str, str]:
    with closing(installation.open_store()) as store, store.update() as writer:
        for document in documents:
            writer.put(document)
        writer.commit()
        return dict(writer.pop_rejected())


def ask(installation: Installation, *queries: EngineQuery) -> list[SearchResult]:
    async def run() -> list[SearchResult]:
        engine = installation.open_engine()
        try:
            return [await engine.search(query) for query in queries]
        finally:
            await engine.close()

    return asyncio.run(run())


def count(installation: Installation) -> int:
    return ask(installation, EngineQuery(MatchAll(), limit=0))[0].total


@pytest.fixture
def one(installation: Installation) -> IndexDocument:
    return make_document(installation, id="a")


@pytest.mark.parametrize("fault", ["busy", "answer lost"])
def test_a_bulk_is_sent_again_and_doubles_nothing(elastic: Installation, fault: str) -> None:
    documents = [make_document(elastic, id=f"r{number}") for number in range(50)]
    way = Way(elastic.settings.elasticsearch_url, [fault, fault])
    with stand_between(way) as address:
        assert write(changed(elastic, elasticsearch_url=address), documents) == {}
    assert way.bulks > 1
    assert way.faults == []
    assert count(elastic) == 50


def test_a_record_too_large_for_the_server_is_refused_alone(
    elastic: Installation, one: IndexDocument
) -> None:
    long = make_document(elastic, id="long", body="各县（市、区）水利局请认真贯彻执行。" * 2_000)
    way = Way(elastic.settings.elasticsearch_url, largest=50_000)
    with stand_between(way) as address:
        refused = write(
            changed(elastic, elasticsearch_url=address),
            [one, long, make_document(elastic, id="b")],
        )
    assert refused == {"long": "too_large"}
    assert count(elastic) == 2


def test_what_the_server_refuses_is_reported(elastic: Installation, one: IndexDocument) -> None:
    immense = replace(one, id="b", fields={**one.fields, "topic": ("长" * 20_000,)})
    assert write(elastic, [one, immense]) == {"b": "document_parsing_exception"}
    assert count(elastic) == 1


def test_a_refused_item_is_counted_as_a_refused_row(elastic: Installation, tmp_path: Path) -> None:
    source = write_rows(tmp_path / "rows.jsonl", [plain_row(1), plain_row(2)])
    with stand_between(Way(elastic.settings.elasticsearch_url, ["value too long"])) as address:
        served = changed(elastic, data_dir=tmp_path, elasticsearch_url=address)
        outcome = publish(IndexJob([source]), served)
    assert outcome.summary.read == 2
    assert outcome.summary.indexed + outcome.summary.refused.total() == 2
    assert outcome.summary.refused.total() == 1
    assert count(elastic) == 1


def test_a_full_disk_is_said_and_searches_go_on(elastic: Installation, tmp_path: Path) -> None:
    write(elastic, [make_document(elastic, id="a")])
    prefix = elastic.settings.elasticsearch_prefix
    with closing(open_client(elastic.settings)) as client:
        blocked = {"index.blocks.read_only_allow_delete": True}
        client.indices.put_settings(index=f"{prefix}-generation-*", settings=blocked)
        done = run_with(
            environment_of(elastic, tmp_path),
            "index",
            write_rows(tmp_path / "rows.jsonl", [plain_row(1)]),
        )
        assert done.returncode == 4
        assert "disk of the cluster is nearly full" in done.stderr
        assert "Traceback" not in done.stderr
        assert count(elastic) == 1
        client.indices.put_settings(
            index=f"{prefix}-generation-*", settings={"index.blocks.read_only_allow_delete": None}
        )
    again = run_with(environment_of(elastic, tmp_path), "index", tmp_path / "rows.jsonl")
    assert again.returncode == 0, again.stderr
    assert count(elastic) == 2


def environment_of(installation: Installation, data_dir: Path) -> dict[str, str]:
    settings = installation.settings
    return {
        "GONGKAI_ENGINE": "elasticsearch",
        "GONGKAI_DATA_DIR": str(data_dir),
        "GONGKAI_ELASTICSEARCH_URL": settings.elasticsearch_url,
        "GONGKAI_ELASTICSEARCH_PREFIX": settings.elasticsearch_prefix,
        "GONGKAI_ELASTICSEARCH_REPLICAS": "0",
    }


@pytest.mark.slow
def test_a_wrong_password_is_said(installation: Installation, tmp_path: Path) -> None:
    if missing := find_missing_parts():
        require_or_skip("elasticsearch", f"no node with sign-in: {missing}")
    with start_cluster(password="right-one") as cluster:
        right = changed(
            installation,
            engine=EngineKind.ELASTICSEARCH,
            elasticsearch_url=cluster.url,
            elasticsearch_username="elastic",
            elasticsearch_password=SecretStr("right-one"),
        )
        write(right, [make_document(installation, id="a")])
        assert count(right) == 1
        wrong = changed(right, elasticsearch_password=SecretStr("wrong-one"))
        for act in (lambda: count(wrong), lambda: write(wrong, [])):
            with pytest.raises(EngineUnavailableError, match="refused the sign-in"):
                act()
        given = {
            **environment_of(wrong, tmp_path),
            "GONGKAI_ELASTICSEARCH_USERNAME": "elastic",
            "GONGKAI_ELASTICSEARCH_PASSWORD": "wrong-one",
        }
        for words in (("status",), ("search", "水"), ("withdraw", "a")):
            done = run_with(given, *words)
            assert done.returncode == 4, done
            assert "refused the sign-in" in done.stderr
            assert "wrong-one" not in done.stdout + done.stderr
        with TestClient(create_app(wrong)) as client:
            response = client.get("/api/v1/search")
            assert response.status_code == 503
            assert int(response.headers["Retry-After"]) > 0
            assert "wrong-one" not in response.text


def test_what_is_not_elasticsearch_is_said(tmp_path: Path) -> None:
    with run_server(http.server.SimpleHTTPRequestHandler) as address:
        check_that_commands_say(address, tmp_path, "Elasticsearch")


def test_another_version_is_said(tmp_path: Path) -> None:
    with run_server(TooOld) as address:
        check_that_commands_say(address, tmp_path, "8.19 and 9 are known to work")


def test_a_cluster_that_is_away_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    check_that_commands_say(f"http://127.0.0.1:{port}", tmp_path, "can't be reached")


def check_that_commands_say(address: str, tmp_path: Path, word: str) -> None:
    given = {
        "GONGKAI_ENGINE": "elasticsearch",
        "GONGKAI_DATA_DIR": str(tmp_path),
        "GONGKAI_ELASTICSEARCH_URL": address,
    }
    source = write_rows(tmp_path / "rows.jsonl", [plain_row(1)])
    for words in (("index", source), ("status",), ("search", "水"), ("rollback",)):
        done = run_with(given, *words)
        assert done.returncode == 4, (words, done)
        assert word in done.stderr, words
        assert "Traceback" not in done.stderr


def test_the_api_says_503_while_the_cluster_is_away_and_recovers(
    elastic: Installation, one: IndexDocument
) -> None:
    write(elastic, [one])
    way = Way(elastic.settings.elasticsearch_url)
    with stand_between(way) as address:
        served = changed(elastic, elasticsearch_url=address)
        pages = TestClient(create_app(served))
    # The way to the cluster is closed now: the server starts all the same.
    with pages as client:
        for _ in range(5):
            for door in ("/api/v1/search", "/search", "/readyz", "/api/v1/records/a"):
                response = client.get(door)
                assert response.status_code == 503, door
                assert int(response.headers["Retry-After"]) > 0
        assert client.get("/healthz").status_code == 200
        with stand_between(way, urlsplit(address).port or 0):
            time.sleep(SECONDS_OPEN)
            assert client.get("/api/v1/search").json()["total"] == 1
            assert client.get("/readyz").status_code == 200


# ------------------------------------------------------------------ large results


WIDE = 5_000
DEEP = 10_600


@pytest.fixture
def large(elastic: Installation, one: IndexDocument) -> Installation:
    """More records than an offset reaches, more agencies than one request counts."""
    documents = [
        replace(
            one,
            id=f"r{number}",
            revision=f"r{number}",
            fields={**one.fields, "publisher": (f"p{number % WIDE}",), "published_order": number},
        )
        for number in range(DEEP)
    ]
    assert write(elastic, documents) == {}
    return elastic


def test_a_wide_field_is_counted_exactly(large: Installation) -> None:
    result = ask(large, EngineQuery(MatchAll(), facets=("publisher", "genre"), limit=0))[0]
    assert result.total == DEEP
    assert result.facets["publisher"] == Counter(f"p{number % WIDE}" for number in range(DEEP))


@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.NEWEST])
def test_a_cursor_goes_on_past_the_ten_thousandth_hit(large: Installation, sort: Sort) -> None:
    async def walk() -> list[str]:
        engine = large.open_engine()
        found: list[str] = []
        cursor: str | None = None
        try:
            while True:
                query = ConstantScore(MatchAll(), 1.5)
                asked = EngineQuery(query, sort=sort, limit=1_000, after=cursor)
                result = await engine.search(asked)
                assert result.total == DEEP
                found += [hit.id for hit in result.hits]
                cursor = result.next_cursor
                if cursor is None:
                    return found
        finally:
            await engine.close()

    found = asyncio.run(walk())
    assert found == [f"r{number}" for number in reversed(range(DEEP))]


def test_a_point_in_time_holds_still_but_shows_nothing_withdrawn(
    large: Installation, one: IndexDocument
) -> None:
    """By relevance, from the second page on: of writes in between only withdrawals are seen."""
    later = replace(one, id="later", fields={**one.fields, "published_order": DEEP - 320})

    async def walk() -> list[str]:
        engine = large.open_engine()
        found: list[str] = []
        cursor: str | None = None
        try:
            for page in range(4):
                asked = EngineQuery(MatchAll(), limit=100, after=cursor)
                result = await engine.search(asked)
                found += [hit.id for hit in result.hits]
                cursor = result.next_cursor
                if page == 1:
                    with closing(large.open_store()) as store:
                        store.withdraw([f"r{DEEP - 250}"], cause="staff")
                    write(large, [later])
            return found
        finally:
            await engine.close()

    expected = [number for number in range(DEEP - 1, DEEP - 402, -1) if number != DEEP - 250]
    assert asyncio.run(walk()) == [f"r{number}" for number in expected]


def test_a_cursor_fits_into_a_question(elastic: Installation) -> None:
    many = changed(elastic, elasticsearch_shards=10)
    write(many, [make_document(many, id=f"r{number}") for number in range(30)])
    with TestClient(create_app(many)) as client:
        cursor = ""
        for _ in range(3):
            parameters = {"q": "饮水", "size": 10, **({"cursor": cursor} if cursor else {})}
            response = client.get("/api/v1/search", params=parameters)
            assert response.status_code == 200, response.text
            cursor = response.json()["next_cursor"]
        assert cursor is None


def test_a_cursor_that_has_run_out_says_so(large: Installation) -> None:
    async def outlive() -> None:
        engine = large.open_engine()
        try:
            first = await engine.search(EngineQuery(MatchAll(), limit=10))
            second = await engine.search(EngineQuery(MatchAll(), limit=10, after=first.next_cursor))
            position = read_cursor(second.next_cursor or "", Sort.RELEVANCE, None)
            with closing(open_client(large.settings)) as client:
                client.close_point_in_time(id=str(position[2]))
            await engine.search(EngineQuery(MatchAll(), limit=10, after=second.next_cursor))
        finally:
            await engine.close()

    with pytest.raises(BadRequestError) as caught:
        asyncio.run(outlive())
    assert caught.value.parameter == "cursor"
