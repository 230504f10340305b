"""Joins words on a page to lines, with tabs between the cells of a table."""

from collections.abc import Iterable
from dataclasses import dataclass

_SAME_LINE = 0.6
_CELL_GAP = 1.5
"""Sizes of a character; a wider gap on a line separates cells."""


@dataclass(frozen=True, slots=True)
class Word:
    """A text from `left` to `right` on the base line `y` (downwards); `size` is its height."""

    text: str
    left: float
    right: float
    y: float
    size: float


def trim_lines(text: str) -> str:
    """Returns the lines that are not blank, without their margins.

    A line with a tab is the row of a table, and keeps its empty cells.
    """
    return "\n".join(filter(None, map(_trim, text.split("\n"))))


def _trim(line: str) -> str:
    text = line.strip()
    return line.strip(" \u3000\u00a0\r") if "\t" in line and text else text


def join_words(words: Iterable[Word]) -> str:
    """Returns the text of a page from top to bottom; words on one base line are one line."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda each: each.y):
        if lines and word.y - lines[-1][0].y <= _SAME_LINE * min(word.size, lines[-1][0].size):
            lines[-1].append(word)
        else:
            lines.append([word])
    return "\n".join(filter(None, map(_join_line, lines)))


def _join_line(words: list[Word]) -> str:
    text, right = "", None
    for word in sorted(words, key=lambda each: each.left):
        if right is not None and word.left - right > _CELL_GAP * word.size:
            text += "\t"
        elif right is not None and word.left - right > 0.3 * word.size:
            text += " "
        text += word.text
        right = word.right if right is None else max(right, word.right)
    return text.strip()
