"""The kiosk under fingers, portrait and landscape: journeys, sizes of targets, forgetting."""

import re
import statistics
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from gongkai.engines.installation import Installation
from indexer.pipeline import IndexJob, publish
from search_api.app import create_app
from tests.journeys.browsing import record_path
from tests.journeys.command import plain_row, write_rows
from tests.journeys.conftest import serving
from tests.journeys.test_accessibility import TAGS
from tests.scale import THOROUGH, scaled

SCREENS = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
HALL_SCREENS = (*SCREENS.values(), (1280, 1024), (1366, 768), (1024, 768))
TEXT_SIZES = (1, 2, 3)
if not THOROUGH:
    HALL_SCREENS = (SCREENS["portrait"], (1024, 768))
    TEXT_SIZES = (3,)
PUBLIC = "https://xxgk.example.gov.cn"
PATHS = (
    "/kiosk?hall=zwfw",
    "/kiosk/find?q=公积金",
    "/kiosk/list?q=公积金",
    "/kiosk/list?q=龘靐齉",
    "/kiosk/narrow?q=公积金&year=2021",
    "/kiosk/browse/audience",
    "/kiosk/browse/topic?path=城乡建设、环境保护",
    "/kiosk/records/none",
)


@pytest.fixture(scope="module")
def kiosk(sampled: Installation) -> Iterator[str]:
    """The sample, served with the address that readers know."""
    settings = sampled.settings.model_copy(update={"public_url": PUBLIC})
    with serving(replace(sampled, settings=settings)) as address:
        yield address


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, browser: Browser, kiosk: str) -> Iterator[Page]:
    width, height = SCREENS[request.param]
    with browser.new_context(
        viewport={"width": width, "height": height}, has_touch=True, base_url=kiosk, locale="zh-CN"
    ) as context:
        yield context.new_page()


def tap(page: Page, *names: str, role: str = "link") -> None:
    """Tap what has this name; a link leads to another screen."""
    for name in names:
        target = page.get_by_role(role, name=name, exact=role == "button").first  # type: ignore[arg-type]
        if role == "link":
            with page.expect_navigation():
                target.tap()
        else:
            target.tap()


def tap_keys(page: Page, keys: str) -> None:
    for key in keys:
        page.locator(f"[data-key='{key}']").tap()


def test_three_letters_reach_a_document(screen: Page) -> None:
    screen.goto("/kiosk?hall=zwfw")
    tap(screen, "输入拼音查找")
    tap_keys(screen, "gjj")
    with screen.expect_navigation():
        screen.locator("#candidates button").filter(has_text="公积金提取").tap()
    expect(screen.get_by_role("heading", level=1)).to_have_text("公积金提取")
    with screen.expect_navigation():
        screen.locator(".hits a").first.tap()
    expect(screen.locator("h1")).to_contain_text("公积金")
    expect(screen.locator(".hall")).to_have_text("安庆市政务服务中心")
    tap(screen, "返回")
    expect(screen.get_by_role("heading", level=1)).to_have_text("公积金提取")
    tap(screen, "返回首页")
    expect(screen.get_by_role("heading", level=1)).to_have_text("您要查找什么？")


def test_a_wide_screen_shows_the_list_beside_the_record(screen: Page) -> None:
    screen.goto("/kiosk/list?q=公积金&rows=8")
    titles = screen.locator(".hits strong").all_inner_texts()
    with screen.expect_navigation():
        screen.locator(".hits a").nth(1).tap()
    beside = screen.get_by_role("navigation", name="检索结果")
    size = screen.viewport_size
    assert size
    if size["width"] < size["height"]:
        expect(beside).to_be_hidden()
        return
    assert beside.get_by_role("link").all_inner_texts() == titles
    expect(beside.locator("[aria-current]")).to_have_text(screen.locator("h1").inner_text())
    with screen.expect_navigation():
        beside.get_by_role("link").nth(2).tap()
    expect(screen.locator("h1")).to_have_text(titles[2])
    tap(screen, "返回")
    expect(screen.get_by_role("heading", level=1)).to_have_text("公积金")


