"""Beside the search box: browsing, searching inside a facet, taking a list along, appearance."""

from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from tests.journeys.browsing import follow, number_in, show_filters


def test_down_a_tree_to_a_list(sized: Page) -> None:
    sized.goto("/")
    follow(sized.get_by_role("link", name="分类浏览"))
    follow(sized.get_by_role("link", name="全部主题分类"))
    branch = sized.locator(".branches .branches a").first
    label, count = branch.inner_text().split()[0], number_in(branch.inner_text())
    follow(branch)
    assert number_in(sized.locator(".total strong").inner_text()) == count > 0
    expect(sized.locator(".chips")).to_contain_text(label)


def test_agencies_by_level(sized: Page) -> None:
    sized.goto("/browse")
    follow(sized.get_by_role("link", name="全部发布机构"))
    levels = sized.locator(".shelf h2").all_inner_texts()
    assert levels == ["国家级机构", "市级机构", "其他机构"]
    below = sized.locator(".shelf li li").all_inner_texts()
    assert any("怀宁县" in each for each in below)
    expect(sized.locator(".others [aria-current=page]")).to_have_text("发布机构")
    follow(sized.get_by_role("link", name="安庆市民政局"))
    expect(sized.locator(".chips")).to_contain_text("安庆市民政局")


def test_a_value_far_down_a_facet_is_searched_for(sized: Page) -> None:
    sized.goto("/search?q=" + quote("通知"))
    show_filters(sized)
    follow(sized.get_by_role("link", name="在发布机构中查找"))
    sized.get_by_label("在发布机构中查找").fill("教育")
    follow(sized.get_by_role("button", name="查找"))
    found = sized.locator(".rows li").filter(has_not=sized.locator("li"))
    labels = found.locator(".label").all_inner_texts()
    assert labels
    assert all("教育" in label for label in labels)
    count = number_in(found.locator(".count").first.inner_text())
    follow(found.locator("a").first)
    assert number_in(sized.locator(".total strong").inner_text()) == count
    expect(sized.locator("#q")).to_have_value("通知")


def test_a_part_that_no_value_has_is_said(client: TestClient) -> None:
    page = client.get("/search/facets/publisher", params={"find": "火星"})
    assert "没有名称包含“火星”的发布机构" in page.text
    assert client.get("/search/facets/title").status_code == 404
    assert client.get("/browse/title").status_code == 404


def test_several_values_of_one_field_stay_chosen(sized: Page) -> None:
    sized.goto("/search?q=" + quote("公积金"))
    show_filters(sized)
    years = sized.locator("details.panel").filter(has=sized.get_by_role("heading", name="年份"))
    counts = [number_in(text) for text in years.locator(".count").all_inner_texts()[:2]]
    follow(years.locator(".rows a").nth(0))
    show_filters(sized)
    follow(years.locator(".rows a").nth(1))
    assert number_in(sized.locator(".total strong").inner_text()) == sum(counts)
    assert sized.locator(".chips li").count() == 3
    show_filters(sized)
    assert years.locator("a.chosen").count() == 2


def test_large_type_is_kept_and_taken_back(sized: Page) -> None:
    start = "/search?q=" + quote("公积金") + "&sort=newest"
    sized.goto(start)
    follow(sized.get_by_role("button", name="大字版"))
    assert sized.url.endswith(start)
    size = sized.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert size >= 24
    follow(sized.locator(".hits h2 a").first)
    expect(sized.locator("html")).to_have_class("elder system")
    follow(sized.get_by_role("button", name="标准版"))
    expect(sized.locator("html")).to_have_class("standard system")


def test_colours_are_chosen(sized: Page) -> None:
    sized.goto("/browse")
    follow(sized.get_by_role("link", name="显示设置"))
    sized.get_by_label("高对比度").check()
    follow(sized.get_by_role("button", name="保存设置"))
    assert sized.url.endswith("/browse")
    paper = sized.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(0, 0, 0)"
    cookies = sized.context.cookies()
    assert [(each["name"], each["value"]) for each in cookies] == [
        ("appearance", "standard.contrast")
    ]


@pytest.mark.parametrize(
    "back", ["https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)", ""]
)
def test_a_choice_never_leads_away(client: TestClient, back: str) -> None:
    form = {"layout": "elder", "back": back}
    response = client.post("/appearance", data=form, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "/"
    assert 'value="/"' in client.get("/appearance", params={"back": back}).text


def test_a_choice_that_is_none_is_refused(client: TestClient) -> None:
    response = client.post("/appearance", data={"layout": "huge", "back": "/"})
    assert response.status_code == 422
    assert "版式" in response.text
    client.cookies.clear()
    page = client.get("/", headers={"Cookie": "appearance=x.<script>"}).text
    assert '<html lang="zh-CN" class="standard system">' in page
