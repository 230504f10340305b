"""Normalization: folds texts to the one spelling that index and queries share.

Each character is folded by itself, so a substring of a text folds to a substring of the folded
text. For this reason forms are never composed across characters. Written years are the exception:
二〇一〇 becomes 2010, digit by digit, so only a substring that cuts a year folds to something else.
"""

import re
import unicodedata
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from analyzers.numerals import fold_points, fold_years
from analyzers.radicals import UNIFIED

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Accents and enclosing marks of Latin, Greek, Cyrillic and symbols: cafe finds café, as with the
# folding filters of search engines. Marks of other scripts act as letters and stay.
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")

# Invisible characters outside the control categories: Hangul fillers, Khmer inherent vowels,
# Mongolian and general variation selectors. The sets of Unicode's Default_Ignorable_Code_Point.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5\u180b\u180c\u180d\u180f") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)

# No letters in any version of Unicode: surrogates, private use, planes 4 and up. They are never
# stored in a table, so that queries cannot fill the memory with them.
_MEANINGLESS = "\ud800-\udfff\ue000-\uf8ff\U00040000-\U0010ffff"
_IS_MEANINGLESS = re.compile(f"[{_MEANINGLESS}]")

# Planes 0 to 3; then the entries of the arrays that are no code points.
_MEANT_CODES = 0x40000
_CODE = np.dtype("<u4")
_DROPPED, _SEVERAL, _UNKNOWN = 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
_LONG_TEXT = 200
"""Characters from which an array is faster."""

# 二○○八 is written with a circle as often as with 〇. The folded form is the numeral.
_ZEROS = {"\u25cb": "\u3007", "\u25ef": "\u3007", "\u3007": "\u3007"}

# Standard Simplified characters of common words (覆盖, 大阪) whose first form in the table is
# themselves. Other such characters (瞭 祇 衹 藉 牴 彷) take the second form: 牴触 becomes 抵触.
_KEPT = frozenset("覆阪")


