"""The office that supervises: what each agency owes, as a table, as files, and to send."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from docx import Document
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from gongkai.engines.installation import Installation
from gongkai.staff.audit import Action, Audit
from gongkai.staff.certificates import Certificates
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from search_api.app import create_app
from tests.journeys.browsing import follow
from tests.journeys.conftest import watched_page

BUREAU = "340800-czj"
PAGES = ("", ".csv", ".xlsx", "/history", f"/{BUREAU}", f"/{BUREAU}/report.docx?year=2024")
GAPS = ("/staff/gaps", "/staff/gaps.csv")


@pytest.fixture(scope="module")
def token(sampled: Installation) -> str:
    return Tokens(open_ledger(sampled.settings.data_dir)).add("督查室")


@pytest.fixture(scope="module")
def office(sampled: Installation, token: str) -> Iterator[TestClient]:
    with TestClient(create_app(sampled)) as client:
        assert client.post("/staff/sign-in", data={"token": token}).status_code == 200
        yield client


def test_the_three_agencies_of_the_sample_have_guides_and_gaps(office: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(office.get("/staff/supervision.csv").text)))
    names = [row[next(iter(row))] for row in rows]
    found = dict(zip(names, rows, strict=True))
    for name in ("安庆市财政局", "怀宁县人民政府", "安庆市人力资源和社会保障局"):
        assert found[name]["政府信息公开指南"] == "合格：1 条"
        assert found[name]["政府信息公开年报"].startswith(("需改进：", "不合格："))
    assert found["安庆市统计局"]["政府信息公开指南"] == "不合格：没有"
    # A township owes no 制度; what is not asked for is no failure.
    assert found["怀宁县石牌镇人民政府"]["政府信息公开制度"] == ""
    assert not any(row["级别"] in ("国家", "省") for row in rows)
    sheet = load_workbook(io.BytesIO(office.get("/staff/supervision.xlsx").content)).active
    assert sheet is not None
    assert sheet.max_row == len(rows) + 1


def test_the_reports_tables_follow_the_state_councils_format(office: TestClient) -> None:
    path = f"/staff/supervision/{BUREAU}/report"
    document = Document(io.BytesIO(office.get(f"{path}.docx?year=2024").content))
    text = "\n".join(each.text for each in document.paragraphs)
    for part in (
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理",
        "四、因政府信息公开工作",
    ):
        assert part in text
    disclosed, applications, reviews = (document.tables[at] for at in (0, 4, 5))
    assert [cell.text for cell in disclosed.rows[0].cells] == [
        "信息内容",
        "本年制发件数",
        "本年废止件数",
        "现行有效件数",
    ]
    assert applications.rows[0].cells[3].text == "法人或其他组织"
    assert len(applications.rows) == 2 + 25
    assert not any(cell.text for row in applications.rows[2:] for cell in row.cells[1:])
    assert len(reviews.columns) == 15
    book = load_workbook(io.BytesIO(office.get(f"{path}.xlsx?year=2024").content))
    assert book.sheetnames == ["主动公开", "公开申请", "复议诉讼"]
    assert office.get(f"{path}.docx?year=1066").status_code == 422
    assert office.get("/staff/supervision/nobody").status_code == 404


def test_missing_numbers_are_listed_for_staff(office: TestClient) -> None:
    page = office.get("/staff/gaps?least=3").text
    assert "未公开或未收录" in page
    rows = list(csv.reader(io.StringIO(office.get("/staff/gaps.csv?least=3").text)))[1:]
    found = {(row[0], row[1], row[2]) for row in rows}
    assert found >= {
        ("宜财预", "2024", "3"),
        ("宜财预", "2024", "4"),
        ("怀政", "2024", "3"),
        ("宜人社办", "2023", "2"),
    }
    assert not found & {("宜财预", "2024", "1"), ("宜财预", "2024", "6")}
    assert "没有符合条件的系列" in office.get("/staff/gaps").text


def test_a_certificate_is_replayed_while_its_generation_is_kept(
    office: TestClient, sampled: Installation
) -> None:
    form = office.get("/staff/certificate").text
    key = re.search(r'name="form_key" value="([^"]+)"', form)
    assert key
    empty = office.post("/staff/certificate", data={"q": " ", "form_key": key[1]})
    assert (empty.status_code, "请填写检索词或者文号" in empty.text) == (422, True)
    issued = office.post("/staff/certificate", data={"q": "公积金", "form_key": key[1]})
    assert issued.status_code == 200
    again = f"{issued.url.path}/replay"
    assert "结果与证明一致" in office.get(again).text
    certificates = Certificates(open_ledger(sampled.settings.data_dir))
    found = certificates.find(issued.url.path.rpartition("/")[2])
    assert found
    other = certificates.issue({**found.content, "total": 10_000}, "督查室")
    assert "结果与证明不一致" in office.get(f"/staff/certificates/{other.id}/replay").text
    gone = certificates.issue({**found.content, "generation": "20200101t000000-000000"}, "督查室")
    assert "已经不再保留" in office.get(f"/staff/certificates/{gone.id}/replay").text
    assert office.get("/staff/certificates/20200101-00000000/replay").status_code == 404


def test_a_stranger_sees_nothing_and_exports_are_logged(
    office: TestClient, sampled: Installation
) -> None:
    stranger = TestClient(office.app)
    for page in PAGES:
        assert stranger.get(f"/staff/supervision{page}").status_code == 401
        assert office.get(f"/staff/supervision{page}").status_code == 200
    for gaps in GAPS:
        assert stranger.get(gaps).status_code == 401
    entries = Audit(open_ledger(sampled.settings.data_dir)).entries()
    assert {each.action for each in entries} >= {Action.EXPORTED}
    assert "公开督查" in office.get("/staff/audit").text


def test_an_officer_goes_from_the_table_to_a_page_to_send(
    browser: Browser, address: str, token: str
) -> None:
    with watched_page(browser, address, "desk", has_script=True) as page:
        page.goto("/staff")
        page.get_by_label("令牌").fill(token)
        follow(page.get_by_role("button", name="登录"))
        # The first page of this group of the menu is the table.
        follow(page.get_by_role("link", name="检查督查"))
        page.get_by_label("级别").select_option("市")
        follow(page.get_by_role("button", name="查看"))
        expect(page.locator("tbody")).not_to_contain_text("石牌镇")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        follow(page.get_by_role("link", name="安庆市财政局", exact=True))
        expect(page.get_by_role("heading", level=1)).to_contain_text("安庆市财政局")
        expect(page.locator("table").first).to_contain_text("政府信息公开指南")
        expect(page.get_by_role("button", name="打印")).to_be_visible()
