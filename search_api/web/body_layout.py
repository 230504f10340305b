"""Splits plain text into paragraphs of an official document: headings, addressee, signature.

Lines with tabs between their cells, two or more in succession, are the rows of a table.

Source of the layout: GB/T 9704-2012 党政机关公文格式: headings 一、 and （一）, the addressee
(主送机关) at the left margin, issuer and date (落款) at the right.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from gongkai.catalog.articles import Heading, Level, find_headings

Kind = Literal["heading", "subheading", "addressee", "signature", "text", "table"]
Rows = tuple[tuple[str, ...], ...]

_STOPS = "。；：，、！？;:,.!?"
_HEADING_LONGEST = 40
_SIGNATURE_LINES = 6
_FEWEST_ROWS = 2
_DIGITS = "0-9０-９〇零○一二三四五六七八九十百"
_HEADING = re.compile(
    rf"(?:[一二三四五六七八九十]{{1,3}}、|第[{_DIGITS}]{{1,5}}[编章节](?:\s|$)).*"
)
_SUBHEADING = re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)].*")
_ADDRESSEE = re.compile(r"[^。；！？]{2,200}[：:]")
_DATE = re.compile(rf"[{_DIGITS}]{{4}}年[{_DIGITS}]{{1,3}}月[{_DIGITS}]{{1,3}}日")

_KINDS: dict[Level, Kind] = {
    Level.PART: "heading",
    Level.CHAPTER: "heading",
    Level.SECTION: "subheading",
    Level.ARTICLE: "text",
}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the text, without surrounding whitespace, or the rows of a table.

    `anchor` is that of the chapter or article that begins here.
    """

    kind: Kind
    text: str
    rows: Rows = ()
    anchor: str = ""


def lay_out(body: str) -> tuple[Paragraph, ...]:
    """Returns the paragraphs in order. Only blank lines and margins are dropped.

    An article inside a line begins a paragraph of its own.
    """
    blocks = list(_split(body))
    lines = ["" if isinstance(block, tuple) else block for block, _ in blocks]
    signed = _find_signature(lines)
    return tuple(
        Paragraph("table", "", block)
        if isinstance(block, tuple)
        else Paragraph(_KINDS[heading.level], block, anchor=heading.anchor)
        if heading
        else Paragraph("signature" if at in signed else _kind_of(at, block), block)
        for at, (block, heading) in enumerate(blocks)
    )


def _split(body: str) -> Iterator[tuple[str | Rows, Heading | None]]:
    """Yields the lines and tables of a text, each with the heading that it begins with."""
    headings = find_headings(body)
    starts = [0, *(each.start for each in headings), len(body)]
    for (start, end), heading in zip(pairwise(starts), (None, *headings), strict=True):
        first = heading
        for block in split_tables(body[start:end].rstrip("#* ")):
            yield block, first
            first = None


def split_tables(text: str) -> Iterator[str | Rows]:
    """Yields the lines of a text without margins, and the rows of each table in it.

    Rows are padded to one width.
    """
    for has_tabs, group in groupby(filter(str.strip, text.splitlines()), _has_cells):
        lines = list(group)
        while has_tabs and lines and _is_indented(lines[0]):
            yield lines.pop(0).strip()
        if has_tabs and len(lines) >= _FEWEST_ROWS:
            rows = [[cell.strip() for cell in line.split("\t")] for line in lines]
            width = max(map(len, rows))
            yield tuple(tuple(row + [""] * (width - len(row))) for row in rows)
        else:
            yield from (line.strip() for line in lines)


def _has_cells(line: str) -> bool:
    return "\t" in line.strip(" \u3000")


def _is_indented(line: str) -> bool:
    """Returns whether a line has tabs only before its text, as paragraphs have."""
    return "\t" not in line.lstrip()


def _kind_of(at: int, line: str) -> Kind:
    is_short = len(line) <= _HEADING_LONGEST and line[-1] not in _STOPS
    if is_short and _HEADING.fullmatch(line):
        return "heading"
    if is_short and _SUBHEADING.fullmatch(line):
        return "subheading"
    if at < _SIGNATURE_LINES and _ADDRESSEE.fullmatch(line) and not _HEADING.fullmatch(line):
        return "addressee"
    return "text"


def _find_signature(lines: list[str]) -> frozenset[int]:
    """Returns the line numbers of the closing date and of the issuer above it."""
    for at in range(len(lines) - 1, max(len(lines) - 1 - _SIGNATURE_LINES, 0), -1):
        if _DATE.fullmatch("".join(lines[at].split())):
            above = lines[at - 1]
            is_issuer = 0 < len(above) <= _HEADING_LONGEST and above[-1] not in _STOPS
            return frozenset({at - 1, at} if is_issuer else {at})
    return frozenset()
