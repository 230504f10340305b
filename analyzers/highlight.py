"""Marks highlight terms in a text as safe HTML, and chooses the best passage of a text.

Terms are literal streams (`TextAnalyzer.letters_only`), searched in the literal stream of the text.
So 宜政办秘[2008]8号 marks 宜政办秘〔2008〕8号, and Traditional characters mark Simplified ones.
A term may also be a word with points (pm2.5), which marks only what has the same points, or a
`WordTerm`, which marks only what is a word in the text.
"""

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, pairwise

from analyzers.normalize import Normalized, literal, literal_text, normalize_text
from analyzers.numerals import CHINESE_NUMERALS
from analyzers.sampling import BLOCK, choose_blocks
from analyzers.word_term import WordTerm, find_term

_SHORT_ASCII = re.compile("[0-9a-z]{1,2}|[0-9]{3,5}")
_ASCII = re.compile("[0-9a-z]")
_DIGIT = re.compile("[0-9]")
_NUMBER_BEFORE = re.compile("[0-9０-９][.．]?$")
_NUMBER_AFTER = re.compile("[.．]?[0-9０-９]")
_WHITESPACE = re.compile(r"\s+")
_VISIBLE = re.compile(r"\S")

# Ends of sentences come before ends of clauses; a passage begins after the best one nearby.
_SENTENCE_END = re.compile("[。！？!?；;\n]+[”’」』）)]*")
_CLAUSE_END = re.compile(r"[，,、：:\s]+")

_PIECE = 20_000
"""Characters of a paragraph marked at once, so that other threads can run in between."""
_OCCURRENCES = 200
"""Occurrences of one term considered for the best passage of a long text."""

_Span = tuple[int, int]
_Found = tuple[int, int, int]
"""Start and end in the original text, and the index of the term."""


def mark_spans(text: str, highlight_terms: Sequence[str]) -> list[_Span]:
    """Returns spans of terms in the original text, in order, with adjacent spans merged.

    A term of one or two Latin letters, of up to five digits, or with a point, matches only as a
    whole word. No term begins or ends inside a number.
    """
    return _merge_spans(_find_terms(text, highlight_terms))


def best_passage(
    text: str,
    highlight_terms: Sequence[str],
    weights: Sequence[float] | None = None,
    length: int = 120,
) -> _Span:
    """Returns the span of about `length` characters with the most weight of distinct terms.

    `weights` belong to `highlight_terms`, 1 each by default. Of equal passages the first wins;
    without any term it is the beginning. The span ends at a sentence or clause where one is near.
    """
    return _choose_passage(
        text, _find_terms(text, highlight_terms), weights or [1.0] * len(highlight_terms), length
    )


def to_html(text: str, spans: Sequence[_Span], start: int = 0, end: int | None = None) -> str:
    """Returns `text[start:end]` as escaped HTML with <mark> around `spans`, and no other tag."""
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
    """Returns the whole text as HTML with the terms marked."""
    return to_html(text, mark_spans(text, highlight_terms))


class Marker:
    """Marks the terms in the texts of one page, in at most `limit` characters.

    The first half of the limit is used by the texts in order, the second half by texts that contain
    a term as written. Text over the limit is escaped without marks.
    """

    def __init__(self, highlight_terms: Sequence[str], limit: int) -> None:
        self._terms = highlight_terms
        self._limit = limit
        self.read = 0
        """Characters searched so far."""

    def mark(self, text: str) -> str:
        """Returns the text as HTML; a term across the boundary of two pieces is not marked."""
        if not self._terms:
            return html.escape(text)
        starts = range(0, len(text), _PIECE)
        return "".join(self._mark_piece(text[start : start + _PIECE]) for start in starts)

    def _mark_piece(self, text: str) -> str:
        read = self.read + len(text)
        is_open = read <= self._limit // 2 or (
            read <= self._limit and any(term in text for term in self._terms)
        )
        if not is_open:
            return html.escape(text)
        self.read = read
        return highlight(text, self._terms)


def snippet(
    text: str,
    highlight_terms: Sequence[str],
    length: int = 120,
    weights: Sequence[float] | None = None,
    limit: int | None = None,
) -> str:
    """Returns the best passage as HTML with terms marked, … where cut, and white space collapsed.

    `limit` is the number of characters of the text that are read, in blocks; all by default.
    """
    weighed = weights or [1.0] * len(highlight_terms)
    begin, stop = _narrow(
        text, highlight_terms, weighed, length, len(text) if limit is None else limit
    )
    whole, text = text, text[begin:stop]
    found = _find_terms(text, highlight_terms)
    start, end = _choose_passage(text, found, weighed, length)
    shown = _WHITESPACE.sub(" ", to_html(text, _merge_spans(found), start, end)).strip()
    is_cut_before = _has_visible(whole, 0, begin + start)
    is_cut_after = _has_visible(whole, begin + end, len(whole))
    return f"{'…' if is_cut_before else ''}{shown}{'…' if is_cut_after else ''}"


