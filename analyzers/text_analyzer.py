"""Text in; words, grams or characters out: the named lists of steps that fields and questions use.

An index and its questions must use one Analysis; `fingerprint` tells whether they do.
"""

from array import array
from collections.abc import Iterable
from functools import cached_property

from analyzers.dictionary import Dictionary
from analyzers.normalize import literal_text, normalize, normalize_text
from analyzers.segment import Segmenter, name_cuts
from analyzers.token import Token

_WHITESPACE = frozenset(" \n")
"""All that normalizing leaves of whitespace."""


class TextAnalyzer:
    """The chains over one dictionary; `pure` cuts by jieba in Python (same words, slower).

    The literal stream of a text is its normalized letters, numbers, marks and symbols (Unicode
    categories L, N, M, S) with nothing between. Law: for a substring r of a text, the stream of
    r is a substring of the stream of the text, so the grams of r follow one another in its grams.
    """

    def __init__(
        self, dictionary: Dictionary, names: Iterable[str] = (), *, pure: bool = False
    ) -> None:
        self._words = (*dictionary.words, *((name, None) for name in names))
        self._pure = pure
        self.stopwords = dictionary.stopwords
        """Words that a question may do without, normalized."""
        self.fingerprint = name_cuts(dictionary.words)
        """Hex SHA-256 of what decides the output: an index made under another is refused.

        Stopwords are of questions, and `names` (of agencies) only steer rank: neither counts, so
        that a renamed agency asks for no new index.
        """

    @cached_property
    def _segmenter(self) -> Segmenter:
        # Built when first needed: it takes a second, and half the commands cut no text.
        return Segmenter(self._words, pure=self._pure)

    def prepare(self) -> None:
        """Build now what the first text would wait for. Servers call it at their start."""
        self.is_word("")

    def tokenize_for_search(self, text: str) -> list[str]:
        """Search cuts: normalize, cut, add the dictionary words inside each word before it."""
        return self._segmenter.cut_for_search(normalize_text(text))

    def tokenize(self, text: str) -> list[str]:
        """Exact cuts: normalize, cut."""
        return self._segmenter.cut(normalize_text(text))

    def tokens(self, text: str) -> list[Token]:
        """Exact cuts, each with its place in `text` as given."""
        normalized = normalize(text)
        tokens: list[Token] = []
        done = 0
        for word in self._segmenter.cut(normalized.text):
            start = normalized.text.index(word, done)
            done = start + len(word)
            tokens.append(Token(word, *normalized.original_span(start, done)))
        return tokens

    def word_text(self, text: str) -> str:
        """The search cuts joined by single spaces; no word holds whitespace."""
        return " ".join(self.tokenize_for_search(text))

    def grams(self, text: str) -> list[str]:
        """Overlapping pairs of characters of the literal stream; none for a stream of one."""
        return self.gram_text(text).split()

    def gram_text(self, text: str) -> str:
        """The grams joined by single spaces."""
        return _pair_characters(literal_text(text))

    def is_word(self, word: str) -> bool:
        """Whether the dictionary holds this word whole."""
        return self._segmenter.knows(word)

    def is_stopword(self, word: str) -> bool:
        """Whether a question may do without this word."""
        return word in self.stopwords

    def letters_only(self, text: str) -> str:
        """The literal stream: 宜政办秘〔2008〕8号 is 宜政办秘20088号."""
        return literal_text(text)

    def chars(self, text: str) -> list[str]:
        """The different characters of the normalized text, punctuation too, sorted."""
        return sorted(set(normalize_text(text)) - _WHITESPACE)


def _pair_characters(stream: str) -> str:
    """'abc' -> 'ab bc', by strides over code units: ten times as fast as joining pairs."""
    if len(stream) < 2:
        return ""
    characters = _to_units(stream)
    pairs = _to_units(" ") * (3 * len(stream) - 4)
    pairs[0::3] = characters[:-1]
    pairs[1::3] = characters[1:]
    return pairs.tobytes().decode("utf-32-le")


def _to_units(text: str) -> "array[int]":
    units = array("I")  # four bytes wherever CPython runs; their order doesn't matter here
    units.frombytes(text.encode("utf-32-le"))
    return units
