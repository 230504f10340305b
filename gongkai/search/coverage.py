"""Measures which of a query's words a record has, in its first passage and in its best."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analyzers.normalize import literal_text
from gongkai.query.interpreter import InterpretedQuery

_SHARE = 0.02
"""Added to the share of texts with a word, so that no word counts without limit."""
_READ = 60_000
"""Characters of a text that are read."""
_KEPT = 500
"""Long texts that are kept folded, 240 KB each at most. Folding takes longer than finding words."""
_CHARACTER = 0.5
"""Of the weight of a word, for a single character: 领 is part of 领导."""


@dataclass(frozen=True, slots=True)
class TermWords:
    """The words of one term, and its names; a text with one of the names has every word."""

    words: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of a query's words, 0 to 1, in a record's first passage and in its best one."""

    first: float
    best: float


def list_term_words(
    interpreted: InterpretedQuery, tokenize: Callable[[str], Sequence[str]]
) -> list[TermWords]:
    """Returns the terms of a query with their words and official names, folded."""
    official = interpreted.expanded
    return [
        TermWords(
            tuple(dict.fromkeys(map(literal_text, tokenize(term)))),
            tuple(map(literal_text, (term, *official.get(term, ())))),
        )
        for term in interpreted.terms
    ]


@dataclass(frozen=True, slots=True)
class Passages:
    """The folded passages of a record: its first, and the parts of a long body.

    Each part has `length` characters and the title. They overlap by a quarter, so that most
    sentences are whole in one of them.
    """

    first: str
    title: str = ""
    body: str = ""
    length: int = 0

    @property
    def count(self) -> int:
        return 1 + -(-len(self.body) // self._step)

    @property
    def _step(self) -> int:
        return max(self.length - self.length // 4, 1)

    def find(self, text: str) -> int:
        """Returns which passages have a text, one bit each, the first passage in the lowest."""
        found = int(text in self.first)
        if not self.body:
            return found
        if text in self.title:
            return (1 << self.count) - 2 | found
        step, at = self._step, self.body.find(text)
        while at >= 0:
            first, last = max(0, -(-(at + len(text) - self.length) // step)), at // step
            found |= max((1 << last + 2) - (1 << first + 1), 0)
            # The parts until here are known.
            at = self.body.find(text, (last + 1) * step)
        return found


def cut_passages(passage: str, title: str, body: str, least: int, length: int) -> Passages:
    """Returns the passages of a record; the given one is the first.

    A body of fewer than `least` characters has no further ones.
    """
    if len(body) < least:
        return Passages(literal_text(passage))
    return Passages(literal_text(passage), literal_text(title), _fold(body[:_READ]), length)


_fold = lru_cache(_KEPT)(literal_text)


def measure_coverage(records: Sequence[Passages], terms: Sequence[TermWords]) -> list[Coverage]:
    """Returns the coverage of each record; rarer words count more.

    A single character counts less. The rarity is that among the records.
    """
    if not records or not any(term.words for term in terms):
        return [Coverage(0.0, 0.0)] * len(records)
    found = [_find_in_passages(passages, terms) for passages in records]
    rarity = np.log1p(1 / (np.mean([each.any(axis=0) for each in found], axis=0) + _SHARE))
    rarity *= [1.0 if len(word) > 1 else _CHARACTER for term in terms for word in term.words]
    shares = [each @ rarity / rarity.sum() for each in found]
    return [Coverage(float(each[0]), float(each.max())) for each in shares]


def _find_in_passages(passages: Passages, terms: Sequence[TermWords]) -> NDArray[np.bool_]:
    """Returns which words the passages have, shape (passages, words)."""
    found = [each for term in terms for each in _find_term(passages, term)]
    # Most records have no word that their first passage lacks.
    is_first_enough = sum(each > 1 for each in found) <= sum(each & 1 for each in found)
    count = 1 if is_first_enough else passages.count
    return np.array([[each >> at & 1 for each in found] for at in range(count)], bool)


def _find_term(passages: Passages, term: TermWords) -> list[int]:
    """Returns, for each word of a term, which passages have it; see Passages.find."""
    named = 0
    for name in filter(None, term.names):
        named |= passages.find(name)
    return [named if word in term.names else named | passages.find(word) for word in term.words]
