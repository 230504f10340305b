"""Splits a query text into pieces: words, "phrases" and -exclusions.

Every text is a valid query: an operator that is not closed, or that has no operand, is read as
text.
"""

import re
from dataclasses import dataclass

from analyzers.normalize import literal_text

_QUOTED = r'"[^"]*"|“[^“”]*”|＂[^＂]*＂'
_PIECE = re.compile(
    rf"(?P<minus>(?<!\S)[-－](?=[^\s\-－]))?(?:(?P<quoted>{_QUOTED})|(?P<plain>\S+?(?=\s|$|{_QUOTED})))"
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
    spoken = [piece for piece in pieces if literal_text(piece.text)] or pieces
    if spoken and all(piece.excluded for piece in spoken):
        return tuple(Piece(part) for part in text.split())
    return tuple(pieces)


def _piece(match: re.Match[str]) -> Piece:
    quoted = match["quoted"]
    text = quoted[1:-1] if quoted else match["plain"]
    return Piece(text, phrase=bool(quoted), excluded=bool(match["minus"]))
