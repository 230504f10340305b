"""Finds chains of digits in a text, in any script and with any separators between them.

Full-width, circled and Chinese digits count, and so do letters used for 0 and 1 (O, l).
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from analyzers.lazy_pattern import lazy_re

SHORTEST_CHAIN = 15
_LAST_DIGIT_SIGN = 0x1FBF9
_CHINESE = (
    "零一二三四五六七八九",
    "〇壹贰叁肆伍陆柒捌玖",
    "○弌貳參〤〥陸〧〨〩",
    "◯幺贰叄亖五六七八九",
)
_CHINESE_SIGNS = frozenset("".join(_CHINESE))
_ALIKE = {**dict.fromkeys("OoОоΟο", "0"), **dict.fromkeys("lIІӀ", "1")}
_X = "xXｘＸХхΧχⅩⅹ╳×叉"


def _digit_values() -> dict[str, str]:
    values = dict(_ALIKE)
    for code in range(0x30, _LAST_DIGIT_SIGN + 1):
        value = unicodedata.digit(chr(code), None)
        if value is not None:
            values[chr(code)] = str(value)
    for signs in _CHINESE:
        values |= {sign: str(value) for value, sign in enumerate(signs)}
    return values


_VALUES = _digit_values()
_FOLD = str.maketrans(_VALUES | dict.fromkeys(_X, "X"))
# `re` is slow with character classes beyond the BMP, so such characters are folded first.
_ASTRAL = str.maketrans({sign: value for sign, value in _VALUES.items() if sign > "\uffff"})
_DIGIT = f"[{''.join(sorted(sign for sign in _VALUES if ord(sign) < 0x10000))}]"
# Possessive quantifiers prevent backtracking, so that a long gap costs only its length.
_NO_GAP = "".join(sign for sign in (*_VALUES, *_X) if not re.match(r"\w", sign))
_TAG = r"<[^<>]{0,200}>|<(?!/?\w)"
_ENTITY = r"&#?\w{1,8};|&(?!#?\w{1,8};)"
_BETWEEN = rf"(?:\s{{1,40}}+|[^\w\s<&{_NO_GAP}]|_|{_TAG}|{_ENTITY}){{0,6}}+"
_CHAIN = lazy_re(
    rf"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{{SHORTEST_CHAIN - 1},}}"
    rf"(?:{_BETWEEN}[{_X}](?<!{_DIGIT}{{18}}.))?"
)
# Most catalog texts have fewer digits, which one pass detects.
_ENOUGH = lazy_re(rf"(?:[^{_DIGIT[1:]}*+{_DIGIT}){{{SHORTEST_CHAIN}}}")
_GROUP = lazy_re(rf"(?:{_DIGIT}|[{_X}])+")
_NOT_SEEN = lazy_re(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f\u20e3]+"
)


class DigitGroup(NamedTuple):
    """Digits (0-9, X) without visible characters between them, at text[start:end].

    `gap` is the separator before them, None for the first group of a chain. White space of any
    length counts as one space or line feed.
    """

    start: int
    end: int
    digits: str
    gap: str | None


def find_chains(text: str) -> Iterator[list[DigitGroup]]:
    """Yields every chain of at least 15 digits without letters or longer gaps, left to right."""
    if len(text) < SHORTEST_CHAIN:
        return
    if _is_beyond_bmp(text):
        text = text.translate(_ASTRAL)
    if not _ENOUGH.match(text):
        return
    for chain in _CHAIN.finditer(text):
        yield _groups_in(text, chain)


def _is_beyond_bmp(text: str) -> bool:
    """Whether any character needs two UTF-16 units; this is the fastest test."""
    return not text.isascii() and len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)


def _groups_in(text: str, chain: re.Match[str]) -> list[DigitGroup]:
    groups: list[DigitGroup] = []
    last = chain.start()
    for found in _GROUP.finditer(text, chain.start(), chain.end()):
        start, end = found.span()
        gap = text[last:start]
        gap = gap if gap.isascii() else _NOT_SEEN.sub("", gap)
        digits = (
            found[0] if found[0].isascii() and found[0].isdigit() else found[0].translate(_FOLD)
        )
        if groups and not gap:
            before = groups.pop()
            groups.append(DigitGroup(before.start, end, before.digits + digits, before.gap))
        else:
            groups.append(DigitGroup(start, end, digits, _name(gap) if groups else None))
        last = end
    return groups


def is_chinese(text: str, group: DigitGroup) -> bool:
    """Whether the first digit is a Chinese numeral, which may be part of a word: 张三."""
    return text[group.start] in _CHINESE_SIGNS


def _name(gap: str) -> str:
    """Returns a common form for similar gaps; the number of spaces does not matter."""
    if signs := "".join(gap.split()):
        return signs
    return "\n" if "\n" in gap or "\r" in gap else " "
