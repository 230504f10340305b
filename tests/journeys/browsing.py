"""How journeys look at pages: window sizes, and the steps that many of them take."""

import re
from urllib.parse import quote

from fastapi.testclient import TestClient
from playwright.sync_api import Locator, Page, expect

SIZES = {"phone": (390, 844), "desk": (1280, 900), "kiosk": (1080, 1920)}


def number_in(text: str) -> int:
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found[0].replace(",", ""))


def follow(link: Locator) -> None:
    """Click, and go on only when the page it leads to is there."""
    with link.page.expect_navigation():
        link.click()


def show_filters(page: Page) -> None:
    """On a phone the filters are folded away behind a button."""
    button = page.locator("label[for=show-filters]")
    if button.is_visible():
        button.click()
    expect(page.get_by_role("complementary", name="筛选条件")).to_be_visible()


def close_filters(page: Page) -> None:
    """On a phone the filters cover the list until their button is pressed."""
    button = page.get_by_role("button", name=re.compile("查看 .* 条结果"))
    if button.is_visible():
        button.click()


def record_path(client: TestClient, **asked: str) -> str:
    hit = client.get("/api/v1/search", params=asked).json()["hits"][0]
    return f"/records/{quote(hit['id'])}"
