"""Segments normalized text into words, with jieba.

jieba-rs (rjieba) is used where installed, else jieba in Python. Both get only runs of Han
characters, the same dictionary and the same added words.
"""

import math
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from itertools import combinations
from typing import Any

from analyzers.jieba_dictionary import dictionary_path, hash_dictionary, read_respelled_words
from analyzers.normalize import normalize_text

ANALYSIS_VERSION = 3
"""Raised whenever the same text gives other words or grams, so that old indexes are rejected."""

# Off: the hidden Markov model guesses unknown words from their context, so that a name is cut
# differently in a query and in a text. SIGHAN 2005 MSR: F1 0.810 without, 0.795 with; words whose
# search cuts are among those of their sentence 99.7 % without, 99.5 % with.
_HMM = False

_HAN = "\u4e00-\u9fd5"
_IDEOGRAPHS = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BETWEEN = re.compile(f"[^{_HAN}]+")
_HAN_RUN = re.compile(f"[{_HAN}]+")

# pm2.5, 3g and 2009.2.20 are one word each; a rare ideograph is one; then words of other scripts.
_OTHER_WORD = re.compile(rf"[0-9a-z]+(?:\.[0-9]+)*|[{_IDEOGRAPHS}]|[^\W_0-9a-z{_IDEOGRAPHS}]+")

_LETTERS_OR_NUMBER = re.compile("[a-z]+|[0-9.]+")

_SHORTEST_DIVIDED = 2
"""Words of up to this many characters have no words inside them."""
_UNLIKELIER = math.log(40)
"""How much less likely than the best division of a word another one may be.

民法典 as 民法 and 典 is seven times less likely than as 民 and 法典. 市政府 as 市政 and 府 is more
than a hundred times less likely than as 市 and 政府.
"""
_LOG_TOTAL = math.log(60_000_000)
"""The logarithm of the frequencies of jieba's dictionary in all."""

_Span = tuple[int, int]
_Word = tuple[str, int | None]


class Segmenter:
    """Segments normalized text; drops white space, punctuation and symbols.

    `words` are (word, frequency), with None for a frequency just high enough to keep the word
    whole. They are normalized and split at non-Han characters; single characters are ignored.
    `pure` selects the Python jieba even if rjieba is installed.
    """

    def __init__(self, words: Iterable[_Word] = (), *, pure: bool = False) -> None:
        engine = _open_engine(pure)
        for word, frequency in (*read_respelled_words(), *_order_words(words)):
            engine.add(word, frequency)
        self._engine = engine
        self._parts: dict[str, tuple[_Span, ...]] = {}
        self._inside: dict[str, tuple[str, ...]] = {}

    def cut(self, text: str) -> list[str]:
        """Returns the words of `text` in order, each character in at most one word."""
        between = iter(_BETWEEN.findall(text))
        words: list[str] = []
        for piece in self._engine.cut(_BETWEEN.sub(" ", text)):
            if piece == " ":
                words += _OTHER_WORD.findall(next(between))
            else:
                words.append(piece)
        return words

    def cut_for_search(self, text: str) -> list[str]:
        """Returns the words of `cut(text)` and the shorter words inside them, in no fixed order.

        Grams represent the positions of words.
        """
        pieces = self._engine.cut(_BETWEEN.sub(" ", text))
        words = [piece for piece in pieces if piece != " "]
        for word, count in Counter(words).items():
            if len(word) > _SHORTEST_DIVIDED:
                inside = self._inside.get(word)
                words += count * (self._cut_inside(word) if inside is None else inside)
        others = _OTHER_WORD.findall(_HAN_RUN.sub(" ", text))
        return words + others + [part for word in others for part in split_code(word)]

    def find_spans(self, text: str) -> frozenset[_Span]:
        """Returns the spans of the words of a normalized text, and of the words inside them."""
        spans: set[_Span] = set()
        at = 0
        for word in self.cut(text):
            at = text.index(word, at)
            spans.add((at, at + len(word)))
            spans.update((at + start, at + end) for start, end in self._find_parts(word))
            at += len(word)
        return frozenset(spans)

    def knows(self, word: str) -> bool:
        """Whether this is a dictionary word, of jieba or added."""
        return self._engine.knows(word)

    def _cut_inside(self, word: str) -> tuple[str, ...]:
        spans = self._find_parts(word)
        self._inside[word] = tuple(dict.fromkeys(word[start:end] for start, end in spans))
        return self._inside[word]

    def _find_parts(self, word: str) -> tuple[_Span, ...]:
        """Returns the spans of the dictionary words inside a word that belong to it.

        城镇职工基本养老保险 is one word, and queries say 养老保险. 人民政府 divides into 人民 and
        政府, so that 民政 is none of its words. 民法典 holds 民法 and 法典.
        """
        if len(word) <= _SHORTEST_DIVIDED or not _HAN_RUN.fullmatch(word):
            return ()
        if word not in self._parts:
            inside = {
                (start + first, start + last)
                for start, end in self._divide(word)
                for first, last in ((0, end - start), *self._find_parts(word[start:end]))
            }
            self._parts[word] = tuple(sorted(inside))
        return self._parts[word]

    def _divide(self, word: str) -> list[_Span]:
        """Returns the spans of two characters or more in the likely divisions of a word."""
        edges = {
            (start, end): self._engine.weigh(word[start:end])
            for start, end in combinations(range(len(word) + 1), 2)
            if end - start == 1 or (end - start < len(word) and self._engine.knows(word[start:end]))
        }
        before = [0.0] + [-math.inf] * len(word)
        for (start, end), weight in sorted(edges.items(), key=lambda edge: edge[0][1]):
            before[end] = max(before[end], before[start] + weight)
        after = [-math.inf] * len(word) + [0.0]
        for (start, end), weight in sorted(edges.items(), reverse=True):
            after[start] = max(after[start], weight + after[end])
        least = before[-1] - _UNLIKELIER
        return [
            (start, end)
            for (start, end), weight in edges.items()
            if end - start > 1 and before[start] + weight + after[end] > least
        ]


