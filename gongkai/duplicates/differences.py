"""Finds the passages in which two texts differ, to the character.

Punctuation, width, Traditional forms and line breaks are ignored, as in the comparison.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein, Opcode

from analyzers.normalize import Normalized, literal

_JOINED = 3
"""Fewest equal characters between two edits that are shown separately, for readability."""
CONTEXT = 16
LONGEST = 120_000
"""Characters of a text that are compared; a longer text is cut."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of both original texts: equal, or different (one may be empty)."""

    one: str
    other: str
    is_equal: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A difference with the text before and after it."""

    before: str
    one: str
    other: str
    after: str


def mark_differences(one: str, other: str) -> list[Piece]:
    """Returns pieces that join to both texts (up to LONGEST)."""
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
        # Both texts have only characters that are ignored.
        return [Piece(left.original, right.original, is_equal=True)]
    return pieces


def list_passages(one: str, other: str, most: int = 50) -> list[Passage]:
    """Returns the first `most` differences, each with CONTEXT characters around it."""
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
    """Returns the end in the original; ignored characters belong to the text before them."""
    if place == len(text.text):
        return len(text.original)
    return text.original_span(place, place + 1)[0]


def _join(edits: Iterable[Opcode]) -> Iterator[Opcode]:
    """Joins edits with few equal characters between them into one edit."""
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
