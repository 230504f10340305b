"""Raw cell values in, clean plain text out: no control characters, no markup. Called by intake."""

import math
import re
from collections.abc import Iterator, Mapping
from html import unescape

from lxml import etree
from lxml import html as lxml_html

DEPTH_LIMIT = 32
"""Levels of lists and objects one cell may hold."""

_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]"
)
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|table|td|tr|h[1-6]|a|ul|li|strong|b|font|img)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>?")
_FRAME = re.compile(r"</?(?:html|body)\b[^<>]*>", re.IGNORECASE)
_BLOCK = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6"} | {
    *("table", "ul", "ol", "dl", "dt", "dd", "section", "article", "blockquote")
}
_SILENT = frozenset(("script", "style", "noscript", "template", "head", "title"))
_CELL = frozenset(("td", "th"))
# Scraped pages come escaped twice at most; a text made to be unwrapped for ever is not followed.
_MOST_WRAPPINGS = 4
_LARGEST = 2**63


def clean_text(value: object) -> str:
    """Text without what can't be stored or shown (controls, lone surrogates); newlines unified."""
    text = value if isinstance(value, str) else _spell(value)
    if not text.isprintable():
        text = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def clean_line(value: object) -> str:
    """`clean_text` on one line: every run of white space becomes one space."""
    if isinstance(value, str) and value.isprintable() and " " not in value:
        return value
    return " ".join(clean_text(value).split())


def clean_value(value: object, depth: int = 0) -> object:
    """A value of any kind as JSON can hold it, its texts clean.

    Raises RecursionError past DEPTH_LIMIT levels of lists and objects.
    """
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping | list | tuple):
        if depth == DEPTH_LIMIT:
            raise RecursionError(f"More than {DEPTH_LIMIT} levels of lists and objects.")
        if isinstance(value, Mapping):
            pairs = value.items()
            return {clean_line(key): clean_value(inner, depth + 1) for key, inner in pairs}
        return [clean_value(inner, depth + 1) for inner in value]
    if value is None or isinstance(value, bool) or _is_plain_number(value):
        return value
    return clean_text(value)


def strings_in(value: object) -> Iterator[str]:
    """Every text and number in a value, the keys of objects too; depth is outside data."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield clean_text(value)
        elif isinstance(value, Mapping):
            stack.extend(value.keys())
            stack.extend(value.values())
        elif isinstance(value, list | tuple):
            stack.extend(value)
        elif value is not None:
            yield clean_text(value)


def reduce_markup(text: str) -> str:
    """HTML reduced to its clean text, a line a block; text without markup is handed back as it is.

    What still is markup then was escaped twice, and is reduced again.
    """
    for _ in range(_MOST_WRAPPINGS):
        if not _MARKUP.search(text):
            break
        lines = (line.rstrip() for line in clean_text(_text_of(text)).split("\n"))
        text = "\n".join(filter(None, lines))
    return text


def _text_of(markup: str) -> str:
    parser = lxml_html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    framed = f"<html><body>{_FRAME.sub('', markup)}"
    try:
        root = lxml_html.document_fromstring(framed, parser=parser)
    except etree.LxmlError:
        return _strip_tags(markup)
    # What lies deeper than the parser goes would be lost.
    if any(entry.level >= etree.ErrorLevels.FATAL for entry in parser.error_log):
        return _strip_tags(markup)
    return "".join(_pieces(root))


def _strip_tags(markup: str) -> str:
    return unescape(_TAG.sub("\n", markup))


def _pieces(root: lxml_html.HtmlElement) -> Iterator[str]:
    """Texts and line ends in document order, without recursion: depth is outside data."""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        if node.tag in _BLOCK:
            yield "\n"
        if event == "end":
            # Two numbers of a table must not become one.
            yield (" " if node.tag in _CELL else "") + (node.tail or "")
        elif node.tag in _SILENT:
            walk.skip_subtree()
        else:
            yield node.text or ""


def _spell(value: object) -> str:
    try:
        return str(value)
    except ValueError:  # an integer of more digits than Python writes out
        return ""


def _is_plain_number(value: object) -> bool:
    if isinstance(value, int):
        return -_LARGEST <= value < _LARGEST
    return isinstance(value, float) and math.isfinite(value)
