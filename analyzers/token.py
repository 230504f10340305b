"""A word with its position in the original text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A normalized word at original[start:end], in code points."""

    text: str
    start: int
    end: int
