"""The pages as a citizen meets them, in Chromium: journeys without JavaScript, three sizes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.browsing import (
    SIZES,
    close_filters,
    follow,
    number_in,
    record_path,
    show_filters,
)
from tests.journeys.conftest import watched_page


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator["Watched"]:
    """A desk page with JavaScript on that remembers what the browser complains of."""
    with browser.new_context(base_url=address) as context:
        yield Watched(context, context.new_page(), [])


@dataclass(frozen=True, slots=True)
class Watched:
    context: BrowserContext
    page: Page
    complaints: list[str]

    def open(self, path: str) -> None:
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path, wait_until="networkidle")


def test_from_the_start_page_to_a_record_and_back(sized: Page) -> None:
    sized.goto("/")
    sized.locator("#q").fill("公积金提取")
    follow(sized.get_by_role("button", name="检索"))
    expect(sized.get_by_role("heading", level=1)).to_have_text("“公积金提取”的检索结果")
    first = sized.locator(".hits h2 a").first
    title = first.inner_text()
    expect(sized.locator(".hits mark").first).to_be_visible()
    follow(first)
    expect(sized.get_by_role("heading", level=1)).to_have_text(title)
    expect(sized.locator(".catalog").first).to_contain_text("发布机构")
    follow(sized.get_by_role("link", name="的检索结果"))
    expect(sized.locator(".hits h2 a").first).to_have_text(title)


def test_the_count_beside_a_value_is_the_total_behind_it(sized: Page) -> None:
    sized.goto("/search?q=" + quote("住房"))
    total = number_in(sized.locator(".total strong").inner_text())
    show_filters(sized)
    panel = sized.locator("details.panel").filter(has=sized.get_by_role("heading", name="发布机构"))
    value = panel.locator(".rows a").first
    label, count = (
        value.locator(".label").inner_text(),
        number_in(value.locator(".count").inner_text()),
    )
    assert 0 < count < total
    follow(value)
    assert number_in(sized.locator(".total strong").inner_text()) == count
    chip = sized.locator(".chips a").first
    expect(chip).to_contain_text(label)
    follow(chip)
    assert number_in(sized.locator(".total strong").inner_text()) == total
    expect(sized.locator(".chips")).to_have_count(0)


def test_going_down_a_tree_and_taking_it_all_off(sized: Page) -> None:
    sized.goto("/search")
    total = number_in(sized.locator(".total strong").inner_text())
    show_filters(sized)
    panel = sized.locator("details.panel").first
    panel.locator("details.branch > summary").first.click()
    child = panel.locator(".branch .rows a").first
    count = number_in(child.locator(".count").inner_text())
    follow(child)
    assert number_in(sized.locator(".total strong").inner_text()) == count
    expect(sized.locator(".chips")).to_contain_text("›")
    follow(sized.get_by_role("link", name="全部清除"))
    assert number_in(sized.locator(".total strong").inner_text()) == total


def test_a_date_range_keeps_the_words(sized: Page) -> None:
    sized.goto("/search?q=" + quote("通知"))
    show_filters(sized)
    sized.get_by_role("group", name="发布日期").get_by_label("从").fill("2020-01-01")
    sized.get_by_role("group", name="发布日期").get_by_label("到").fill("2021-06-30")
    follow(sized.get_by_role("button", name="按日期筛选"))
    expect(sized.locator(".chips")).to_contain_text("2020-01-01 至 2021-06-30")
    expect(sized.locator("#q")).to_have_value("通知")
    days = sized.locator(".hits time").all_inner_texts()
    assert days
    assert all("2020" <= day <= "2021-06-30" for day in days)


def test_a_period_is_chosen_and_removed(sized: Page) -> None:
    sized.goto("/search?q=" + quote("通知"))
    total = number_in(sized.locator(".total strong").inner_text())
    show_filters(sized)
    follow(sized.get_by_role("link", name="近三年"))
    expect(sized.locator(".chips")).to_contain_text("发布日期")
    assert number_in(sized.locator(".total strong").inner_text()) < total
    show_filters(sized)
    chosen = sized.get_by_role("link", name="近三年")
    expect(chosen).to_have_attribute("aria-current", "true")
    follow(chosen)
    assert number_in(sized.locator(".total strong").inner_text()) == total


def test_a_range_that_ends_first_is_said_beside_it(sized: Page) -> None:
    response = sized.goto("/search?q=" + quote("通知") + "&published_from=2022&published_to=2020")
    assert response
    assert response.status == 422
    expect(sized.locator("#q")).to_have_value("通知")
    expect(sized.get_by_role("alert")).to_have_text("起始日期晚于截止日期")
    expect(sized.locator(".dates")).to_be_visible()


def test_the_filters_of_a_phone_are_a_sheet(browser: Browser, address: str) -> None:
    """It works without a script, and its button says how many records it leads back to."""
    with watched_page(browser, address, "phone", has_script=False) as page:
        page.goto("/search?q=" + quote("公积金"))
        total = number_in(page.locator(".total strong").inner_text())
        show_filters(page)
        box = page.get_by_role("complementary", name="筛选条件").bounding_box()
        assert box
        assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
        page.get_by_role("button", name=f"查看 {total} 条结果").click()
        expect(page.get_by_role("complementary", name="筛选条件")).to_be_hidden()


def test_the_start_page_is_short_on_a_phone(browser: Browser, address: str) -> None:
    with watched_page(browser, address, "phone", has_script=True) as page:
        page.goto("/")
        assert page.evaluate("document.documentElement.scrollHeight") <= 2500
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        follow(page.get_by_role("link", name="公积金提取", exact=True))
        assert page.locator(".hits > li").count() > 0


def test_pages_follow_one_another(sized: Page) -> None:
    sized.goto("/search?sort=newest")
    first = sized.locator(".hits h2 a").all_inner_texts()
    follow(sized.get_by_role("link", name="下一页"))
    second = sized.locator(".hits h2 a").all_inner_texts()
    assert len(first) == len(second) == 10
    assert not set(first) & set(second)
    expect(sized.locator(".paging .where")).to_contain_text("第 2 页")
    follow(sized.get_by_role("link", name="上一页"))
    assert sized.locator(".hits h2 a").all_inner_texts() == first


def test_no_result_leads_on(sized: Page) -> None:
    sized.goto("/search?q=" + quote("公积金") + "&topic=" + quote("财政、金融、审计/财政"))
    expect(sized.get_by_role("heading", name="没有找到符合条件的信息")).to_be_visible()
    show_filters(sized)
    branch = sized.locator("details.panel").first.locator(".rows > li").first
    expect(branch.locator(".branch a.chosen")).to_contain_text("财政")
    close_filters(sized)
    ways = sized.locator(".ways li")
    labels = ways.all_inner_texts()
    assert any("城乡建设" in label for label in labels), labels
    other = ways.filter(has_text="城乡建设").first
    count = number_in(other.locator(".count").inner_text())
    follow(other.get_by_role("link"))
    assert number_in(sized.locator(".total strong").inner_text()) == count > 0
    sized.go_back()
    follow(sized.get_by_role("link", name="去掉全部筛选条件"))
    expect(sized.locator(".chips")).to_have_count(0)
    assert sized.locator(".hits > li").count() > 0


def test_what_is_nowhere_may_be_applied_for(sized: Page) -> None:
    sized.goto("/search?q=" + quote("龘靐齉"))
    follow(sized.get_by_role("link", name="怎样申请公开"))
    expect(sized.get_by_role("heading", level=1)).to_have_text("怎样申请公开")
    expect(sized.locator(".wanted dd")).to_have_text("龘靐齉")
    follow(sized.get_by_role("link", name="返回“龘靐齉”的检索结果"))
    expect(sized.locator("#q")).to_have_value("龘靐齉")


def test_a_record_on_request_says_how_to_apply(sized: Page, client: TestClient) -> None:
    sized.goto(record_path(client, disclosure="依申请公开"))
    expect(sized.get_by_role("heading", name="怎样申请公开")).to_be_visible()
    expect(sized.locator(".body")).to_have_count(0)


def test_what_is_no_longer_in_force_is_marked(sized: Page, client: TestClient) -> None:
    sized.goto("/search?validity=" + quote("废止"))
    assert sized.locator(".hits > li").count() == sized.locator(".hits .badge.ended").count() > 0
    sized.goto(record_path(client, validity="废止"))
    expect(sized.locator(".warning")).to_contain_text("已经废止")


def test_errors_are_pages_that_lead_on(sized: Page) -> None:
    for path, status in (("/records/none", 404), ("/search?published_from=2009219", 422)):
        response = sized.goto(path)
        assert response
        assert response.status == status
        follow(sized.get_by_role("link", name="返回首页"))
        expect(sized.locator(".browse").first).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_its_window(watched: Watched, client: TestClient, size: str) -> None:
    width, height = SIZES[size]
    watched.page.set_viewport_size({"width": width, "height": height})
    for path in (
        "/",
        "/search?q=" + quote("公积金"),
        record_path(client, q="公积金"),
        "/search?x=1",
    ):
        watched.page.goto(path)
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_browser_has_nothing_to_complain_of(watched: Watched, client: TestClient) -> None:
    for path in ("/", "/search?q=" + quote("低保"), record_path(client, q="低保"), "/docs"):
        watched.open(path)
    expect(watched.page.locator(".opblock").first).to_be_visible()
    assert watched.complaints == []


def test_everything_can_be_reached_by_keyboard(watched: Watched) -> None:
    watched.open("/search?q=" + quote("公积金"))
    watched.page.keyboard.press("Tab")
    expect(watched.page.get_by_role("link", name="跳到正文")).to_be_focused()
    watched.page.keyboard.press("Enter")
    watched.page.keyboard.press("Tab")
    expect(watched.page.get_by_role("combobox")).to_be_focused()
    watched.page.keyboard.type("供水")
    watched.page.keyboard.press("Enter")
    expect(watched.page.get_by_role("heading", level=1)).to_contain_text("供水")


def test_what_was_read_in_the_words_is_said_and_taken_back(sized: Page) -> None:
    sized.goto("/search?q=住房供积金")
    expect(sized.locator(".notice").first).to_contain_text(
        "没有找到“住房供积金”，已改为检索“住房公积金”。"
    )
    assert sized.locator("#q").input_value() == "住房公积金"
    assert number_in(sized.locator(".total").inner_text()) > 0
    follow(sized.get_by_role("link", name="仍然检索“住房供积金”"))
    assert "correct=false" in sized.url
    assert sized.locator("#q").input_value() == "住房供积金"

    sized.goto("/search?q=gjj")
    expect(sized.locator(".notice").first).to_contain_text("已按拼音检索“公积金”")

    sized.goto("/search?q=2023年的低保标准")
    expect(sized.locator(".notice").first).to_contain_text("“2023年”")
    expect(sized.get_by_text("已同时检索“最低生活保障”")).to_be_visible()
    dated = number_in(sized.locator(".total").inner_text())
    follow(sized.get_by_role("link", name="不限时间"))
    assert number_in(sized.locator(".total").inner_text()) > dated
    follow(sized.get_by_role("link", name="只按原词检索"))
    expect(sized.get_by_text("已同时检索")).to_have_count(0)
    assert "dates=false" in sized.url
    assert "expand=false" in sized.url


@pytest.mark.parametrize(
    ("address", "order"),
    [
        ("/search?q=公积金", "相关度"),
        ("/search?q=最新政策", "最新发布"),
        ("/search?q=最新政策&dates=false", "相关度"),
        ("/search?q=最新政策&sort=oldest", "最早发布"),
        ("/search", "最新发布"),
    ],
)
def test_the_order_in_use_is_marked(client: TestClient, address: str, order: str) -> None:
    page = client.get(address).text
    (nav,) = re.findall(r'<nav class="sorts".*?</nav>', page, re.DOTALL)
    assert re.findall(r'aria-current="true">([^<]*)<', nav) == [order]


def test_the_order_by_relevance_is_one_link_away(client: TestClient) -> None:
    page = client.get("/search?q=最新政策").text
    assert '<a href="/search?q=最新政策&amp;dates=false" >相关度</a>' in page
    assert "按发布时间由新到旧排列" in client.get("/kiosk/list?q=最新政策").text
