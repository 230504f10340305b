"""Finds addresses in sitemaps, feeds and list pages, and the further pages of a list."""

import gzip
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from lxml import html

from gongkai.files.encodings import detect_encoding
from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MIB, SAMPLE_BYTES
from indexer.sources.portal_page import parse_page

_PAGE = re.compile(r"(?:/|\.(?:s?html?|jhtml|jspx?|aspx?|php|do|action)|/[^./]+)$", re.IGNORECASE)
_NEXT = re.compile(
    r"^\s*(?:下\s*一?\s*页|后一页|下页|next|>|»|>>|›)\s*$|^\s*\d{1,4}\s*$", re.IGNORECASE
)
_SCRIPTED = re.compile(
    r"createPage(?:HTML|Html)?\w*\(\s*['\"]?(\d{1,4})['\"]?\s*,\s*['\"]?\d{1,4}['\"]?\s*,"
    r"\s*['\"]([\w-]{1,60})['\"]\s*,\s*['\"](\w{1,6})['\"]"
)
"""The call with which TRS portals draw the numbers of pages: count, place, name, suffix."""
_COUNTED = re.compile(r"(?:var\s+)?(?:countPage|pageCount|totalPage)s?\s*=\s*['\"]?(\d{1,4})")
_MOST_PAGES = 500
_MOST_UNPACKED = 64 * MIB
_FEEDS = ("application/rss+xml", "application/atom+xml")


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses on a page. `lists` are further pages of the list, sitemaps and feeds."""

    pages: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


def read_links(address: str, content: bytes) -> Links:
    """Returns the addresses of a sitemap, a feed or a list page; none of other content."""
    if content.startswith(b"\x1f\x8b"):
        content = _unpack(content)
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(
        (b"<?xml", b"<urlset", b"<sitemapindex", b"<rss", b"<feed")
    ):
        return _read_xml(address, content)
    try:
        page = parse_content(content)
    except BrokenFileError:
        return Links()
    return _read_list(address, page, content)


def parse_content(content: bytes) -> html.HtmlElement:
    """Returns a page of any encoding. Raises BrokenFileError if it is not HTML."""
    encoding = detect_encoding(content[:SAMPLE_BYTES], is_markup=True)
    text = content[encoding.mark :].decode(encoding.name, "replace")
    return parse_page(text.encode("utf-8", "replace"))


def _unpack(content: bytes) -> bytes:
    try:
        return gzip.GzipFile(fileobj=io.BytesIO(content)).read(_MOST_UNPACKED)
    except (OSError, EOFError):
        return b""


def _read_xml(address: str, content: bytes) -> Links:
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError):
        return Links()
    kind = _local(root.tag)
    if kind in ("urlset", "sitemapindex"):
        found = [each.text for each in root.iter() if _local(each.tag) == "loc"]
        named = tuple(_join(address, found))
        return Links(lists=named) if kind == "sitemapindex" else Links(pages=named)
    items = [each for each in root.iter() if _local(each.tag) in ("item", "entry")]
    links = (
        child.get("href") or child.text
        for item in items
        for child in item
        if _local(child.tag) == "link" and child.get("rel", "alternate") == "alternate"
    )
    return Links(pages=tuple(_join(address, links)))


def _read_list(address: str, page: html.HtmlElement, content: bytes) -> Links:
    base = next((e.get("href") for e in page.iter("base") if e.get("href")), None)
    root = urljoin(address, base) if base else address
    feeds = [e.get("href") for e in page.iter("link") if e.get("type") in _FEEDS]
    further = list(_join(root, feeds))
    pages: list[str] = []
    for link in page.iter("a"):
        (target,) = tuple(_join(root, [link.get("href")])) or ("",)
        if not target or not _PAGE.search(urlsplit(target).path):
            continue
        text = " ".join(link.text_content().split()) or link.get("title") or ""
        (further if _NEXT.match(text) and _is_beside(address, target) else pages).append(target)
    further += _list_scripted(address, content)
    return Links(tuple(dict.fromkeys(pages)), tuple(dict.fromkeys(further)))


def _is_beside(address: str, target: str) -> bool:
    """Returns whether an address is in the folder of a page, as the next page of a list is."""
    here, there = urlsplit(address), urlsplit(target)
    return here.path.rpartition("/")[0] == there.path.rpartition("/")[0]


def _list_scripted(address: str, content: bytes) -> Iterator[str]:
    text = content.decode("utf-8", "replace")
    for count, name, suffix in _SCRIPTED.findall(text):
        for number in range(1, min(int(count), _MOST_PAGES)):
            yield urljoin(address, f"{name}_{number}.{suffix}")
    counted = _COUNTED.search(text)
    name = re.search(r"([\w-]+)\.(s?html?)$", urlsplit(address).path) or re.match(
        "(index)(html)", "indexhtml"
    )
    if counted and name and not _SCRIPTED.search(text) and not name[1][-1:].isdigit():
        for number in range(1, min(int(counted[1]), _MOST_PAGES)):
            yield urljoin(address, f"{name[1]}_{number}.{name[2]}")


def _join(address: str, found: Iterable[str | None]) -> Iterator[str]:
    for each in found:
        target = (each or "").strip()
        if not target or target.startswith(("javascript:", "mailto:", "tel:", "#", "data:")):
            continue
        try:
            yield urljoin(address, target).partition("#")[0]
        except ValueError:
            continue


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2].lower()
