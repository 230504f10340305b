"""A crawl by following links: no page is broken, none takes the text of a record for markup.

The sample, and records whose every part holds what HTML, addresses or terminals read as their own.
"""

import random
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urldefrag, urlencode, urljoin, urlsplit

import httpx2
import pytest
from lxml import html

from gongkai.engines.installation import Installation
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from tests.conftest import SAMPLE
from tests.journeys.command import plain_row, write_rows
from tests.journeys.conftest import serving
from tests.scale import scaled

PAGES = scaled(400, 5_000)
WEIGHT = 30_000
"""Bytes of a page with its style sheet and scripts as they are sent, without fonts."""
STARTS = ("/", "/search?q=通知", "/search?q=龘靐齉")
"""A list and an empty list lead to kinds of pages that few other pages lead to."""
HOSTILE = (
    "<script>alert(1)</script>的通知",
    '"><svg onload=alert(1)>的公告',
    "' onmouseover='alert(1)' x='的办法",
    "A&B &amp; &lt;b&gt; &#60;i&#62; &nbsp的意见",
    "100%完成 %2F%3Cb%3E %zz 的通报",
    "{{ 7*7 }} {% raw %} ${7*7} <%= 1 %>的批复",
    "关于《〈关于“甲”的通知〉的解读》的说明",
    "😀👨‍👩‍👧‍👦表情和旗帜🇨🇳的通知",
    "𠮷野家与𪚥字、𨭎元素的命名公告",
    "从右到左\u202e反转与零宽\u200b空格的函",
    "</title></textarea></style>--><!--的决定",
    "a" * 200 + "的公示",
    "标题" * 250,
    "?q=1&page=2#top 和 /../../etc/passwd 的复函",
    "javascript:alert(1) 与 data:text/html,<b>的提示",
)
SHOWN = {
    0: "的通知",
    3: "A&B & 的意见",
    9: "从右到左反转与零宽空格的函",
    10: "--><!--的决定",
    14: "javascript:alert(1) 与 data:text/html,的提示",
}
"""Titles that lose tags, entities or signs without a width at intake, by their place in HOSTILE."""
_BARE = re.compile(r"&(?!#\d+;|#x[0-9a-f]+;|amp;|lt;|gt;|quot;)|<(?![a-zA-Z/!])")
_DATA_SCRIPT = re.compile(r'<script type="application/ld\+json">.*?</script>', re.DOTALL)


def rows() -> Iterator[dict[str, object]]:
    for number, text in enumerate(HOSTILE):
        yield plain_row(
            number,
            id=f"h{number}/{text[:15]}",
            title=text[:500],
            publisher=text[:60],
            summary=text,
            body=f"{text}\n{text}",
            keywords=[text[:40], '"双引号"'],
            index_number=f"X-{number + 1}",
            attachments=[{"name": text[:80], "url": "https://a.gov.cn/?a=<b>&c='d'"}],
            extra={text[:20]: text},
        )


