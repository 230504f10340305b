"""What the open internet tries on a site: other people's pages, addresses, headers, servers."""

import http.client
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import lxml.html
import pytest
from fastapi.testclient import TestClient

from gongkai.engines.installation import Installation
from gongkai.settings import EngineKind, Settings
from search_api.app import create_app
from tests.journeys.command import plain_row, run_with, running_server, write_rows

PAGES = (
    "/", "/search?q=通知", "/search?q=没有这样的词", "/browse", "/browse/topic", "/appearance",
    "/kiosk", "/kiosk/list?q=通知", "/apply", "/staff", "/docs", "/nothing", "/search?page=0",
    "/records/none",
)  # fmt: skip
ELSEWHERE = (
    "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "http:evil",
    "javascript:alert(1)", "/\t/evil.example", "///evil.example", "/\n/evil.example", "data:,x",
    "https:/evil.example", " //evil.example", "/%5Cevil.example/../..//evil.example",
)  # fmt: skip


KIOSK_PATH = re.compile(r"/kiosk(/find|/list|/narrow|/browse/\w+)?")


def test_no_page_needs_what_the_policy_forbids(client: TestClient) -> None:
    for path in PAGES:
        answer = client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy, path
        assert "unsafe" not in policy
        assert "object-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "server" not in answer.headers
        if path == "/docs":
            continue  # drawn by FastAPI's own script
        page = lxml.html.fromstring(answer.text)
        assert not page.xpath("//script[not(@src)][normalize-space(text())]"), path
        assert not page.xpath("//style | //@style | //iframe | //object | //embed | //base")
        assert not [name for name in page.xpath("//@*") if name.attrname.startswith("on")]
        for address in page.xpath("//script/@src | //link[@rel='stylesheet']/@href | //img/@src"):
            assert address.startswith(("/static/", "data:image/")), address


def test_the_page_of_a_fault_has_the_headers_of_all_others(sampled: Installation) -> None:
    app = create_app(sampled)

    async def fail() -> None:
        raise ZeroDivisionError

    app.add_api_route("/fault", fail)
    app.add_api_route("/api/v1/fault", fail)
    with TestClient(app, raise_server_exceptions=False) as client:
        for path in ("/fault", "/api/v1/fault"):
            answer = client.get(path)
            assert answer.status_code == 500
            assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert "ZeroDivisionError" not in answer.text


@pytest.mark.parametrize("back", ELSEWHERE)
def test_nobody_is_led_elsewhere(client: TestClient, back: str) -> None:
    answer = client.post("/appearance", data={"back": back}, follow_redirects=False)
    assert answer.status_code in {303, 422}
    location = answer.headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\", "/\t", "/\n")), location
    page = lxml.html.fromstring(client.get("/appearance", params={"back": back}).text)
    for address in page.xpath("//form/@action | //input[@name='back']/@value"):
        assert address.startswith("/"), address
        assert not address.startswith(("//", "/\\")), address


OUT_OF_THE_KIOSK = (
    *ELSEWHERE, "/kiosk/list/../../staff", "/kiosk/list/%2e%2e/%2e%2e/staff",
    "/kiosk/list/..;/staff",
    "/kiosk/list\\..\\..\\staff", "/kiosk/list//evil.example", "/kiosk/listing", "/kiosk/list/",
    "staff",
    "/kiosk/../staff", "/kiosk/list%2f..%2f..%2fstaff", "//kiosk/list", "/kiosk/list@evil.example",
    "/kiosk/list\t/../../staff", "https://evil.example/kiosk/list", "\n/kiosk/list/../../staff",
    "/kiosk/./list/../../", "/KIOSK/LIST/../../staff", "/kiosk/list#/../../staff", "..", "?", "#",
    "/kiosk/list/.%2e/%2e./staff", "/kiosk/list\u2025/staff", "/kiosk/list;x=/../../staff",
)  # fmt: skip


@pytest.mark.parametrize("back", OUT_OF_THE_KIOSK)
def test_a_kiosk_leads_back_to_its_own_lists_alone(client: TestClient, back: str) -> None:
    found = client.get("/api/v1/search", params={"size": 1}).json()["hits"][0]["id"]
    for path in (f"/kiosk/records/{found}", "/kiosk/records/none", "/kiosk/find"):
        page = lxml.html.fromstring(client.get(path, params={"back": back}).text)
        for address in page.xpath("//a/@href | //form/@action"):
            parts = urlsplit(address)
            assert parts.path == path or KIOSK_PATH.fullmatch(parts.path), address
            assert not parts.scheme + parts.netloc
            assert dict(parse_qsl(parts.query)).get("back", "") in ("", "/kiosk/list"), address


