"""Splits plain text into paragraphs of an official document: headings, addressee, signature.

Lines with tabs between their cells, two or more in succession, are the rows of a table.

Source of the layout: GB/T 9704-2012 党政机关公文格式: headings 一、 and （一）, the addressee
(主送机关) at the left margin, issuer and date (落款) at the right.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the text, without surrounding whitespace, or the rows of a table."""

    kind: Kind
    text: str
    rows: Rows = ()


def lay_out(body: str) -> tuple[Paragraph, ...]:
    """Returns the paragraphs in order. Only blank lines and margins are dropped."""
    blocks = list(split_tables(body))
    lines = ["" if isinstance(block, tuple) else block for block in blocks]
    signed = _find_signature(lines)
    return tuple(
        Paragraph("table", "", block)
        if isinstance(block, tuple)
        else Paragraph("signature" if at in signed else _kind_of(at, block), block)
        for at, block in enumerate(blocks)
    )


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
