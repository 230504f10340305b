"""XML of Atom feeds, sitemaps and the OpenSearch description.

Sources: RFC 4287 (Atom), sitemaps.org 0.9, OpenSearch 1.1.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongkai.catalog.dates import parse_date
from gongkai.search.responses import HitView, RecordView

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that are not allowed in an XML document (XML 1.0, 2.2)."""
_SHORT_NAME = 16
"""Maximum number of characters in an OpenSearch name."""
for _prefix, _space in {"": _ATOM, "opensearch": _OPENSEARCH}.items():
    ET.register_namespace(_prefix, _space)


@dataclass(frozen=True, slots=True)
class Feed:
    """A saved search as a feed: its title, its own address, the address of its page."""

    title: str
    address: str
    page: str
    site: str


def write_feed(feed: Feed, entries: Sequence[tuple[HitView, str]]) -> bytes:
    """Returns the Atom feed of hits, newest first, each with the address of its page."""
    root = ET.Element(f"{{{_ATOM}}}feed", {"xml:lang": "zh-CN"})
    _add(root, "id", feed.address)
    _add(root, "title", feed.title)
    updated = max((hit.published_on for hit, _ in entries), default="")
    _add(root, "updated", _moment(updated) if updated else "1970-01-01T00:00:00+08:00")
    _add(root, "generator", feed.site)
    _link(root, "self", feed.address, "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    for hit, page in entries:
        _add_entry(root, hit, page)
    return _to_bytes(root)


def write_sitemap(pages: Iterable[tuple[str, str | None]]) -> bytes:
    """Returns a sitemap of addresses with the date of their last change, if known (YYYY-MM-DD)."""
    root = ET.Element("urlset", {"xmlns": _SITEMAP})
    for address, day in pages:
        entry = ET.SubElement(root, "url")
        ET.SubElement(entry, "loc").text = _legal(address)
        if day:
            ET.SubElement(entry, "lastmod").text = day
    return _to_bytes(root)


def write_sitemap_index(parts: Iterable[str]) -> bytes:
    """Returns the index of the given sitemap addresses."""
    root = ET.Element("sitemapindex", {"xmlns": _SITEMAP})
    for address in parts:
        ET.SubElement(ET.SubElement(root, "sitemap"), "loc").text = address
    return _to_bytes(root)


def write_opensearch(name: str, base: str, icon: str) -> bytes:
    """Returns the description that adds this site to a browser's search engines."""
    root = ET.Element("OpenSearchDescription", {"xmlns": _OPENSEARCH})
    ET.SubElement(root, "ShortName").text = _legal(name[:_SHORT_NAME])
    ET.SubElement(root, "Description").text = _legal(f"在{name}中检索政府信息")
    ET.SubElement(root, "InputEncoding").text = "UTF-8"
    ET.SubElement(root, "Language").text = "zh-CN"
    ET.SubElement(root, "Image", {"width": "32", "height": "32", "type": "image/svg+xml"}).text = (
        base + icon
    )
    templates = (
        ("text/html", "results", "/search?q={searchTerms}"),
        ("application/x-suggestions+json", "suggestions", "/opensearch/suggest?q={searchTerms}"),
        ("application/opensearchdescription+xml", "self", "/opensearch.xml"),
        ("application/atom+xml", "results", "/feed.atom?q={searchTerms}"),
    )
    for media_type, role, template in templates:
        attributes = {"type": media_type, "rel": role, "template": base + template}
        ET.SubElement(root, "Url", attributes)
    ET.SubElement(root, "LongName").text = _legal(name[:48])
    ET.SubElement(root, "Query", {"role": "example", "searchTerms": "公积金提取"})
    return _to_bytes(root)


def last_change(record: RecordView | HitView) -> str:
    """Returns the publication date as a full date: 2008 gives 2008-01-01."""
    return parse_date(record.published_on, field="published_on").first_day.isoformat()


def _add_entry(root: ET.Element, hit: HitView, page: str) -> None:
    entry = ET.SubElement(root, f"{{{_ATOM}}}entry")
    _add(entry, "id", page)
    _add(entry, "title", hit.title)
    _add(entry, "updated", _moment(hit.published_on))
    _add(entry, "published", _moment(hit.published_on))
    _link(entry, "alternate", page, "text/html")
    _add(ET.SubElement(entry, f"{{{_ATOM}}}author"), "name", hit.publisher.name)
    number = f"{hit.document_number} " if hit.document_number else ""
    _add(entry, "summary", f"{number}{hit.genre or ''}".strip() or hit.publisher.name)
    for topic in hit.topic:
        ET.SubElement(entry, f"{{{_ATOM}}}category", {"term": _legal(topic)})


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = _legal(text)


def _link(parent: ET.Element, role: str, address: str, media_type: str) -> None:
    attributes = {"rel": role, "href": _legal(address), "type": media_type}
    ET.SubElement(parent, f"{{{_ATOM}}}link", attributes)


def _moment(date: str) -> str:
    day = parse_date(date, field="published_on").first_day
    return f"{day.isoformat()}T00:00:00+08:00"


def _legal(text: str) -> str:
    return _NOT_XML.sub("", text)


def _to_bytes(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
