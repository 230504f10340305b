"""Text analysis: converts text to words, bigrams or characters for fields and queries.

An index and its queries must use the same analysis; `fingerprint` identifies it.
"""

from array import array
from collections.abc import Iterable
from functools import cached_property

from analyzers.dictionary import Dictionary
from analyzers.normalize import literal_text, normalize, normalize_characters, normalize_text
from analyzers.numerals import name_quantities
from analyzers.segment import Segmenter, name_cuts, open_segmenter
from analyzers.token import Token

_WHITESPACE = frozenset(" \n")
"""The white space left by normalization."""


class TextAnalyzer:
    """Text analysis with one dictionary; `pure` selects jieba in Python (same words, slower).

    The literal stream of a text is its normalized letters, numbers, marks and symbols (Unicode
    categories L, N, M, S) without anything between them. For a substring r of a text, the stream of
    r is a substring of the stream of the text, so the grams of r are consecutive in its grams. Only
    a substring that cuts a written year (二〇一〇) is an exception.
    """

    def __init__(
        self, dictionary: Dictionary, names: Iterable[str] = (), *, pure: bool = False
    ) -> None:
        self._words = (*dictionary.words, *((name, None) for name in names))
        self._pure = pure
        self.stopwords = dictionary.stopwords
        """Words that a query does not require, normalized."""
        self.interrogatives = dictionary.interrogatives
        """Stop words that ask (怎么, 请问), normalized."""
        self.fingerprint = name_cuts(dictionary.words)
        """Hex SHA-256 of everything that affects the output; an index with another one is rejected.

        Stop words affect only queries, and `names` (of agencies) only rank. Neither counts, so that
        a renamed agency requires no new index.
        """

    @cached_property
    def _segmenter(self) -> Segmenter:
        # On first use: building it takes .1 s (a second if pure), and half of the commands
        # segment no text.
        return open_segmenter(self._words, pure=self._pure)

    def prepare(self) -> None:
        """Builds the segmenter now, so that the first text does not wait for it."""
        self.is_word("")

    def tokenize_for_search(self, text: str) -> list[str]:
        """Returns normalized words, the shorter dictionary words in them, numbers with units."""
        normalized = normalize_text(text)
        return self._segmenter.cut_for_search(normalized) + name_quantities(normalized)

    def tokenize(self, text: str) -> list[str]:
        """Returns normalized words."""
        return self._segmenter.cut(normalize_text(text))

    def tokens(self, text: str) -> list[Token]:
        """Returns normalized words with their positions in `text` as given."""
        normalized = normalize(text)
        tokens: list[Token] = []
        done = 0
        for word in self._segmenter.cut(normalized.text):
            start = normalized.text.index(word, done)
            done = start + len(word)
            tokens.append(Token(word, *normalized.original_span(start, done)))
        return tokens

    def word_spans(self, text: str) -> frozenset[tuple[int, int]]:
        """Returns the spans of the words for search in a normalized text."""
        return self._segmenter.find_spans(text)

    def word_text(self, text: str) -> str:
        """Returns the words for search joined by spaces; no word contains white space."""
        return " ".join(self.tokenize_for_search(text))

    def grams(self, text: str) -> list[str]:
        """Returns bigrams of the literal stream; none for a stream of one character."""
        return self.gram_text(text).split()

    def gram_text(self, text: str) -> str:
        """Returns the bigrams joined by spaces."""
        return _pair_characters(literal_text(text))

    def is_word(self, word: str) -> bool:
        """Whether the dictionary contains this word."""
        return self._segmenter.knows(word)

    def is_stopword(self, word: str) -> bool:
        """Whether a query does not require this word."""
        return word in self.stopwords

    def letters_only(self, text: str) -> str:
        """Returns the literal stream: 宜政办秘〔2008〕8号 becomes 宜政办秘20088号."""
        return literal_text(text)

    def chars(self, text: str) -> list[str]:
        """Returns the distinct characters of a text, with punctuation, sorted.

        Each is normalized by itself: what is beside it does not change it.
        """
        return sorted(normalize_characters(text) - _WHITESPACE)


def _pair_characters(stream: str) -> str:
    """Returns 'ab bc' for 'abc'; strides over code units are ten times as fast as joining pairs."""
    if len(stream) < 2:
        return ""
    characters = _to_units(stream)
    pairs = _to_units(" ") * (3 * len(stream) - 4)
    pairs[0::3] = characters[:-1]
    pairs[1::3] = characters[1:]
    return pairs.tobytes().decode("utf-32-le")


def _to_units(text: str) -> "array[int]":
    units = array("I")  # four bytes wherever CPython runs; byte order does not matter here
    units.frombytes(text.encode("utf-32-le"))
    return units