def test_a_list_without_records_offers_other_ways(screen: Page) -> None:
    screen.goto("/kiosk/list?q=龘靐齉")
    expect(screen.locator("main")).to_contain_text("没有找到")
    tap(screen, "公积金提取")
    assert screen.locator(".hits a").count() > 0


def test_only_a_list_is_shown_beside_a_record(client: TestClient) -> None:
    path = f"/kiosk{record_path(client, q='公积金')}"
    for back in (
        "/kiosk/list?q=公积金&page=0",
        "/search?q=公积金",
        "https://example.com/",
        "/kiosk/list?year=x",
    ):
        page = client.get(path, params={"back": back})
        assert page.status_code == 200
        assert 'class="beside"' not in page.text, back


def test_a_number_is_tapped_from_its_code(screen: Page) -> None:
    screen.goto("/kiosk/find?q=" + quote("宜公积"))
    with screen.expect_response("**/suggest*"):
        screen.locator("[data-act=back]").tap()
    screen.locator("#candidates button").filter(has_text="文号").first.tap()
    typed = screen.locator("#typed")
    expect(typed).to_have_value(re.compile("^宜公"))
    screen.locator("[data-act=clear]").tap()
    expect(typed).to_have_value("")
    screen.goto("/kiosk/find?q=" + quote("宜公积金"))
    tap_keys(screen, "〔2021〕12号")
    expect(typed).to_have_value("宜公积金〔2021〕12号")
    with screen.expect_navigation():
        screen.get_by_role("button", name="查找", exact=True).tap()
    expect(screen.locator(".hits a").first).to_contain_text("安庆市住房公积金提取管理办法")


def test_by_browsing_alone(screen: Page) -> None:
    screen.goto("/kiosk")
    tap(screen, "按生命周期", "公民 ", "住房 ")
    assert screen.locator(".hits a").count() > 0
    expect(screen.locator("h1")).to_have_text("住房")
    tap(screen, "缩小范围")
    tile = screen.locator(".tiles a").filter(has_text="条").first
    count = int((tile.locator("span").inner_text()).split()[0])
    with screen.expect_navigation():
        tile.tap()
    expect(screen.locator(".total")).to_contain_text(f"共 {count} 条")


def test_the_halls_own_agencies_come_first(screen: Page) -> None:
    screen.goto("/kiosk/browse/publisher?hall=zwfw")
    labels = screen.locator(".tiles a").all_inner_texts()
    own = ("住房公积金", "人力资源", "医疗保障", "民政")
    assert [name in label for name, label in zip(own, labels, strict=False)] == [True] * 4


def test_a_hall_that_nobody_registered(screen: Page) -> None:
    response = screen.goto("/kiosk?hall=nowhere")
    assert response
    assert response.status == 422
    tap(screen, "返回首页")
    expect(screen.locator("h1")).to_have_text("您要查找什么？")


