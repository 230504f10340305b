"""Copies of answers: kept, asked about, and fallen with the next commit or withdrawal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from indexer.pipeline import IndexJob, publish
from search_api.app import create_app
from search_api.http import caching as middleware
from tests.journeys.command import plain_row, write_rows

pytestmark = pytest.mark.usefixtures("always_fresh")
PATHS = ("/", "/search?q=饮水", "/records/r1", "/api/v1/search?q=饮水", "/api/v1/records/r1",
         "/feed.atom", "/search/export", "/browse", "/sitemap.xml")  # fmt: skip


@pytest.fixture
def served(installation: Installation, tmp_path: Path) -> Installation:
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    made = replace(installation, settings=settings)
    add(made, 1, 2)
    return made


@pytest.fixture
def client(served: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(served)) as opened:
        # The words of the index are read in the background, and are part of what answers are.
        opened.get("/api/v1/suggest?q=饮水")
        yield opened


def add(made: Installation, *numbers: int) -> None:
    folder = made.settings.data_dir.parent
    rows = [plain_row(number) for number in numbers]
    publish(IndexJob([write_rows(folder / f"rows{numbers[0]}.jsonl", rows)]), made)


def etags(client: TestClient) -> dict[str, str]:
    return {path: client.get(path).headers["etag"] for path in PATHS}


@pytest.mark.parametrize("path", PATHS)
def test_an_unchanged_answer_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    for named in (etag, etag.removeprefix("W/"), f'"x", {etag}'):
        again = client.get(path, headers={"If-None-Match": named})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get(path).headers["etag"] == etag


def test_a_commit_and_a_withdrawal_let_every_copy_fall(
    served: Installation, client: TestClient
) -> None:
    before = etags(client)
    add(served, 3)
    after = etags(client)
    assert not set(before.values()) & set(after.values())
    served.open_store().withdraw(["r1"], cause=STAFF)
    for path, etag in after.items():
        status = client.get(path, headers={"If-None-Match": etag}).status_code
        assert status == (410 if path.endswith("r1") else 200), path


def test_only_the_index_changes_the_etag_of_a_replica() -> None:
    days, rests = [date(2026, 12, 31)], ["1"]

    async def read_version() -> middleware.DataVersion:
        return middleware.DataVersion("1", rests[0])

    app = middleware.ConditionalGetMiddleware(
        PlainTextResponse("text"), read_version, today=lambda: days[0]
    )
    client = TestClient(app)
    paths = ("/search?q=今天", "/records/r1", "/api/v1/replica")

    def read_etags() -> list[str]:
        return [client.get(path).headers["etag"] for path in paths]

    first = read_etags()
    days[0] = date(2027, 1, 1)
    second = read_etags()
    rests[0] = "2"
    third = read_etags()
    for before, after in ((first, second), (second, third)):
        is_same = [one == other for one, other in zip(before, after, strict=True)]
        assert is_same == [False, False, True]


def test_what_readers_chose_tells_copies_apart(client: TestClient) -> None:
    plain = client.get("/").headers
    elder = client.get("/", headers={"Cookie": "appearance=elder.system"}).headers
    assert plain["etag"] != elder["etag"]
    assert "Cookie" in plain["vary"]


def test_faults_are_not_kept(client: TestClient) -> None:
    for path in ("/records/none", "/api/v1/records/none", "/search?page=0", "/nothing"):
        response = client.get(path)
        assert response.status_code >= 400
        assert response.headers["cache-control"] == "no-store"
        assert "etag" not in response.headers
    assert client.get("/records/none", headers={"If-None-Match": "*"}).status_code == 404


def test_files_with_their_content_in_the_address_are_kept_for_good(client: TestClient) -> None:
    page = client.get("/").text
    address = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    assert "immutable" in client.get(address).headers["cache-control"]
    assert client.get("/static/gongkai.css").headers["cache-control"] == "no-cache"


def test_long_answers_are_packed(client: TestClient) -> None:
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == packed.text
