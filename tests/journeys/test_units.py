"""The page of an agency, and a whole site of one agency from the same index."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from gongkai.api_keys import ApiKey, digest_key
from gongkai.catalog.fields import FACETS, SHELVES, TILES
from gongkai.catalog.hosts import SiteHost
from gongkai.engines.installation import Installation
from search_api.app import create_app
from search_api.http.request_limits import BURST_SECONDS
from tests.journeys.browsing import follow
from tests.journeys.conftest import serving

COUNTY, BUREAU = "340822-zf", "340800-czj"
HOST = "xxgk.hnx.example.gov.cn"
NAME = "怀宁县政府信息公开"
CONTEXTS = "effective_route_contexts"
STAFF = ("/staff", "/api/v1/duplicates")
LAW = "中华人民共和国政府信息公开条例"
PORTAL = "https://www.anqing.example.gov.cn"


@pytest.fixture(scope="module")
def hosted(sampled: Installation) -> Installation:
    return replace(sampled, hosts=(SiteHost(HOST, COUNTY, NAME, "#1c4f9c"),))


@pytest.fixture(scope="module")
def whole(hosted: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(hosted), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module", params=["host name", "setting"])
def county(
    request: pytest.FixtureRequest, hosted: Installation, whole: TestClient
) -> Iterator[TestClient]:
    """The site of the county, by its host name and by GONGKAI_SITE_UNIT."""
    if request.param == "host name":
        yield TestClient(whole.app, f"http://{HOST}", raise_server_exceptions=False)
        return
    settings = hosted.settings.model_copy(update={"site_unit": COUNTY, "site_name": NAME})
    with TestClient(create_app(replace(hosted, settings=settings))) as opened:
        yield opened


def read_records(client: TestClient) -> dict[str, str]:
    """Returns id -> title of all records of a site."""
    hits = client.get("/api/v1/search", params={"size": 100, "facets": ""}).json()["hits"]
    total = client.get("/api/v1/search").json()["total"]
    for page in range(2, total // 100 + 2):
        asked = {"size": 100, "facets": "", "page": page}
        hits += client.get("/api/v1/search", params=asked).json()["hits"]
    return {hit["id"]: hit["title"] for hit in hits}


def test_an_agencys_page_shows_what_it_publishes(client: TestClient) -> None:
    page = client.get(f"/units/{BUREAU}").text
    for text in (
        "安庆市财政局政府信息公开指南",
        '<span class="year">2025 年</span>',
        '<span class="year">2023 年</span>',
        "政府信息公开目录",
        "最新发布",
        f"/feed.atom?unit={BUREAU}",
        "<svg",
    ):
        assert text in page
    county = client.get(f"/units/{COUNTY}").text
    assert "怀宁县高河镇人民政府" in county
    assert "安庆市人民政府" in county
    assert client.get("/units/nobody").status_code == 404
    tree = client.get("/units").text
    assert f'href="/units/{COUNTY}"' in tree
    assert "统计局" in tree


def test_a_search_within_a_unit_has_all_facets(client: TestClient) -> None:
    found = client.get("/api/v1/search", params={"unit": COUNTY}).json()
    assert found["query"]["unit"] == {"code": COUNTY, "name": "怀宁县人民政府"}
    (city,) = found["facets"]["publisher"]
    (county,) = city["children"]
    assert county["value"] == COUNTY
    assert len(county["children"]) > 1
    assert city["count"] == county["count"] == found["total"]
    assert sum(each["count"] for each in county["children"]) == found["total"]
    by_name = client.get("/api/v1/search", params={"unit": "怀宁县人民政府"}).json()
    assert by_name["total"] == found["total"]
    page = client.get("/search", params={"unit": COUNTY, "year": "2024"}).text
    assert "怀宁县人民政府（含下级）" in page
    assert f'name="unit" value="{COUNTY}"' in page
    assert client.get("/api/v1/search", params={"unit": "nobody"}).status_code == 422
    suggested = client.get("/api/v1/suggest", params={"q": "年度报告", "unit": BUREAU}).json()
    assert all("财政局" in s["text"] for s in suggested["suggestions"] if s["kind"] == "title")


def spell_addresses(client: TestClient, ids: list[str]) -> Iterator[str]:
    """Yields addresses of every public route of an application, with each of some record ids."""
    values = {
        "record_id": [quote(each) for each in ids],
        "name": [*FACETS, *TILES],
        "code": [COUNTY, BUREAU, "340800-zf"],
        "part": ["pages", "2024", "2021", "2008"],
    }
    assert set(SHELVES) <= set(FACETS)
    routers = client.app.routes  # type: ignore[attr-defined]
    contexts = [each.effective_route_contexts() for each in routers if hasattr(each, CONTEXTS)]
    paths = {each.path for router in contexts for each in router if "GET" in each.methods}
    for template in sorted(paths):
        if template.startswith(STAFF) or template == "/metrics":
            continue
        named = re.search(r"\{(\w+)(:path)?\}", template)
        for value in values[named[1]] if named else [""]:
            path = re.sub(r"\{.*?\}", value, template)
            yield path
            yield f"{path}?q={quote('公积金')}"
            if not named:
                yield f"{path}?q={quote('安庆市')}&unit=340800-zf"
                yield f"{path}?q={quote('宜政办秘')}&publisher=340800-zfbgs"
                yield f"{path}?hall=zwzx&record={quote(ids[0])}"


def test_no_route_of_a_units_site_shows_another_units_records(
    whole: TestClient, county: TestClient
) -> None:
    own, every = read_records(county), read_records(whole)
    assert 0 < len(own) < len(every)
    assert own.items() <= every.items()
    foreign = {key: title for key, title in every.items() if key not in own}
    asked = [*list(foreign)[:3], *list(own)[:2]]
    # The site's own texts may name documents of others, and its pages name the law.
    texts = LAW + "".join(county.get(f"/api/v1/records/{quote(each)}").text for each in own)
    secret = [each for pair in foreign.items() for each in pair if each not in texts]
    assert len(secret) > len(foreign)
    seen = 0
    for address in spell_addresses(county, asked):
        answer = county.get(address)
        # What the address itself names comes back in links and hidden fields.
        named = [each for each in asked if quote(each) in address]
        found = [each for each in secret if each in answer.text and each not in named]
        assert not found, address
        seen += answer.status_code == 200
    assert seen > 30
    for each in asked[:3]:
        for place in ("/records/", "/text/records/", "/api/v1/records/", "/kiosk/records/"):
            assert county.get(place + quote(each)).status_code == 404


def test_a_units_site_has_its_own_name_and_no_staff(county: TestClient) -> None:
    for address in ("/", "/search?q=报告", "/kiosk", "/openapi.json", "/opensearch.xml"):
        page = county.get(address).text
        assert NAME in page, address
        assert "政府信息公开检索" not in page, address
        assert "安庆市政务服务" not in page, address
    for address in ("/staff", "/staff/statistics", "/api/v1/duplicates"):
        assert county.get(address).status_code == 404
    assert county.get("/kiosk?hall=nowhere").status_code == 422


def test_a_host_has_its_own_colour_addresses_and_etags(whole: TestClient) -> None:
    here = TestClient(whole.app, f"http://{HOST}")
    assert "#1c4f9c" in here.get("/theme/colours.css").text
    assert f"http://{HOST}/records/" in here.get("/feed.atom").text
    assert here.get("/search").headers["etag"] != whole.get("/search").headers["etag"]
    in_capitals = TestClient(whole.app, f"http://{HOST.upper()}.:8000")
    assert NAME in in_capitals.get("/").text
    assert NAME not in TestClient(whole.app, f"http://x{HOST}").get("/").text


def test_named_origins_may_read_the_public_api(sampled: Installation) -> None:
    settings = sampled.settings.model_copy(update={"allowed_origins": PORTAL})
    client = TestClient(create_app(replace(sampled, settings=settings)))

    def allowed(path: str, origin: str) -> str | None:
        return client.get(path, headers={"Origin": origin}).headers.get(
            "access-control-allow-origin"
        )

    assert allowed("/api/v1/suggest?q=gjj", PORTAL) == PORTAL
    assert allowed("/api/v1/suggest?q=gjj", "https://evil.example") is None
    for path in ("/", "/staff", "/api/v1/duplicates", "/search"):
        assert allowed(path, PORTAL) is None
    answer = client.get("/api/v1/suggest?q=gjj", headers={"Origin": PORTAL})
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers


def test_a_program_with_a_key_has_a_rate_of_its_own(sampled: Installation) -> None:
    settings = sampled.settings.model_copy(update={"client_rate": 1.05 / BURST_SECONDS})
    keys = {digest_key("gkapi_portal"): ApiKey("门户", 100.0)}
    app = create_app(replace(sampled, settings=settings, api_keys=keys))
    program = TestClient(app, client=("203.0.113.5", 1))
    with_key = {"X-API-Key": "gkapi_portal"}
    path = "/api/v1/search?size=1&facets="
    assert {program.get(path, headers=with_key).status_code for _ in range(8)} == {200}
    assert program.get(path).status_code == 200
    assert program.get(path).status_code == 429
    assert program.get(path, headers={"X-API-Key": "gkapi_wrong"}).status_code == 429
    other = TestClient(app, client=("203.0.113.6", 1))
    wrong = other.get(path, headers={"X-API-Key": "gkapi_wrong"})
    assert (wrong.status_code, wrong.json()["title"]) == (401, "X-API-Key 的密钥不正确")


EMBEDDED = """<!doctype html><meta charset="utf-8"><title>门户</title>
<form data-gongkai action="{address}/search" method="get">
  <input name="q" type="search" aria-label="检索">
  <input type="hidden" name="unit" value="{unit}">
  <button>检索</button>
