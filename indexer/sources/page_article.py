"""Finds the article of a portal page, its text and its attachments."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeAlias

from lxml import html

from gongkai.catalog.plain_text import reduce_markup
from gongkai.files.text_lines import trim_lines
from indexer.sources.page_frame import (
    CAMEL,
    DOCUMENT,
    Measure,
    drop_beside,
    drop_frame,
    drop_unseen,
    is_control,
    measure_elements,
)

_CONTAINER_TAGS = frozenset(
    ("div", "article", "section", "td", "table", "main", "ucapcontent", "p", "span")
)
MARKED = "marked-content"
# Class names and ids that editors and templates of the large CMS products put around a text.
_EDITORS = re.compile(
    rf"{MARKED}|trs_u?editor|trs_editor_view|ucap-?content|zoom(?:con|content)?|wzcon|v_news_content"
    r"|vsb_content\w*|ivs_content|j-?font-?content|fontzoom|bodylabel|artibody|wp_articlecontent"
    r"|js_content|pages_content|custom_unionstyle|article_?body|mainbody_?content"
)
_NAMED = re.compile(
    r"(?:[a-z0-9]+[-_])?(?:article|arti|art|news|detail|info|xl|zw|wz|text|txt|xxgk|nr|gz|html|editor)"
    r"[-_]?(?:content|cont|con|contain|txt|text|body|nr|zw|inner)s?(?:[-_]?\w{1,3})?"
    r"|(?:content|con|main)[-_]?(?:txt|text|body|article|detail|zw|nr)|zhengwen|neirong|wenzhang"
)
_ARTICLES = re.compile(
    r"(?:\w*[-_])?article(?:[-_]?(?:main|box|wrap|view|detail|area|show|page|\d))?"
)
_GENERAL = re.compile(
    r"(?:\w*[-_])?(?:m?content|detail|details|con|text|main|nr|zw|view)(?:[-_]?\w+)?"
)
_ATTACHED = re.compile(r"附件|附表|附：|下载|原文|全文|文件：|相关文件|相关文档")
_ATTACHED_NAMES = re.compile(
    r"fujian|attach|accessor|annex|appendix|enclosure|download|xgfj|\bfj|fj\b"
)
_INFO = re.compile(
    r"(?:发布|发文|成文|生成|更新)?(?:时间|日期)\s*[:：]|(?:信息|文章|稿件)?来源\s*[:：]|作者\s*[:：]|(?:浏览|阅读|点击|访问)"
    r"(?:次数|量|数)?\s*[:：]|\d{4}-\d\d-\d\d(?:\s+\d\d:\d\d(?::\d\d)?)?$"
)
_MOST_CONTAINERS = 200
_FIRST_LINES = 6
_LONGEST_INFO = 120
_LONGEST_HINT = 400
_SHORT = 400


_Named: TypeAlias = list[tuple[html.HtmlElement, list[str]]]


class Article:
    """The article of a page.

    Read the catalog block and the title of the page first, because the constructor removes
    everything around the article from the page.
    """

    def __init__(self, page: html.HtmlElement) -> None:
        drop_unseen(page)
        measures = measure_elements(page)
        named = _list_named(page)
        sure = [element for tier in (_EDITORS, _NAMED) for element in _find(named, tier)]
        drop_frame(page, measures, [each for each in sure if _shows(measures[each])])
        self.page = page
        self.container: html.HtmlElement | None = None
        self.is_sure = False
        self._choose(named)

    def read_text(self, title: str) -> str:
        """Returns the text of the container; empty if it contains only pictures."""
        if self.container is None:
            return ""
        inner = (html.tostring(child, encoding="unicode") for child in self.container)
        # A wrapper element marks the text as markup.
        text = reduce_markup(f"<div>{_escape(self.container.text)}{''.join(inner)}</div>")
        return drop_heading(text, title, with_info=not self.is_sure)

    def find_attachments(self) -> Iterator[tuple[str, str]]:
        """Yields address and name of documents that the article links, embeds or lists below it."""
        for link in self.page.iterfind(".//a[@href]"):
            href = link.get("href", "").strip()
            name = " ".join(link.text_content().split())
            if _is_document(href, name) and self._is_own(link):
                yield href, name or href.rpartition("/")[2]
        for frame in self.page.iter("iframe", "embed", "object"):
            href = (frame.get("src") or frame.get("data") or "").strip()
            if DOCUMENT.search(href) and self._is_own(frame):
                yield href, href.rpartition("/")[2]

    def _is_own(self, link: html.HtmlElement) -> bool:
        if self.container is None or self.container in link.iterancestors():
            return True
        for above, _ in zip((link, *link.iterancestors()), range(5), strict=False):
            if above.tag in ("body", "html"):
                return False
            names = f"{above.get('class') or ''} {above.get('id') or ''}".lower()
            if _ATTACHED_NAMES.search(names) or _ATTACHED.search(_text_before(above)):
                return True
        return False

    def _choose(self, named: _Named) -> None:
        measures = measure_elements(self.page)
        named = [each for each in named if each[0] in measures]
        for tier in (_EDITORS, _NAMED, _ARTICLES, _GENERAL):
            found = [each for each in _find(named, tier) if _shows(measures[each])]
            chosen = _outermost(found) if tier is _EDITORS else _innermost(found)
            for element in sorted(chosen, key=lambda each: -measures[each].length):
                drop_beside(element, measures)
                left = measure_elements(element)[element]
                if not _shows(left):
                    continue
                # A long general column of the page may contain more than the article.
                is_article = tier is not _GENERAL or left.length < _SHORT
                self.container = element if is_article else None
                self.is_sure = tier is _EDITORS
                return


def find_editors(page: html.HtmlElement) -> list[html.HtmlElement]:
    """Returns the elements that are known containers of an article's text."""
    return _find(_list_named(page), _EDITORS)


