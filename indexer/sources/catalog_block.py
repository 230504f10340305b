"""Reads the label and value pairs of a portal page's catalog block.

Portals show the catalog entry as a table, a dl, a list or plain blocks: 索引号：… 发布机构：….
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree, html

from gongkai.catalog.fields import TELLING
from gongkai.catalog.headings import key_of
from indexer.sources.headers import known_keys
from indexer.sources.page_article import find_editors
from indexer.sources.row import gather_cells

_CONTAINERS = (
    *("table", "dl", "ul", "ol", "div", "section", "header", "article", "p", "td", "span"),
    *("body", "main", "form", "center", "fieldset"),
)
_ENOUGH_HEADINGS, _CATALOG_HEADINGS = 2, 3
_LINES = frozenset(("br", "p", "div", "li", "tr", "td", "th", "dt", "dd"))
_LONGEST_ENTRY = 2000
_MOST_PARTS = 200
_LABEL = re.compile(
    r"\s*(?:[\[【]([^\]】]{1,24})[\]】]\s*[：:]?|([^：:]{1,24})[：:])\s*(.*)", re.DOTALL
)
_BETWEEN = " \t\r\n\u00a0\u3000|｜;；,，、"
# A date or number may be followed directly by the next label, where only styles separate them.
_RUN_ON = re.compile(r"(?<=[0-9])(?=([\u4e00-\u9fff]{2,8})\s*[：:])")
_INFO_LABELS = frozenset(
    (
        "来源",
        "信息来源",
        "作者",
        "责任编辑",
        "编辑",
        "浏览次数",
        "阅读次数",
        "点击数",
        "字体",
        "字号",
    )
)
# Whitespace is matched from its start and possessively, so a run of it takes linear time.
_NEXT_LABEL = re.compile(r"(?:(?<!\s)\s|[|;，；])\s*+(?=[\u4e00-\u9fff]{2,8}\s*+[：:])")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A label and its value, with the elements that show them."""

    label: str
    value: str
    elements: tuple[html.HtmlElement, ...]


def take_catalog_blocks(page: html.HtmlElement) -> dict[str, object]:
    """Returns the pairs of all catalog blocks; the first value of a heading wins.

    All values of 公开方式 are kept, so that the strictest can win. The elements are removed from
    the page, so that they do not appear in its text.
    """
    stated: list[_Pair] = []
    seen: set[str] = set()
    blocks = _find_blocks(page)
    around, inside = _part_by_article(page, blocks)
    # A line of information above an article (发布时间 来源) is less reliable than the catalog.
    for pair in (pair for block in sorted(around, key=_is_line) for pair in block):
        key = key_of(pair.label) or pair.label
        if pair.value and (key not in seen or key == "disclosure"):
            stated.append(pair)
            seen.add(key)
        for element in pair.elements:
            if element.getparent() is not None:
                element.drop_tree()
    others = (pair for block in inside for pair in block)
    stated += [pair for pair in others if pair.value and key_of(pair.label) == "disclosure"]
    return gather_cells((pair.label, pair.value) for pair in stated)


def _part_by_article(
    page: html.HtmlElement, blocks: Sequence[list[_Pair]]
) -> tuple[Sequence[list[_Pair]], Sequence[list[_Pair]]]:
    """Splits blocks into those around the article and those inside it; all are around if no
    article.
    """
    articles = set(find_editors(page))
    around: list[list[_Pair]] = []
    inside: list[list[_Pair]] = []
    for block in blocks:
        first = block[0].elements[0]
        is_around = articles.isdisjoint((first, *first.iterancestors()))
        (around if is_around else inside).append(block)
    return (around, inside) if around else (inside, around)


def _is_line(block: Sequence[_Pair]) -> bool:
    keys = known_keys(pair.label for pair in block)
    return len(keys) < _CATALOG_HEADINGS and "index_number" not in keys


def _find_blocks(page: html.HtmlElement) -> list[list[_Pair]]:
    """Returns the blocks in page order. The search goes from the innermost elements outwards."""
    found: list[list[_Pair]] = []
    taken: set[html.HtmlElement] = set()
    for container in reversed(list(page.iter(*_CONTAINERS))):
        groups = [[e for e in group if e not in taken] for group in _groups(container)]
        pairs = [pair for group in groups for pair in _pair_up(group)] + _pair_down(groups)
        needed = 1 if container in taken else _ENOUGH_HEADINGS
        keys = known_keys(pair.label for pair in pairs)
        has_source = any(pair.label in _INFO_LABELS for pair in pairs)
        if len(keys) + has_source >= needed and keys & TELLING:
            found.append(pairs)
            for element in (container, *(e for pair in pairs for e in pair.elements)):
                _mark_taken(element, taken)
    return found[::-1]


def _mark_taken(element: html.HtmlElement, taken: set[html.HtmlElement]) -> None:
    """Marks an element and its ancestors. The ancestors of a marked element are already marked."""
    above: html.HtmlElement | None = element
    while above is not None and above not in taken:
        taken.add(above)
        above = above.getparent()


