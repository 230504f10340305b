"""A text and the needles of a question in; marked passages as safe HTML out. Answers call it.

A needle is a literal stream (`Analysis.literal`), found in the literal stream of the text, so
宜政办秘[2008]8号 marks 宜政办秘〔2008〕8号 and Traditional characters mark Simplified ones.
"""

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, pairwise

from analyzers.normalize import Normalized, literal, literal_text, normalize_text
from analyzers.sampling import BLOCK, choose_blocks, find_each

_SHORT_ASCII = re.compile("[0-9a-z]{1,2}")
_ASCII = re.compile("[0-9a-z]")
_WHITESPACE = re.compile(r"\s+")
_VISIBLE = re.compile(r"\S")

# The ends of sentences first, then of clauses: a passage begins after the best of these at hand.
_SENTENCE_END = re.compile("[。！？!?；;\n]+[”’」』）)]*")
_CLAUSE_END = re.compile(r"[，,、：:\s]+")

_PIECE = 20_000
"""Characters of a paragraph that are marked in one go, so that other threads have their turn."""
_OCCURRENCES = 200
"""Of one needle, looked at when the best passage of a long text is chosen."""

_Span = tuple[int, int]
_Found = tuple[int, int, int]
"""Start and end in the original text, and which needle."""


def mark_spans(text: str, highlight_terms: Sequence[str]) -> list[_Span]:
    """Where needles occur in `text`: spans of the original in order, touching ones made one.

    A needle of one or two Latin letters or digits counts only where it stands alone.
    """
    return _merge_spans(_find_needles(text, highlight_terms))


def best_passage(
    text: str,
    highlight_terms: Sequence[str],
    weights: Sequence[float] | None = None,
    length: int = 120,
) -> _Span:
    """The span of about `length` characters that holds the most weight of different needles.

    `weights` go with `highlight_terms`, 1 each by default. The first of equal passages wins; the
    beginning does where no term occurs. Cut at the end of a sentence or clause where one is near.
    """
    return _choose_passage(
        text, _find_needles(text, highlight_terms), weights or [1.0] * len(highlight_terms), length
    )


def to_html(text: str, spans: Sequence[_Span], start: int = 0, end: int | None = None) -> str:
    """`text[start:end]` escaped, with <mark> around the parts of `spans` inside; no other tag."""
    stop = len(text) if end is None else end
    parts: list[str] = []
    done = start
    for first, last in spans:
        opened, closed = max(first, done), min(last, stop)
        if opened < closed:
            parts.append(html.escape(text[done:opened]))
            parts.append(f"<mark>{html.escape(text[opened:closed])}</mark>")
            done = closed
    parts.append(html.escape(text[done:stop]))
    return "".join(parts)


def highlight(text: str, highlight_terms: Sequence[str]) -> str:
    """The whole text as HTML with the needles marked: a title."""
    return to_html(text, mark_spans(text, highlight_terms))


class Marker:
    """Marks the needles in the texts of one page, `limit` characters of them in all.

    The first half of the limit goes to the texts as they come, the second half to texts that hold
    a needle as it is written. What is over the limit is escaped and has no marks.
    """

    def __init__(self, highlight_terms: Sequence[str], limit: int) -> None:
        self._needles = highlight_terms
        self._limit = limit
        self.read = 0
        """Characters that were looked through so far."""

    def mark(self, text: str) -> str:
        """The text as HTML. A needle that lies across the ends of two pieces is not marked."""
        if not self._needles:
            return html.escape(text)
        starts = range(0, len(text), _PIECE)
        return "".join(self._mark_piece(text[start : start + _PIECE]) for start in starts)

    def _mark_piece(self, text: str) -> str:
        read = self.read + len(text)
        is_open = read <= self._limit // 2 or (
            read <= self._limit and any(needle in text for needle in self._needles)
        )
        if not is_open:
            return html.escape(text)
        self.read = read
        return highlight(text, self._needles)


def snippet(
    text: str,
    highlight_terms: Sequence[str],
    length: int = 120,
    weights: Sequence[float] | None = None,
    limit: int | None = None,
) -> str:
    """The best passage as HTML with the needles marked, … where cut, whitespace run together.

    `limit`: characters of the text that are read, in blocks; all of it by default.
    """
    weighed = weights or [1.0] * len(highlight_terms)
    begin, stop = _narrow(
        text, highlight_terms, weighed, length, len(text) if limit is None else limit
    )
    whole, text = text, text[begin:stop]
    found = _find_needles(text, highlight_terms)
    start, end = _choose_passage(text, found, weighed, length)
    shown = _WHITESPACE.sub(" ", to_html(text, _merge_spans(found), start, end)).strip()
    is_cut_before = _has_visible(whole, 0, begin + start)
    is_cut_after = _has_visible(whole, begin + end, len(whole))
    return f"{'…' if is_cut_before else ''}{shown}{'…' if is_cut_after else ''}"


