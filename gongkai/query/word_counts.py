"""How many public records have a word. An interpretation reads it and notes the words it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gongkai.query.tree import Or, Query, Term

SHORTEST_COUNTED = 2
"""Characters of a word that is matched as a word; a single character is matched as written."""


@dataclass(frozen=True, slots=True)
class WordCount:
    """Records with a word: anywhere, and in the title or the catalog entry."""

    anywhere: int
    named: int


@dataclass(slots=True)
class WordCounts:
    """The counts known so far; `missing` are words without one, in the order of use."""

    known: Mapping[str, WordCount] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)

    def find(self, word: str) -> WordCount | None:
        """Returns the count of a word, or None where it is unknown yet."""
        count = self.known.get(word)
        if count is None and len(word) >= SHORTEST_COUNTED:
            self.missing[word] = None
        return count

    def is_indexed(self, word: str) -> bool:
        """Whether some record has this word as a word; False where that is unknown."""
        count = self.find(word)
        return count is not None and count.anywhere > 0


def counted_queries(word: str) -> tuple[Query, Query]:
    """Returns the queries for `WordCount.anywhere` and `WordCount.named`."""
    named = Or((Term("title_words", word), Term("entry_words", word)))
    return Or((named, Term("body_words", word))), named
