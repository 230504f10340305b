"""Converts HTML to text; text that only resembles markup (`A<B`) stays."""

import re
from collections.abc import Iterator
from html import entities, unescape

from lxml import etree
from lxml import html as lxml_html

from analyzers.lazy_pattern import lazy_re

_NAMES = (
    "p|br|div|span|table|thead|tbody|tfoot|caption|col|colgroup|td|th|tr|h[1-6]|hr|ul|ol|li|dl|dt|dd|"
    "strong|em|font|center|big|small|sub|sup|del|ins|mark|pre|code|blockquote|section|article|header|"
    "footer|nav|main|aside|figure|figcaption|img|video|audio|source|iframe|object|embed|param|map|"
    "area|form|input|button|label|select|option|textarea|script|style|noscript|template|link|meta|"
    "base|wbr|nobr|html|head|body|title|[a-z][a-z0-9]*:[a-z][a-z0-9]*"
)
_REST = r"(?:\s[^<>]*)?/?>"
# A single letter may be a quantity (A<B>C), so as a tag it needs attributes, lower case or `/`.
_TAG = (
    rf"</?(?:{_NAMES}){_REST}|</[abiqsu]\s*>|<[abiqsu]\s[^<>=]*=[^<>]*>"
    r"|(?-i:<[abiqsu]/?>)|<!doctype[^<>]*>"
)
_MARKUP = lazy_re(_TAG, re.IGNORECASE)
_LITERAL_SIGN = lazy_re(
    rf"<(?!/?(?:{_NAMES})(?:[\s/>]|\Z)|/?[abiqsu]/?>|[abiqsu]\s[^<>=]*=|!doctype|!\[|\?|/?[a-z][a-z0-9:_-]+"
    r"(?:\s[^<>\x80-\U0010ffff]*)?/?>)",
    re.IGNORECASE,
)
"""A `<` that begins no tag; a parser would take the following words for a tag."""
_ENTITY = lazy_re(
    r"&(?:(?:amp|#38|#x26);)*(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
    r"|&nbsp(?![A-Za-z0-9;])"
)
_WRAPPED = lazy_re(r"&(?:amp;)+(?=(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z0-9]{2,32});)")
_COMMENT, _COMMENT_END = "<!--", "-->"
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_CHINESE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_BREAK = lazy_re("<br ?/?>", re.IGNORECASE)
_INNER_BREAK = lazy_re(f"(?<={_CHINESE}) ?<br ?/?> ?(?={_CHINESE})", re.IGNORECASE)
_ANY_TAG = lazy_re(r"<[^<>]*>?")
_FRAME = lazy_re(r"</?(?:html|body)\b[^<>]*>", re.IGNORECASE)
_BLOCK = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6"} | {
    *("table", "ul", "ol", "dl", "dt", "dd", "section", "article", "blockquote")
}
_SILENT = frozenset(("script", "style", "noscript", "template", "head", "title"))
_CELL = frozenset(("td", "th"))
_LONGEST_ROW, _LONGEST_CELL = 4_000, 500
"""Characters of a row that is data; longer ones are the layout of a page."""
_MOST_COLUMNS = 200


def has_markup(text: str) -> bool:
    """Whether a text contains an HTML tag; entities and comments alone do not count."""
    return "<" in text and _MARKUP.search(text) is not None


def drop_comments(text: str) -> str:
    """Returns the text without HTML comments; an unclosed comment is text."""
    before, *parts = text.split(_COMMENT)
    kept = [before]
    for part in parts:
        _, end, after = part.partition(_COMMENT_END)
        kept.append(after if end else _COMMENT + part)
    return "".join(kept)


def resolve_entities(text: str) -> str:
    """Replaces entities such as `&nbsp;`, `&#8220;` and `&amp;nbsp;`; unknown ones stay."""
    if _CDATA in text and _CDATA_END in text:
        text = text.replace(_CDATA, "").replace(_CDATA_END, "")
    return _ENTITY.sub(_resolve, text) if "&" in text else text


def join_broken_line(text: str) -> str:
    """Joins a line broken by `<br>`: without a space between Chinese characters, else with one."""
    return _BREAK.sub(" ", _INNER_BREAK.sub("", text)) if "<" in text else text