@pytest.mark.parametrize("query", ["", "?q=%E9%80%9A%E7%9F%A5&topic=a%2F..%2Fb", "?q=a%26b%3D%23c"])
def test_a_kiosk_leads_back_to_the_list_a_record_was_reached_from(
    client: TestClient, query: str
) -> None:
    found = client.get("/api/v1/search", params={"size": 1}).json()["hits"][0]["id"]
    page = client.get(f"/kiosk/records/{found}", params={"back": f"/kiosk/list{query}"}).text
    hrefs = lxml.html.fromstring(page).xpath("//a/@href")
    assert f"/kiosk/list{query}" in [unquote(each) if not query else each for each in hrefs]


@pytest.mark.parametrize(
    "path", ["/kiosk/%2e%2e/staff", "/kiosk/x/..%2f..%2fstaff", "/kiosk/..\\staff", "/kiosk/x//y"]
)
def test_a_kiosks_problem_page_does_not_repeat_the_address(address: str, path: str) -> None:
    answer = raw_get(address, path)
    assert answer.status == 404
    assert b"staff" not in answer.content


@pytest.mark.parametrize("path", ["/staff/", "/kiosk//", "/browse/topic/", "/staff///", "/docs/"])
@pytest.mark.parametrize("query", ["", "?q=a%0d%0ab&c=//evil.example"])
def test_redirects_name_no_host(address: str, path: str, query: str) -> None:
    """A shared cache would hand a redirect to a forged host to everybody."""
    said = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil"}
    answer = raw_get(address, path + query, said)
    assert answer.status == 307
    assert answer.location == path.rstrip("/") + query


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "//evil.example//", "/\\evil.example/", "///", "/%5Cevil.example/",
     "/records",
     "//kiosk/", "/%2Fevil.example/", "/.//evil.example/", "/nothing/", "/kiosk/../../evil/"],
)  # fmt: skip
def test_what_is_no_page_with_a_slash_less_is_not_found(address: str, path: str) -> None:
    answer = raw_get(address, path, {"Host": "evil.example"})
    assert answer.status == 404
    assert answer.location is None


def test_a_choice_of_looks_is_a_cookie_that_scripts_do_not_read(client: TestClient) -> None:
    answer = client.post("/appearance", data={"layout": "elder"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../pyproject.toml", "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/static/%2e%2e/%2e%2e/etc/passwd", "/static/..%5c..%5cetc%5cpasswd", "/static//etc/passwd",
        "/static/openapi/..%2f..%2fetc/passwd", "/records/..%2f..%2fetc%2fpasswd",
        "/kiosk/..%2f..%2fetc/passwd", "/browse/..%2f..%2fetc%2fpasswd", "/static/%00",
        "/sitemap/..%2f..%2fetc%2fpasswd.xml", "/%2e%2e/%2e%2e/etc/passwd", "/static/.%00./x",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_house(address: str, path: str) -> None:
    answer = raw_get(address, path)
    assert answer.status in {400, 404, 422}, answer.status
    assert b"root:" not in answer.content


@dataclass(frozen=True, slots=True)
class Answer:
    """As it came: the status, the names of headers, the content."""

    status: int
    names: frozenset[str]
    content: bytes
    location: str | None


def raw_get(
    address: str, path: str, headers: dict[str, str] | None = None, source: str = "127.0.0.1"
) -> Answer:
    """As it is written: no client tidies the path or the headers."""
    host, _, port = address.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), source_address=(source, 0), timeout=30)
    with closing(connection):
        connection.putrequest("GET", path, skip_host="Host" in (headers or {}))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        names = frozenset(name.lower() for name, _ in answer.getheaders())
        return Answer(answer.status, names, answer.read(), answer.getheader("location"))


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=a%0d%0aX-Injected:%201", "/search?q=%E5%98%8A%E5%98%8DX-Injected:1",
        "/records/a%0d%0aX-Injected:%201", "/search/export?format=csv&q=a%0d%0aX-Injected:%201",
        "/feed.atom?q=%0d%0aX-Injected:%201", "/browse/a%0d%0aX-Injected:%201",
        "/appearance?back=/%0d%0aX-Injected:%201", "/api/v1/search?q=x&a%0d%0aX-Injected=1",
        "/staff/%0d%0aX-Injected:%201", "/sitemap/2020%0d%0aX-Injected:1.xml",
    ],
)  # fmt: skip
def test_no_answer_is_split(address: str, path: str) -> None:
    answer = raw_get(address, path)
    assert answer.status < 500
    assert "x-injected" not in answer.names


