"""Pages of a small catalog: stated terms, dates, scopes, interpretations, and staff's list."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from gongkai.catalog.instants import today_in_china
from gongkai.engines.installation import Installation
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from search_api.app import create_app
from tests.journeys.command import plain_row, write_rows

PASSED = "第七条 本办法自2001年10月1日起施行，有效期五年。"


@pytest.fixture(scope="module")
def office(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("terms")
    settings = installation.settings.model_copy(update={"data_dir": folder / "data"})
    made = replace(installation, settings=settings)
    soon = today_in_china() + timedelta(30)
    coming = f"本办法自2001年10月1日起施行，有效期至{soon.year}年{soon.month}月{soon.day}日。"
    rows = [
        plain_row(
            1, title="农村供水管理办法", body=PASSED, validity="有效", issued_on="2001-09-01"
        ),
        plain_row(2, title="城市供水管理办法", body=coming),
        plain_row(3, title="《城市供水管理办法》政策解读", body="说明农村供水。"),
        plain_row(4, title="供水保证金管理办法（已废止）", body=PASSED),
    ]
    publish(IndexJob(find_sources([write_rows(folder / "export.jsonl", rows)])), made)
    return made


@pytest.fixture(scope="module")
def client(office: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(office), raise_server_exceptions=False) as opened:
        yield opened


def test_a_term_that_has_passed_is_shown_everywhere(client: TestClient) -> None:
    listed = client.get("/search?q=农村供水").text
    assert listed.count("文中期限已过") == 1
    record = client.get("/records/r1").text
    assert "文中期限已过" in record
    assert "正文写明的有效期到2006年9月30日为止，现已届满" in record
    assert "正文：“第七条 本办法自2001年10月1日起施行，有效期五年”" in record
    assert "现已届满" not in client.get("/records/r2").text
    assert "现已届满" in client.get("/kiosk/records/r1").text


def test_the_mark_of_a_title_is_its_validity(client: TestClient) -> None:
    found = client.get("/api/v1/records/r4").json()
    assert (found["validity"], found["validity_inferred"]) == ("废止", True)
    page = client.get("/records/r4").text
    assert "本文件已经废止" in page
    assert "文中期限已过" not in page


def test_the_parameters_of_dates_scope_and_force(client: TestClient) -> None:
    def ids(query: str) -> set[str]:
        return {hit["id"] for hit in client.get(f"/api/v1/search?{query}").json()["hits"]}

    assert ids("in_force=true") == {"r2", "r3"}
    assert ids("effective_to=2001") == {"r1", "r2", "r4"}
    assert ids("issued_from=2001-09&issued_to=2001-09") == {"r1"}
    assert ids("q=农村供水&scope=title&relax=false") == {"r1"}
    assert ids("q=农村供水&scope=all&relax=false") == {"r1", "r3"}
    for wrong in ("scope=body", "in_force=perhaps", "issued_from=x", "effective_from=3&"):
        assert client.get(f"/api/v1/search?{wrong}").status_code in (400, 422), wrong
    wrong_way = client.get("/api/v1/search?issued_from=2021&issued_to=2020")
    assert wrong_way.json()["parameter"] == "issued_from"


def test_the_page_keeps_dates_scope_and_force(client: TestClient) -> None:
    page = client.get("/search?q=供水&scope=title&in_force=true&issued_from=2001&effective_to=2002")
    for chip in ("检索范围：", "有效性：", "成文日期：", "施行日期："):
        assert f'<span class="quiet">{chip}</span>' in page.text
    assert 'name="issued_from" value="2001-01-01"' in page.text
    assert '<input type="hidden" name="scope" value="title">' in page.text
    fault = client.get("/search?issued_from=2021&issued_to=2020&effective_from=3000")
    assert fault.status_code in (400, 422)
    inverted = client.get("/search?issued_from=2021&issued_to=2020")
    assert inverted.status_code == 422
    assert 'id="issued-error" role="alert">起始日期晚于截止日期' in inverted.text


def test_a_rule_and_its_interpretation_link_to_each_other(client: TestClient) -> None:
    assert '<h2 id="explained-by">本文件的政策解读</h2>' in client.get("/records/r2").text
    assert '<h2 id="explains">本信息解读的文件</h2>' in client.get("/records/r3").text
    assert client.get("/api/v1/records/r3").json()["explains"] == [
        {"title": "城市供水管理办法", "document_number": None, "id": "r2"}
    ]


def test_staff_see_and_export_what_ends(client: TestClient, office: Installation) -> None:
    assert "期限将满" not in client.get("/staff/expiring").text
    token = Tokens(open_ledger(office.settings.data_dir)).add("政务公开办")
    client.post("/staff/sign-in", data={"token": token})
    coming = client.get("/staff/expiring").text
    assert "城市供水管理办法" in coming
    assert "农村供水管理办法" not in coming
    passed = client.get("/staff/expiring?state=passed").text
    assert "农村供水管理办法" in passed
    assert "供水保证金" not in passed
    sheet = client.get("/staff/expiring.csv?state=passed").text
    assert sheet.lstrip("\ufeff").startswith("编号,标题,文号,发布机构,成文日期,施行日期,文中期限")
    assert "2006-09-30" in sheet
    assert "期限将满的文件：已经到期" in client.get("/staff/audit").text