def choose_source(texts: Sequence[str], highlight_terms: Sequence[str], limit: int) -> int:
    """Returns the index of the text with most terms, first of equals; `limit` as in `snippet`."""
    counts = [_count_found(text, highlight_terms, limit // len(texts)) for text in texts]
    return counts.index(max(counts))


def _count_found(text: str, highlight_terms: Sequence[str], limit: int) -> int:
    blocks = choose_blocks(text, highlight_terms, limit)
    stream = "".join(_fold_blocks(text, blocks, 1))
    return sum(_is_in(stream, term) for term in highlight_terms)


def _has_visible(text: str, start: int, end: int) -> bool:
    return _VISIBLE.search(text, start, end) is not None


def _narrow(
    text: str, highlight_terms: Sequence[str], weights: Sequence[float], length: int, limit: int
) -> _Span:
    """Returns the part of a long text that contains its best passage, with text around it.

    Mapping the literal stream back costs far more than the stream, so only this part is mapped. The
    window is chosen in the stream, and blocks of known length locate it in the text.
    """
    if len(text) <= 8 * BLOCK or not highlight_terms:
        return 0, min(len(text), 8 * BLOCK)
    blocks = choose_blocks(text, highlight_terms, limit)
    streams = _fold_blocks(text, blocks, length)
    stream = "".join(streams)
    found = sorted(
        (at, at + len(term), which)
        for which, term in enumerate(map(_stream_of, highlight_terms))
        for at in islice(find_term(stream, term), _OCCURRENCES)
    )
    first, last = _choose_window(found, weights, length) if found else (0, 0)
    ends = list(accumulate(map(len, streams)))
    final = len(blocks) - 1
    before = blocks[bisect_right(ends, first, hi=final)] - BLOCK
    after = blocks[bisect_left(ends, last, hi=final)] + 2 * BLOCK
    return max(before, 0), min(after, len(text))


def _fold_blocks(text: str, blocks: Sequence[int], gap: int) -> list[str]:
    """Returns the literal stream of each block, with `gap` line breaks where blocks are skipped."""
    streams = [literal_text(text[at : at + BLOCK]) for at in blocks]
    for index, (at, following) in enumerate(pairwise(blocks)):
        if following != at + BLOCK:
            streams[index] += "\n" * gap
    return streams


def _find_terms(text: str, highlight_terms: Sequence[str]) -> list[_Found]:
    if not highlight_terms:
        return []
    stream = literal_text(text)
    there = [
        (which, term, places)
        for which, term in enumerate(highlight_terms)
        if (places := _find_places(stream, term))
    ]
    if not there:
        # This is the case for most titles; mapping back costs more than the stream.
        return []
    mapped = literal(text, stream)
    return sorted(
        (*span, which)
        for which, term, places in there
        for span in _map_places(mapped, term, places)
    )


def _find_places(stream: str, term: str) -> list[int]:
    run = _stream_of(term)
    # Most texts have few of the terms.
    return list(find_term(stream, run)) if run and run in stream else []


def _map_places(mapped: Normalized, term: str, places: Sequence[int]) -> Iterator[_Span]:
    """Yields the spans in the original text of those places where the term is meant."""
    run = _stream_of(term)
    is_whole_word = run != term or _SHORT_ASCII.fullmatch(term) is not None
    for at in places:
        span = mapped.original_span(at, at + len(run))
        if is_whole_word and not _is_whole_word(mapped.original, span, term):
            continue
        is_broken = isinstance(term, WordTerm) and not _is_unbroken(mapped.original, span, term)
        if not is_broken and not _cuts_number(mapped.original, span, run):
            yield span


def _is_unbroken(text: str, span: _Span, term: str) -> bool:
    return len("".join(text[slice(*span)].split())) == len(term)


def _stream_of(term: str) -> str:
    """Returns the literal stream of a term: pm25 of pm2.5."""
    return term.replace(".", "") if "." in term else term


def _is_in(stream: str, term: str) -> bool:
    return next(find_term(stream, _stream_of(term)), None) is not None


def _is_whole_word(text: str, span: _Span, term: str) -> bool:
    start, end = span
    written = normalize_text(text[start:end])
    if "".join(written.split()) != term:  # 2〕0 is not 20, pm 2.5 is pm2.5
        return False
    before = normalize_text(text[max(start - 1, 0) : start])[-1:]
    after = normalize_text(text[end : end + 1])[:1]
    return not (_ASCII.match(before) or _ASCII.match(after))


def _cuts_number(text: str, span: _Span, run: str) -> bool:
    """Whether the span begins or ends inside a number: 8小时 in 48小时, 八小时 in 十八小时."""
    start, end = span
    if _DIGIT.match(run[0]) and _NUMBER_BEFORE.search(text[max(start - 2, 0) : start]):
        return True
    if run[0] in CHINESE_NUMERALS and start and text[start - 1] in "十百千":
        return True
    is_number_end = _DIGIT.match(run[-1]) is not None
    return is_number_end and _NUMBER_AFTER.match(text[end : end + 2]) is not None


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
    """Returns the first and last character of the occurrences within `length` with most weight."""
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
        # Chooses the sentence of the term or the one before, while half of the space remains.
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
