"""Splits a query text into pieces: words, "phrases" and exclusions (-词, NOT 词).

Straight quotation marks make a phrase. Chinese ones and 《》 only emphasise: sentences have them
around any term (“老年卡”怎么办理). After an exclusion sign both quote.

Every text is a valid query: an operator that is not closed, or that has no operand, is read as
text.
"""

import re
from dataclasses import dataclass

from analyzers.lazy_pattern import lazy_re
from analyzers.normalize import literal_text

_PHRASE = r'"[^"]*"|＂[^＂]*＂'
_QUOTED = rf"{_PHRASE}|[“”][^“”]*[“”]"
_EMPHASIS = lazy_re(r"[“”](?P<quote>[^“”]+)[“”]|《(?P<title>[^《》]+)》")
_DASHES = r"\-－‐‑‒–—−"
"""Every dash that input methods write for a minus sign."""
# 2016 —2018 is a span of years.
_SIGN = rf"(?:(?<![0-9]\s)[{_DASHES}]|[{_DASHES}](?![0-9]))(?=[^\s{_DASHES}])"
_MINUS = rf"(?<!\S)(?:{_SIGN}|(?<=\s)NOT\s+(?=\S))"
_PLAIN = rf"\S+?(?=\s|$|{_PHRASE})"
_PIECE = lazy_re(
    rf"(?P<minus>{_MINUS})(?:(?P<left_out>{_QUOTED})|(?P<single>{_PLAIN}))"
    rf"|(?P<quoted>{_PHRASE})|(?P<plain>{_PLAIN})"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a query without its operators; a `phrase` must match as written."""

    text: str
    phrase: bool = False
    excluded: bool = False


def split_pieces(text: str) -> tuple[Piece, ...]:
    """Returns the pieces in order.

    A query with exclusions alone is read as plain text, since it would match nearly every record.
    Punctuation around them makes no difference: `-公积金 ，` has exclusions alone.
    """
    pieces = [_piece(match) for match in _PIECE.finditer(text)]
    pieces = [piece for piece in pieces if piece.text.strip()]
    written = [piece for piece in pieces if literal_text(piece.text)] or pieces
    if written and all(piece.excluded for piece in written):
        return tuple(Piece(part) for part in text.split())
    return tuple(pieces)


def find_emphasis(text: str) -> tuple[str, ...]:
    """Returns what stands in Chinese quotation marks or 《》, in order, outside exclusions."""
    found = (match["quote"] or match["title"] for match in _EMPHASIS.finditer(_included(text)))
    return tuple(dict.fromkeys(inner for inner in found if literal_text(inner)))


def find_quotations(text: str) -> tuple[str, ...]:
    """Returns what stands in Chinese quotation marks alone."""
    found = (match["quote"] for match in _EMPHASIS.finditer(_included(text)))
    return tuple(dict.fromkeys(inner for inner in found if inner and literal_text(inner)))


def unquote(text: str) -> str:
    """Returns the text with its phrases as plain words; exclusions stay."""
    return _PIECE.sub(lambda match: match["quoted"][1:-1] if match["quoted"] else match[0], text)


def as_phrases(text: str) -> str:
    """Returns the text with straight quotation marks for Chinese ones."""
    return re.sub(r"[“”]([^“”\"]+)[“”]", r'"\1"', text)


def _included(text: str) -> str:
    return _PIECE.sub(lambda match: "" if match["minus"] else match[0], text)


def _piece(match: re.Match[str]) -> Piece:
    quoted = match["quoted"] or match["left_out"]
    text = quoted[1:-1] if quoted else match["plain"] or match["single"]
    return Piece(text, phrase=bool(quoted), excluded=bool(match["minus"]))
