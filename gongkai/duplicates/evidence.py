"""The kinds of pairs, the evidence for them, and its text in JSON files and in the API."""

import re
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias

from gongkai.duplicates.titles import TitleRelation


class Kind(StrEnum):
    """The relation of two records; the first five kinds are duplicates."""

    SAME_INDEX_NUMBER = "same index number"
    SAME_DOCUMENT_NUMBER = "same document number"
    SAME_TEXT = "same text"
    NEAR_TEXT = "near text"
    SAME_ENTRY = "same entry"
    """No text to compare; same title, agency and date."""
    REVISION = "revision"
    """The same title with an amended text."""
    OTHER_EDITION = "other edition"
    OTHER_REGION = "other region"
    PASSED_ON = "passed on"
    """转发, 批转, 印发: one document forwards or issues the other."""
    CONTAINED = "contained"
    """Different titles, and one text contains the other."""
    SAME_FORM = "same form"
    """One form filled in for different matters: different title and number."""
    SAME_TITLE = "same title"
    """The same title with another text, or without one."""
    NUMBER_CONFLICT = "number conflict"
    """The same number on two documents with unrelated texts."""

    @property
    def is_duplicate(self) -> bool:
        return self in DUPLICATES


DUPLICATES = frozenset(
    (
        Kind.SAME_INDEX_NUMBER,
        Kind.SAME_DOCUMENT_NUMBER,
        Kind.SAME_TEXT,
        Kind.NEAR_TEXT,
        Kind.SAME_ENTRY,
    )
)
LAYERS = tuple(Kind)
"""The kinds in order, strongest evidence of a duplicate first."""


class Difference(Enum):
    """A difference of two records that their kind does not state."""

    SENTENCES_MOVED = "sentences moved"
    FRAME_ADDED = "frame added"
    """One text has a header, a navigation or another frame of a page."""
    DOCUMENT_NUMBER = "other document number"
    INDEX_NUMBER = "other index number"
    DATE_OF_ISSUE = "other date of issue"


@dataclass(frozen=True, slots=True)
class WrongCharacters:
    """Single characters that differ, as text recognition leaves them."""

    count: int


Evidence: TypeAlias = Kind | TitleRelation | Difference | WrongCharacters
_TITLE, _WRONG = "title: ", "wrong characters: "
_PLAIN: dict[str, Evidence] = {
    **{each.value: each for each in (*Kind, *Difference)},
    **{f"{_TITLE}{each.value}": each for each in TitleRelation},
}


def spell_evidence(evidence: Evidence) -> str:
    """Returns the English text of evidence; `read_evidence` is the inverse."""
    if isinstance(evidence, WrongCharacters):
        return f"{_WRONG}{evidence.count}"
    prefix = _TITLE if isinstance(evidence, TitleRelation) else ""
    return f"{prefix}{evidence.value}"


def read_evidence(text: str) -> Evidence:
    """Returns the evidence that a text states. Raises ValueError for another text."""
    if wrong := re.fullmatch(f"{_WRONG}([0-9]+)", text):
        return WrongCharacters(int(wrong[1]))
    if text not in _PLAIN:
        raise ValueError(f"unknown evidence: {text}")
    return _PLAIN[text]
