"""A query that takes too long is stopped and told; the next one is answered."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from gongkai.engines.deadline import Deadline, run_in_time
from gongkai.engines.elastic.circuit import FAILURES_TO_OPEN
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery
from gongkai.errors import EngineUnavailableError, QueryTimeoutError
from gongkai.query.tree import MatchAll, Term
from search_api.app import create_app
from tests.engines.proxy import Way, stand_between
from tests.engines.records import changed, make_document

ALL = EngineQuery(MatchAll())


def write_one(installation: Installation) -> None:
    store = installation.open_store()
    with store.update() as writer:
        writer.put(make_document(installation, id="a"))
        writer.commit()
        name = writer.name
    store.publish(name)
    store.close()


@pytest.fixture
def hurried(fresh: Installation) -> Iterator[TestClient]:
    """The embedded engine with no time for any query."""
    write_one(fresh)
    opened = changed(fresh, query_timeout_seconds=1e-6)
    with TestClient(create_app(opened), raise_server_exceptions=False) as client:
        yield client


def test_work_is_given_up_in_time_and_stops_before_its_next_step() -> None:
    ready, stopped = threading.Event(), threading.Event()

    def work(deadline: Deadline) -> None:
        ready.wait()
        try:
            deadline.check()
        except QueryTimeoutError:
            stopped.set()

    async def run() -> None:
        with pytest.raises(QueryTimeoutError):
            await run_in_time(0.01, work)
        ready.set()

    asyncio.run(run())
    assert stopped.wait(60)
    assert asyncio.run(run_in_time(60, lambda deadline: deadline.check())) is None


@pytest.mark.parametrize(
    "path", ["/api/v1/search?q=饮水", "/api/v1/search", "/api/v1/search/export"]
)
def test_a_query_out_of_time_is_a_problem_document(hurried: TestClient, path: str) -> None:
    answer = hurried.get(path)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "用时过长" in answer.json()["title"]
    assert answer.headers["retry-after"]


def test_a_query_out_of_time_is_a_page(hurried: TestClient) -> None:
    answer = hurried.get("/search?q=饮水")
    assert answer.status_code == 503
    assert "用时过长" in answer.text
    assert hurried.get("/healthz").status_code == 200


def test_elasticsearch_stops_a_query_and_goes_on(elastic: Installation) -> None:
    write_one(elastic)
    way = Way(elastic.settings.elasticsearch_url)
    with stand_between(way) as address:
        served = changed(elastic, elasticsearch_url=address, elasticsearch_timeout_seconds=1.0)

        async def run() -> None:
            engine = served.open_engine()
            try:
                assert (await engine.search(ALL)).total == 1
                for fault in (*["out of time"] * (FAILURES_TO_OPEN + 1), "hangs"):
                    way.searches = [fault]
                    with pytest.raises(QueryTimeoutError):
                        await engine.search(ALL)
                    way.searches = [fault]
                    with pytest.raises(QueryTimeoutError):
                        await engine.count([Term("id", "a")])
                assert (await engine.search(ALL)).total == 1
            finally:
                await engine.close()

        asyncio.run(run())
        way.over.set()


def test_a_cluster_that_is_away_is_no_slow_query(elastic: Installation) -> None:
    write_one(elastic)
    with stand_between(Way(elastic.settings.elasticsearch_url)) as address:
        served = changed(elastic, elasticsearch_url=address)
        engine = served.open_engine()

    async def run() -> None:
        with pytest.raises(EngineUnavailableError) as raised:
            await engine.search(ALL)
        assert not isinstance(raised.value, QueryTimeoutError)
        await engine.close()

    asyncio.run(run())
