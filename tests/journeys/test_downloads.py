"""Lists taken along: CSV and JSON Lines that come in again, feeds, and what crawlers read."""

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from gongkai.catalog.disclosure import Disclosure
from gongkai.engines.installation import Installation
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from search_api.app import create_app
from tests.journeys.command import plain_row, write_rows

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_whole_list_as_a_table(client: TestClient) -> None:
    response = client.get("/search/export", params={"q": "公积金"})
    assert response.headers["content-type"].startswith("text/csv")
    assert "attachment" in response.headers["content-disposition"]
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response.content.endswith(b"\r\n")
    rows = read_csv(response.text)
    found = client.get("/api/v1/search", params={"q": "公积金", "size": 100}).json()
    assert {row["id"].strip("\t'") for row in rows} == {hit["id"] for hit in found["hits"]}
    days = [row["发布日期"] for row in rows]
    assert days == sorted(days, reverse=True)


def test_more_records_than_are_read_at_once(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.search.service.STREAMED_AT_ONCE", 7)
    total = client.get("/api/v1/search").json()["total"]
    lines = client.get("/api/v1/search/export", params={"format": "jsonl"}).content.splitlines()
    ids = [orjson.loads(line)["id"] for line in lines]
    assert len(ids) == len(set(ids)) == total


def test_filters_and_the_format_stand_side_by_side(client: TestClient) -> None:
    parameters = {"format": ["图片", "jsonl"], "sort": "oldest"}
    lines = client.get("/search/export", params=parameters).content.splitlines()
    total = client.get("/api/v1/search", params={"format": "图片"}).json()["total"]
    assert len(lines) == total > 0
    assert {orjson.loads(line)["format"] for line in lines} == {"图片"}
    assert client.get("/search/export", params={"page": 2}).status_code == 422


@pytest.mark.parametrize("name", ["json", "xml", "xlsx", "CSV", "不存在"])
def test_a_format_that_does_not_exist_is_told_with_those_that_do(
    client: TestClient, name: str
) -> None:
    for path in ("/search/export", "/api/v1/search/export"):
        response = client.get(path, params={"format": name})
        assert response.status_code == 422
        assert "csv、jsonl" in response.text


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_what_goes_out_comes_in_again(
    client: TestClient, installation: Installation, tmp_path: Path, file_format: str
) -> None:
    exported = tmp_path / f"export.{file_format}"
    exported.write_bytes(client.get("/search/export", params={"format": file_format}).content)
    settings = installation.settings.model_copy(
        update={"data_dir": tmp_path / "data", "disclosure": Disclosure.PUBLIC}
    )
    again = replace(installation, settings=settings)
    published = publish(IndexJob(find_sources([exported])), again)
    assert not published.summary.refused
    keys = ("title", "document_number", "publisher", "published_on", "topic", "disclosure")
    with TestClient(create_app(again)) as other:
        taken, given = (
            {
                hit["id"]: [hit[key] for key in keys]
                for page in (1, 2, 3)
                for hit in each.get("/api/v1/search", params={"size": 100, "page": page}).json()[
                    "hits"
                ]
            }
            for each in (other, client)
        )
    assert taken == given


@pytest.fixture
def hostile(installation: Installation, tmp_path: Path) -> Iterator[TestClient]:
    """Titles that a spreadsheet or an XML reader would take for something else."""
    rows = [
        plain_row(1, title='=HYPERLINK("http://x.example","点")', index_number="0012"),
        plain_row(2, title="@SUM(A1)的“<5”&\u0008通知", published_on="2008-05"),
        plain_row(3, title='带"引号"，逗号\n和😀𠮷的通知'),
    ]
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    served = replace(installation, settings=settings)
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", rows)]), served)
    with TestClient(create_app(served)) as opened:
        yield opened


def test_no_cell_is_a_formula_nor_loses_its_zeros(hostile: TestClient) -> None:
    rows = {row["id"]: row for row in read_csv(hostile.get("/search/export").text)}
    assert rows["r1"]["标题"].startswith("'=HYPERLINK")
    assert rows["r1"]["索引号"] == "\t0012"
    assert rows["r2"]["标题"].startswith("'@SUM")
    assert rows["r2"]["发布日期"] == "\t2008-05"
    assert "😀𠮷" in rows["r3"]["标题"]


def test_a_feed_of_a_search(client: TestClient, hostile: TestClient) -> None:
    response = client.get("/feed.atom", params={"q": "公积金"})
    assert response.headers["content-type"].startswith("application/atom+xml")
    root = ET.fromstring(response.content)
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == client.get("/api/v1/search", params={"q": "公积金"}).json()["total"]
    updated = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert root.findtext(f"{ATOM}updated") == updated[0]
    links = [entry.find(f"{ATOM}link") for entry in entries]
    assert all(link is not None and client.get(link.get("href", "")).is_success for link in links)
    titles = [e.text for e in ET.fromstring(hostile.get("/feed.atom").content).iter(f"{ATOM}title")]
    assert any(title and "<5”&" in title for title in titles)


def test_every_record_is_in_a_sitemap(client: TestClient) -> None:
    index = ET.fromstring(client.get("/sitemap.xml").content)
    parts = [each.text or "" for each in index.iter(f"{SITEMAP}loc")]
    pages = [
        each.text or ""
        for part in parts
        for each in ET.fromstring(client.get(part).content).iter(f"{SITEMAP}loc")
    ]
    records = {page for page in pages if "/records/" in page}
    assert len(records) == client.get("/api/v1/search").json()["total"]
    others = [page for page in pages if "/records/" not in page]
    assert all(client.get(page).status_code == 200 for page in [*others, *sorted(records)[:5]])
    assert client.get("/sitemap/2023-13.xml").status_code == 404
    assert client.get("/sitemap/x.xml").status_code == 404


def test_crawlers_are_kept_out_of_combinations(client: TestClient) -> None:
    rules = client.get("/robots.txt").text
    assert "Disallow: /search?*&" in rules
    assert "Sitemap: http://testserver/sitemap.xml" in rules
    one = client.get("/search", params={"q": "公积金"}).text
    two = client.get("/search", params={"q": "公积金", "year": "2023"}).text
    assert 'content="noindex' not in one
    assert 'content="noindex, nofollow"' in two


def test_a_browser_may_search_from_its_address_bar(client: TestClient) -> None:
    described = ET.fromstring(client.get("/opensearch.xml").content)
    templates = {
        each.get("type"): each.get("template", "") for each in described if each.get("template")
    }
    page = templates["text/html"].replace("{searchTerms}", "公积金")
    assert client.get(page).status_code == 200
    suggested = templates["application/x-suggestions+json"].replace("{searchTerms}", "gjj")
    typed, texts = client.get(suggested).json()
    assert typed == "gjj"
    assert "公积金" in texts


def test_addresses_are_those_that_readers_know(sampled: Installation) -> None:
    public = "https://xxgk.example.gov.cn"
    settings = sampled.settings.model_copy(update={"public_url": public})
    with TestClient(create_app(replace(sampled, settings=settings))) as client:
        assert f"Sitemap: {public}/sitemap.xml" in client.get("/robots.txt").text
        assert f"{public}/records/" in client.get("/search/citations").text
        assert f"{public}/records/" in client.get("/feed.atom").text


def test_citations_of_one_page(client: TestClient) -> None:
    response = client.get("/search/citations", params={"q": "公积金", "size": 2})
    lines = response.text.splitlines()
    assert response.headers["content-type"].startswith("text/plain")
    assert len(lines) == 2
    assert all("[A/OL]" in line for line in lines)
