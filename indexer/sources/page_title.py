"""Finds the title of a portal page without the name of its site."""

import re
from collections.abc import Iterable, Iterator

from lxml import html

from gongkai.catalog.headings import key_of

_HEADINGS = ("h1", "h2", "h3")
_TITLE_NAMES = re.compile(
    r"(?:\w*[-_])?(?:art(?:icle)?|news|xl|detail|info|con(?:tent)?|wz|zw|page|main|t|doc)?[-_]?(?:title|tit|bt|biaoti)\d?",
    re.IGNORECASE,
)
_PIECES = re.compile(r"\s*(?:_+|[|｜])\s*")
# Between digits a dash is a range: 2023-2024.
_DASHES = re.compile(r"(\s*(?:(?<![0-9])-+|-+(?![0-9])|–+|—+)\s*)")
_SITE = re.compile(
    r"(?:网|网站|门户|平台|政府|委员会|管委会|[厅局办院]|办公室|中心|首页|频道|专栏|专题)$"
)
_COLUMN = re.compile(r".{0,4}(?:公开|文件|新闻|公告|公示|动态|解读|政策|法规|信息|要闻|栏目)$")
_CHINESE_BREAK = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\s+(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)
_SHORTEST, _LONGEST = 4, 500


def find_title(page: html.HtmlElement, site: str = "") -> str:
    """Returns the heading that is part of the browser title, else the first h1, else that title.

    `site` is the name of the site, if known.
    """
    shown = next(filter(None, map(_text_of, page.iter("title"))), "")
    headings = [text for tag in _HEADINGS for text in _texts(page.iter(tag))]
    named = _texts(
        each for each in page.iter("div", "p", "td", "span", "strong") if _is_named(each)
    )
    for text in (*headings, *named):
        is_shown = len(_letters(text)) >= _SHORTEST and _letters(text) in _letters(shown)
        if is_shown and not _is_site(text, site):
            return text
    first = next(_texts(page.iter("h1")), "")
    if len(_letters(first)) >= _SHORTEST and not _is_label(first) and not _is_site(first, site):
        return first
    rest = strip_site(shown, site)
    others = (text for text in (*headings, *named) if not _is_label(text))
    if not rest or _is_site(rest, site):
        return next((text for text in others if not _is_site(text, site)), rest or first)
    return rest


def strip_site(title: str, site: str = "") -> str:
    """Returns a browser title without the names of site and column around it."""
    pieces = [piece for piece in _PIECES.split(title) if piece]
    found = next((piece for piece in pieces if not _is_site(piece, site)), "".join(pieces[:1]))
    parts = _DASHES.split(found)
    while len(parts) > 1 and _is_site(parts[-1], site):
        parts = parts[:-2]
    while len(parts) > 1 and _is_site(parts[0], site):
        parts = parts[2:]
    return "".join(parts).strip()


def strip_name(title: str, site: str) -> str:
    """Returns the title of a meta tag without the site name at its end."""
    head, between, last = title.rpartition("_")
    return head.strip() if between and _is_site(last.strip(), site) else title


def _is_label(text: str) -> bool:
    return text.endswith(("：", ":")) or key_of(text) is not None


def _texts(elements: Iterable[html.HtmlElement]) -> Iterator[str]:
    return filter(None, map(_text_of, elements))


def _text_of(element: html.HtmlElement) -> str:
    """Returns the text on one line. A Chinese title broken over lines is joined without a space."""
    text = ""
    for part in element.itertext():
        text += part
        if len(text) > _LONGEST:
            return ""
    return _CHINESE_BREAK.sub(lambda found: "" if "\n" in found[0] else " ", text.strip())


def _is_named(element: html.HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}".split()
    return any(map(_TITLE_NAMES.fullmatch, names))


def _is_site(text: str, site: str) -> bool:
    if site and _letters(text) == _letters(site):
        return True
    return "关于" not in text and bool(_SITE.search(text) or _COLUMN.fullmatch(text))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
