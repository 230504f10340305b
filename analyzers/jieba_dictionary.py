"""Reads jieba's dictionary: its place, and the words that normalization spells otherwise.

It has five megabytes, so characters and lines are found by arrays of code points.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analyzers.normalize import normalize_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESPELLED = "respelled_words.txt"
_HAN_WORD = re.compile("[\u4e00-\u9fd5]+")


@lru_cache(maxsize=1)
def dictionary_path() -> Path:
    """Returns the file, located without importing jieba, which takes a second."""
    spec = find_spec("jieba")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("jieba is not installed; its dictionary is needed.")
    return Path(next(iter(spec.submodule_search_locations))) / "dict.txt"


def hash_dictionary() -> "hashlib._Hash":
    """Returns a SHA-256 of the file, to which more can be added."""
    return _hash_file().copy()


@lru_cache(maxsize=1)
def _hash_file() -> "hashlib._Hash":
    return hashlib.sha256(dictionary_path().read_bytes())


def read_respelled_words() -> tuple[tuple[str, int], ...]:
    """Returns the words of `find_respelled_words`.

    They are shipped, with the SHA-256 of the dictionary that they were found in. In another
    dictionary they have to be found.
    """
    digest, *rows = resources.files("analyzers").joinpath(RESPELLED).read_text("utf-8").split()
    if digest != hash_dictionary().hexdigest():
        return find_respelled_words()
    return tuple(zip(rows[::2], map(int, rows[1::2]), strict=True))


def find_respelled_words() -> tuple[tuple[str, int], ...]:
    """Returns the words that normalization changes (寫 淨 打溼), changed, with frequencies."""
    text = dictionary_path().read_text(encoding="utf-8")
    added: dict[str, int] = {}
    for line in _find_changing_lines(text):
        word, frequency, *_ = line.split(" ")
        if _HAN_WORD.fullmatch(folded := normalize_text(word)):
            added[folded] = added.get(folded, 0) + int(frequency)
    for line in _find_lines(set(added), text):
        word, frequency, *_ = line.split(" ")
        if word in added:
            added[word] += int(frequency)
    return tuple(sorted(added.items()))


def _find_changing_lines(text: str) -> set[str]:
    characters = map(chr, _mark(text).nonzero()[0].tolist())
    changing = "".join(each for each in characters if normalize_text(each) != each)
    places = (match.start() for match in re.finditer(f"[{re.escape(changing)}]", text))
    return {text[text.rfind("\n", 0, at) + 1 : text.index("\n", at)] for at in places}


def _find_lines(words: set[str], text: str) -> Iterator[str]:
    """Yields the lines whose first two characters may begin one of the words."""
    codes = _code_points(f"\n{text}\n\n")
    breaks = (codes == ord("\n")).nonzero()[0][:-1]
    starts, ends = breaks[:-1], breaks[1:]
    first, second = (_mark("".join(word[at : at + 1] for word in words)) for at in (0, 1))
    begins = first[codes[starts + 1]] & second[codes[starts + 2]]
    for start, end in zip(starts[begins].tolist(), ends[begins].tolist(), strict=True):
        yield text[start : end - 1]


def _mark(text: str) -> "NDArray[np.bool_]":
    """Returns for every code point whether the text contains it, and a space in any case."""
    is_there = np.zeros(sys.maxunicode + 1, bool)
    is_there[_code_points(text)] = True
    is_there[ord(" ")] = True
    return is_there


def _code_points(text: str) -> "NDArray[np.uint32]":
    return np.frombuffer(text.encode("utf-32-le"), "<u4")
