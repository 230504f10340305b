"""Every page in every state under axe-core, and what axe does not measure: targets, focus, order.

WCAG 2.2 AA; for the elder version the norm's own figures (18 pt text, 60 px targets).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browsing import record_path
from tests.scale import THOROUGH, scaled

WIDTHS = (390, 1280)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STATES: Mapping[str, str] = {
    "start": "/",
    "results": "/search?q=公积金提取",
    "all": "/search",
    "chosen": "/search?q=公积金&year=2023&topic=城乡建设、环境保护&published_from=2020",
    "corrected": "/search?q=住房供积金",
    "nothing": "/search?q=公积金&topic=财政、金融、审计/财政",
    "nowhere": "/search?q=龘靐齉",
    "facet": "/search/facets/publisher?q=通知&find=教育",
    "overview": "/browse",
    "tree": "/browse/topic",
    "agencies": "/browse/publisher",
    "apply": "/apply?q=公积金",
    "appearance": "/appearance",
    "unknown": "/records/none",
    "wrong": "/search?published_from=2009219",
    "inverted": "/search?q=通知&published_from=2022&published_to=2020",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What the system prefers, what the reader chose, and how wide windows are.

    `states`: where a look has the layout of another one and colours of its own, those that show
    every colour once.
    """

    scheme: Literal["light", "dark"]
    chosen: str
    widths: Sequence[int]
    states: Sequence[str] = ()


COLOURED = ("start", "chosen", "corrected", "nowhere", "tree", "apply", "record", "ended", "wrong")
if not THOROUGH:
    COLOURED = ("chosen", "record", "wrong")
LOOKS = {
    "light": Look("light", "standard.system", (390, 1280) if THOROUGH else (390,)),
    "dark": Look("dark", "standard.system", (1280,), COLOURED),
    "elder": Look("light", "elder.system", (390,), () if THOROUGH else COLOURED),
    "elder-dark": Look("light", "elder.dark", (1920,), COLOURED),
    "contrast": Look("light", "standard.contrast", (1280,), COLOURED),
}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> Look:
    return LOOKS[request.param]


