"""Two texts in, the passages where they differ out, to the character. Pages and the API show them.

Punctuation, width, Traditional forms and line breaks do not count, as in the comparison itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein, Opcode

from analyzers.normalize import Normalized, literal

_JOINED = 3
"""Equal characters between two edits that are shown as one: fewer make a passage hard to read."""
CONTEXT = 16
LONGEST = 120_000
"""Characters of a text that is compared to the character; of a longer one, its beginning."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of both texts as they stand: equal, or different (one may be empty)."""

    one: str
    other: str
    is_equal: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A difference with what stands before and after it in the first text (in both, in effect)."""

    before: str
    one: str
    other: str
    after: str


def mark_differences(one: str, other: str) -> list[Piece]:
    """Pieces that, joined, give both texts again (up to LONGEST)."""
    left, right = literal(one[:LONGEST]), literal(other[:LONGEST])
    edits = Levenshtein.opcodes(left.text, right.text)
    pieces: list[Piece] = []
    at = [0, 0]
    for edit in _join(edits):
        ends = [_end(left, edit.src_end), _end(right, edit.dest_end)]
        pair = (left.original[at[0] : ends[0]], right.original[at[1] : ends[1]])
        pieces.append(Piece(*pair, is_equal=edit.tag == "equal"))
        at = ends
    if not pieces and (one or other):
        # Nothing but marks that do not count.
        return [Piece(left.original, right.original, is_equal=True)]
    return pieces


def list_passages(one: str, other: str, most: int = 50) -> list[Passage]:
    """The first `most` differences, each with CONTEXT characters around it."""
    pieces = mark_differences(one, other)
    passages = []
    for at, piece in enumerate(pieces):
        if piece.is_equal:
            continue
        before = pieces[at - 1].one[-CONTEXT:] if at else ""
        after = pieces[at + 1].one[:CONTEXT] if at + 1 < len(pieces) else ""
        passages.append(Passage(before, piece.one, piece.other, after))
    return passages[:most]


def _end(text: Normalized, place: int) -> int:
    """Where a stretch ends in the original: what no stream holds goes with what it follows."""
    if place == len(text.text):
        return len(text.original)
    return text.original_span(place, place + 1)[0]


def _join(edits: Iterable[Opcode]) -> Iterator[Opcode]:
    """Edits with hardly anything equal between them become one, so that they alternate."""
    held: Opcode | None = None
    for edit in edits:
        if held is None:
            held = edit
        elif _is_apart(held, edit):
            yield held
            held = edit
        else:
            held = Opcode("replace", held.src_start, edit.src_end, held.dest_start, edit.dest_end)
    if held is not None:
        yield held


def _is_apart(held: Opcode, edit: Opcode) -> bool:
    if "equal" not in (held.tag, edit.tag):
        return False
    if held.tag == "equal":
        return True
    return edit.src_end - edit.src_start >= _JOINED
