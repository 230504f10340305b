"""Limits the work of highlighting: the terms, and the blocks of a long text, that are read.

Folding costs time for each character. Of a text longer than its limit only the beginning and the
surroundings of terms as written are read.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest

BLOCK = 512
"""Characters of a text folded at once."""
HIGHLIGHT_TERMS_LIMIT = 64
"""Most distinct terms of one query that are marked, the longest first."""
_NEEDLES_AS_WRITTEN = 8
"""Terms searched in the unfolded text; a search through two million characters takes 1.3 ms."""
_PLACES = 4
"""Occurrences of each such term."""


def choose_highlight_terms(highlight_terms: Sequence[str]) -> tuple[str, ...]:
    """Returns the distinct terms in order, at most HIGHLIGHT_TERMS_LIMIT, keeping the longest."""
    distinct = tuple(dict.fromkeys(filter(None, highlight_terms)))
    if len(distinct) <= HIGHLIGHT_TERMS_LIMIT:
        return distinct
    kept = set(sorted(distinct, key=len, reverse=True)[:HIGHLIGHT_TERMS_LIMIT])
    return tuple(each for each in distinct if each in kept)


def choose_blocks(text: str, highlight_terms: Sequence[str], limit: int) -> list[int]:
    """Returns the starts of the blocks to read, in order, within about `limit` characters.

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
    """Yields the first occurrences of the longest terms, then the second ones, and so on."""
    longest = sorted(highlight_terms, key=len, reverse=True)[:_NEEDLES_AS_WRITTEN]
    places = (islice(find_each(text, term, start), _PLACES) for term in longest)
    return (at for at in chain.from_iterable(zip_longest(*places)) if at is not None)


def find_each(text: str, part: str, start: int = 0) -> Iterator[int]:
    """Yields the starts of `part` in `text`, left to right, without overlaps."""
    at = text.find(part, start) if part else -1
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))