@pytest.mark.parametrize("host", ["evil.example", "evil.example:1@good", 'x"><script>alert(1)'])
def test_who_names_another_host_gets_no_page_that_others_would_believe(
    sampled: Installation, host: str
) -> None:
    settings = sampled.settings.model_copy(update={"public_url": "https://xxgk.example.gov.cn"})
    with TestClient(create_app(replace(sampled, settings=settings))) as client:
        found = client.get("/api/v1/search", params={"size": 1}).json()["hits"][0]["id"]
        for path in ("/", "/search?q=通知", f"/records/{found}", "/feed.atom", "/sitemap.xml",
                     "/robots.txt", "/opensearch.xml", "/kiosk", "/search/citations"):  # fmt: skip
            answer = client.get(path, headers={"Host": host})
            assert "evil" not in answer.text, path
            assert "<script>alert" not in answer.text
            assert "evil" not in str(answer.headers)


def test_a_proxys_word_counts_only_from_a_trusted_address(tmp_path: Path) -> None:
    data = tmp_path / "data"
    rows = write_rows(tmp_path / "rows.jsonl", map(plain_row, range(3)))
    settings = {"GONGKAI_DATA_DIR": str(data)}
    assert run_with(settings, "index", rows).returncode == 0
    with running_server(settings, "--host", "0.0.0.0") as (_, client):
        address = str(client.base_url).rstrip("/")
        said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        trusted = raw_get(address, "/feed.atom", said).content
        others = raw_get(address, "/feed.atom", said, source="127.0.0.2").content
    assert b"https://127.0.0.1" in trusted
    assert b"https://127.0.0.1" not in others


@pytest.fixture
def trap() -> Iterator[tuple[int, list[bytes]]]:
    """A server that nobody should ever call: its port, and what was said to it."""
    heard: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(0.2)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                heard.append(connection.recv(1000))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield listening.getsockname()[1], heard
        over.set()
        thread.join()


def test_no_address_in_a_record_is_ever_called(
    fresh: Installation, tmp_path: Path, trap: tuple[int, list[bytes]]
) -> None:
    port, heard = trap
    there = f"http://127.0.0.1:{port}"
    markup = f'<p>正文<img src="{there}/i"><iframe src="{there}/f"></iframe></p>'
    page = (
        f'<!DOCTYPE html SYSTEM "{there}/x.dtd"><html><head><base href="{there}/">'
        f'<link rel=stylesheet href="{there}/s"><title>关于防汛工作的通知</title><body><table>'
        "<tr><th>发布机构</th><td>安庆市水利局</td></tr><tr><th>发布日期</th><td>2020-01-01</td></tr>"
        f'</table><a href="{there}/a.pdf">附件</a>{markup}'
    )
    (tmp_path / "page.html").write_text(page)
    export = write_rows(
        tmp_path / "rows.jsonl",
        [
            plain_row(
                number,
                url=f"{there}/page",
                body=markup,
                attachments=[{"name": "附件.pdf", "url": f"{there}/{name}"}],
            )
            for number, name in enumerate(("a.pdf", "a.docx", "../a.txt", "a.txt#x"))
        ],
    )
    settings = {"GONGKAI_DATA_DIR": str(fresh.settings.data_dir), "GONGKAI_DISCLOSURE": "主动公开"}
    done = run_with(settings, "index", export, tmp_path / "page.html")
    assert done.returncode == 0, done.stdout + done.stderr
    with TestClient(create_app(fresh)) as client:
        ids = [hit["id"] for hit in client.get("/api/v1/search").json()["hits"]]
        assert len(ids) == 5
        for record_id in ids:
            for kind in ("/records/", "/text/records/", "/api/v1/records/"):
                assert client.get(kind + record_id).status_code == 200
        client.get("/search/export")
        client.get("/api/v1/replica")
    assert heard == []


def test_a_secret_is_never_printed(tmp_path: Path) -> None:
    secret = "hunter2-Zq9"
    settings = Settings(
        engine=EngineKind.ELASTICSEARCH,
        elasticsearch_url="http://127.0.0.1:9",
        elasticsearch_username="gongkai",
        elasticsearch_password=secret,
        elasticsearch_api_key=secret,
    )
    assert secret not in repr(settings) + str(settings) + settings.model_dump_json()
    environment = {
        "GONGKAI_DATA_DIR": str(tmp_path),
        "GONGKAI_ENGINE": "elasticsearch",
        "GONGKAI_ELASTICSEARCH_URL": f"http://gongkai:{secret}@127.0.0.1:9",
        "GONGKAI_ELASTICSEARCH_USERNAME": "gongkai",
        "GONGKAI_ELASTICSEARCH_PASSWORD": secret,
    }
    for words in (("status",), ("search", "通知"), ("withdraw", "r1"), ("doctor",)):
        said = run_with(environment, *words)
        assert said.returncode in {2, 4}
        assert secret not in said.stdout + said.stderr


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "BREW"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    for path in ("/", "/search", "/api/v1/search", "/records/none", "/kiosk", "/static/icon.svg"):
        answer = client.request(method, path)
        assert answer.status_code in {400, 405}, (method, path, answer.status_code)
