"""Text as typed in, the same text with one spelling a sign out; Chinese numerals in, numbers out.

Read by `document_number`, `index_number`, `dates` and `personal_data`.
"""

import re
import sys
import unicodedata

INVISIBLE = "\u200b"
"""What every sign without a width (zero-width space, joiner, BOM, soft hyphen) is folded to."""
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
"""The digits of a year written out, such as 二〇〇八, for use inside a character class."""
CHINESE_NUMERALS = CHINESE_DIGITS + "十百千廿卅"
"""The signs of any number written out, such as 四百九十二, for use inside a character class."""


def fold_signs(text: str) -> str:
    """Narrow forms, `-` for every dash, one blank for every white space; as long as the input.

    Signs without a width become `INVISIBLE`, so that code-point offsets stay those of the input.
    """
    return text.translate(_FOLDS)


def tidy_signs(text: str) -> str:
    """`fold_signs` with all white space and all invisible signs taken out."""
    return fold_signs(text).replace(INVISIBLE, "").replace(" ", "")


def read_numeral(text: str) -> int | None:
    """The number that ASCII digits, 二〇〇八, 四百九十二, 廿一 or a mix such as 二00八 stand for.

    None where the text is not a whole number below 10,000 written one of these ways.
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
