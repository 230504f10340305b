"""Splits plain text into paragraphs of an official document: headings, addressee, signature.

Source of the layout: GB/T 9704-2012 党政机关公文格式: headings 一、 and （一）, the addressee
(主送机关) at the left margin, issuer and date (落款) at the right.
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "subheading", "addressee", "signature", "text"]

_STOPS = "。；：，、！？;:,.!?"
_HEADING_LONGEST = 40
_SIGNATURE_LINES = 6
_DIGITS = "0-9０-９〇零○一二三四五六七八九十百"
_HEADING = re.compile(
    rf"(?:[一二三四五六七八九十]{{1,3}}、|第[{_DIGITS}]{{1,5}}[编章节](?:\s|$)).*"
)
_SUBHEADING = re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)].*")
_ADDRESSEE = re.compile(r"[^。；！？]{2,200}[：:]")
_DATE = re.compile(rf"[{_DIGITS}]{{4}}年[{_DIGITS}]{{1,3}}月[{_DIGITS}]{{1,3}}日")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the text, without surrounding whitespace."""

    kind: Kind
    text: str


def lay_out(body: str) -> tuple[Paragraph, ...]:
    """Returns the paragraphs in order. Only blank lines and margins are dropped."""
    lines = [line for line in (line.strip() for line in body.splitlines()) if line]
    signed = _find_signature(lines)
    return tuple(
        Paragraph("signature" if at in signed else _kind_of(at, line), line)
        for at, line in enumerate(lines)
    )


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
            is_issuer = len(above) <= _HEADING_LONGEST and above[-1] not in _STOPS
            return frozenset({at - 1, at} if is_issuer else {at})
    return frozenset()
