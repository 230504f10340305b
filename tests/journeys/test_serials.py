"""Annual reports and gazettes by agency, year and issue."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from indexer.pipeline import IndexJob, publish
from search_api.app import create_app
from tests.journeys.command import plain_row, write_rows

CITY = "安庆市人民政府"
GAZETTE = f"{CITY}公报"
REPORT = "安庆市水利局{}年政府信息公开工作年度报告"


@pytest.fixture
def served(installation: Installation, tmp_path: Path) -> Iterator[TestClient]:
    gazette = {"publisher": CITY, "genre": "公报", "published_on": "2021-01-15"}
    titles = [f"{GAZETTE}2020年第{number}期" for number in ("9", "10", "十一")]
    rows = [
        *(plain_row(at, id=f"g{at}", title=each, **gazette) for at, each in enumerate(titles)),
        plain_row(4, id="text", title=f"关于供水的决定（{titles[0]}）", **gazette),
        plain_row(5, id="late", title=REPORT.format(2021)),
        plain_row(6, id="early", title=REPORT.format(2009)),
        plain_row(7, id="about", title=f"关于做好{REPORT.format(2021)}的通知"),
        plain_row(8, id="secret", title=REPORT.format(2020), disclosure="不予公开"),
    ]
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    made = replace(installation, settings=settings)
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", rows)]), made)
    with TestClient(create_app(made)) as client:
        yield client


def read_links(client: TestClient, path: str) -> list[str]:
    """Returns the ids of the records that a page links to, in order."""
    page = client.get(path)
    assert page.status_code == 200
    return [each.partition('"')[0] for each in page.text.split('href="/records/')[1:]]


def test_reports_are_listed_by_year(served: TestClient) -> None:
    # The only agency with reports needs no list of agencies.
    assert read_links(served, "/reports") == ["late", "early"]
    assert read_links(served, "/reports/340800-slj") == ["late", "early"]
    assert served.get("/reports/340800-zf").status_code == 404


def test_gazettes_are_listed_by_issue(served: TestClient) -> None:
    listed = read_links(served, "/gazettes/340800-zf")
    assert listed[:2] == ["g2", "g1"]
    assert set(listed[2:]) == {"g0", "text"}
    assert "第9期" in served.get("/gazettes/340800-zf").text


def test_agencies_are_listed_by_level(client: TestClient) -> None:
    page = client.get("/reports").text
    assert page.index("市级") < page.index('href="/reports/340800-czj"') < page.index("县级")
    assert '<a href="/reports">年度报告</a>' in client.get("/").text