@dataclass(frozen=True, slots=True)
class Normalized:
    """A folded text with a mapping to the original; `offsets` is None if it is one to one.

    Otherwise `offsets[i]` is the index in `original` of the character that `text[i]` came from, and
    a final entry holds `len(original)`.
    """

    text: str
    original: str
    offsets: "array[int] | None"

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Returns the span of `original` for `text[start:end]`, with dropped accents after it."""
        if self.offsets is None:
            return start, end
        first = self.offsets[start]
        if end <= start:
            return first, first
        last = self.offsets[end - 1] + 1
        while last < self.offsets[end] and unicodedata.category(self.original[last])[0] == "M":
            last += 1
        return first, last


def normalize(text: str) -> Normalized:
    """Folds width, compatibility forms, case, accents, Traditional characters and written years.

    White space other than line feeds becomes a space; control and invisible characters are dropped.
    """
    return Normalized(normalize_text(text), text, _map_offsets(text, _FOLDED))


def normalize_text(text: str) -> str:
    """Returns the text of `normalize(text)` without offsets, which is faster."""
    return fold_points(fold_years(_FOLDED.fold(text)))


def normalize_characters(text: str) -> set[str]:
    """Returns the characters of a text, each normalized by itself."""
    return set(_FOLDED.fold("".join(set(text))))


def literal(text: str, stream: str | None = None) -> Normalized:
    """Returns the literal stream: folded letters, numbers, marks and symbols only.

    `stream` is `literal_text(text)`, if the caller has it already.
    """
    folded = literal_text(text) if stream is None else stream
    return Normalized(folded, text, _map_offsets(text, _LITERAL))


def literal_text(text: str) -> str:
    """Returns the text of `literal(text)` without offsets."""
    return fold_years(_LITERAL.fold(text))


def literal_lines(text: str) -> list[str]:
    """Returns the literal text of each line; folding them together is faster."""
    return fold_years(_LITERAL_LINES.fold(text)).split("\n")


class _FoldTable(dict[int, str]):
    """Code point -> folded text, computed on first use; tracks code points that do not map 1:1.

    A long text is folded by one array of all code points, ten times as fast as `str.translate`.
    """

    def __init__(self, fold: Callable[[str], str]) -> None:
        super().__init__()
        self._fold = fold
        self._uneven: set[str] = set()
        self._compiled = (-1, _IS_MEANINGLESS)

    @cached_property
    def _codes(self) -> "NDArray[np.uint32]":
        codes = np.full(_MEANT_CODES + 1, _UNKNOWN, _CODE)
        codes[_MEANT_CODES] = _DROPPED  # of all code points beyond
        return codes

    def fold(self, text: str) -> str:
        """Returns the text with every character folded, as `text.translate` with this table."""
        if len(text) < _LONG_TEXT:
            return text.translate(self)
        given = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), _CODE)
        codes = self._codes.take(given, mode="clip")
        if _UNKNOWN in (rare := codes[codes >= _DROPPED]):
            for code in np.unique(given[codes == _UNKNOWN]).tolist():
                self._codes[code] = self._code_of(code)
            codes = self._codes.take(given, mode="clip")
            rare = codes[codes >= _DROPPED]
        if _SEVERAL in rare:
            return text.translate(self)
        return (codes[codes != _DROPPED] if len(rare) else codes).tobytes().decode("utf-32-le")

    def _code_of(self, code: int) -> int:
        folded = self[code]
        return ord(folded) if len(folded) == 1 else _SEVERAL if folded else _DROPPED

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if _IS_MEANINGLESS.match(character):
            return ""
        folded = self._fold(character)
        if len(folded) != 1:
            self._uneven.add(character)  # before other threads can see the entry
        self[code] = folded
        return folded

    def uneven(self) -> re.Pattern[str]:
        """Returns a pattern for the known characters that fold to no or several characters."""
        size, pattern = self._compiled
        if size != len(self._uneven):
            known = self._uneven.copy()
            members = _MEANINGLESS + re.escape("".join(sorted(known)))
            pattern = re.compile(f"[{members}]")
            self._compiled = (len(known), pattern)
        return pattern


def _map_offsets(text: str, table: _FoldTable) -> "array[int] | None":
    """Returns the offsets; `text.translate(table)` must run first to make characters known."""
    uneven = list(table.uneven().finditer(text))
    if not uneven:
        return None
    places = _count_up(1 << (len(text) + 1).bit_length())
    offsets = array("I")
    done = 0
    for match in uneven:
        at = match.start()
        if at > done:
            offsets += places[done:at]
        if width := len(table[ord(match[0])]):
            offsets += places[at : at + 1] * width
        done = at + 1
    return offsets + places[done : len(text) + 1]


@lru_cache(maxsize=2)
def _count_up(size: int) -> "array[int]":
    return array("I", range(size))


def _fold_fully(character: str) -> str:
    folded = _fold_once(character)
    while (again := "".join(map(_fold_once, folded))) != folded:
        folded = again
    return folded


def _fold_once(character: str) -> str:
    if "\u4e00" <= character <= "\u9fff":  # most characters of a text; they have no other forms
        return _SIMPLIFIED.get(ord(character), character)
    if character == "\n":
        return character
    if character.isspace():
        return " "
    if _is_dropped(character):
        return ""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", character))
    folded = unicodedata.normalize("NFKC", bare).casefold().translate(_SIMPLIFIED)
    # An ellipsis stays one character: users do not search for three dots, and 1:1 is faster.
    is_punctuation = unicodedata.category(character)[0] == "P"
    return character if is_punctuation and len(folded) != 1 else folded


def _is_dropped(character: str) -> bool:
    if _is_ideographic_plane(character):
        return False
    return character in _INVISIBLE or unicodedata.category(character)[0] == "C"


def _is_ideographic_plane(character: str) -> bool:
    # Planes 2 and 3 contain only ideographs, including ones newer than this Python's Unicode.
    return "\U00020000" <= character <= "\U0003ffff"


def _keep_literal(character: str) -> str:
    return "".join(filter(_is_literal, _FOLDED[ord(character)]))


def _keep_literal_lines(character: str) -> str:
    return character if character == "\n" else _LITERAL[ord(character)]


def _is_literal(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNMS" or _is_ideographic_plane(character)


def _read_simplified() -> dict[int, str]:
    """Returns OpenCC's character table, Traditional to Simplified, one to one."""
    table = resources.files("opencc").joinpath("dictionary", "TSCharacters.txt")
    rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines())
    simplified = {ord(key): _choose_simplified(key, forms.split()) for key, forms in rows}
    return simplified | {ord(key): other for key, other in (_ZEROS | UNIFIED).items()}


def _choose_simplified(character: str, forms: list[str]) -> str:
    if character in _KEPT:
        return character
    return next((form for form in forms if form != character), character)


_SIMPLIFIED = _read_simplified()
_FOLDED = _FoldTable(_fold_fully)
_LITERAL = _FoldTable(_keep_literal)
_LITERAL_LINES = _FoldTable(_keep_literal_lines)
