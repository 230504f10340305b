"""A record's page and what leads from it: marks, relations, citation, downloads, reading aloud."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from gongkai.engines.installation import Installation
from indexer.pipeline import IndexJob, publish
from search_api.app import create_app
from tests.journeys.browsing import follow, record_path
from tests.journeys.command import plain_row, write_rows


@pytest.fixture
def related(installation: Installation, tmp_path: Path) -> Iterator[TestClient]:
    """Two records of which one repeals the other, and one that only resembles them."""
    rows = [
        plain_row(1, id="old/8", title="安庆市农村供水办法", document_number="宜政发〔2008〕8号"),
        plain_row(
            2,
            id="new",
            title="安庆市城乡供水办法",
            published_on="2021-01-01",
            body="本办法自公布之日起施行，《安庆市农村供水办法》（宜政发〔2008〕8号）和"
            "《安庆市打井办法》同时废止。",
        ),
        plain_row(3, id="other", title="安庆市农村供水工程管理细则"),
        plain_row(4, id="far", title="烟花爆竹零售点布局"),
        plain_row(
            5, id="fee", title="水价调整", body="根据《安庆市城乡供水办法》，现将水价通知如下。"
        ),
        plain_row(6, id="far/comparison", title="灯光秀时间安排"),
    ]
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    served = replace(installation, settings=settings)
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", rows)]), served)
    with TestClient(create_app(served)) as client:
        yield client


def test_a_repeal_is_told_on_both_records(related: TestClient) -> None:
    new, old = (related.get(f"/api/v1/records/{each}").json() for each in ("new", "old/8"))
    assert new["repeals"] == [
        {"title": "安庆市农村供水办法", "document_number": "宜政发〔2008〕8号", "id": "old/8"},
        {"title": "安庆市打井办法", "document_number": None, "id": None},
    ]
    assert new["repealed_by"] == old["repeals"] == []
    assert [each["id"] for each in old["repealed_by"]] == ["new"]
    page = related.get("/records/old/8").text
    assert "写明本文件已经废止" in page
    assert '<a href="/records/new">《安庆市城乡供水办法》</a>' in page
    assert "《安庆市打井办法》" in related.get("/records/new").text


def test_a_citation_is_linked_on_both_records(related: TestClient) -> None:
    assert '<a href="/records/new">安庆市城乡供水办法</a>' in related.get("/records/fee").text
    for page in ("/records/new", "/citations/records/new", "/kiosk/records/new"):
        text = related.get(page).text
        assert "引用本文件的文件" in text, page
        assert "records/fee" in text, page
    assert related.get("/citations/records/new?page=2").status_code == 200
    assert related.get("/citations/records/none").status_code == 404


def test_the_like_of_a_record(related: TestClient) -> None:
    similar = related.get("/api/v1/records/old/8/similar").json()["hits"]
    assert "other" in [hit["id"] for hit in similar]
    assert not {"old/8", "far"} & {hit["id"] for hit in similar}
    assert len(related.get("/api/v1/records/old/8/similar?size=1").json()["hits"]) == 1
    assert related.get("/api/v1/records/none/similar").status_code == 404


def test_an_id_may_end_like_an_address_below_a_record(related: TestClient) -> None:
    address = "/api/v1/records/{}/comparison"
    assert related.get(address.format("far")).json()["id"] == "far/comparison"
    assert related.get(address.format("new")).status_code == 422
    assert related.get(address.format("far"), params={"with": "new"}).status_code == 404


def test_the_words_that_led_here_are_marked(sized: Page, client: TestClient) -> None:
    path = record_path(client, q="安庆市住房公积金提取管理办法")
    sized.goto(f"{path}?q={quote('公积金提取')}")
    expect(sized.locator("h1 mark").first).to_have_text("公积金提取")
    assert sized.locator(".body mark").count() > 0
    follow(sized.get_by_role("link", name="返回“公积金提取”的检索结果"))
    expect(sized.locator("#q")).to_have_value("公积金提取")


def test_a_citation_and_an_address_to_copy(sized: Page, client: TestClient, address: str) -> None:
    path = record_path(client, q="安庆市住房公积金提取管理办法")
    sized.goto(path)
    citation = sized.get_by_label("引文").input_value()
    assert citation.startswith(
        "安庆市住房公积金管理中心. 安庆市住房公积金提取管理办法: 宜公积金〔2021〕12号[A/OL]."
    )
    assert citation.endswith(f"{address}{path}.")
    expect(sized.get_by_label("本页网址")).to_have_value(f"{address}{path}")


def test_a_record_goes_home_as_a_file(sized: Page, client: TestClient) -> None:
    sized.goto(record_path(client, q="安庆市住房公积金提取管理办法"))
    with sized.expect_download() as download:
        sized.get_by_role("link", name="下载文本").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert text.startswith("安庆市住房公积金提取管理办法")
    assert "文号：宜公积金〔2021〕12号" in text
    assert "第七条 本办法自2021年10月1日起施行" in text


def test_an_entry_on_request_goes_home_without_a_text(client: TestClient) -> None:
    path = record_path(client, disclosure="依申请公开")
    text = client.get(f"/text{path}").text
    assert "依申请公开，正文可以向发布机构申请获取" in text
    page = client.get(path).text
    assert f"/apply?record={quote(path.removeprefix('/records/'), safe='')}" in page
    form = client.get(f"/apply?record={path.removeprefix('/records/')}").text
    assert "所需政府信息" in form
    assert client.get("/apply?record=none").status_code == 404


def test_related_records_are_a_step_away(sized: Page, client: TestClient) -> None:
    sized.goto(record_path(client, q="安庆市住房公积金提取管理办法"))
    link = sized.locator(".similar h3 a").first
    title = link.inner_text()
    assert "公积金" in title
    follow(link)
    expect(sized.get_by_role("heading", level=1)).to_have_text(title)


def test_a_record_describes_itself_to_search_engines(client: TestClient) -> None:
    page = client.get(record_path(client, q="安庆市住房公积金提取管理办法")).text
    described = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert '"@type": "DigitalDocument"' in described
    assert '"name": "安庆市住房公积金提取管理办法"' in described.encode().decode("unicode_escape")


def test_it_is_read_aloud_part_by_part(browser: Browser, address: str, client: TestClient) -> None:
    """Chromium here has no voice: a speech engine that only listens stands in for the system's."""
    with browser.new_context(base_url=address) as context:
        context.add_init_script(
            """const said = []; window.said = said;
            const engine = {getVoices: () => [{lang: 'zh-CN'}], cancel() {},
              speak(part) { said.push(part.text); this.part = part; }};
            Object.defineProperty(window, 'speechSynthesis', {value: engine});
            window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };"""
        )
        page = context.new_page()
        page.goto(record_path(client, q="安庆市住房公积金提取管理办法"))
        button = page.get_by_role("button", name="朗读")
        button.click()
        expect(page.locator("h1.reading")).to_be_visible()
        page.evaluate("speechSynthesis.part.onend()")
        expect(page.locator("h1.reading")).to_have_count(0)
        assert page.locator(".reading").count() == 1
        assert page.evaluate("said")[0] == "安庆市住房公积金提取管理办法"
        page.get_by_role("button", name="停止朗读").click()
        expect(page.locator(".reading")).to_have_count(0)


