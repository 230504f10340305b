"""`gongkai pull` against a portal of two hundred pages on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.intake import IntakeRules
from gongkai.catalog.tables import load_tables
from indexer.inspection import inspect_file
from indexer.portal.crawl import Crawl, CrawlJob, CrawlReport
from indexer.portal.links import read_links
from indexer.portal.web_client import Pace, PageError, WebClient, is_on, normalize
from indexer.source_reader import read_source, survey_sources
from indexer.sources.row import SourceRow
from indexer.unread import UnreadFiles
from tests.indexer.portal.server import Portal, list_page, serve

COUNT, SMALL = 200, 20


@pytest.fixture
def portal() -> Iterator[Portal]:
    """Ten list pages of twenty records each; the numbers of the pages are drawn by a script."""
    yield from open_portal(COUNT)


@pytest.fixture
def small() -> Iterator[Portal]:
    """One list page of twenty records."""
    yield from open_portal(SMALL)


def open_portal(count: int) -> Iterator[Portal]:
    with serve(Portal()) as served:
        paths = [served.add_record(number) for number in range(1, count + 1)]
        script = f"<script>createPageHTML({count // 20}, 0, 'index', 'html')</script>"
        for place in range(count // 20):
            name = f"index_{place}.html" if place else ""
            served.add(f"/zwgk/c1/{name}", list_page(paths[20 * place : 20 * place + 20], script))
        yield served


def pull(
    portal: Portal, folder: Path, path: str = "/zwgk/c1/", limit: int = 10_000, **options: bool
) -> tuple[CrawlReport, WebClient]:
    client = WebClient(frozenset((portal.host,)), Pace(0.0), sleep=lambda _: None)
    job = CrawlJob(normalize(portal.address + path), folder, limit, **options)
    return Crawl(job, client).run(), client


def titles(folder: Path) -> set[object]:
    rows = [row for path in survey_sources([folder]).sources for row in read_source(path)]
    return {row.fields["标题"] for row in rows if isinstance(row, SourceRow)}


ALL = {f"关于{number}号渡口的通告" for number in range(1, COUNT + 1)}
FEW = {f"关于{number}号渡口的通告" for number in range(1, SMALL + 1)}


def test_every_record_of_the_lists_is_saved_and_read(portal: Portal, tmp_path: Path) -> None:
    report, _ = pull(portal, tmp_path)
    assert (report.saved, report.is_left, report.faults) == (COUNT, False, [])
    assert titles(tmp_path) == ALL
    first = survey_sources([tmp_path])
    assert not first.skipped
    rules = IntakeRules(load_tables(), Disclosure.PUBLIC)
    shown = inspect_file(first.sources[0], rules, 1, UnreadFiles(()))
    assert (shown.format, shown.accepted) == ("HTML page", 1)
    (row,) = read_source(first.sources[0])
    assert isinstance(row, SourceRow)
    assert str(row.fields["链接"]).startswith(f"{portal.address}/art/2024/3/art_")
    assert max(portal.asked.values()) == 1


def test_a_second_call_fetches_only_what_changed(portal: Portal, tmp_path: Path) -> None:
    pull(portal, tmp_path)
    portal.add_record(7, "<p>改动</p>")
    del portal.pages["/art/2024/3/art_9.html"]
    report, _ = pull(portal, tmp_path)
    counts = (report.saved, report.unchanged, report.removed, report.faults)
    assert counts == (1, COUNT - 2, 1, [])
    assert titles(tmp_path) == ALL - {"关于9号渡口的通告"}


def test_an_interrupted_call_is_continued(portal: Portal, tmp_path: Path) -> None:
    report, _ = pull(portal, tmp_path, limit=50)
    assert report.is_left
    report, _ = pull(portal, tmp_path)
    assert report.is_resumed
    assert not report.is_left
    assert titles(tmp_path) == ALL
    assert max(portal.asked[path] for path in portal.pages) == 1


def test_pages_linked_as_next_are_followed(small: Portal, tmp_path: Path) -> None:
    paths = sorted(path for path in small.pages if path.startswith("/art"))[:4]
    further = '<a href="?page=2">下一页</a>'
    small.add("/list/a.html", list_page(paths[:2], '<a href="b.html">下一页</a>'))
    small.add("/list/b.html", list_page(paths[2:], further))
    report, _ = pull(small, tmp_path, "/list/a.html")
    assert report.saved == 4


def test_sitemaps_and_feeds_name_the_records(small: Portal, tmp_path: Path) -> None:
    paths = sorted(path for path in small.pages if path.startswith("/art"))
    places = "".join(f"<url><loc>{small.address}{path}</loc></url>" for path in paths[:3])
    small.add("/map.xml", f"<?xml version='1.0'?><urlset>{places}</urlset>", "text/xml")
    small.add("/robots.txt", f"Sitemap: {small.address}/map.xml", "text/plain")
    small.add("/", list_page([], '<link rel="alternate" type="application/rss+xml" href="/r.xml">'))
    items = "".join(f"<item><link>{small.address}{path}</link></item>" for path in paths[3:5])
    small.add("/r.xml", f"<?xml version='1.0'?><rss><channel>{items}</channel></rss>", "text/xml")
    report, _ = pull(small, tmp_path, "/")
    assert (report.saved, report.faults) == (5, [])


def test_attachments_are_saved_where_the_reader_finds_them(small: Portal, tmp_path: Path) -> None:
    path = small.add_record(1, '<p><a href="/files/P02%E5%8F%B7.docx">收费表</a></p>')
    small.add("/files/P02%E5%8F%B7.docx", b"PK\x03\x04", "application/octet-stream")
    small.add("/zwgk/c1/", list_page([path]))
    report, _ = pull(small, tmp_path)
    assert (report.saved, report.files) == (1, 1)
    (file,) = tmp_path.rglob("*.docx")
    assert file.name == "P02号.docx"
    unread = UnreadFiles(survey_sources([tmp_path]).skipped)
    (page,) = survey_sources([tmp_path]).sources
    (row,) = read_source(page)
    assert isinstance(row, SourceRow)
    unread.discount(str(page), row.fields)
    assert unread.left() == []


def test_robots_exclude_pages_and_set_the_pace(small: Portal, tmp_path: Path) -> None:
    rules = "User-agent: *\nDisallow: /art/2024/3/art_1\nCrawl-delay: 2"
    small.add("/robots.txt", rules, "text/plain")
    report, _ = pull(small, tmp_path)
    left = {title for title in FEW if not title.startswith("关于1")}
    assert titles(tmp_path) == left
    assert not any(path.startswith("/art/2024/3/art_1") for path in small.asked)
    assert report.saved == len(left)


def test_the_longer_delay_counts(small: Portal) -> None:
    small.add("/robots.txt", "User-agent: *\nCrawl-delay: 20", "text/plain")
    waits: list[float] = []
    client = WebClient(frozenset((small.host,)), Pace(3.0), sleep=waits.append)
    for number in (1, 2):
        client.fetch(f"{small.address}/art/2024/3/art_{number}.html")
    assert 3 < waits[-1] <= 20


def test_no_other_host_is_asked(small: Portal, tmp_path: Path) -> None:
    with serve(Portal()) as other:
        other.add_record(1)
        away = f"{other.address}/art/2024/3/art_1.html"
        small.moved["/art/2024/3/art_1.html"] = away
        small.add("/zwgk/c1/", list_page(["/art/2024/3/art_1.html", away, "file:///etc/passwd"]))
        report, _ = pull(small, tmp_path)
        assert report.saved == 0
        assert [fault for _, fault in report.faults] == ["The address redirects to another host."]
        assert other.asked == {}


@pytest.mark.parametrize("address", ["http://u:p@a/", "ftp://a/", "http://b/", "http://a:81/"])
def test_addresses_off_the_portal(address: str) -> None:
    assert not is_on(address, ("a",))


def test_a_page_beyond_the_limit_costs_itself(small: Portal, tmp_path: Path) -> None:
    small.add("/art/2024/3/art_1.html", bytes(17 << 20))
    report, _ = pull(small, tmp_path)
    assert report.saved == SMALL - 1
    assert [fault for _, fault in report.faults] == ["The page is over 16 MiB."]


def test_a_busy_portal_is_asked_again_later(small: Portal, tmp_path: Path) -> None:
    small.failing["/art/2024/3/art_1.html"] = [503, 429]
    report, client = pull(small, tmp_path)
    assert (report.saved, report.faults) == (SMALL, [])
    assert small.asked["/art/2024/3/art_1.html"] == 3
    assert client.requests == SMALL + 1 + 1 + 2


def test_an_unreachable_portal_ends_the_call_and_is_continued(
    small: Portal, tmp_path: Path
) -> None:
    broken = {f"/art/2024/3/art_{number}.html": [500] for number in range(1, SMALL)}
    small.failing.update(broken)
    with pytest.raises(PageError, match="Run the command again"):
        pull(small, tmp_path)
    small.failing.clear()
    pull(small, tmp_path)
    report, _ = pull(small, tmp_path)
    assert titles(tmp_path) == FEW
    assert report.faults == []


def test_a_folder_belongs_to_one_start(small: Portal, tmp_path: Path) -> None:
    pull(small, tmp_path, limit=1)
    with pytest.raises(PageError, match="another folder"):
        pull(small, tmp_path, "/other/")


def test_lists_are_no_records(small: Portal, tmp_path: Path) -> None:
    small.add("/zwgk/c1/", list_page(["/zwgk/c1/sub/"]))
    small.add("/zwgk/c1/sub/", list_page(["/art/2024/3/art_1.html"]))
    report, _ = pull(small, tmp_path)
    assert (report.saved, report.passed) == (1, 1)


def test_pages_in_gb18030_are_saved_as_they_are(small: Portal, tmp_path: Path) -> None:
    path = small.add_record(1, encoding="gb18030")
    small.add("/zwgk/c1/", list_page([path]))
    pull(small, tmp_path)
    assert titles(tmp_path) == {"关于1号渡口的通告"}


@pytest.mark.parametrize(
    "content", [b"", b"<urlset", b"\x1f\x8b\x08", b"<?xml version='1.0'?><a/>"]
)
def test_content_without_links(content: bytes) -> None:
    links = read_links("http://a/", content)
    assert (links.pages, links.lists) == ((), ())


def test_a_portal_that_refuses_connections_is_named(tmp_path: Path) -> None:
    with serve(Portal()) as closed:
        pass
    with pytest.raises(PageError, match="can't be reached: Connection refused"):
        pull(closed, tmp_path)
