"""A highlight term that is found only where a text has it as a word."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from analyzers.sampling import find_each
from analyzers.text_analyzer import TextAnalyzer

_AROUND = 4
"""Characters before and after an occurrence that are segmented with it."""
_KEPT = 4_000

_Spans = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class WordBounds:
    """Finds words in literal streams with one analyzer."""

    is_word: Callable[[str], bool]
    find_spans: Callable[[str], _Spans]

    @classmethod
    def of(cls, analyzer: TextAnalyzer) -> "WordBounds":
        return cls(lru_cache(_KEPT)(analyzer.is_word), lru_cache(_KEPT)(analyzer.word_spans))

    def find(self, stream: str, word: str) -> Iterator[int]:
        """Yields where a literal stream has the word: 民政 in 民政局, but not in 人民政府."""
        return (at for at in find_each(stream, word) if self._is_bounded(stream, at, word))

    def _is_bounded(self, stream: str, at: int, word: str) -> bool:
        end = at + len(word)
        is_crossed = (at and self.is_word(stream[at - 1 : at + 1])) or (
            end < len(stream) and self.is_word(stream[end - 1 : end + 1])
        )
        if not is_crossed:
            return True
        start = max(at - _AROUND, 0)
        spans = self.find_spans(stream[start : end + _AROUND])
        return (at - start, end - start) in spans


class WordTerm(str):
    """A highlight term that is a word; any other string is found wherever it is written.

    Without `bounds` it may be part of another word. Either way no mark (、) may be inside it.
    """

    bounds: WordBounds | None

    def __new__(cls, word: str, bounds: WordBounds | None = None) -> "WordTerm":
        term = super().__new__(cls, word)
        term.bounds = bounds
        return term


def find_term(stream: str, term: str) -> Iterator[int]:
    """Yields the starts of a term in a literal stream."""
    if isinstance(term, WordTerm) and term.bounds:
        return term.bounds.find(stream, term)
    return find_each(stream, term)
