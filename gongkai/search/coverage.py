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
"""Long texts whose parts are kept: folding one takes longer than looking for words in it."""
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


def cut_passages(passage: str, title: str, body: str, least: int, length: int) -> list[str]:
    """Returns the folded passages of a record, each with the title; the given one is the first.

    A body of fewer than `least` characters has no further ones. They overlap by a quarter, so that
    most sentences are whole in one of them.
    """
    passages = [literal_text(passage)]
    if len(body) >= least:
        head = literal_text(title)
        passages += (head + part for part in _cut(body[:_READ], length))
    return passages


@lru_cache(_KEPT)
def _cut(text: str, length: int) -> Sequence[str]:
    """Returns the folded text in parts that overlap by a quarter."""
    folded, step = literal_text(text), length - length // 4
    return [folded[start : start + length] for start in range(0, len(folded), step)]


def measure_coverage(
    records: Sequence[Sequence[str]], terms: Sequence[TermWords]
) -> list[Coverage]:
    """Returns the coverage of each record, given as its folded passages; rarer words count more.

    A single character counts less. The rarity is that among the records.
    """
    if not records or not any(term.words for term in terms):
        return [Coverage(0.0, 0.0)] * len(records)
    found = [_find_in_passages(passages, terms) for passages in records]
    rarity = np.log1p(1 / (np.mean([each.any(axis=0) for each in found], axis=0) + _SHARE))
    rarity *= [1.0 if len(word) > 1 else _CHARACTER for term in terms for word in term.words]
    shares = [each @ rarity / rarity.sum() for each in found]
    return [Coverage(float(each[0]), float(each.max())) for each in shares]


def _find_in_passages(passages: Sequence[str], terms: Sequence[TermWords]) -> NDArray[np.bool_]:
    """Returns which words the passages have, shape (passages, words)."""
    first, *further = passages
    found = [_find_words(first, terms)]
    # Most records have no word that their first passage lacks; one look at the whole shows it.
    whole = "".join(further)
    if further and sum(_find_words(whole, terms)) > sum(found[0]):
        there = [_keep_found(whole, term) for term in terms]
        found += (_find_words(each, there) for each in further)
    return np.array(found, bool)


def _keep_found(text: str, term: TermWords) -> TermWords:
    """Returns a term without the names that the text lacks, and with no text for such words."""
    names = tuple(name for name in term.names if name and name in text)
    # A word that is a name, too, is looked for once.
    is_sought = (word not in names and word in text for word in term.words)
    words = (word if sought else "" for word, sought in zip(term.words, is_sought, strict=True))
    return TermWords(tuple(words), names)


def _find_words(text: str, terms: Sequence[TermWords]) -> list[bool]:
    found: list[bool] = []
    for term in terms:
        is_named = any(name and name in text for name in term.names)
        found += (is_named or (word != "" and word in text) for word in term.words)
    return found
