"""A text and the needles of a question in; marked passages as safe HTML out. Answers call it.

A needle is a literal stream (`Analysis.literal`), found in the literal stream of the text, so
宜政办秘[2008]8号 marks 宜政办秘〔2008〕8号 and Traditional characters mark Simplified ones.
"""

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice

from analyzers.normalize import Normalized, literal, literal_text, normalize_text

_SHORT_ASCII = re.compile("[0-9a-z]{1,2}")
_ASCII = re.compile("[0-9a-z]")
_WHITESPACE = re.compile(r"\s+")

# The ends of sentences first, then of clauses: a passage begins after the best of these at hand.
_SENTENCE_END = re.compile("[。！？!?；;\n]+[”’」』）)]*")
_CLAUSE_END = re.compile(r"[，,、：:\s]+")

_BLOCK = 512
_OCCURRENCES = 200
"""Of one needle, looked at when the best passage of a long text is chosen."""

_Span = tuple[int, int]
_Found = tuple[int, int, int]
"""Start and end in the original text, and which needle."""


def mark_spans(text: str, needles: Sequence[str]) -> list[_Span]:
    """Where needles occur in `text`: spans of the original in order, touching ones made one.

    A needle of one or two Latin letters or digits counts only where it stands alone.
    """
    return _merge_spans(_find_needles(text, needles))


def best_passage(
    text: str, needles: Sequence[str], weights: Sequence[float] | None = None, length: int = 120
) -> _Span:
    """The span of about `length` characters that holds the most weight of different needles.

    `weights` go with `needles`, 1 each by default. The first of equal passages wins; the text's
    beginning does where no needle occurs. Cut at the end of a sentence or clause where one is near.
    """
    return _choose_passage(
        text, _find_needles(text, needles), weights or [1.0] * len(needles), length
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


def highlight(text: str, needles: Sequence[str]) -> str:
    """The whole text as HTML with the needles marked: a title."""
    return to_html(text, mark_spans(text, needles))


def snippet(
    text: str, needles: Sequence[str], length: int = 120, weights: Sequence[float] | None = None
) -> str:
    """The best passage as HTML with the needles marked, … where cut, whitespace run together."""
    weighed = weights or [1.0] * len(needles)
    begin, stop = _narrow(text, needles, weighed, length)
    whole, text = text, text[begin:stop]
    found = _find_needles(text, needles)
    start, end = _choose_passage(text, found, weighed, length)
    shown = _WHITESPACE.sub(" ", to_html(text, _merge_spans(found), start, end)).strip()
    is_cut_before, is_cut_after = whole[: begin + start].strip(), whole[begin + end :].strip()
    return f"{'…' if is_cut_before else ''}{shown}{'…' if is_cut_after else ''}"


def _narrow(text: str, needles: Sequence[str], weights: Sequence[float], length: int) -> _Span:
    """A part of a long text that holds its best passage with room around it.

    The way back from the literal stream costs far more than the stream, so it is gone only for
    this part: the window is chosen in the stream, and blocks of known lengths lead back.
    """
    if len(text) <= 8 * _BLOCK:
        return 0, len(text)
    streams = [literal_text(text[at : at + _BLOCK]) for at in range(0, len(text), _BLOCK)]
    stream = "".join(streams)
    found = sorted(
        (at, at + len(needle), which)
        for which, needle in enumerate(needles)
        for at in islice(_find_plain(stream, needle), _OCCURRENCES)
    )
    first, last = _choose_window(found, weights, length) if found else (0, 0)
    ends = list(accumulate(map(len, streams)))
    blocks = range(len(streams))
    before = bisect_right(ends, first, hi=len(blocks) - 1) - 1
    after = bisect_left(ends, last, hi=len(blocks) - 1) + 2
    return max(before, 0) * _BLOCK, min(after * _BLOCK, len(text))


def _find_plain(stream: str, needle: str) -> Iterator[int]:
    at = stream.find(needle) if needle else -1
    while at >= 0:
        yield at
        at = stream.find(needle, at + len(needle))


def _find_needles(text: str, needles: Sequence[str]) -> list[_Found]:
    stream = literal_text(text)
    there = [(which, needle) for which, needle in enumerate(needles) if needle and needle in stream]
    if not there:
        # Most titles: the way back from the stream costs more than the stream.
        return []
    mapped = literal(text, stream)
    return sorted(
        (*span, which) for which, needle in there for span in _find_needle(mapped, needle)
    )


def _find_needle(mapped: Normalized, needle: str) -> Iterator[_Span]:
    must_stand_alone = _SHORT_ASCII.fullmatch(needle) is not None
    for at in _find_plain(mapped.text, needle):
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
