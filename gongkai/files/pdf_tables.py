"""Reads the text of a PDF page with tabs between the cells of its tables.

Only pages with drawn lines are read character by character, because that takes time.
"""

import ctypes
from itertools import islice
from typing import Any

_FEWEST_LINES = 4
_CELL_GAP = 1.5
"""Character heights; a wider gap on a line separates cells."""
_MOST_CHARACTERS = 20_000
"""Of one page. A page of a newspaper has about 15,000."""


def may_hold_table(page: Any) -> bool:
    """Returns whether a page has as many drawn lines or boxes as a table."""
    from pypdfium2 import raw  # noqa: PLC0415 - the parent process never loads PDFium

    drawn = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2)
    return sum(1 for _ in islice(drawn, _FEWEST_LINES)) >= _FEWEST_LINES


def split_cells(textpage: Any, text: str) -> str:
    """Returns the text of a page, with a tab instead of the spaces in a wide gap on a line."""
    count = textpage.count_chars()
    if not count or count > _MOST_CHARACTERS:
        return text
    boxes = _Boxes(textpage)
    lines, line = [], ""
    right: float | None = None
    for place in range(count):
        sign = boxes.sign(place)
        if sign in "\r\n":
            lines.append(line.strip(" "))
            line, right = "", None
            continue
        if sign.isspace():
            line += sign
            continue
        left, end, height = boxes.measure(place)
        if right is not None and left - right > _CELL_GAP * height:
            line = f"{line.rstrip()}\t"
        line += sign
        right = end
    lines.append(line.strip(" "))
    return "\n".join(filter(None, lines))


class _Boxes:
    """The characters of a text page with their boxes."""

    def __init__(self, textpage: Any) -> None:
        from pypdfium2 import raw  # noqa: PLC0415 - the parent process never loads PDFium

        self._raw = raw
        self._page = textpage
        self._sides = [ctypes.c_double() for _ in range(4)]

    def sign(self, place: int) -> str:
        code = self._raw.FPDFText_GetUnicode(self._page, place)
        # U+FFFE marks a word that is hyphenated at the end of a line.
        return chr(code) if 0 < code <= 0x10FFFF and code != 0xFFFE else ""

    def measure(self, place: int) -> tuple[float, float, float]:
        """Returns the left and right side of a character, and its height."""
        left, right, bottom, top = self._sides
        self._raw.FPDFText_GetCharBox(self._page, place, left, right, bottom, top)
        width = right.value - left.value
        return left.value, right.value, max(top.value - bottom.value, width, 4.0)