@pytest.fixture
def page(look: Look, browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(base_url=address, color_scheme=look.scheme, locale="zh-CN") as context:
        context.add_cookies([{"name": "appearance", "value": look.chosen, "url": address}])
        yield context.new_page()


@pytest.fixture
def plain(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(base_url=address, locale="zh-CN") as context:
        yield context.new_page()


def paths(client: TestClient) -> Mapping[str, str]:
    records = {
        "record": record_path(client, q="公积金提取") + "?q=公积金",
        "request": record_path(client, disclosure="依申请公开"),
        "ended": record_path(client, validity="废止"),
        "form": "/apply?record=" + record_path(client, disclosure="依申请公开")[len("/records/") :],
    }
    return {**STATES, **records}


def violations(page: Page) -> Sequence[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    filters = page.locator("label[for=show-filters]")
    is_open = page.locator("#show-filters:checked").count() > 0
    if filters.count() and filters.is_visible() and not is_open:
        filters.click()


def test_axe_finds_nothing(page: Page, look: Look, client: TestClient) -> None:
    faults: dict[str, Sequence[str]] = {}
    states = paths(client)
    for name in look.states or states:
        page.goto(states[name])
        unfold(page)
        for width in look.widths:
            page.set_viewport_size({"width": width, "height": 900})
            if found := violations(page):
                faults[f"{name} at {width}"] = found
    assert not faults


def test_axe_finds_nothing_on_open_completions(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").press_sequentially("公积金")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []


SMALL_TARGETS = """least => {
  const isSpoken = node => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const isInSentence = each => {
    if (each.matches('.button, button')) return false;
    if (each.matches('label')) return !each.querySelector('input');
    return [...(each.closest('p, li, dd, label')?.childNodes ?? [])].some(isSpoken);
  };
  const controls = 'a, button, summary, input:not([type=hidden], [type=radio]), textarea, label';
  return [...document.querySelectorAll(controls)]
    .filter(each => each.checkVisibility() && !each.closest('.unseen, .skip'))
    .filter(each => !isInSentence(each))
    .map(each => [each, each.getBoundingClientRect()])
    .filter(([, box]) => box.height < least || box.width < least)
    .map(([each, box]) => `${each.outerHTML.slice(0, 90)} ${box.width}x${box.height}`); }"""
SMALL_TEXTS = """least => { const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {
    const parent = node.parentElement;
    if (node.data.trim() && parent.checkVisibility() && !parent.closest('.unseen, script')
        && parseFloat(getComputedStyle(parent).fontSize) < least)
      found.add(`${parent.tagName}.${parent.className} ${node.data.trim().slice(0, 20)}`);
  }
  return [...found]; }"""


@pytest.mark.parametrize(
    ("chosen", "least"), [("standard.system", (44, 24)), ("elder.system", (60, 60))]
)
def test_targets_are_large_enough_for_fingers(
    plain: Page, client: TestClient, address: str, chosen: str, least: tuple[int, int]
) -> None:
    """On a phone, in the nightly run on a desk too. Links in sentences excepted (WCAG 2.5.8)."""
    plain.context.add_cookies([{"name": "appearance", "value": chosen, "url": address}])
    faults = {}
    for name, path in paths(client).items():
        for width, pixels in list(zip(WIDTHS, least, strict=True))[: scaled(1, 2)]:
            plain.set_viewport_size({"width": width, "height": 900})
            plain.goto(path)
            unfold(plain)
            # A pixel's fraction is lost where lines of text are laid out.
            if found := plain.evaluate(SMALL_TARGETS, pixels - 0.5):
                faults[f"{name} at {width}"] = found
    assert not faults


def test_elders_read_no_text_under_18_points(plain: Page, client: TestClient, address: str) -> None:
    plain.context.add_cookies([{"name": "appearance", "value": "elder.system", "url": address}])
    faults = {}
    for name, path in paths(client).items():
        plain.goto(path)
        unfold(plain)
        if found := plain.evaluate(SMALL_TEXTS, 24):
            faults[name] = found
    assert not faults


@pytest.mark.parametrize("chosen", ["standard.system", "elder.system"])
def test_nothing_is_wider_than_a_narrow_window(
    plain: Page, client: TestClient, address: str, chosen: str
) -> None:
    """WCAG 1.4.10: at 320 px nobody scrolls two ways."""
    plain.context.add_cookies([{"name": "appearance", "value": chosen, "url": address}])
    wide = {}
    for name, path in paths(client).items():
        for width in (320, *WIDTHS) if THOROUGH else (320,):
            plain.set_viewport_size({"width": width, "height": 800})
            plain.goto(path)
            unfold(plain)
            taken = plain.evaluate("document.documentElement.scrollWidth")
            if taken > width:
                wide[f"{name} at {width}"] = taken
    assert not wide


FOCUSED = """() => { const each = document.activeElement, style = getComputedStyle(each);
  return {name: each.outerHTML.slice(0, 80), shown: style.outlineStyle !== 'none'}; }"""
CONTROLS = (
    "a[href], button, input:not([type=hidden], [type=radio]:not(:checked)), summary, textarea"
)
REACHABLE = f"[...document.querySelectorAll('{CONTROLS}')].filter(e => e.checkVisibility()).length"


@pytest.mark.parametrize("name", ["start", "chosen", "record", "tree", "appearance"])
def test_every_control_is_reached_by_tab_and_shows_it(
    plain: Page, client: TestClient, name: str
) -> None:
    plain.goto(paths(client)[name])
    # The start page puts the cursor into the search box; Tab begins from the top here.
    plain.locator(".skip").focus()
    seen: list[dict[str, Any]] = []
    for _ in range(plain.evaluate(REACHABLE)):
        seen.append(plain.evaluate(FOCUSED))
        plain.keyboard.press("Tab")
    assert [each["name"] for each in seen if not each["shown"]] == []
    assert "<body" not in seen[-1]["name"]


OUTLINE = "[...document.querySelectorAll('h1, h2, h3, h4')].map(each => Number(each.tagName[1]))"


def test_headings_make_an_outline(plain: Page, client: TestClient) -> None:
    for name, path in paths(client).items():
        plain.goto(path)
        levels = plain.evaluate(OUTLINE)
        # Headings of the filter column come before those of the list, and after the page's own.
        assert levels.count(1) == 1, name
        steps = zip([1, *levels], levels, strict=False)
        assert all(after <= before + 1 for before, after in steps), (name, levels)
        assert plain.locator("html").get_attribute("lang") == "zh-CN"