def _groups(container: html.HtmlElement) -> list[list[html.HtmlElement]]:
    """Returns the cells of a container by row. Blocks and lists are one row of their children.

    A container with more parts than a catalog entry has no rows.
    """
    if len(container) > _MOST_PARTS:
        return []
    if container.tag != "table":
        return [[child for child in container if isinstance(child.tag, str)]]
    rows = (*container.iterfind("tr"), *container.iterfind("*/tr"))
    if len(rows) > _MOST_PARTS:
        return []
    return [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]


def _pair_up(cells: Sequence[html.HtmlElement]) -> Iterator[_Pair]:
    """Yields labels with the value in the same cell (索引号：0001) or in the next one."""
    waiting: tuple[str, html.HtmlElement] | None = None
    for cell in cells:
        text = _short_text(cell)
        label, value = _split_label(text)
        if value and (parts := _labelled_parts(cell)):
            yield from _pair_up(parts)
            waiting = None
            continue
        if waiting and not label:
            yield _Pair(waiting[0], _value_of(waiting[0], cell), (waiting[1], cell))
            waiting = None
        elif label and value:
            yield from (_Pair(*entry, (cell,)) for entry in _split_entries(label, value))
            waiting = None
        elif label:
            waiting = (label, cell)
        elif text and len(cell) > 1 and cell.tag in ("li", "div", "p", "tr"):
            yield from _pair_couple(cell)


def _labelled_parts(cell: html.HtmlElement) -> Sequence[html.HtmlElement]:
    """Returns the child elements of a cell without other text, if several begin with a label."""
    parts = [part for part in cell if isinstance(part.tag, str)]
    texts = [cell.text, *(part.tail for part in parts)]
    if len(parts) < 2 or any(text and text.strip(_BETWEEN) for text in texts):
        return ()
    labelled = sum(bool(_split_label(_short_text(part))[0]) for part in parts)
    return parts if labelled > 1 else ()


def _pair_couple(cell: html.HtmlElement) -> Iterator[_Pair]:
    """Yields the pair of a list entry of two elements without a colon: <b>索引号</b><i>0001</i>."""
    parts = [_short_text(part) for part in cell]
    if len(parts) == 2 and key_of(parts[0] or "") and parts[1]:
        yield _Pair("".join((parts[0] or "").split()), parts[1], (cell,))


def _pair_down(groups: Sequence[Sequence[html.HtmlElement]]) -> list[_Pair]:
    """Returns the pairs of a row of labels above one row of values.

    More rows are a list of records.
    """
    filled = [group for group in groups if group]
    if len(filled) != 2 or len(filled[0]) != len(filled[1]):
        return []
    labels = [_split_label(_short_text(cell)) for cell in filled[0]]
    if not all(label and not value for label, value in labels):
        return []
    couples = zip(labels, *filled, strict=True)
    pairs = [_Pair(label, _value_of(label, low), (top, low)) for (label, _), top, low in couples]
    return [pair for pair in pairs if pair.value]


def _split_label(text: str | None) -> tuple[str, str]:
    """Returns the label of a cell and the value after it, or ("", "") without a label."""
    if not text:
        return "", ""
    if key_of(text):
        return "".join(text.split()).rstrip("：:"), ""
    match = _LABEL.match(text)
    label = "".join((match[1] or match[2]).split()) if match else ""
    if not match or not re.fullmatch(r"[\u4e00-\u9fff]{2,10}", label):
        return "", ""
    return label, match[3].strip()


def _split_entries(label: str, value: str) -> Iterator[tuple[str, str]]:
    """Yields all entries of a text that has several: 发布日期：2023-05-06 来源：市政府办公室."""
    first, *others = _NEXT_LABEL.split(_RUN_ON.sub(_part, value))
    if first.strip():
        yield label, first.strip()
    for other in others:
        next_label, next_value = _split_label(other)
        if next_label and next_value:
            yield next_label, next_value


def _part(run_on: "re.Match[str]") -> str:
    return " " if key_of(run_on[1]) or run_on[1] in _INFO_LABELS else ""


def _short_text(cell: html.HtmlElement) -> str | None:
    """Returns the text of a cell on one line, or None if it is too long for an entry."""
    text = ""
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        if event == "end":
            text += (element.tail or "") if element is not cell else ""
        elif isinstance(element.tag, str):
            text += (" " if element.tag in _LINES else "") + (element.text or "")
        if len(text) > _LONGEST_ENTRY:
            return None
    return " ".join(text.split())


def _value_of(label: str, cell: html.HtmlElement) -> str:
    """Returns the value of a cell. 正文 keeps its lines; other values are joined to one line."""
    lines = (" ".join(line.split()) for line in "\n".join(map(str, cell.itertext())).splitlines())
    if key_of(label) == "body":
        return "\n".join(filter(None, lines))
    return " ".join(cell.text_content().split())