</form>
<script src="{address}/static/embed.js" defer></script>"""


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder served under an origin of its own."""
    handler = functools.partial(_QuietHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_a_box_on_a_portals_page_completes_and_searches(
    browser: Browser, sampled: Installation, portal: tuple[Path, str]
) -> None:
    folder, origin = portal
    settings = sampled.settings.model_copy(update={"allowed_origins": origin})
    with serving(replace(sampled, settings=settings)) as address:
        page_text = EMBEDDED.format(address=address, unit=BUREAU)
        (folder / "index.html").write_text(page_text, encoding="utf-8")
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(origin)
            box = page.get_by_role("combobox", name="检索")
            box.press_sequentially("财政局政府信息")
            option = page.get_by_role("option").first
            expect(option).to_contain_text("安庆市财政局")
            with page.expect_navigation():
                option.click()
            assert page.url.startswith(f"{address}/")
            assert context.cookies() == []
            page.goto(origin)
            page.get_by_label("检索").first.fill("通知")
            follow(page.get_by_role("button", name="检索"))
            assert page.url.startswith(f"{address}/search?")
            expect(page.locator(".chips")).to_contain_text("安庆市财政局（含下级）")


def test_a_citizen_goes_from_the_tree_to_a_units_list(sized: Page) -> None:
    sized.goto("/units")
    link = sized.get_by_role("link", name=re.compile("^怀宁县人民政府"))
    if not link.first.is_visible():
        sized.locator("details:not([open])", has=link.first).locator("> summary").first.click()
    follow(link.first)
    expect(sized.get_by_role("heading", level=1)).to_have_text("怀宁县人民政府")
    sized.get_by_role("searchbox").or_(sized.get_by_role("combobox")).first.fill("报告")
    follow(sized.get_by_role("button", name="检索", exact=True))
    expect(sized.locator(".chips")).to_contain_text("怀宁县人民政府（含下级）")
    expect(sized.locator(".hits").first).to_contain_text("怀宁县")