def _shows(measure: Measure) -> bool:
    return not measure.is_empty and not is_control(measure)


def _list_named(page: html.HtmlElement) -> _Named:
    """Returns the possible containers that have a name, with their names."""
    named = ((element, _names_of(element)) for element in page.iter(*_CONTAINER_TAGS))
    return [(element, names) for element, names in named if names]


def _find(named: _Named, tier: "re.Pattern[str]") -> list[html.HtmlElement]:
    """Returns the elements with a name of this tier, at most _MOST_CONTAINERS."""
    found = (element for element, names in named if any(map(tier.fullmatch, names)))
    return list(islice(found, _MOST_CONTAINERS))


def _names_of(element: html.HtmlElement) -> list[str]:
    if element.tag == "article" or element.get("itemprop") == "articleBody":
        return ["article"]
    raw = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    return [*CAMEL.sub("-", raw).lower().split(), *raw.lower().split()] if raw else []


def _outermost(found: Iterable[html.HtmlElement]) -> list[html.HtmlElement]:
    """Returns the elements that are inside no other, in page order."""
    taken: set[html.HtmlElement] = set()
    for element in found:
        if taken.isdisjoint(element.iterancestors()):
            taken.add(element)
    return [element for element in found if element in taken]


def _innermost(found: list[html.HtmlElement]) -> list[html.HtmlElement]:
    """Returns the elements that contain no other.

    An element with several separate ones stays whole.
    """
    chosen: list[html.HtmlElement] = []
    for element in _outermost(found):
        inner = [each for each in found if element in each.iterancestors()]
        chosen += _innermost(inner) if len(_outermost(inner)) == 1 else [element]
    return chosen


def _is_document(href: str, name: str) -> bool:
    path, _, query = href.partition("#")[0].partition("?")
    ends = (path, query, name) if query or path.endswith((".jsp", ".do", ".action")) else (path,)
    return any(map(DOCUMENT.search, ends))


def _text_before(element: html.HtmlElement) -> str:
    """Returns the text of an element, if it is short, and the text directly before it."""
    before = element.getprevious()
    own = (element.text or "") if element.tag != "a" else ""
    tail = (before.tail or "") if before is not None else ""
    above = element.getparent()
    lead = (above.text or "") if above is not None else ""
    texts = [own, tail, lead, _short(before)] if before is not None else [own, lead]
    return " ".join(text[-_LONGEST_HINT:] for text in (*texts, _short(element)))


def _short(element: html.HtmlElement) -> str:
    text = ""
    for part in element.itertext():
        text += part
        if len(text) > _LONGEST_HINT:
            return ""
    return text


def drop_heading(text: str, title: str, *, with_info: bool = True) -> str:
    """Returns a text without its first lines if they repeat the title, source or date."""
    lines = trim_lines(text).split("\n")
    wanted = _letters(title)
    for count in range(1, min(len(lines), _FIRST_LINES) + 1 if wanted else 0):
        if _letters("".join(lines[:count])) == wanted:
            lines = lines[count:]
            break
    while with_info and lines and len(lines[0]) <= _LONGEST_INFO and _INFO.match(lines[0]):
        lines = lines[1:]
    return "\n".join(lines).strip()


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _escape(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;")