def test_copying_says_that_it_is_done(browser: Browser, address: str, client: TestClient) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    with browser.new_context(base_url=address, permissions=permissions) as context:
        page = context.new_page()
        page.goto(record_path(client, q="公积金提取"))
        page.get_by_text("引用和分享").click()
        page.get_by_role("button", name="复制引文").click()
        expect(page.locator(".done")).to_have_text("已复制。")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.get_by_label("引文").input_value()


RULES = """第一章 总则
第一条 为了方便停车，制定本办法。
第二条 本办法适用于市区，依照本办法第三条收费。
第二章 收费
第三条 停车一小时以内不收费。
第四条 残疾人停车减半收费。
第五条 违反第三条的，由城市管理部门责令改正。
第六条 本办法自公布之日起施行。
"""


@pytest.fixture
def ruled(installation: Installation, tmp_path: Path) -> Iterator[TestClient]:
    """A rule with articles, and a notice without any."""
    rows = [
        plain_row(1, id="rule", title="安庆市停车场管理办法", body=RULES),
        plain_row(2, id="notice", title="关于停车的通知", body="残疾人停车的收费另行通知。"),
    ]
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    served = replace(installation, settings=settings)
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", rows)]), served)
    with TestClient(create_app(served)) as client:
        yield client


@pytest.mark.parametrize(
    ("text", "number"),
    [("残疾人停车", "4"), ("停车场管理办法第3条", "3"), ("停车场管理办法第三条", "3")],
)
def test_a_hit_leads_to_the_article_that_answers(ruled: TestClient, text: str, number: str) -> None:
    hits = ruled.get("/api/v1/search", params={"q": text}).json()["hits"]
    (rule,) = (hit for hit in hits if hit["id"] == "rule")
    assert rule["article"]["number"] == number
    anchor = rule["article"]["anchor"]
    assert rule["snippet_html"].replace("<mark>", "").startswith(rule["article"]["label"])
    assert f'href="/records/rule?q={quote(text)}#{anchor}"' in quoted(ruled, "/search", text)
    assert f"#{anchor}" in ruled.get("/kiosk/list", params={"q": text}).text
    for page in ("/records/rule", "/kiosk/records/rule"):
        assert ruled.get(page).text.count(f'id="{anchor}"') == 1


def quoted(client: TestClient, page: str, text: str) -> str:
    """The page with its addresses as a browser sends them."""
    return client.get(page, params={"q": text}).text.replace(text, quote(text))


def test_a_hit_without_articles_has_none(ruled: TestClient) -> None:
    hits = ruled.get("/api/v1/search", params={"q": "残疾人停车"}).json()["hits"]
    assert [hit["article"] for hit in hits if hit["id"] == "notice"] == [None]


def test_a_long_rule_has_a_table_of_contents(ruled: TestClient) -> None:
    page = ruled.get("/records/rule").text
    assert '<a href="#chapter-2">第二章 收费</a>' in page
    assert "<summary>第三条至第六条</summary>" in page
    assert '<a href="#article-4">第四条</a>' in page
    assert 'aria-label="目录"' not in ruled.get("/records/notice").text