NARROW_TARGETS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden])')]
  .filter(each => each.checkVisibility()).map(each => [each, each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 64 || box.height < 64)
  .map(([each, box]) => `${each.outerHTML.slice(0, 60)} ${box.width}x${box.height}`)"""
CLOSE_TARGETS = """() => { const boxes = [...document.querySelectorAll('main a, main button')]
  .filter(each => each.checkVisibility())
  .map(each => [each.textContent.trim(), each.getBoundingClientRect()]);
  const gap = (a, b) => Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom,
    b.top - a.bottom);
  return boxes.flatMap(([name, box], at) => boxes.slice(at + 1)
    .filter(([, other]) => gap(box, other) < 15.5)
    .map(([other, place]) => `${name} ${other} ${gap(box, place)}`)); }"""
SMALL_TEXTS = """() => { const walker = document.createTreeWalker(document.body,
  NodeFilter.SHOW_TEXT); const found = [];
  for (let node; node = walker.nextNode();) { const parent = node.parentElement;
    if (node.data.trim() && parent.checkVisibility() && !parent.closest('.unseen, title')
        && parseFloat(getComputedStyle(parent).fontSize) < 24) found.push(node.data); }
  return found; }"""


@pytest.mark.parametrize("size", [1, pytest.param(2, marks=pytest.mark.slow), 3])
def test_every_target_and_text_is_measured(screen: Page, client: TestClient, size: int) -> None:
    faults = {}
    hit = client.get("/api/v1/search", params={"q": "公积金提取"}).json()["hits"][0]
    for path in (*PATHS, f"/kiosk/records/{hit['id']}?q=公积金"):
        screen.goto(f"{path}{'&' if '?' in path else '?'}size={size}")
        if "/find" in path:
            expect(screen.locator("#candidates button").first).to_be_visible()
        found = [
            *screen.evaluate(NARROW_TARGETS),
            *screen.evaluate(CLOSE_TARGETS),
            *screen.evaluate(SMALL_TEXTS),
        ]
        width = screen.evaluate("document.documentElement.scrollWidth")
        if found or width > screen.evaluate("innerWidth"):
            faults[path] = [*found, width]
    assert not faults


@pytest.mark.parametrize(
    ("screen", "contrast"),
    [
        ("portrait", ""),
        ("landscape", "on"),
        pytest.param("portrait", "on", marks=pytest.mark.slow),
        pytest.param("landscape", "", marks=pytest.mark.slow),
    ],
    indirect=["screen"],
)
def test_axe_finds_nothing(screen: Page, contrast: str, client: TestClient) -> None:
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    hit = client.get("/api/v1/search", params={"q": "公积金提取"}).json()["hits"][0]
    for path in (*PATHS, f"/kiosk/records/{hit['id']}?q=公积金"):
        screen.goto(f"{path}{'&' if '?' in path else '?'}contrast={contrast}")
        found = Axe().run(screen, options=options).response["violations"]
        assert [(path, each["id"], each["nodes"][0]["html"]) for each in found] == []


def test_the_whole_keyboard_is_in_sight(screen: Page) -> None:
    for size in (1, 2):
        screen.goto(f"/kiosk/find?size={size}&q=" + quote("公积金"))
        expect(screen.locator("#candidates button").first).to_be_visible()
        bottom = screen.locator("#keyboard").bounding_box()
        bar = screen.locator(".bar").bounding_box()
        assert bottom
        assert bar
        assert bottom["y"] + bottom["height"] <= bar["y"]


FRAME_FAULTS = """() => { const box = each => each.getBoundingClientRect();
  const main = document.querySelector('main');
  const frame = [...document.querySelectorAll('header, .display, .bar, main')]
    .filter(each => each.checkVisibility());
  const meets = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1
    && b.top < a.bottom - 1;
  const name = each => `${each.localName}.${each.className} ${each.textContent.trim().slice(0, 9)}`;
  const overlaps = frame.flatMap((each, at) => frame.slice(at + 1)
    .filter(other => meets(box(each), box(other))).map(other => `${name(each)} on ${name(other)}`));
  const inFrame = [...document.querySelectorAll('header *, .display a, .bar > *, .pages > *')]
    .filter(each => each.checkVisibility());
  const outside = inFrame.map(each => [each, box(each), box(each.closest('header, nav'))])
    .filter(([, a, b]) => a.top < b.top - 1 || a.bottom > b.bottom + 1 || a.left < -1
      || a.right > innerWidth + 1).map(([each]) => each);
  const wide = [...main.querySelectorAll('*')].filter(each => each.checkVisibility()
    && !each.closest('.unseen, svg') && box(each).width && box(each).right > innerWidth + 1);
  const next = document.querySelector('[data-step=next]');
  const isStuck = main.scrollHeight > main.clientHeight + 2
    && !next.checkVisibility({visibilityProperty: true});
  const isTall = document.documentElement.scrollHeight > innerHeight;
  return [...overlaps, ...outside.map(each => `${name(each)} leaves its bar`),
    ...wide.map(each => `${name(each)} is too wide`),
    ...(isStuck ? ['more content, but no button'] : []),
    ...(isTall ? ['the page is taller than the screen'] : [])]; }"""


def test_no_fixed_part_covers_content_on_any_screen(
    browser: Browser, kiosk: str, client: TestClient
) -> None:
    hit = client.get("/api/v1/search", params={"q": "公积金提取"}).json()["hits"][0]
    faults = {}
    with browser.new_context(has_touch=True, base_url=kiosk, locale="zh-CN") as context:
        page = context.new_page()
        for width, height in HALL_SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            for size in TEXT_SIZES:
                for path in (*PATHS, f"/kiosk/records/{hit['id']}?q=公积金"):
                    page.goto(f"{path}{'&' if '?' in path else '?'}size={size}")
                    if found := page.evaluate(FRAME_FAULTS):
                        faults[f"{path} size {size} at {width}x{height}"] = found
    assert not faults


OUTSIDE_MAIN = """() => { const main = document.querySelector('main').getBoundingClientRect();
  return [...document.querySelectorAll('#keyboard button, .typed > *, #candidates button')]
    .filter(each => each.checkVisibility() && each.type !== 'hidden')
    .filter(each => !each.classList.contains('unseen'))
    .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
    .filter(([, box]) => box.top < main.top || box.bottom > main.bottom)
    .map(([name, box]) => `${name} ${box.top} ${box.bottom}`); }"""


def test_every_key_is_in_sight_on_any_screen(browser: Browser, kiosk: str) -> None:
    """Keys, box and at least one candidate, in every text size."""
    with browser.new_context(has_touch=True, base_url=kiosk, locale="zh-CN") as context:
        page = context.new_page()
        for width, height in HALL_SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            for size in TEXT_SIZES:
                page.goto(f"/kiosk/find?size={size}&q=" + quote("公积金"))
                expect(page.locator("#candidates button").first).to_be_visible()
                assert page.evaluate(OUTSIDE_MAIN) == [], (width, height, size)


@pytest.mark.parametrize("screen", ["portrait"], indirect=True)
def test_a_seated_person_reaches_the_start_and_the_keys(screen: Page) -> None:
    """On a tall screen all targets are in the lower two thirds."""
    for path in ("/kiosk?hall=zwfw", "/kiosk/find?q=" + quote("公积金")):
        screen.goto(path)
        targets = screen.locator("a:visible, button:visible")
        assert targets.count() > 10
        tops = [(each.bounding_box() or {})["y"] for each in targets.all()]
        assert min(tops) >= 1920 / 3, path


def test_a_list_fills_the_screen_and_is_paged_without_a_drag(screen: Page) -> None:
    screen.goto("/kiosk?hall=zwfw")
    tap(screen, "最新发布")
    rows = screen.locator(".hits a").count()
    assert rows >= 8
    last = screen.locator(".hits li").last.bounding_box()
    main = screen.locator("main").bounding_box()
    assert last
    assert main
    assert main["y"] + main["height"] - last["y"] - last["height"] < last["height"]
    first = screen.locator(".hits strong").all_inner_texts()
    tap(screen, "下一页")
    second = screen.locator(".hits strong").all_inner_texts()
    assert len(second) == rows
    assert not set(first) & set(second)
    # Another text size shows the same records, as many as now fit.
    tap(screen, "特大")
    assert screen.locator(".hits a").count() < rows
    shown = screen.locator(".hits strong").all_inner_texts()
    assert second[0] in shown
    tap(screen, "标准")
    assert shown[0] in screen.locator(".hits strong").all_inner_texts()


def test_long_texts_are_turned_by_buttons(screen: Page, client: TestClient) -> None:
    hit = client.get("/api/v1/search", params={"q": "安庆市政府工作报告（2026年）"}).json()["hits"][
        0
    ]
    screen.goto(f"/kiosk/records/{hit['id']}?size=3")
    main = screen.locator("main")
    steps = 0
    following = screen.locator("[data-step=next]")
    while following.evaluate("each => each.checkVisibility({visibilityProperty: true})"):
        before = main.evaluate("each => each.scrollTop")
        following.tap()
        assert main.evaluate("each => each.scrollTop") > before
        steps += 1
    assert steps > 0
    end = main.evaluate("each => each.scrollHeight - each.clientHeight - each.scrollTop")
    assert end <= 2
    screen.locator("[data-step=previous]").tap()
    expect(following).to_be_visible()


def test_tiles_that_lead_nowhere_are_not_shown(
    installation: Installation, client: TestClient, tmp_path: Path
) -> None:
    sample = client.get("/kiosk?hall=dag").text
    assert "按主题" in sample
    assert "地名命名" not in sample or client.get("/kiosk/list?q=地名命名").text.count("<strong>")
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    served = replace(installation, settings=settings)
    publish(IndexJob([write_rows(tmp_path / "rows.jsonl", [plain_row(1)])]), served)
    with TestClient(create_app(served)) as small:
        start = small.get("/kiosk").text
    assert "按机构" in start
    for absent in ("按主题", "按生命周期", "政府公报", "公积金提取"):
        assert absent not in start


def test_reading_aloud_is_offered_only_with_a_voice(screen: Page, client: TestClient) -> None:
    hit = client.get("/api/v1/search", params={"q": "公积金提取"}).json()["hits"][0]
    voices = """Object.defineProperty(window, 'speechSynthesis', {value: {cancel() {}, speak() {},
      getVoices: () => window.voices ?? [{lang: 'en-US'}]}});"""
    screen.add_init_script(voices)
    screen.goto(f"/kiosk/records/{hit['id']}")
    expect(screen.get_by_role("button", name="朗读")).to_be_hidden()
    screen.add_init_script("window.voices = [{lang: 'zh-CN'}]")
    screen.reload()
    expect(screen.get_by_role("button", name="朗读")).to_be_visible()


def test_idle_warns_then_forgets(screen: Page) -> None:
    screen.clock.install()
    screen.goto("/kiosk/list?hall=zwfw&size=3&q=" + quote("公积金"))
    screen.clock.fast_forward(65_000)
    expect(screen.get_by_role("alertdialog")).to_be_hidden()
    screen.clock.fast_forward(7_000)
    expect(screen.get_by_role("alertdialog")).to_be_visible()
    expect(screen.locator("#idle-left")).to_have_text(re.compile("^(1[789]|20)$"))
    screen.get_by_role("button", name="继续使用").tap()
    expect(screen.get_by_role("alertdialog")).to_be_hidden()
    screen.clock.fast_forward(60_000)
    expect(screen.get_by_role("alertdialog")).to_be_hidden()
    screen.clock.fast_forward(15_000)
    expect(screen.get_by_role("alertdialog")).to_be_visible()
    with screen.expect_navigation():
        screen.clock.fast_forward(21_000)
    expect(screen.locator("h1")).to_have_text("您要查找什么？")
    assert screen.url.endswith("/kiosk?hall=zwfw")


def test_nothing_is_left_behind(screen: Page) -> None:
    screen.goto("/kiosk?hall=zwfw")
    depth = screen.evaluate("history.length")
    tap(screen, "公积金提取")
    with screen.expect_navigation():
        screen.locator(".hits a").first.tap()
    tap(screen, "返回首页")
    assert screen.evaluate("history.length") == depth
    assert screen.context.cookies() == []
    left = screen.evaluate(
        """async () => [localStorage.length, sessionStorage.length, (await caches.keys()).length,
        (await indexedDB.databases()).length]"""
    )
    assert left == [0, 0, 0, 0]


def test_no_way_leads_out(kiosk: str, client: TestClient) -> None:
    hits = client.get("/api/v1/search", params={"size": 100}).json()["hits"]
    addresses = [f"/kiosk/records/{hit['id']}" for hit in hits if hit["url"]]
    assert len(addresses) > 50
    for path in (*PATHS, *addresses):
        response = client.get(path)
        hrefs = re.findall(r'(?:href|action|src)="([^"]*)"', response.text)
        assert all(each.startswith(("/kiosk", "/static/", "#take")) for each in hrefs), path
        assert response.headers["cache-control"] == "no-store"
        policy = response.headers["content-security-policy"]
        sandbox = policy.partition("sandbox ")[2].split()
        assert "allow-popups" not in sandbox
        assert "allow-downloads" not in sandbox
        assert "default-src 'self'" in policy
    away = client.get(addresses[0], params={"back": "https://example.com/"}).text
    assert "example.com" not in away


def test_a_code_takes_the_address_along(screen: Page, client: TestClient) -> None:
    hit = client.get("/api/v1/search", params={"q": "公积金提取"}).json()["hits"][0]
    screen.goto(f"/kiosk/records/{hit['id']}")
    expect(screen.locator("svg.qr")).to_be_visible()
    expect(screen.locator(".address")).to_have_text(f"{PUBLIC}/records/{hit['id']}")
    # Without an address that phones can reach there is none to take along.
    assert "<svg" not in client.get(f"/kiosk/records/{hit['id']}").text


def test_a_printer_is_offered_where_there_is_one(client: TestClient) -> None:
    hit = client.get("/api/v1/search", params={"q": "公积金提取"}).json()["hits"][0]
    path = f"/kiosk/records/{hit['id']}"
    assert "data-print" in client.get(path, params={"hall": "zwfw"}).text
    assert "data-print" not in client.get(path, params={"hall": "tsg"}).text


NEEDS = {
    # What a visitor came for: what is tapped on, in order; keys count one each.
    "公积金提取": ("tile", "公积金提取"),
    "低保": ("tile", "低保"),
    "医保报销": ("tile", "医保报销"),
    "社保缴费": ("tile", "社保缴费"),
    "不动产登记": ("tile", "不动产登记"),
    "烟花爆竹": ("keys", "yhbz"),
    "公租房": ("keys", "gzf"),
    "教师招聘": ("keys", "jszp"),
    "供水": ("keys", "gs"),
    "电动自行车": ("keys", "ddzxc"),
    "黄梅戏": ("keys", "hmx"),
    "创业担保贷款": ("keys", "cydb"),
    "加装电梯": ("keys", "jzdt"),
    "残疾人": ("keys", "cjr"),
    "公交线路": ("keys", "gjxl"),
    "义务教育": ("keys", "ywjy"),
    "食品安全": ("keys", "spaq"),
    "垃圾分类": ("keys", "ljfl"),
    "老年人": ("keys", "lnr"),
    "预算": ("keys", "yusuan"),
}


def type_until_offered(page: Page, keys: str, need: str) -> int:
    """Tap keys until the candidates hold the need, and tap it; how many taps that took."""
    offered = page.locator("#candidates button").filter(has_text=need).first
    tapped = 0
    while tapped < len(keys) and not offered.is_visible():
        with page.expect_response("**/suggest*"):
            page.locator(f"[data-key='{keys[tapped]}']").tap()
        page.wait_for_timeout(50)
        tapped += 1
    with page.expect_navigation():
        offered.tap()
    return tapped + 1


@pytest.mark.parametrize("screen", ["portrait"], indirect=True)
def test_few_taps_reach_what_people_come_for(screen: Page) -> None:
    """Twenty needs, from the start screen to a document on it; every fourth in the gate."""
    taps = {}
    for need, (way, given) in list(NEEDS.items())[:: scaled(4, 1)]:
        screen.goto("/kiosk?hall=zwfw")
        tap(screen, given if way == "tile" else "输入拼音查找")
        taps[need] = 1 + (type_until_offered(screen, given, need) if way == "keys" else 0)
        if "/list" in screen.url:
            taps[need] += 1
            with screen.expect_navigation():
                screen.locator(".hits a").first.tap()
        expect(screen.locator("article h1")).to_be_visible()
    assert len(taps) == scaled(5, 20)
    assert statistics.median(taps.values()) <= 5, taps


def test_an_unreachable_index_is_a_screen_too(
    installation: Installation, fresh: Installation
) -> None:
    with TestClient(create_app(fresh), raise_server_exceptions=False) as client:
        response = client.get("/kiosk")
        assert response.status_code == 503
        assert "返回首页" in response.text
