"""The application for information (依申请公开): filled in the browser, checked, saved as DOCX."""

import io
from pathlib import Path

import pytest
from docx import Document
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect
from pypdfium2 import PdfDocument

from gongkai.engines.installation import Installation
from gongkai.staff.staff_database import open_ledger
from tests.journeys.browsing import follow, record_path

FILLED = {
    "agency": "安庆市民政局",
    "name": "申请人甲",
    "identity": "居民身份证",
    "phone": "0556-5550000",
    "address": "安庆市某路1号",
    "wanted": "低保标准调整的依据",
    "received": "邮寄",
}


def texts_of(content: bytes) -> dict[str, str]:
    """The rows of the form's table."""
    (table,) = Document(io.BytesIO(content)).tables
    return {row.cells[0].text: row.cells[1].text for row in table.rows}


def test_a_form_is_filled_checked_and_saved(sized: Page, client: TestClient) -> None:
    path = record_path(client, disclosure="依申请公开")
    sized.goto("/apply?record=" + path.removeprefix("/records/"))
    agency = sized.get_by_label("受理机关").input_value()
    assert agency
    sized.get_by_label("姓名或者名称").fill("申请人甲")
    sized.get_by_label("电子邮箱").fill("no address")
    follow(sized.get_by_role("button", name="检查并保存为 DOCX"))
    expect(sized.get_by_role("alert")).to_contain_text("4 处需要改正")
    expect(sized.get_by_label("姓名或者名称")).to_have_value("申请人甲")
    for label, value in (
        ("证件名称和号码", "居民身份证"),
        ("联系电话", "0556-5550000"),
        ("通信地址和邮政编码", "安庆市某路1号"),
        ("电子邮箱", ""),
    ):
        sized.get_by_label(label).fill(value)
    sized.get_by_label("邮寄", exact=True).check()
    with sized.expect_download() as download:
        sized.get_by_role("button", name="检查并保存为 DOCX").click()
    assert download.value.suggested_filename == "政府信息公开申请表.docx"
    rows = texts_of(Path(download.value.path()).read_bytes())
    assert rows["受理机关"] == agency
    assert rows["姓名或者名称"] == "申请人甲"
    assert "☑ 邮寄" in rows["获取信息的方式"]
    assert "□ 当面领取" in rows["获取信息的方式"]
    assert rows["所需政府信息"].startswith("《")
    assert "申请人签名或者盖章" in rows


def test_a_filled_form_is_printed_on_one_page(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, locale="zh-CN") as context:
        page = context.new_page()
        page.goto("/apply")
        page.get_by_label("受理机关").fill(FILLED["agency"])
        page.get_by_label("所需政府信息").fill(FILLED["wanted"])
        page.get_by_label("邮寄", exact=True).check()
        with PdfDocument(page.pdf(format="A4")) as document:
            assert len(document) == 1
            text = "".join(document[0].get_textpage().get_text_range().split())
    for printed in ("政府信息公开申请表", FILLED["agency"], FILLED["wanted"], "申请人签名或者盖章"):
        assert printed in text
    for unprinted in ("检查并保存", "怎样申请公开", "不保存"):
        assert unprinted not in text


def test_nothing_of_an_application_is_kept(client: TestClient) -> None:
    response = client.post("/apply/form", data=FILLED)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    assert "申请人甲" not in client.get("/apply").text


def test_what_cannot_be_right_is_refused_beside_its_field(client: TestClient) -> None:
    for field, value, message in (
        ("wanted", " ", "请填写所需政府信息"),
        ("phone", "没有", "联系电话应当由数字组成"),
        ("received", "电子邮件", "请填写电子邮箱"),
        ("applicant", "法人或者其他组织", "请填写法定代表人和联系人"),
    ):
        response = client.post("/apply/form", data={**FILLED, field: value})
        assert response.status_code == 422, field
        assert message in response.text
        assert "申请人甲" in response.text
    too_long = client.post("/apply/form", data={**FILLED, "name": "长" * 201})
    assert too_long.status_code == 422
    strange = client.post("/apply/form", data={**FILLED, "wanted": "甲\x00<b>\x0b乙"})
    assert texts_of(strange.content)["所需政府信息"] == "甲<b>乙"


def test_public_records_for_what_is_wanted_are_shown_beside_the_form(
    sized: Page, request: pytest.FixtureRequest
) -> None:
    wanted = "住房公积金提取管理办法"
    sized.goto("/apply")
    matches = sized.locator("#public-matches")
    expect(matches.get_by_role("link")).to_have_count(0)
    sized.get_by_label("姓名或者名称").fill("申请人甲")
    sized.get_by_label("所需政府信息").fill(wanted)
    if "plain" in request.node.name:
        follow(sized.get_by_role("button", name="看看是否已经公开"))
        expect(sized.get_by_label("姓名或者名称")).to_have_value("申请人甲")
    expect(matches.get_by_role("link").first).to_contain_text(wanted)
    assert matches.get_by_role("link").count() <= 3


def test_a_form_is_compared_with_public_records_only_and_not_counted(
    client: TestClient, sampled: Installation
) -> None:
    hidden = record_path(client, disclosure="依申请公开")
    title = client.get(f"/api/v1{hidden}").json()["title"]
    answer = client.post("/apply/matches", data={"wanted": title})
    assert answer.headers["cache-control"] == "no-store"
    assert f'href="{hidden}"' not in answer.text
    none = client.post("/apply/matches", data={"wanted": "龘靐齉爩鱻"})
    assert "没有找到已经公开的有关信息" in none.text
    client.app.state.served.services.zero_results.flush()  # type: ignore[attr-defined]
    with open_ledger(sampled.settings.data_dir).read() as connection:
        (counted,) = connection.execute("SELECT COUNT(*) FROM pending_searches").fetchone()
    assert counted == 0
