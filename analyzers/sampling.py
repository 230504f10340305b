"""Bounds the work of highlighting: which needles, and which blocks of a long text, are read.

Folding a text costs time for each of its characters, so a text longer than its limit is read at
its beginning and around the places where needles occur as they are written.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest

BLOCK = 512
"""Characters of a text that are folded in one go."""
NEEDLES_LIMIT = 64
"""Distinct needles of one query that are marked, the longest first: they tell the most."""
_NEEDLES_AS_WRITTEN = 8
"""Needles that are looked for in the unfolded text; a search through two million takes 1.3 ms."""
_PLACES = 4
"""Places of each such needle."""


def choose_needles(highlight_terms: Sequence[str]) -> tuple[str, ...]:
    """The distinct needles in their order; no more than NEEDLES_LIMIT, the longest of them."""
    distinct = tuple(dict.fromkeys(filter(None, highlight_terms)))
    if len(distinct) <= NEEDLES_LIMIT:
        return distinct
    kept = set(sorted(distinct, key=len, reverse=True)[:NEEDLES_LIMIT])
    return tuple(each for each in distinct if each in kept)


def choose_blocks(text: str, highlight_terms: Sequence[str], limit: int) -> list[int]:
    """Where the blocks to read begin, in order: all of them, or no more than `limit` characters.

    At least one block is read.
    """
    if len(text) <= limit:
        return list(range(0, len(text), BLOCK))
    room = max(limit // BLOCK, 1)
    head = (room + 1) // 2
    chosen = set(range(head))
    last = (len(text) - 1) // BLOCK
    for at in _find_written(text, highlight_terms, head * BLOCK):
        middle = at // BLOCK
        around = {max(middle - 1, 0), middle, min(middle + 1, last)} - chosen
        if len(chosen) + len(around) > room:
            break
        chosen |= around
    return [each * BLOCK for each in sorted(chosen)]


def _find_written(text: str, highlight_terms: Sequence[str], start: int) -> Iterator[int]:
    """The first place of each of the longest needles, then their second places, and so on."""
    longest = sorted(highlight_terms, key=len, reverse=True)[:_NEEDLES_AS_WRITTEN]
    places = (islice(find_each(text, needle, start), _PLACES) for needle in longest)
    return (at for at in chain.from_iterable(zip_longest(*places)) if at is not None)


def find_each(text: str, part: str, start: int = 0) -> Iterator[int]:
    """Where `part` begins in `text`, from left to right, never overlapping."""
    at = text.find(part, start) if part else -1
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))
