"""Folds the signs of a text as typed to one form."""

import unicodedata

INVISIBLE = "\u200b"
"""Replaces every zero-width character (zero-width space, joiner, BOM, soft hyphen)."""
_DASHES = "‐‑‒–—―−⁃﹘﹣"


def _fold_of(char: str) -> str:
    if char in _DASHES:
        return "-"
    if char.isspace():
        return " "
    if unicodedata.category(char) in ("Cf", "Cc") or "\ufe00" <= char <= "\ufe0f":
        return INVISIBLE
    return chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char


class _FoldTable(dict[int, str]):
    """Code point -> folded character, computed on first use. Only the BMP folds."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if code > 0xFFFF:
            return char
        return self.setdefault(code, _fold_of(char))


_FOLDS = _FoldTable()


def fold_signs(text: str) -> str:
    """Returns half-width text with `-` for every dash and a space for all white space.

    The length stays the same: zero-width characters become `INVISIBLE`, so that offsets stay valid.
    """
    return text.translate(_FOLDS)


def tidy_signs(text: str) -> str:
    """Returns `fold_signs` without white space and invisible characters."""
    return fold_signs(text).replace(INVISIBLE, "").replace(" ", "")