def text_of(markup: str) -> str:
    """Returns the text of HTML with a line break around each block; deep nesting loses nothing."""
    if _CDATA in markup:
        markup = markup.replace(_CDATA, "").replace(_CDATA_END, "")
    markup = _LITERAL_SIGN.sub("&lt;", _WRAPPED.sub("&", markup))
    parser = lxml_html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    framed = f"<html><body>{_FRAME.sub('', markup)}"
    try:
        root = lxml_html.document_fromstring(framed, parser=parser)
    except etree.LxmlError:
        return _strip_tags(markup)
    # The parser drops content nested deeper than its limit.
    if any(entry.level >= etree.ErrorLevels.FATAL for entry in parser.error_log):
        return _strip_tags(markup)
    return "".join(_pieces(root))


def _resolve(match: re.Match[str]) -> str:
    name = match[1] or "nbsp"
    if name[0] != "#" and f"{name};" not in entities.html5:
        return match[0]
    return unescape(f"&{name};")


def _strip_tags(markup: str) -> str:
    return unescape(_ANY_TAG.sub("\n", markup))


def _pieces(root: lxml_html.HtmlElement) -> Iterator[str]:
    """Yields texts and line breaks in document order; not recursive, since input may be deep.

    The row of a table of data is one line, with tabs between its cells.
    """
    walk = etree.iterwalk(root, events=("start", "end"))
    covered: dict[int, int] = {}
    for event, node in walk:
        if node.tag == "table":
            covered = {}
        is_row = event == "start" and node.tag == "tr"
        if is_row and (cells := _read_cells(node, fewest=1 if any(covered.values()) else 2)):
            walk.skip_subtree()
            yield f"\n{_join_cells(cells, covered)}"
        if node.tag in _BLOCK:
            yield "\n"
        if event == "end":
            # Keeps numbers of neighbouring table cells apart.
            yield (" " if node.tag in _CELL else "") + (node.tail or "")
        elif node.tag in _SILENT:
            walk.skip_subtree()
        else:
            yield node.text or ""


def _read_cells(row: lxml_html.HtmlElement, fewest: int) -> list[tuple[str, lxml_html.HtmlElement]]:
    """Returns texts and elements of the cells of a row of data; none of a row that is layout."""
    cells = [each for each in row if each.tag in _CELL]
    if (
        len(cells) < fewest
        or len(cells) > _MOST_COLUMNS
        or next(row.iter("table"), None) is not None
    ):
        return []
    texts = [" ".join("".join(_text_pieces(cell)).split()) for cell in cells]
    if sum(map(len, texts)) > _LONGEST_ROW or max(map(len, texts)) > _LONGEST_CELL:
        return []
    return list(zip(texts, cells, strict=True))


def _text_pieces(cell: lxml_html.HtmlElement) -> Iterator[str]:
    walk = etree.iterwalk(cell, events=("start", "end"))
    for event, node in walk:
        if node.tag in _BLOCK:
            yield " "
        if event == "end":
            yield (node.tail or "") if node is not cell else ""
        elif node.tag in _SILENT:
            walk.skip_subtree()
        else:
            yield node.text or ""


def _join_cells(cells: list[tuple[str, lxml_html.HtmlElement]], covered: dict[int, int]) -> str:
    """Returns the cells of a row with tabs; places that merged cells cover are empty.

    `covered` counts, by column, the rows that a cell from above still covers.
    """
    texts: list[str] = []
    for text, cell in cells:
        while covered.get(len(texts), 0) and len(texts) < _MOST_COLUMNS:
            covered[len(texts)] -= 1
            texts.append("")
        across, down = _span(cell, "colspan"), _span(cell, "rowspan")
        for column in range(len(texts), min(len(texts) + across, _MOST_COLUMNS)):
            covered[column] = down - 1
        texts += [text, *[""] * (across - 1)][: _MOST_COLUMNS - len(texts)]
    for column in range(len(texts), _MOST_COLUMNS):
        if covered.get(column):
            covered[column] -= 1
    return "\t".join(texts)


def _span(cell: lxml_html.HtmlElement, name: str) -> int:
    digits = (cell.get(name) or "").strip()
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 5
    return min(max(int(digits), 1), _MOST_COLUMNS) if is_number else 1
