"""Spelling correction (错别字) of queries against the words of the public index.

A noisy channel model (Kernighan, Church and Gale 1990): the intended text is a likely sequence of
words that is easily mistyped as the given one. Dictionary words, names, codes and non-Han text are
never changed, except inside a longer word (安全产生, 安全生产).
"""

import heapq
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analyzers.confusion import Confusion, compare
from analyzers.pinyin import blur, read_word

_HAN_RUN = re.compile("[\u3400-\u9fff]+")
_LONGEST_RUN = 60
_LONGEST_WORD = 8
_EDITS = 2
"""Mistakes in one query; with more, the words no longer tell the intended text."""
_BEAM = 6
"""Partial readings of a run kept for each position and number of mistakes."""

_UNKNOWN = 15.0
"""Bits of a character that is in no word."""
_PARTICLE = 8.0
"""Bits of a question word or particle (的, 关于), which no index counts and every text has."""
_FOREIGN = 21.0
"""Most bits of a word that is in the dictionary but not in the index."""
_WORD = 2.0
"""Bits of each additional word, since few long words are likelier than many short ones."""
_SECOND = 6.0
"""Additional bits of a second mistake, since most queries have one."""
_MISSING, _EXTRA, _SWAPPED, _BY_SOUND = 10.0, 10.0, 9.0, 4.0


