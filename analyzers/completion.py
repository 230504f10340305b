"""The completion index: completes a partial input to words of the public index.

Completion never affects matching: 景点 and 经典 sound alike, and neither finds the other.
"""

import heapq
import math
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from analyzers.pinyin import (
    Reading,
    blur,
    fold_latin,
    parse_latin,
    read_character,
    read_word,
    syllables,
)

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_PIECE = re.compile("[a-z]+|[^a-z]")
_LAST = "\U0010ffff"

_WHOLE = 3.0
"""Bonus of a completely typed word over a longer one: eight times the records (log2)."""
_OTHER_READING = 5.0
"""Penalty of a less common reading."""
_BLURRED = 8.0
_GOES_ON = 0.5
"""Penalty of each character that is not typed yet."""
_SOUGHT = 4.0
"""Bonus of a word that citizens are known to use (公积金) over official ones (国家级)."""
_LOOKED_AT = 2_000
"""Most frequent words of one prefix that are scored; one or two letters have more."""
_KEPT = 2_000
"""Cached completions, since many users type the same first letters."""


class MatchKind(StrEnum):
    """The way in which a completion was found."""

    TEXT = "text"
    PINYIN = "pinyin"


@dataclass(frozen=True, slots=True)
class Completion:
    """A word, the number of records with it, and whether letters were read as pinyin."""

    text: str
    count: int
    kind: MatchKind


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One reading of a word; `initials` are the first letters of its syllables."""

    initials: str
    word: str
    reading: Reading
    is_main: bool


class CompletionIndex:
    """Completes words; `counts` maps words to records with them. Read-only once built.

    `sought` are words that users are known to search for; they rank above equally frequent ones.
    """

    def __init__(self, counts: Mapping[str, int], sought: Collection[str] = ()) -> None:
        self.counts = dict(counts)
        self._weights = {
            word: math.log2(1 + count) + (_SOUGHT if word in sought else 0)
            for word, count in self.counts.items()
        }
        self._words = sorted(self.counts)
        self._joined = "\n" + "\n".join(self._words) + "\n"
        spoken = [each for word in self._words for each in _speak(word)]
        # Frequent words come first, so that a bound drops the rare ones.
        self._spoken = sorted(spoken, key=lambda each: (each.initials, -self.counts[each.word]))
        self._initials = [each.initials for each in self._spoken]
        self._frequent = self._collect_frequent(spoken)
        blurred = ((_join_blurred(each.reading), each.word) for each in spoken if each.is_main)
        self._fuzzy = sorted(blurred)
        # Built now, since the first use takes half a second.
        syllables()
        # Thousands of words begin with the same one or two letters, which many users type.
        self._completed = lru_cache(maxsize=_KEPT)(self._complete)

    def complete(self, typed: str, size: int = 8) -> tuple[Completion, ...]:
        """Returns at most `size` completions, likeliest first."""
        folded = fold_latin(typed)
        return self._completed(folded, size) if folded else ()

    def _complete(self, folded: str, size: int) -> tuple[Completion, ...]:
        scored = self._by_text(folded)
        if re.search("[a-z]", folded):
            _keep_best(scored, self._by_sound(folded), MatchKind.PINYIN)
            if not scored:
                _keep_best(scored, self._by_fuzzy_sound(folded), MatchKind.PINYIN)
        best = heapq.nsmallest(
            size, scored.items(), key=lambda item: (-item[1][0], len(item[0]), item[0])
        )
        return tuple(Completion(word, self.counts[word], kind) for word, (_, kind) in best)

    def _by_text(self, typed: str) -> dict[str, tuple[float, MatchKind]]:
        scored: dict[str, tuple[float, MatchKind]] = {}
        for word in _range(self._words, typed):
            score = self._weights[word] + _ending(len(word) - len(typed))
            scored[word] = (score, MatchKind.TEXT)
        if len(typed) > 1:
            for word in self._holding(typed):
                score = self._weights[word] - _WHOLE - _GOES_ON * len(word)
                scored.setdefault(word, (score, MatchKind.TEXT))
        return scored

    def _holding(self, typed: str) -> Iterator[str]:
        at = self._joined.find(typed)
        while at >= 0:
            start, end = self._joined.rfind("\n", 0, at) + 1, self._joined.index("\n", at)
            yield self._joined[start:end]
            at = self._joined.find(typed, end)

    def _by_sound(self, typed: str) -> Iterator[tuple[str, float]]:
        for parts in _parse_mixed(typed):
            # Letters that form whole syllables are more likely syllables than initials.
            whole = [at for at, part in enumerate(parts) if len(part) > 1 and part in syllables()]
            for spoken in self._beginning(parts):
                if _fits(parts, spoken):
                    # The syllable ji says 公积金 (ji) rather than 公交 (jiao).
                    said = sum(spoken.reading[at] == parts[at] for at in whole)
                    rest = len(spoken.reading) - len(parts) + len(whole) - said
                    score = self._weights[spoken.word] + _ending(rest) + said
                    yield spoken.word, score - (0 if spoken.is_main else _OTHER_READING)

    def _beginning(self, parts: Sequence[str]) -> Iterable[_Spoken]:
        """Yields readings with initials that begin like the parts."""
        for initials in _spell_initials(parts):
            if initials in self._frequent:
                yield from self._frequent[initials]
                continue
            start = bisect_left(self._initials, initials)
            end = bisect_left(self._initials, initials + _LAST)
            yield from self._spoken[start:end]

    def _by_fuzzy_sound(self, typed: str) -> Iterator[tuple[str, float]]:
        if re.search("[^a-z]", typed):
            return
        for parts in parse_latin(typed):
            if not all(part in syllables() for part in parts):
                continue
            key = _join_blurred(parts)
            start = bisect_left(self._fuzzy, (key, ""))
            end = bisect_left(self._fuzzy, (key + _LAST, ""))
            for _, word in self._fuzzy[start:end]:
                yield word, self._weights[word] + _ending(len(word) - len(parts)) - _BLURRED

    def _collect_frequent(self, spoken: Iterable[_Spoken]) -> dict[str, list[_Spoken]]:
        groups: dict[str, list[_Spoken]] = {}
        for each in spoken:
            for length in (1, 2):
                groups.setdefault(each.initials[:length], []).append(each)
        return {
            initials: heapq.nlargest(_LOOKED_AT, group, key=lambda each: self._rank(each, initials))
            for initials, group in groups.items()
            if len(group) > _LOOKED_AT
        }

    def _rank(self, spoken: _Spoken, initials: str) -> float:
        return self._weights[spoken.word] + _ending(len(spoken.word) - len(initials))


def _speak(word: str) -> Iterator[_Spoken]:
    if not _HAN.fullmatch(word):
        return
    for place, reading in enumerate(read_word(word)):
        initials = "".join(syllable[0] for syllable in reading)
        yield _Spoken(initials, word, reading, is_main=place == 0)


def _ending(rest: int) -> float:
    return _WHOLE if rest == 0 else -_GOES_ON * rest


def _keep_best(
    scored: dict[str, tuple[float, MatchKind]], found: Iterable[tuple[str, float]], kind: MatchKind
) -> None:
    for word, score in found:
        if word not in scored or score > scored[word][0]:
            scored[word] = (score, kind)


def _range(words: Sequence[str], beginning: str) -> Sequence[str]:
    start = bisect_left(words, beginning)
    return words[start : bisect_left(words, beginning + _LAST)]


def _parse_mixed(typed: str) -> Iterator[tuple[str, ...]]:
    """Yields parts, one for each character: beginnings of syllables, or Han characters."""
    pieces = _PIECE.findall(typed)
    choices: list[list[tuple[str, ...]]] = [
        list(parse_latin(piece)) if piece.isascii() else [(piece,)] for piece in pieces
    ]
    combined: list[tuple[str, ...]] = [()]
    for options in choices:
        combined = [(*done, *option) for done in combined for option in options][:64]
    yield from combined


def _spell_initials(parts: Sequence[str]) -> Iterable[str]:
    spelled = [""]
    for part in parts:
        letters = [part[0]] if part.isascii() else [each[0] for each in read_character(part)]
        spelled = [done + letter for done in spelled for letter in dict.fromkeys(letters)][:16]
    return spelled


def _fits(parts: Sequence[str], spoken: _Spoken) -> bool:
    if len(parts) > len(spoken.reading):
        return False
    for at, part in enumerate(parts):
        # The first part differs most often, so most words fail early.
        if not (spoken.reading[at].startswith(part) or spoken.word[at] == part):
            return False
    return True


def _join_blurred(reading: Iterable[str]) -> str:
    return "".join(map(blur, reading))
