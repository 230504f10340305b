"""Raw cell values in, clean plain text out: no control characters, no markup. Called by intake."""

import re

from lxml import html as lxml_html

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
_MARKUP = re.compile(r"<(?:p|br|div|span|table|td|tr|h[1-6]|a|ul|li|strong|b|font|img)\b", re.I)
_BLOCK = frozenset(
    "p div br tr li h1 h2 h3 h4 h5 h6 table ul ol dl dt dd section article blockquote".split()
)
_SILENT = frozenset(("script", "style", "noscript", "template", "head"))
_BLANK_LINES = re.compile(r"\n[ \t\u3000]*(?:\n[ \t\u3000]*)+")


def clean_text(value: object) -> str:
    """Text without what can't be stored or shown (controls, lone surrogates); newlines unified."""
    text = value if isinstance(value, str) else str(value)
    if not text.isprintable():
        text = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def clean_line(value: object) -> str:
    """`clean_text` on one line: every run of white space becomes one space."""
    return " ".join(clean_text(value).split())


def reduce_markup(text: str) -> str:
    """HTML reduced to its text, a line a block; text without markup is handed back as it is."""
    if not _MARKUP.search(text):
        return text
    root = lxml_html.fragment_fromstring(text, create_parent="div")
    pieces: list[str] = []
    for action, node in _walk(root):
        if action == "text":
            pieces.append(str(node))
        elif node in _BLOCK:
            pieces.append("\n")
    return _BLANK_LINES.sub("\n", "".join(pieces)).strip()


def _walk(root: lxml_html.HtmlElement) -> list[tuple[str, str]]:
    """(text, …) and (block, tag) events in document order, without recursion: depth is outside data."""
    events: list[tuple[str, str]] = []
    stack: list[tuple[lxml_html.HtmlElement, bool]] = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        tag = node.tag if isinstance(node.tag, str) else ""
        if leaving:
            events.append(("block", tag))
            if node is not root and node.tail:
                events.append(("text", node.tail))
            continue
        events.append(("block", tag))
        stack.append((node, True))
        if tag and tag not in _SILENT:
            if node.text:
                events.append(("text", node.text))
            stack.extend((child, False) for child in reversed(node))
    return events
