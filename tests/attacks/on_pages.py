"""Attacks on what a request says: text, parameters, paths, hosts, methods, engine syntax."""

import re
from itertools import product
from urllib.parse import quote, urlencode

import lxml.html

from tests.attacks.rows import CANARIES, PAYLOADS
from tests.attacks.target import Answer, Target

PARAMETERS = (
    "q",
    "topic",
    "publisher",
    "year",
    "document_number",
    "sort",
    "page",
    "cursor",
    "size",
    "facets",
    "published_from",
    "validity",
    "back",
    "record",
    "hall",
    "path",
    "find",
    "contrast",
    "format",
    "run",
    "unknown",
)
LISTS = (
    "/search",
    "/kiosk/list",
    "/kiosk/narrow",
    "/kiosk/find",
    "/kiosk/browse/topic",
    "/search/facets/publisher",
    "/apply",
    "/appearance",
    "/records/r1",
    "/kiosk/records/r1",
    "/feed.atom",
    "/api/v1/search",
    "/search/citations",
    "/staff",
    "/api/v1/suggest",
)
KIOSK_AWAY = re.compile(r"/kiosk(/(list|find|narrow|browse/\w+|records/.+))?")


def check_page(answer: Answer, path: str) -> None:
    """No markup of an attacker: no script of the page's own, no handler, no foreign address."""
    if not answer.is_page or path.startswith("/docs"):
        return
    assert "default-src 'self'" in answer.headers["content-security-policy"], path
    assert "unsafe" not in answer.headers["content-security-policy"], path
    assert answer.headers["x-content-type-options"] == "nosniff", path
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"], path
    assert "server" not in answer.headers, path
    page = lxml.html.fromstring(answer.text)
    for script in page.xpath("//script[not(@src)]"):
        assert script.get("type") == "application/ld+json", path
    assert not page.xpath("//iframe | //object | //embed | //base | //style"), path
    for name in page.xpath("//@*"):
        assert not name.attrname.startswith("on"), (path, name.attrname)
    for address in page.xpath("//script/@src | //link[@rel='stylesheet']/@href | //img/@src"):
        assert address.startswith(("/static/", "data:image/")), (path, address)
    for address in page.xpath("//a/@href | //form/@action"):
        assert not re.match(r"\s*(javascript|data|vbscript):", address, re.IGNORECASE), path
        if path.startswith("/kiosk"):
            assert KIOSK_AWAY.fullmatch(address.partition("?")[0]) or address.startswith("#"), (
                address
            )
    assert "1337" not in page.text_content() or "7*191" not in path, path


def escape_stored_text(target: Target) -> None:
    """Payloads in every field of a record, over all pages."""
    for path in target.addresses():
        answer = target.ask(path)
        assert answer.status in (200, 404, 401), (path, answer.status)
        check_page(answer, path)


