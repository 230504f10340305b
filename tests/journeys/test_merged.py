"""Records that staff merged into another one: what is public stays so, and each redirect leads on.

On each engine.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from gongkai.duplicates.clusters import name_cluster
from gongkai.duplicates.decisions import Decision, Decisions, Verdict
from gongkai.duplicates.evidence import Kind
from gongkai.engines.installation import Installation
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from tests.journeys.command import plain_row, write_rows
from tests.journeys.conftest import serving

PAGES = ("/records/{}", "/text/records/{}", "/kiosk/records/{}", "/api/v1/records/{}",
         "/api/v1/records/{}/similar", "/api/v1/records/{}/citations",
         "/citations/records/{}")  # fmt: skip
MERGED = ("r", "similar", "api", "v1", "records", "kiosk", "甲", "a/b", "100%", "%2F", "a?b=c#d",
          "a b", 'x"y', "003127334/200902-00019", "records/r", "r/records", "a%00b", "a/similar",
          "{record_id}", "\\evil.example", "x//evil.example", "text/records", "é",
          "p:q@r")  # fmt: skip
KEPT = (
    "keep",
    "own/similar",
    "保留/1",
    "k%3F",
    "k?#&=",
    "x/similar/y",
    "https:evil.example",
    "k//l",
)


@pytest.fixture(params=["embedded", "elasticsearch"])
def made(request: pytest.FixtureRequest, fresh: Installation) -> Installation:
    kind = "fresh" if request.param == "embedded" else "elastic"
    installation: Installation = request.getfixturevalue(kind)
    return installation


@pytest.fixture
def decisions(made: Installation) -> Decisions:
    return Decisions(made.settings.data_dir)


def index(made: Installation, tmp_path: Path, ids: list[str]) -> None:
    rows = [plain_row(number, id=each) for number, each in enumerate(ids)]
    publish(IndexJob(find_sources([write_rows(tmp_path / "rows.jsonl", rows)])), made)


def merge(decisions: Decisions, *members: str, into: str) -> None:
    kind, at = Kind.SAME_TEXT, "2026-01-05T08:00:00+00:00"
    name = name_cluster(members)
    decisions.decide(Verdict(name, Decision.DUPLICATE, members, kind, 1.0, into, "工号07", at))


def withdraw(made: Installation, *ids: str) -> None:
    with closing(made.open_store()) as store:
        store.withdraw(ids, cause="disclosure")


@pytest.fixture
def client(made: Installation) -> Iterator[httpx2.Client]:
    """A real server's: the test client decodes paths twice."""
    with (
        serving(made) as served,
        httpx2.Client(base_url=served, trust_env=False, timeout=60) as opened,
    ):
        yield opened


def address(page: str, record_id: str) -> str:
    return page.format(quote(record_id, safe="/"))


def ask(client: httpx2.Client, page: str, record_id: str, query: str) -> httpx2.Response:
    return client.get(address(page, record_id) + query)


def test_every_page_of_a_merged_record_leads_to_that_page_of_the_record_kept(
    made: Installation, decisions: Decisions, tmp_path: Path, client: httpx2.Client
) -> None:
    index(made, tmp_path, [*MERGED, *KEPT])
    for kept in KEPT:
        merge(decisions, *MERGED, kept, into=kept)
        for record_id in MERGED:
            for page in PAGES:
                if page == "/api/v1/records/{}" and record_id.endswith("/similar"):
                    continue  # this address is that of the records similar to another one
                query = "?size=2" if "similar" in page else ""
                answer = ask(client, page, record_id, query)
                assert answer.status_code == 308, (page, record_id)
                assert answer.headers["location"] == address(page, kept) + query
        for page in PAGES:
            assert ask(client, page, kept, "").status_code == 200, (page, kept)


def test_a_record_merged_into_one_that_is_closed_is_shown(
    made: Installation, decisions: Decisions, tmp_path: Path, client: httpx2.Client
) -> None:
    index(made, tmp_path, ["a", "b", "c"])
    merge(decisions, "a", "b", into="b")
    merge(decisions, "b", "c", into="c")
    assert client.get("/records/a").headers["location"] == "/records/c"
    withdraw(made, "c")
    for page in PAGES:
        assert client.get(page.format("a")).headers["location"] == page.format("b")
        assert client.get(page.format("b")).status_code == 200
        assert client.get(page.format("c")).status_code == 410
    withdraw(made, "b")
    for page in PAGES:
        assert client.get(page.format("a")).status_code == 200
        assert client.get(page.format("b")).status_code == 410


def test_a_closed_record_answers_as_if_it_was_never_merged(
    made: Installation, decisions: Decisions, tmp_path: Path, client: httpx2.Client
) -> None:
    index(made, tmp_path, ["a", "b", "c"])
    merge(decisions, "a", "b", "never", into="b")
    withdraw(made, "a", "c")
    for page in PAGES:
        merged, plain = client.get(page.format("a")), client.get(page.format("c"))
        assert merged.status_code == plain.status_code == 410
        assert client.get(page.format("never")).status_code == 404
        assert "location" not in merged.headers


def test_records_merged_in_a_ring_are_shown(
    made: Installation, decisions: Decisions, tmp_path: Path, client: httpx2.Client
) -> None:
    index(made, tmp_path, ["a", "b", "c", "d"])
    for one, other in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")):
        merge(decisions, one, other, into=other)
    for page in PAGES:
        assert [client.get(page.format(each)).status_code for each in "abcd"] == [200] * 4
