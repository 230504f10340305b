"""One word and where it lies in the original text; chains build it, queries read it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A normalized word; `start` and `end` count code points of the original text, end excluded."""

    text: str
    start: int
    end: int
