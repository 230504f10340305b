"""Reads one row from a saved portal page (HTML): its catalog block, meta tags and text.

The meta tag names are those of 政府网站发展指引 (国办发〔2017〕47号).
"""

import re
from collections.abc import Iterator, Mapping
from gettext import gettext as _
from itertools import islice
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from gongkai.catalog.headings import key_of
from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MAX_ROW_BYTES
from indexer.sources.catalog_block import take_catalog_blocks
from indexer.sources.headers import known_keys
from indexer.sources.page_article import MARKED, Article, drop_heading
from indexer.sources.page_layout import find_page_layout, read_by_layout
from indexer.sources.page_title import find_title, strip_name
from indexer.sources.row import Row, SourceRow, UnreadableRow
from indexer.sources.streams import OnBytes, ignore_bytes, open_text

# meta tag -> the heading for its value, if the catalog block does not contain it
_STANDS_FOR = {
    "pubdate": "发布日期",
    "contentsource": "发布机构",
    "keywords": "关键词",
    "description": "摘要",
}
_SOURCES = ("来源", "信息来源", "文章来源", "稿件来源")
_DAY_METAS = ("publishdate", "firstpublishedtime", "article:published_time", "createdate")
_DAY = re.compile(
    r"(?:(?:发布|更新)?(?:时间|日期)\s*[:：]\s*)?(\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|年\d{1,2}月\d{1,2}日))"
)
_DAY_NAMES = re.compile(r"date|time|riqi|shijian|info|source|laiyuan")
_MAIN_TEXT_ROW = re.compile(r"^\|(.*)\|[ ]*$", re.MULTILINE)
"""A row of a table in the text that trafilatura returns."""
_MOST_PARTS, _LONGEST_LINE = 20, 80
_KEPT = ("SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnType", "Author")
_MOST_ELEMENTS = 50_000  # the time of trafilatura is more than linear
_CONTENT_BEGINS, _CONTENT_ENDS = "<!--ZJEG_RSS.content.begin-->", "<!--ZJEG_RSS.content.end-->"
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(https?://[^\s<>]+)")

# Characters that XML text cannot contain become the replacement character.
_NO_TEXT = dict.fromkeys({*range(0x20), 0x7F, 0xFFFE, 0xFFFF} - {0x09, 0x0A, 0x0D}, "\ufffd")


def read_portal_page(path: Path, on_bytes: OnBytes) -> Iterator[Row]:
    """Yields the page as one row. Raises BrokenFileError if the file is not HTML."""
    source = str(path)
    with open_text(path, on_bytes, is_markup=True) as stream:
        data = stream.read(MAX_ROW_BYTES + 1)
    if len(data) > MAX_ROW_BYTES:
        yield UnreadableRow(source, 1, "too_long", _("The page is over 32 MiB."))
        return
    yield read_page(source, data)


def read_page(source: str, data: bytes, address: str = "") -> Row:
    """Returns the row of a page in UTF-8, whose address may be known.

    Raises BrokenFileError if it is not HTML.
    """
    page = parse_page(data)
    try:
        return SourceRow(source, 1, read_page_fields(page, data, address)[0])
    except ValueError as error:
        # A character reference such as &#1; gives a character that lxml returns but does not
        # accept.
        raise BrokenFileError(
            "bad_file", _("The page contains invalid character references.")
        ) from error


def name_layout(path: Path) -> str:
    """Returns the name of the declared layout of a page, or "". Raises OSError."""
    with open_text(path, ignore_bytes, is_markup=True) as stream:
        data = stream.read(MAX_ROW_BYTES)
    try:
        page = parse_page(data)
    except BrokenFileError:
        return ""
    layout = find_page_layout(page, _find_url(page, _read_metas(page), data))
    return layout.name if layout else ""


def parse_page(data: bytes) -> html.HtmlElement:
    """Returns the page of UTF-8 data. Raises BrokenFileError if it is not HTML."""
    text = data.decode("utf-8", "replace").translate(_NO_TEXT)
    clean = _mark_content(text).encode("utf-8")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    try:
        return html.document_fromstring(clean, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError) as error:
        raise BrokenFileError("bad_file", _("The file is not an HTML page.")) from error


def _mark_content(text: str) -> str:
    """Wraps the article in a container for a CMS that marks it only with comments."""
    if text.count(_CONTENT_BEGINS) != 1 or text.count(_CONTENT_ENDS) != 1:
        return text
    marked = text.replace(_CONTENT_BEGINS, f'<div class="{MARKED}">')
    return marked.replace(_CONTENT_ENDS, "</div>")


def read_page_fields(
    page: html.HtmlElement, data: bytes, address: str = ""
) -> tuple[dict[str, object], bool]:
    """Returns the fields of a page, and whether it has a container for an article.

    The values of a declared layout come before those that are recognised. Only of the disclosure
    all values are kept, so that the strictest can win.
    """
    metas = _read_metas(page)
    url = _find_url(page, metas, data) or (address if _is_web(address) else None)
    layout = find_page_layout(page, url)
    declared = read_by_layout(page, layout, url) if layout else {}
    fields: dict[str, object] = {
        heading: value
        for heading, value in take_catalog_blocks(page).items()
        if (key := key_of(heading)) not in declared or key == "disclosure"
    }
    fields.update(declared)
    site = metas.get("sitename", "")
    title = strip_name(metas.get("articletitle", ""), site) or find_title(page, site)
    stand_ins = [(heading, metas.get(name)) for name, heading in _STANDS_FOR.items()]
    stand_ins += [("标题", title), ("发布机构", _find_source(fields)), ("链接", url)]
    if "published_on" not in known_keys(fields) and not metas.get("pubdate"):
        stand_ins.append(("发布日期", _find_day(page, metas)))
    for heading, value in stand_ins:
        if value and not known_keys((heading,)) & known_keys(fields):
            fields[heading] = value
    article = Article(page)
    if "attachments" not in declared and (attachments := _list_attachments(article, url)):
        fields.setdefault("附件", attachments)
    if "body" not in known_keys(fields) and (text := _extract_text(article, title)):
        fields["正文"] = text
    fields.update((name, metas[name.lower()]) for name in _KEPT if metas.get(name.lower()))
    return fields, article.container is not None or "body" in declared


def _read_metas(page: html.HtmlElement) -> Mapping[str, str]:
    """Returns meta tags by lower-case name; the first one with a value wins."""
    found: dict[str, str] = {}
    for meta in page.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _find_source(fields: Mapping[str, object]) -> str:
    """Returns the source of the article (来源), used if no publisher is named."""
    found = next((fields[name] for name in _SOURCES if fields.get(name)), "")
    return found if isinstance(found, str) else ""


def _find_day(page: html.HtmlElement, metas: Mapping[str, str]) -> str:
    """Returns the date from other meta tags, or from an element above the article."""
    stated = (match for name in _DAY_METAS if (match := _DAY.match(metas.get(name, ""))))
    if found := next(stated, None):
        return found[1]
    for element in page.iter("div", "p", "span", "td", "em", "time", "li"):
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if element.tag != "time" and not _DAY_NAMES.search(names):
            continue
        text = "".join(islice(element.itertext(), _MOST_PARTS)).strip()
        if len(text) <= _LONGEST_LINE and (match := _DAY.match(text)):
            return match[1]
    return ""


def _find_url(page: html.HtmlElement, metas: Mapping[str, str], data: bytes) -> str | None:
    """Returns the page's own address: the canonical link, a meta tag, or the browser's save
    comment.
    """
    links = [e.get("href") or "" for e in page.iter("link") if e.get("rel") == "canonical"]
    saved = _SAVED_FROM.search(data[:4096])
    saved_from = saved[1].decode("ascii", "replace") if saved else ""
    candidates = (*links, metas.get("url", ""), metas.get("og:url", ""), saved_from)
    return next((url for url in map(str.strip, candidates) if _is_web(url)), None)


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def _list_attachments(article: Article, url: str | None) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for href, name in article.find_attachments():
        found.setdefault(href, {"name": name, "url": _absolute(url, href)})
    return list(found.values())


def _absolute(base: str | None, href: str) -> str:
    try:
        return urljoin(base, href) if base else href
    except ValueError:
        return href


def _extract_text(article: Article, title: str) -> str:
    """Returns the text of the article's container, or the main text of the page without one."""
    if article.container is not None:
        return article.read_text(title)
    page = article.page
    if sum(1 for _ in page.iter()) <= _MOST_ELEMENTS and (text := _extract_main_text(page)):
        return drop_heading(text, title)
    return drop_heading("\n".join(filter(None, map(str.strip, page.itertext()))), title)


def _extract_main_text(page: html.HtmlElement) -> str | None:
    import trafilatura  # noqa: PLC0415 - saves other formats half a second of start

    text: str | None = trafilatura.extract(
        html.tostring(page, encoding="unicode"),
        include_comments=False,
        include_tables=True,
        favor_recall=True,
        deduplicate=False,
    )
    return _MAIN_TEXT_ROW.sub(_separate_cells, text) if text else text


def _separate_cells(row: "re.Match[str]") -> str:
    return "\t".join(cell.strip() for cell in row[1].split("|"))
