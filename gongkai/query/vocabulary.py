"""The vocabulary of staff that is in force: synonyms, and the records pinned to a query."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from analyzers.normalize import normalize_text
from analyzers.synonyms import Synonym


@dataclass(frozen=True, slots=True)
class StaffVocabulary:
    """What staff added to the tables of an installation.

    `pins` maps a query, as `key_of` spells it, to record ids, first one first. `version` changes
    with the content.
    """

    synonyms: tuple[Synonym, ...] = ()
    pins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: str = ""

    def pinned(self, text: str) -> tuple[str, ...]:
        """Returns the ids of the records pinned to a query text."""
        return self.pins.get(key_of(text), ()) if self.pins else ()


ReadVocabulary = Callable[[], StaffVocabulary]
_NONE = StaffVocabulary()


def no_vocabulary() -> StaffVocabulary:
    """Returns a vocabulary without entries."""
    return _NONE


def key_of(text: str) -> str:
    """Returns a query text in the form that pins are compared in."""
    return " ".join(normalize_text(text).split())
