"""The search box with its completions: by keys, by pointer, under an input method, and without."""

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Browser, CDPSession, Error, Page, Route, expect

from tests.journeys.browsing import follow

SUGGEST = "**/api/v1/suggest*"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(base_url=address, locale="zh-CN") as context:
        opened = context.new_page()
        opened.goto("/")
        yield opened


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What was asked for completions, in order."""
    questions: list[str] = []
    page.on(
        "request",
        lambda request: (
            questions.append(unquote(request.url.partition("?q=")[2]))
            if "/suggest?" in request.url
            else None
        ),
    )
    return questions


def type_in(page: Page, keys: str) -> None:
    page.get_by_role("combobox").press_sequentially(keys)
    expect(page.get_by_role("listbox")).to_be_visible()


def test_a_few_keys_and_an_arrow_reach_a_list(page: Page) -> None:
    type_in(page, "gjj")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(first).to_contain_text("公积金")
    expect(first).to_contain_text("条")
    identity = first.get_attribute("id")
    assert identity
    expect(box).to_have_attribute("aria-activedescendant", identity)
    expect(box).to_have_value("公积金")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("“公积金”的检索结果")


def test_the_arrows_come_back_to_what_was_typed(page: Page) -> None:
    type_in(page, "烟花")
    box = page.get_by_role("combobox")
    count = page.get_by_role("option").count()
    for _ in range(count):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_value("烟花")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("烟花")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()


def test_a_pointed_title_opens_its_record(page: Page) -> None:
    type_in(page, "住房公积金提取管理")
    title = page.get_by_role("option").filter(has_text="标题").first
    name = title.locator(".text").inner_text()
    follow(title)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_leaving_the_box_closes_the_list(page: Page) -> None:
    type_in(page, "公积金")
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("button", name="检索")).to_be_focused()


def test_only_what_was_typed_last_is_shown(page: Page) -> None:
    """An answer that comes late must not stand over the words that were typed since."""
    late = '{"suggestions": [{"text": "来迟了", "kind": "term", "count": 1}]}'
    held: list[Route] = []

    def hold(route: Route) -> None:
        if quote("烟花") in route.request.url:
            held.append(route)
        else:
            route.continue_()

    page.route(SUGGEST, hold)
    box = page.get_by_role("combobox")
    with page.expect_request(SUGGEST):
        box.press_sequentially("烟花")
    box.fill("公积金")
    expect(page.get_by_role("option").first).to_contain_text("公积金")
    for route in held:
        with suppress(Error):
            route.fulfill(body=late, content_type="application/json")
    page.wait_for_timeout(200)
    assert held
    expect(page.get_by_role("option").first).to_contain_text("公积金")


def compose(session: CDPSession, text: str) -> None:
    """What an input method shows while it is being typed, not yet chosen."""
    session.send(
        "Input.imeSetComposition",
        {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
    )


def test_an_input_method_composing_fires_no_half_typed_search(page: Page, asked: list[str]) -> None:
    box = page.get_by_role("combobox")
    box.focus()
    session = page.context.new_cdp_session(page)
    start = page.url
    for typed in ("g", "go", "gon", "gong", "gong ji", "gong ji jin"):
        compose(session, typed)
        page.wait_for_timeout(150)
    # Enter picks the letters as they stand in most input methods, and must not search.
    page.evaluate(
        """() => document.querySelector('#q').dispatchEvent(new KeyboardEvent('keydown',
        {key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true}))"""
    )
    page.wait_for_timeout(300)
    assert asked == []
    assert page.url == start
    expect(page.get_by_role("listbox")).to_be_hidden()
    session.send("Input.insertText", {"text": "公积金"})
    expect(page.get_by_role("listbox")).to_be_visible()
    expect(box).to_have_value("公积金")
    assert asked == ["公积金"]
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("“公积金”的检索结果")


def test_the_box_searches_when_completions_fail(page: Page) -> None:
    page.route(SUGGEST, lambda route: route.fulfill(status=503, body="{}"))
    box = page.get_by_role("combobox")
    box.press_sequentially("公积金")
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_be_hidden()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".hits > li").count() > 0


def test_a_suggestion_is_text_and_no_markup(page: Page) -> None:
    hostile = (
        '{"suggestions": [{"text": "<img src=x onerror=alert(1)>", "kind": "term", "count": 1}]}'
    )
    page.route(SUGGEST, lambda route: route.fulfill(body=hostile, content_type="application/json"))
    type_in(page, "公积金")
    expect(page.get_by_role("option")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".suggestions img")).to_have_count(0)