@pytest.fixture(scope="module")
def site(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    folder = tmp_path_factory.mktemp("crawl")
    settings = installation.settings.model_copy(update={"data_dir": folder / "data"})
    served = replace(installation, settings=settings)
    source = write_rows(folder / "rows.jsonl", rows())
    summary = publish(IndexJob(find_sources([SAMPLE, source])), served).summary
    assert summary.indexed > 250
    # The client that comes with Starlette decodes addresses twice, and %25 is among them here.
    with (
        serving(served) as address,
        httpx2.Client(base_url=address, trust_env=False, timeout=60) as client,
    ):
        yield client


@dataclass(slots=True)
class Crawl:
    """What was fetched: address -> media type. `kinds` counts pages by their path."""

    client: httpx2.Client
    seen: dict[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    heaviest: tuple[int, str] = (0, "")
    anchors: list[tuple[str, str]] = field(default_factory=list)

    def run(self, pages: int) -> None:
        """Breadth first, but by kinds in turn: combinations of filters have no end."""
        draw = random.Random(20090220)
        waiting: dict[str, list[str]] = {}
        known = set(STARTS)

        def visit(path: str) -> None:
            for link in self._fetch(path):
                if link not in known:
                    known.add(link)
                    waiting.setdefault(kind_of(link), []).append(link)

        for path in STARTS:
            visit(path)
        while len(self.seen) < pages and any(waiting.values()):
            for paths in [paths for paths in waiting.values() if paths]:
                visit(paths.pop(draw.randrange(len(paths))))

    def _fetch(self, path: str) -> Iterator[str]:
        response = self.client.get(path)
        self.seen[path] = response.headers["content-type"].partition(";")[0]
        self.kinds[kind_of(path)] += 1
        if response.status_code != 200:
            self.faults.append(f"{response.status_code} {path}")
        elif self.seen[path] == "text/html":
            if not path.startswith(("/records", "/docs")):
                self.heaviest = max(self.heaviest, (response.num_bytes_downloaded, path))
            yield from self._read_page(path, response.text)
        elif self.seen[path].endswith("xml"):
            yield from _links_in(ET.fromstring(response.content))

    def _read_page(self, path: str, text: str) -> Iterator[str]:
        page = html.document_fromstring(text)
        self.faults += [f"{fault} {path}" for fault in find_faults(page, text)]
        for element, _, link, _ in page.iterlinks():
            if link.startswith("#"):
                if not page.xpath("//*[@id=$id]", id=link[1:]):
                    self.faults.append(f"no {link} on {path}")
            elif element.tag in ("a", "link") and (own := _own_path(urljoin(path, link))):
                yield own
        for form in page.forms:
            if form.method == "GET":
                yield f"{urlsplit(form.action).path}?{urlencode(form.form_values())}"


def _is_qr_code(element: html.HtmlElement) -> bool:
    """Whether this is the drawing of the page's address: nothing but a title and paths."""
    is_shared = element.tag == "svg" and element.getparent().get("class") == "share"
    return is_shared and {child.tag for child in element.iterdescendants()} <= {"title", "path"}


def find_faults(page: html.HtmlElement, text: str) -> Iterator[str]:
    """What no page of ours has, whatever a record holds."""
    for script in page.iter("script"):
        if not script.get("src") and script.get("type") != "application/ld+json":
            yield "a script of its own"
    for element in page.iter("svg", "iframe", "object", "embed", "img"):
        if not element.get("src", "").startswith("/static/") and not _is_qr_code(element):
            yield f"a foreign {element.tag}"
    for element in page.iter():
        names = [str(name) for name in element.attrib]
        if any(name.startswith("on") for name in names):
            yield f"a handler {names}"
        href = str(element.get("href", "/"))
        if not href.startswith(("/", "#", "http://", "https://")):
            yield f"an address {href[:40]}"
    ids = Counter(page.xpath("//@id"))
    yield from (f"two ids {each}" for each, count in ids.items() if count > 1)
    if bare := _BARE.search(_DATA_SCRIPT.sub("", text)):
        yield f"unescaped {text[bare.start() : bare.start() + 20]!r}"
    if "Traceback" in text or "Undefined" in text:
        yield "an error of the program"


def kind_of(path: str) -> str:
    first, _, rest = path.partition("?")
    return "/".join(first.split("/")[:2]) + ("?" + "+" * min(rest.count("&"), 2) if rest else "")


def _own_path(address: str) -> str | None:
    parts = urlsplit(urldefrag(address)[0])
    if parts.netloc and not parts.netloc.startswith("127.0.0.1:"):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _links_in(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        links = (element.get("href"), element.text if element.tag.endswith("loc") else None)
        yield from (own for link in links if link and (own := _own_path(link)))


@pytest.fixture(scope="module")
def crawl(site: httpx2.Client) -> Crawl:
    done = Crawl(site)
    done.run(PAGES)
    return done


def test_pages_are_without_a_fault(crawl: Crawl) -> None:
    assert crawl.faults == []
    assert len(crawl.seen) >= PAGES


def test_every_kind_of_page_was_among_them(crawl: Crawl) -> None:
    wanted = {
        "/", "/search", "/search?", "/search?+", "/search?++", "/records", "/records?", "/browse",
        "/feed.atom", "/feed.atom?", "/apply", "/apply?", "/appearance?", "/docs", "/text",
        "/opensearch.xml", "/api", "/units",
    }  # fmt: skip
    assert wanted <= set(crawl.kinds), crawl.kinds
    assert crawl.kinds["/records"] + crawl.kinds["/records?"] > PAGES / len(crawl.kinds)


def test_no_page_is_heavy(crawl: Crawl, site: httpx2.Client) -> None:
    """Records are left out: their text is what the reader came for."""
    page = html.document_fromstring(site.get("/search").text)
    files = [*page.xpath("//link[@rel='stylesheet']/@href"), *page.xpath("//script/@src")]
    besides = sum(site.get(str(file)).num_bytes_downloaded for file in files)
    assert besides + crawl.heaviest[0] <= WEIGHT, crawl.heaviest


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_title_is_shown_as_it_was_published(site: httpx2.Client, number: int) -> None:
    found = site.get("/api/v1/search", params={"q": f"X-{number + 1}", "size": 5}).json()["hits"]
    record = next(hit for hit in found if hit["index_number"] == f"X-{number + 1}")
    page = html.document_fromstring(site.get("/records/" + quote(record["id"])).text)
    shown = page.xpath("string(//h1)")
    assert shown == record["title"]
    assert record["title"] == SHOWN.get(number, HOSTILE[number][:500].strip())
    assert record["title"] in page.xpath("string(//title)")
    for value in page.xpath("//input/@value | //textarea/text()"):
        assert "\ufffd" not in str(value)