def escape_parameters(target: Target) -> None:
    """Payloads in every parameter of every list, and in paths."""
    for number, payload in enumerate(PAYLOADS):
        # Each pair takes every third payload; all payloads come to every list and parameter.
        for place, (path, name) in enumerate(product(LISTS, PARAMETERS)):
            if (place + place // len(PARAMETERS) + number) % 3:
                continue
            asked = f"{path}?{quote(name)}={quote(payload)}"
            check_page(target.ask(asked), asked)
        for path in ("/records/", "/browse/", "/kiosk/records/", "/kiosk/", "/"):
            check_page(target.ask(path + quote(payload)), path)


def traverse_paths(target: Target) -> None:
    """Ways out of the folder of static files, and of every route with a path in it."""
    ups = (
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..%5c",
        "..%255c",
        "%252e%252e%252f",
        "..;/",
        "....//",
        "%c0%ae%c0%ae/",
        ".%00./",
    )
    roots = (
        "/static/",
        "/static/openapi/",
        "/records/",
        "/kiosk/",
        "/browse/",
        "/sitemap/",
        "/staff/",
        "/text/records/",
        "/api/v1/records/",
        "/",
    )
    for root in roots:
        for up in ups:
            for end in ("etc/passwd", "pyproject.toml", "data/staff.sqlite3"):
                answer = target.ask(root + up * 8 + end)
                assert answer.status in (400, 401, 404, 422), (root, up, answer.status)
                assert b"root:" not in answer.content
                assert b"SQLite" not in answer.content


def forge_hosts(target: Target) -> None:
    """Host, X-Forwarded-* and paths that make a redirect or a page lead elsewhere."""
    hosts = (
        "evil.example",
        "evil.example:1@good",
        'x"><script>alert(1)</script>',
        "a/api/",
        "a?b",
        "[::1",
        "evil.example\\@x",
        "%0d%0aX-Injected:1",
    )
    paths = (
        "/staff/",
        "/kiosk//",
        "/browse/topic/",
        "//evil.example/",
        "/\\evil.example/",
        "/docs/",
        "/%5cevil.example/",
        "/%2fevil.example/",
        "/",
        "/search",
        "/records/none",
        "///",
    )
    for host in hosts:
        said = {
            "Host": host,
            "X-Forwarded-Host": "evil.example",
            "Forwarded": "host=evil.example",
            "X-Original-URL": "/staff",
            "X-Rewrite-URL": "/staff",
        }
        for path in paths:
            answer = target.ask(path, said)
            location = answer.headers.get("location", "/")
            assert location.startswith("/"), location
            assert not location.startswith(("//", "/\\")), location
            check_page(answer, path)
    for back in ("//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"):
        location = target.submit("/appearance", {"back": back}, {}).headers.get("location", "/")
        assert location == "/", location


def split_answers(target: Target) -> None:
    """Line ends in every parameter, path and form: no answer has a header of an attacker."""
    ends = ("%0d%0a", "%0a", "%0d", "%E5%98%8A%E5%98%8D", "%c4%8d%c4%8a", "%00%0d%0a")
    for end in ends:
        for path in LISTS:
            for name in ("q", "back", "hall", "format", "cursor"):
                target.ask(f"{path}?{name}=a{end}X-Injected:%201{end}{end}<script>")
        for path in ("/records/a", "/browse/a", "/staff/", "/sitemap/2020", "/static/", "/a"):
            target.ask(f"{path}{end}X-Injected:%201/")


def confuse_methods(target: Target) -> None:
    """Methods that no route has, and overrides of methods."""
    paths = (
        "/",
        "/search",
        "/api/v1/search",
        "/records/r1",
        "/kiosk",
        "/staff",
        "/staff/sign-in",
        "/staff/sign-out",
        "/api/v1/duplicates",
        "/static/icon.svg",
        "/appearance",
        "/metrics",
    )
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND", "CONNECT"):
        for path in paths:
            answer = target.ask(path, {"X-HTTP-Method-Override": "GET"}, method)
            assert answer.status in (400, 401, 404, 405), (method, path, answer.status)
    for path in paths:
        answer = target.ask(path, {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "PUT"})
        assert answer.status in (200, 401, 404, 405), path
    assert target.ask("/records/r1").status == 200


def pollute_parameters(target: Target) -> None:
    """Repeated, nested, mistyped and unknown parameters: an answer or an error, never a fault."""
    for name in PARAMETERS:
        for other in ("a", "", "0", "-1", "1e9", "null", "[]", "{}", "%00", "9" * 400, "a" * 3000):
            for path in ("/search", "/api/v1/search", "/kiosk/list", "/feed.atom"):
                for query in (
                    f"{name}=1&{name}={other}",
                    f"{name}[]={other}",
                    f"{name}[$ne]={other}",
                ):
                    assert target.ask(f"{path}?{query}").status in (200, 400, 414, 422)
    cursors = ("e30", "AAAA", "W10", "bnVsbA", "eyJhIjoxfQ", "//", "%ff", "W1tbW1tbW10")
    for cursor in cursors:
        assert target.ask(f"/api/v1/search?cursor={cursor}").status in (200, 422)


def inject_queries(target: Target) -> None:
    """Syntax of the engines in words and filters changes nothing of what is found."""
    everything = target.ask("/api/v1/search?size=1").text
    total = re.search(r'"total":(\d+)', everything)
    assert total
    texts = (
        "*:*",
        "id:*",
        "title:/.*/",
        "_exists_:body",
        '{"match_all":{}}',
        "* OR 1=1",
        "body:[* TO *]",
        "' OR '1'='1",
        "disclosure:不予公开",
        "-disclosure:主动公开",
        "../_search",
        "/_cat/indices",
        "\\*",
        "?*",
        "AND",
        "NOT",
        "((((",
        '"""',
        "~",
        "^9",
        "\x00",
    )
    for text in texts:
        for name in ("q", "topic", "publisher", "document_number", "genre"):
            answer = target.ask(f"/api/v1/search?{urlencode({name: text})}")
            assert answer.status in (200, 422), text
            assert '"total":' + total[1] + "," not in answer.text or name == "q", (name, text)
            for canary in CANARIES:
                assert canary not in answer.text
    for path in ("/_search", "/_cat/indices", "/_cluster/health", "/_nodes", "/api/v1/_search"):
        assert target.ask(path).status == 404