def name_cuts(words: Iterable[_Word]) -> str:
    """Returns hex SHA-256 of everything that affects the segmentation with these words.

    The result is the same for both implementations of jieba.
    """
    digest = hash_dictionary()
    rules = (ANALYSIS_VERSION, unicodedata.unidata_version, _HMM, _order_words(words))
    digest.update(repr(rules).encode())
    return digest.hexdigest()


def split_code(word: str) -> list[str]:
    """Returns the parts that a word of letters and digits is also written as.

    2009.2.20 contains 2009, and ISO9001 is also ISO 9001. A number is one: 5 is not in 2.5.
    """
    if word.count(".") > 1:
        return word.split(".")
    parts = _LETTERS_OR_NUMBER.findall(word)
    return parts if len(parts) == 2 and min(map(len, parts)) > 1 else []


class _RustEngine:
    """rjieba: jieba-rs with the built-in dictionary of jieba."""

    def __init__(self) -> None:
        self._jieba = _load_rjieba().Jieba()

    def add(self, word: str, frequency: int | None) -> None:
        self._jieba.add_word(word, frequency, None)

    def knows(self, word: str) -> bool:
        return bool(self._jieba.has_word(word))

    def weigh(self, word: str) -> float:
        return math.log(self._jieba.suggest_freq(word)) - _LOG_TOTAL

    def cut(self, text: str) -> list[str]:
        cut: list[str] = self._jieba.cut(text, _HMM)
        return cut


class _PythonEngine:
    """jieba with its own tokenizer: no cache file in a shared folder, no log, no warnings."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jieba's invalid escapes and pkg_resources
            jieba = import_module("jieba")
        jieba.setLogLevel("WARNING")
        self._tokenizer = jieba.Tokenizer()
        with dictionary_path().open("rb") as lines:
            frequencies = self._tokenizer.gen_pfdict(lines)
        self._tokenizer.FREQ, self._tokenizer.total = frequencies
        self._tokenizer.initialized = True

    def add(self, word: str, frequency: int | None) -> None:
        known = self._tokenizer.FREQ.get(word, 0)
        self._tokenizer.add_word(word, frequency)
        self._tokenizer.total -= known  # as in jieba-rs: a word's frequency counts once

    def knows(self, word: str) -> bool:
        return bool(self._tokenizer.FREQ.get(word))

    def weigh(self, word: str) -> float:
        # As in jieba-rs, which tells no frequency, but the least one that keeps a word whole.
        total = math.log(self._tokenizer.total)
        parts = (max(self._tokenizer.FREQ.get(part, 0), 1) for part in self.cut(word))
        least = int(math.exp(sum(math.log(part) - total for part in parts) + total)) + 1
        return math.log(max(least, self._tokenizer.FREQ.get(word, 0), 1)) - _LOG_TOTAL

    def cut(self, text: str) -> list[str]:
        return list(self._tokenizer.cut(text, HMM=_HMM))


@lru_cache(maxsize=2)
def open_segmenter(words: tuple[_Word, ...], *, pure: bool = False) -> Segmenter:
    """Returns the segmenter of these words, one for all analyzers of this process."""
    return Segmenter(words, pure=pure)


@lru_cache(maxsize=1)
def _load_rjieba() -> Any:
    """Returns the compiled module without its package, which loads a dictionary of its own."""
    package = find_spec("rjieba")
    folders = package.submodule_search_locations if package else None
    spec = PathFinder.find_spec("rjieba", folders)
    if spec is None or spec.loader is None:
        return import_module("rjieba")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _open_engine(pure: bool) -> _RustEngine | _PythonEngine:
    if pure or find_spec("rjieba") is None:
        return _PythonEngine()
    return _RustEngine()


def _order_words(words: Iterable[_Word]) -> tuple[_Word, ...]:
    # Words with frequencies come first, and short words before long ones: a suggested frequency
    # depends on the words added before, and must not depend on the order in a file.
    merged: dict[str, int | None] = {}
    for word, frequency in words:
        for run in _HAN_RUN.findall(normalize_text(word)):
            if len(run) > 1:
                merged[run] = max(merged.get(run) or 0, frequency or 0) or None
    return tuple(sorted(merged.items(), key=lambda pair: (pair[1] is None, len(pair[0]), pair[0])))
