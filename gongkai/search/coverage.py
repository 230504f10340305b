"""Measures which of a query's words a text has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analyzers.normalize import literal_text
from gongkai.query.interpreter import InterpretedQuery

_SHARE = 0.02
"""Added to the share of texts with a word, so that no word counts without limit."""
_CHARACTER = 0.5
"""Of the weight of a word, for a single character: 领 is part of 领导."""


@dataclass(frozen=True, slots=True)
class TermWords:
    """The words of one term, and its names; a text with one of the names has every word."""

    words: tuple[str, ...]
    names: tuple[str, ...]


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


def measure_coverage(texts: Sequence[str], terms: Sequence[TermWords]) -> list[float]:
    """Returns the share of the words that each text has, 0 to 1; rarer words count more.

    A single character counts less. The rarity is that among the texts.
    """
    if not texts or not any(term.words for term in terms):
        return [0.0] * len(texts)
    found = np.array([_find_words(literal_text(text), terms) for text in texts])
    rarity = np.log1p(1 / (found.mean(axis=0) + _SHARE))
    rarity *= [1.0 if len(word) > 1 else _CHARACTER for term in terms for word in term.words]
    coverage: list[float] = (found @ rarity / rarity.sum()).tolist()
    return coverage


def _find_words(text: str, terms: Sequence[TermWords]) -> list[bool]:
    found: list[bool] = []
    for term in terms:
        is_named = any(name and name in text for name in term.names)
        found += (is_named or word in text for word in term.words)
    return found