def choose_source(texts: Sequence[str], highlight_terms: Sequence[str], limit: int) -> int:
    """Which of the texts holds the most needles, the first of equals; `limit` as in `snippet`."""
    counts = [_count_found(text, highlight_terms, limit // len(texts)) for text in texts]
    return counts.index(max(counts))


def _count_found(text: str, highlight_terms: Sequence[str], limit: int) -> int:
    blocks = choose_blocks(text, highlight_terms, limit)
    stream = "".join(_fold_blocks(text, blocks, 1))
    return sum(needle in stream for needle in highlight_terms)


def _has_visible(text: str, start: int, end: int) -> bool:
    return _VISIBLE.search(text, start, end) is not None


def _narrow(
    text: str, highlight_terms: Sequence[str], weights: Sequence[float], length: int, limit: int
) -> _Span:
    """A part of a long text that holds its best passage with room around it.

    The way back from the literal stream costs far more than the stream, so it is gone only for
    this part: the window is chosen in the stream, and blocks of known lengths lead back.
    """
    if len(text) <= 8 * BLOCK or not highlight_terms:
        return 0, min(len(text), 8 * BLOCK)
    blocks = choose_blocks(text, highlight_terms, limit)
    streams = _fold_blocks(text, blocks, length)
    stream = "".join(streams)
    found = sorted(
        (at, at + len(needle), which)
        for which, needle in enumerate(highlight_terms)
        for at in islice(find_each(stream, needle), _OCCURRENCES)
    )
    first, last = _choose_window(found, weights, length) if found else (0, 0)
    ends = list(accumulate(map(len, streams)))
    final = len(blocks) - 1
    before = blocks[bisect_right(ends, first, hi=final)] - BLOCK
    after = blocks[bisect_left(ends, last, hi=final)] + 2 * BLOCK
    return max(before, 0), min(after, len(text))


def _fold_blocks(text: str, blocks: Sequence[int], gap: int) -> list[str]:
    """The literal stream of each block, `gap` line ends after it where the next is left out."""
    streams = [literal_text(text[at : at + BLOCK]) for at in blocks]
    for index, (at, following) in enumerate(pairwise(blocks)):
        if following != at + BLOCK:
            streams[index] += "\n" * gap
    return streams


def _find_needles(text: str, highlight_terms: Sequence[str]) -> list[_Found]:
    stream = literal_text(text)
    there = [
        (which, needle)
        for which, needle in enumerate(highlight_terms)
        if needle and needle in stream
    ]
    if not there:
        # Most titles: the way back from the stream costs more than the stream.
        return []
    mapped = literal(text, stream)
    return sorted(
        (*span, which) for which, needle in there for span in _find_needle(mapped, needle)
    )


def _find_needle(mapped: Normalized, needle: str) -> Iterator[_Span]:
    must_stand_alone = _SHORT_ASCII.fullmatch(needle) is not None
    for at in find_each(mapped.text, needle):
        span = mapped.original_span(at, at + len(needle))
        if not must_stand_alone or _stands_alone(mapped.original, span, needle):
            yield span


def _stands_alone(text: str, span: _Span, needle: str) -> bool:
    start, end = span
    if normalize_text(text[start:end]) != needle:  # 2〕0 is not 20
        return False
    before = normalize_text(text[max(start - 1, 0) : start])[-1:]
    after = normalize_text(text[end : end + 1])[:1]
    return not (_ASCII.match(before) or _ASCII.match(after))


def _merge_spans(found: Sequence[_Found]) -> list[_Span]:
    merged: list[_Span] = []
    for start, end, _ in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _choose_passage(
    text: str, found: Sequence[_Found], weights: Sequence[float], length: int
) -> _Span:
    if len(text) <= length:
        return 0, len(text)
    first, last = _choose_window(found, weights, length)
    return _cut_passage(text, first, last, length)


def _choose_window(found: Sequence[_Found], weights: Sequence[float], length: int) -> _Span:
    """The first and last character of the occurrences, within `length`, that weigh the most."""
    best, window = 0.0, (0, 0)
    counts = [0] * len(weights)
    weight, left = 0.0, 0
    for start, end, which in found:
        weight += weights[which] if counts[which] == 0 else 0.0
        counts[which] += 1
        while found[left][0] < start and end - found[left][0] > length:
            counts[found[left][2]] -= 1
            weight -= weights[found[left][2]] if counts[found[left][2]] == 0 else 0.0
            left += 1
        if weight > best + 1e-9:
            best, window = weight, (found[left][0], end)
    return window


def _cut_passage(text: str, first: int, last: int, length: int) -> _Span:
    room = max(length - (last - first), 0)
    start = _find_beginning(text, max(first - room, 0), first, room)
    end = min(start + length, len(text))
    if end < len(text):
        end = _find_end(text, max(last, start + length // 2), end)
    return start, end


def _find_beginning(text: str, earliest: int, first: int, room: int) -> int:
    if earliest == 0 and first <= room // 2:
        return 0
    for pattern in (_SENTENCE_END, _CLAUSE_END):
        ends = [match.end() for match in pattern.finditer(text, earliest, first)]
        # The sentence that holds the needle, or the one before, while half the room is left over.
        near = [end for end in ends if first - end <= room // 2]
        if near:
            return near[0] if pattern is _CLAUSE_END else near[-1]
    return max(first - room // 3, 0)


def _find_end(text: str, earliest: int, latest: int) -> int:
    for pattern in (_SENTENCE_END, _CLAUSE_END):
        ends = [match.end() for match in pattern.finditer(text, earliest, latest)]
        if ends:
            return ends[-1]
    return latest
