"""A clerk's day in a real browser: sign in, decide by one key, check a draft, report, certify."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gongkai.engines.installation import Installation
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from gongkai.staff.zero_result_queries import DAYS_SHOWN, ZeroResultQueries
from gongkai.trusted_proxies import forget_untrusted, note_untrusted
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from tests.duplicates.texts import SCHOOL, WATER, misread
from tests.journeys.browsing import follow
from tests.journeys.command import plain_row, write_rows
from tests.journeys.conftest import serving, watched_page

PAGES = (
    "/staff/records",
    *("/staff", "/staff/duplicates", "/staff/check", "/staff/rejected", "/staff/unclassified"),
    "/staff/expiring",
    *("/staff/searches", "/staff/statistics", "/staff/certificate", "/staff/audit"),
    "/staff/doctor",
)


@pytest.fixture(scope="module")
def office(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("office")
    settings = installation.settings.model_copy(update={"data_dir": folder / "data"})
    made = replace(installation, settings=settings)
    rows = [
        plain_row(
            1, title="关于加强饮水安全的通知", document_number="宜政发〔2020〕12号", body=WATER
        ),
        plain_row(2, title="关于加强饮水安全的通知", body=WATER.replace("稳步提高", "不断提高")),
        plain_row(3, title="关于做好招生的通知", body=SCHOOL),
        plain_row(4, title="关于做好招生的通知", body=misread(SCHOOL, 0.02)),
        plain_row(5, published_on="2009219"),
    ]
    publish(IndexJob(find_sources([write_rows(folder / "export.jsonl", rows)])), made)
    days = [date(2026, 1, 5) + timedelta(days=number) for number in range(DAYS_SHOWN)]
    zero_results = ZeroResultQueries(open_ledger(settings.data_dir), today=lambda: days[0])
    while days:
        zero_results.note("龘靐")
        zero_results.flush()
        days.pop(0)
    return made


@pytest.fixture(scope="module")
def address(office: Installation) -> Iterator[str]:
    with serving(office) as served:
        yield served


@pytest.fixture(scope="module")
def token(office: Installation) -> str:
    return Tokens(open_ledger(office.settings.data_dir)).add("政务公开办")


@pytest.fixture(
    params=[("desk", True), pytest.param(("phone", False), marks=pytest.mark.slow)],
    ids=["desk-script", "phone-plain"],
)
def clerk(
    request: pytest.FixtureRequest, browser: Browser, address: str, token: str
) -> Iterator[Page]:
    """A page that is signed in; scripts must not complain."""
    with watched_page(browser, address, *request.param) as page:
        page.goto("/staff")
        page.get_by_label("令牌").fill(token)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", name="工作人员首页")).to_be_visible()
        yield page


def test_a_wrong_token_is_told_and_lets_nobody_in(browser: Browser, address: str) -> None:
    with browser.new_context(base_url=address, locale="zh-CN") as context:
        page = context.new_page()
        page.goto("/staff")
        page.get_by_label("令牌").fill("gk_00000000_" + "A" * 43)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).to_contain_text("令牌不正确")
        page.goto("/staff/duplicates")
        expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()


def test_clusters_are_decided_and_undone(clerk: Page, request: pytest.FixtureRequest) -> None:
    by_key = "script" in request.node.name
    clerk.get_by_role("link", name="待处理的重复").click()
    expect(clerk.get_by_text("共 2 组")).to_be_visible()
    row = clerk.get_by_role("row").filter(has_text="饮水安全")
    follow(row.get_by_role("link", name="对照处理"))
    expect(clerk.locator(".passages").first).to_contain_text("稳步不断提高")
    expect(clerk.locator(".passages del").first).to_have_text("稳步")
    if by_key:
        clerk.keyboard.press("2")
        expect(clerk.get_by_role("radio").nth(1)).to_be_checked()
        clerk.keyboard.press("1")
        clerk.keyboard.press("d")
    else:
        clerk.get_by_role("button", name="是同一份，保留选中的").click()
    expect(clerk.get_by_role("heading", name="对照：正文基本相同")).to_be_visible()
    expect(clerk.get_by_role("link", name="关于做好招生的通知").first).to_be_visible()
    clerk.goto("/records/r2")
    assert clerk.url.endswith("/records/r1")
    clerk.goto("/staff/duplicates?state=duplicate")
    expect(clerk.get_by_text("政务公开办 于")).to_be_visible()
    follow(clerk.get_by_role("link", name="查看"))
    if by_key:
        clerk.keyboard.press("u")
    else:
        clerk.get_by_role("button", name="撤销这次处理").click()
    expect(clerk.get_by_role("button", name="撤销这次处理")).to_have_count(0)
    expect(clerk.get_by_role("heading", name="处理经过")).to_be_visible()
    clerk.goto("/records/r2")
    assert clerk.url.endswith("/records/r2")


def test_a_draft_is_checked_by_text_and_by_file(clerk: Page, tmp_path: Path) -> None:
    clerk.goto("/staff/check")
    clerk.get_by_role("button", name="核对").click()
    expect(clerk.get_by_role("alert")).to_contain_text("请至少填写一项")
    clerk.get_by_label("标题").fill("关于加强饮水安全的通知")
    clerk.get_by_label("正文").fill(WATER)
    clerk.get_by_role("button", name="核对").click()
    expect(clerk.get_by_role("heading", name="重复（2）")).to_be_visible()
    file = tmp_path / "draft.txt"
    file.write_text(SCHOOL, encoding="gb18030")
    clerk.goto("/staff/check")
    clerk.get_by_label("或者选择文件").set_input_files(file)
    clerk.get_by_role("button", name="核对").click()
    expect(clerk.get_by_text("关于做好招生的通知").first).to_be_visible()
    wrong = tmp_path / "draft.exe"
    wrong.write_bytes(b"MZ")
    clerk.get_by_label("或者选择文件").set_input_files(wrong)
    clerk.get_by_role("button", name="核对").click()
    expect(clerk.get_by_role("alert")).to_contain_text("只能读取")


def test_a_search_is_certified_and_stays_so(clerk: Page) -> None:
    clerk.goto("/staff/certificate")
    clerk.get_by_label("检索词").fill("龘靐齉")
    clerk.get_by_label("受理编号").fill("2026-017")
    clerk.get_by_role("button", name="检索并出具证明").click()
    expect(clerk.get_by_role("heading", name="检索证明 20")).to_be_visible()
    expect(clerk.get_by_role("row", name="受理编号")).to_contain_text("2026-017")
    expect(clerk.get_by_role("row", name="符合全部检索词的信息")).to_contain_text("0 条")
    shown = clerk.locator("table.certificate").inner_text()
    clerk.reload()
    assert clerk.locator("table.certificate").inner_text() == shown
    clerk.get_by_role("link", name="用同样的条件再检索一次").click()
    expect(clerk.get_by_label("检索政府信息")).to_have_value("龘靐齉")


def test_reports_show_what_is_to_mend(clerk: Page) -> None:
    clerk.goto("/staff/rejected")
    expect(clerk.get_by_role("row", name="安庆市水利局")).to_contain_text("有两种以上读法")
    clerk.goto("/staff/searches")
    expect(clerk.get_by_role("row", name="龘靐")).to_contain_text(str(DAYS_SHOWN))
    clerk.goto("/staff/unclassified")
    clerk.get_by_role("link", name="在检索页列出").first.click()
    expect(clerk.get_by_text("未分类").first).to_be_visible()
    clerk.goto("/staff/audit")
    expect(clerk.get_by_role("row", name="登录").first).to_be_visible()


@pytest.mark.usefixtures("always_fresh")
def test_a_search_without_results_leads_to_a_pinned_record_in_three_clicks(
    clerk: Page, request: pytest.FixtureRequest
) -> None:
    clerk.goto("/staff/searches")
    row = clerk.get_by_role("row", name="龘靐")
    row.first.get_by_role("link", name="加入词表").click()
    clerk.get_by_label("用别的词查找").fill("饮水安全")
    clerk.get_by_role("button", name="查找").click()
    clerk.get_by_role("radio", name="饮水安全").first.check()
    clerk.get_by_role("button", name="预览置顶").click()
    expect(clerk.get_by_role("row", name="第 1 条")).to_contain_text("新增")
    clerk.get_by_role("button", name="保存").click()
    expect(row.first).to_contain_text("有效")
    clerk.goto("/search?q=龘靐")
    expect(clerk.get_by_role("link", name="饮水安全").first).to_be_visible()
    clerk.goto("/staff/vocabulary")
    row.first.get_by_role("button", name="停用").click()
    expect(row.first).to_contain_text("停用")
    clerk.goto("/search?q=龘靐")
    expect(clerk.get_by_role("link", name="饮水安全")).to_have_count(0)


def test_the_installation_is_checked_and_each_finding_says_what_to_do(
    clerk: Page, office: Installation
) -> None:
    note_untrusted(office.settings.data_dir)
    clerk.get_by_role("link", name="系统检查").first.click()
    start = clerk.get_by_role("button", name=re.compile("^(开始|重新)检查$"))
    start.click()
    # The page reloads itself until the command has finished.
    expect(start).to_be_visible(timeout=60_000)
    expect(clerk.get_by_text("1 项需要处理")).to_be_visible()
    rows = clerk.locator("table.doctor tbody tr")
    expect(rows).to_have_count(6)
    expect(rows.first).to_contain_text("反向代理")
    expect(rows.first).to_contain_text("注意")
    expect(rows.first).to_contain_text("FORWARDED_ALLOW_IPS")
    expect(rows.first).to_contain_text("登记代理服务器的地址")
    expect(clerk.get_by_role("row", name="检索索引")).to_contain_text("正常")
    clerk.goto("/staff/audit")
    expect(clerk.get_by_role("row", name="系统检查").first).to_be_visible()
    forget_untrusted(office.settings.data_dir)


@pytest.mark.parametrize("clerk", [("desk", True), ("phone", True)], indirect=True)
def test_axe_finds_nothing_on_staff_pages(clerk: Page) -> None:
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    clerk.goto("/staff/duplicates")
    cluster = clerk.get_by_role("link", name="对照处理").first.get_attribute("href")
    faults = {}
    for path in (*PAGES, cluster or ""):
        clerk.goto(path)
        clerk.evaluate(
            "document.querySelectorAll('details').forEach(each => { each.open = true; })"
        )
        found = Axe().run(clerk, options={"runOnly": {"type": "tag", "values": tags}})
        if found.response["violations"]:
            faults[path] = [
                (v["id"], [n["target"] for n in v["nodes"]]) for v in found.response["violations"]
            ]
    assert faults == {}


def test_signing_out_leaves_nothing(clerk: Page) -> None:
    clerk.get_by_role("button", name="退出").click()
    expect(clerk.get_by_role("heading", name="工作人员登录")).to_be_visible()
    clerk.goto("/staff/audit")
    expect(clerk.get_by_role("heading", name="工作人员登录")).to_be_visible()


LABELS = """() => [...document.querySelectorAll('table.wide tbody tr:first-child > *')]
  .filter(cell => cell.checkVisibility())
  .map(cell => getComputedStyle(cell, '::before').content.replaceAll('"', ''))"""


def test_cells_name_their_column_where_tables_are_stacked(
    browser: Browser, address: str, token: str
) -> None:
    with watched_page(browser, address, "phone", has_script=True) as page:
        page.goto("/staff")
        page.get_by_label("令牌").fill(token)
        follow(page.get_by_role("button", name="登录"))
        page.goto("/staff/audit")
        assert page.evaluate(LABELS) == ["序号", "时间", "工作人员", "操作", "对象"]
        page.set_viewport_size({"width": 1280, "height": 900})
        assert set(page.evaluate(LABELS)) == {"none"}
