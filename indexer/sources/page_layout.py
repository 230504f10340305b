"""Reads the fields of a portal page by a layout that the city declares."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from gongkai.catalog.fields import SEVERAL
from gongkai.catalog.headings import KEYS
from gongkai.catalog.page_layouts import PageLayout, Selection, page_layouts
from gongkai.catalog.plain_text import reduce_markup

_SEVERAL = SEVERAL | {"disclosure"}
"""Fields that keep the values of all elements."""
_MOST_ELEMENTS = 200


def find_page_layout(page: html.HtmlElement, url: str | None) -> PageLayout | None:
    """Returns the first declared layout that applies to a page."""
    host = (urlsplit(url).hostname or "") if url else ""
    for layout in page_layouts():
        is_site = not layout.sites or any(_is_below(host, site) for site in layout.sites)
        if is_site and all(_select(page, each) for each in layout.pages):
            return layout
    return None


def _is_below(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")


def read_by_layout(
    page: html.HtmlElement, layout: PageLayout, url: str | None
) -> dict[str, object]:
    """Returns the values of a layout by catalog key, after removing what is no text."""
    for selection in layout.removed:
        for element in _select(page, selection):
            if element.getparent() is not None and element is not page:
                element.drop_tree()
    found: dict[str, object] = {}
    for key in (key for key in KEYS if key in layout.fields):
        for selection in layout.fields[key]:
            if value := _read_value(page, key, selection, url):
                found[key] = value
                break
    return found


def _select(page: html.HtmlElement, selection: Selection) -> list[html.HtmlElement]:
    found = page.xpath(selection.path, smart_strings=False)
    elements = found if isinstance(found, list) else []
    return [each for each in elements if isinstance(each, etree._Element)][:_MOST_ELEMENTS]


def _read_value(page: html.HtmlElement, key: str, selection: Selection, url: str | None) -> object:
    elements = _select(page, selection)
    if key == "attachments":
        return list(_list_links(elements, url))
    if selection.attribute:
        values = [(each.get(selection.attribute) or "").strip() for each in elements]
    elif key == "body":
        return "\n".join(filter(None, map(_read_text, elements)))
    else:
        values = [" ".join(each.text_content().split()) for each in elements]
    filled = [value for value in values if value]
    if key in _SEVERAL and len(filled) > 1:
        return filled
    return filled[0] if filled else ""


def _read_text(element: html.HtmlElement) -> str:
    inner = "".join(html.tostring(child, encoding="unicode") for child in element)
    own = (element.text or "").replace("&", "&amp;").replace("<", "&lt;")
    # A wrapper element marks the text as markup.
    return reduce_markup(f"<div>{own}{inner}</div>")


def _list_links(elements: list[html.HtmlElement], url: str | None) -> Iterator[dict[str, str]]:
    seen: set[str] = set()
    for link in (link for each in elements for link in each.iter("a", "iframe", "embed")):
        href = (link.get("href") or link.get("src") or "").strip()
        if not href or href in seen or href.startswith(("#", "javascript:")):
            continue
        seen.add(href)
        name = " ".join(link.text_content().split()) or href.rpartition("/")[2]
        yield {"name": name, "url": urljoin(url, href) if url else href}
