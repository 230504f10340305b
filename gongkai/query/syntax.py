"""The text of a query box in, its pieces out: words, "phrases", -exclusions. See `understand`.

Every text is a valid query: an operator that does not close or stands alone is read as written.
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
    """One part of a query as typed, without its operators; `phrase` has to be met as written."""

    text: str
    phrase: bool = False
    excluded: bool = False


def split_pieces(text: str) -> tuple[Piece, ...]:
    """Pieces in order. A query of exclusions alone is taken as written, not as everything else.

    Punctuation beside them says nothing more: `-公积金 ，` is exclusions alone.
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
