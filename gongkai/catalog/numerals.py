"""Folds characters as typed to one form, and reads Chinese numerals."""

import re
import sys
import unicodedata

INVISIBLE = "\u200b"
"""Replaces every zero-width character (zero-width space, joiner, BOM, soft hyphen)."""
_DASHES = "‐‑‒–—―−⁃﹘﹣"
_ZEROS = "〇○◯⭕"


def _fold_of(char: str) -> str | None:
    if char in _DASHES:
        return "-"
    if char.isspace():
        return " "
    if unicodedata.category(char) in ("Cf", "Cc") or "\ufe00" <= char <= "\ufe0f":
        return INVISIBLE
    return chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else None


_FOLDS = {
    code: folded
    for code in range(min(0x10000, sys.maxunicode))
    if (folded := _fold_of(chr(code))) is not None
}
_DIGITS = {char: str(value) for value, char in enumerate("零一二三四五六七八九")}
_DIGITS |= {str(value): str(value) for value in range(10)}
_DIGITS |= dict.fromkeys(_ZEROS + "oO", "0")
_D = "[一二三四五六七八九]"
_ADDITIVE = re.compile(rf"(?:({_D})千)?0?(?:({_D})百)?0?(?:({_D})?(十))?({_D})?")
_TENS = str.maketrans({"廿": "二十", "卅": "三十"} | dict.fromkeys(_ZEROS + "零oO", "0"))

CHINESE_DIGITS = "零一二三四五六七八九" + _ZEROS
"""Digits of a written-out year, such as 二〇〇八, for a character class."""
CHINESE_NUMERALS = CHINESE_DIGITS + "十百千廿卅"
"""Characters of any written-out number, such as 四百九十二, for a character class."""


def fold_signs(text: str) -> str:
    """Returns half-width text with `-` for every dash and a space for all white space.

    The length stays the same: zero-width characters become `INVISIBLE`, so that offsets stay valid.
    """
    return text.translate(_FOLDS)


def tidy_signs(text: str) -> str:
    """Returns `fold_signs` without white space and invisible characters."""
    return fold_signs(text).replace(INVISIBLE, "").replace(" ", "")


def read_numeral(text: str) -> int | None:
    """Returns the number for ASCII digits, 二〇〇八, 四百九十二, 廿一 or a mix such as 二00八.

    Returns None if the text is no whole number below 10,000 in one of these forms.
    """
    if text and all(char in _DIGITS for char in text):
        return int("".join(_DIGITS[char] for char in text))
    match = _ADDITIVE.fullmatch(text.translate(_TENS))
    if not match or not any(match.groups()):
        return None
    thousands, hundreds, tens, ten, ones = match.groups()
    counts = [int(_DIGITS[part]) if part else 0 for part in (thousands, hundreds, ones)]
    tens_count = int(_DIGITS[tens]) if tens else int(bool(ten))
    return counts[0] * 1000 + counts[1] * 100 + tens_count * 10 + counts[2]