@dataclass(frozen=True, slots=True)
class Change:
    """A correction of text[start:end] to `meant`, in code points of the given text."""

    start: int
    end: int
    written: str
    meant: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction of a whole text; `gain` is its higher likelihood in bits."""

    text: str
    gain: float
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Edge:
    """One word for the text up to `end`; `edits` counts mistakes."""

    end: int
    written: str
    word: str
    cost: float
    edits: int


@dataclass(frozen=True, slots=True)
class _Path:
    cost: float
    edges: tuple[tuple[int, _Edge], ...]


class SpellingCorrector:
    """Corrects texts; `counts` maps words of the public index to records. Read-only once built.

    `is_word` returns whether a word is in the general dictionary and so correct. `particles` are
    words that no index counts, and so no likely meaning of anything else. `is_name` returns whether
    a text is a place or agency name, which is never changed.
    """

    def __init__(
        self,
        counts: Mapping[str, int],
        is_word: Callable[[str], bool] = lambda _: False,
        particles: Collection[str] = (),
        is_name: Callable[[str], bool] = lambda _: False,
    ) -> None:
        words = {
            w: n
            for w, n in counts.items()
            if 2 <= len(w) <= _LONGEST_WORD and _HAN_RUN.fullmatch(w)
        }
        self._total = math.log2(sum(words.values()) + len(words) + 1)
        self._particles = frozenset(particles)
        self._costs = {
            word: self._total - math.log2(count + 1) + _WORD for word, count in words.items()
        }
        self._is_word = is_word
        self._is_name = is_name
        self._gapped: dict[str, list[str]] = {}
        self._shortened: dict[str, list[str]] = {}
        self._sounding: dict[str, list[str]] = {}
        # A dictionary word that the index lacks is as likely as one that was counted zero times.
        self._foreign = min(_FOREIGN, self._total + _WORD)
        spoken = [word for word in self._particles if len(word) > 1 and _HAN_RUN.fullmatch(word)]
        self._meant = {**self._costs, **dict.fromkeys(spoken, self._foreign)}
        self._costs.update(dict.fromkeys(spoken, _PARTICLE))
        for word in self._meant:
            self._index_word(word)

    def correct(self, text: str, limit: int = 5) -> tuple[Correction, ...]:
        """Returns corrections of a normalized text, likeliest first; none if it needs none."""
        readings: list[tuple[float, tuple[Change, ...]]] = [(0.0, ())]
        for match in _HAN_RUN.finditer(text):
            if len(match[0]) > 1 and len(match[0]) <= _LONGEST_RUN:
                readings = self._combine(readings, self._read(match[0]), match.start(), limit)
        found: dict[str, Correction] = {}
        for cost, changes in sorted(readings, key=lambda each: each[0]):
            meant = _apply(text, changes)
            if changes and cost < 0:
                found.setdefault(meant, Correction(meant, -cost, changes))
        return tuple(found.values())[:limit]

    def _combine(
        self,
        readings: Sequence[tuple[float, tuple[Change, ...]]],
        paths: Sequence[_Path],
        offset: int,
        limit: int,
    ) -> list[tuple[float, tuple[Change, ...]]]:
        plain = min((path.cost for path in paths if not _count(path)), default=0.0)
        joined = [
            (before + path.cost - plain, (*changes, *_changes(path, offset)))
            for before, changes in readings
            for path in paths
            if len(changes) + _count(path) <= _EDITS
        ]
        best = heapq.nsmallest(4 * limit, joined, key=lambda each: each[0])
        return list(dict.fromkeys([*best, *(each for each in joined if not each[1])]))

    def _read(self, run: str) -> list[_Path]:
        """Returns the likeliest readings of a run, with no, one and two mistakes."""
        held: list[list[list[_Path]]] = [
            [[] for _ in range(_EDITS + 1)] for _ in range(len(run) + 1)
        ]
        held[0][0] = [_Path(0.0, ())]
        names = self._find_names(run)
        for start in range(len(run)):
            if not any(held[start]):
                continue
            edges = list(self._edges(run, start, names))
            for made, paths in enumerate(held[start]):
                for path in paths:
                    for edge in edges:
                        if made + edge.edits <= _EDITS:
                            again = _SECOND if made and edge.edits else 0.0
                            cost = path.cost + edge.cost + again
                            further = _Path(cost, (*path.edges, (start, edge)))
                            _keep(held[edge.end][made + edge.edits], further)
        return [path for paths in held[len(run)] for path in paths]

    def _edges(self, run: str, start: int, names: Sequence[range]) -> Iterator[_Edge]:
        alone = _PARTICLE if run[start] in self._particles else _UNKNOWN
        yield _Edge(start + 1, run[start], run[start], alone, 0)
        for end in range(start + 2, min(start + _LONGEST_WORD + 1, len(run)) + 1):
            span = run[start:end]
            cost = self._costs.get(span)
            if cost is not None:
                yield _Edge(end, span, span, cost, 0)
            elif self._is_word(span) or range(start, end) in names:
                yield _Edge(end, span, span, self._foreign, 0)
            is_named = any(start < name.stop and name.start < end for name in names)
            if not (is_named or span in self._particles or self._is_word(span)):
                for word, mistake in self._find_mistakes(span).items():
                    yield _Edge(end, span, word, self._meant[word] + mistake, 1)

    def _find_mistakes(self, span: str) -> dict[str, float]:
        """Returns words that a span may be a mistake for, with the cost of the mistake."""
        found: dict[str, float] = {}
        for word, cost in self._each_mistake(span):
            if word != span and cost < found.get(word, math.inf):
                found[word] = cost
        return found

    def _each_mistake(self, span: str) -> Iterator[tuple[str, float]]:
        for at, written in enumerate(span):
            for word in self._gapped.get(f"{span[:at]} {span[at + 1 :]}", ()):
                confusion = compare(written, word[at])
                if confusion is not Confusion.OTHER or self._may_be_any(span, at, word):
                    yield word, confusion.value
            shorter = span[:at] + span[at + 1 :]
            is_doubled = written in (span[at - 1 : at], span[at + 1 : at + 2])
            is_inside = 0 < at < len(span) - 1 and len(shorter) > 2
            if shorter in self._meant and (is_inside or is_doubled):
                yield shorter, _EXTRA
        for word in self._shortened.get(span, ()):
            yield word, _MISSING
        for at, (one, other) in enumerate(pairwise(span)):
            swapped = span[:at] + other + one + span[at + 2 :]
            if swapped in self._meant:
                yield swapped, _SWAPPED
        for word in self._sounding.get(_blur_word(span), ()):
            if len(word) == len(span):
                differing = sum(one != other for one, other in zip(span, word, strict=True))
                yield word, Confusion.HOMOPHONE.value + _BY_SOUND * (differing - 1)

    def _may_be_any(self, span: str, at: int, word: str) -> bool:
        """Whether an unlike character may have been typed: not in a word (护照办理, 证照办理)."""
        if len(span) < 3 or word in self._particles:
            return False
        around = ((start, end) for start in range(at + 1) for end in range(at + 1, len(span) + 1))
        return not any(end - start > 1 and self._is_word(span[start:end]) for start, end in around)

    def _find_names(self, run: str) -> list[range]:
        lengths = range(min(20, len(run)), 2, -1)
        return [
            range(start, start + length)
            for length in lengths
            for start in range(len(run) - length + 1)
            if self._is_name(run[start : start + length])
        ]

    def _index_word(self, word: str) -> None:
        for at in range(len(word)):
            self._gapped.setdefault(f"{word[:at]} {word[at + 1 :]}", []).append(word)
            if len(word) > 2:
                self._shortened.setdefault(word[:at] + word[at + 1 :], []).append(word)
        self._sounding.setdefault(_blur_word(word), []).append(word)


def _keep(held: list[_Path], path: _Path) -> None:
    held.append(path)
    if len(held) > _BEAM:
        held.sort(key=lambda each: each.cost)
        held.pop()


def _count(path: _Path) -> int:
    return sum(edge.edits for _, edge in path.edges)


def _changes(path: _Path, offset: int) -> tuple[Change, ...]:
    return tuple(
        Change(offset + start, offset + edge.end, edge.written, edge.word)
        for start, edge in path.edges
        if edge.edits
    )


def _apply(text: str, changes: Sequence[Change]) -> str:
    parts, done = [], 0
    for change in changes:
        parts += [text[done : change.start], change.meant]
        done = change.end
    return "".join((*parts, text[done:]))


def _blur_word(word: str) -> str:
    readings = read_word(word)
    return "".join(map(blur, readings[0])) if readings else word
