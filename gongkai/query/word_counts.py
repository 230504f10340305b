"""How many public records have a word. An interpretation reads it and notes the words it lacks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gongkai.query.tree import Or, Query, Term, match_run

_WRITTEN = '"'
SHORTEST_COUNTED = 2
"""Characters of a word that is matched as a word; a single character is matched as written."""


@dataclass(frozen=True, slots=True)
class WordCount:
    """Records with a word: anywhere, and in the title or the catalog entry."""

    anywhere: int
    named: int


@dataclass(slots=True)
class WordCounts:
    """The counts known so far among `total` records.

    `missing` are words without a count, in the order of use.
    """

    known: Mapping[str, WordCount] = field(default_factory=dict)
    total: int = 0
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

    def is_absent(self, word: str) -> bool:
        """Whether no record has this word as a word; False where that is unknown."""
        count = self.find(word)
        return count is not None and not count.anywhere

    def information(self, word: str) -> float:
        """Returns how much a word tells documents apart: its inverse document frequency.

        0 for a word that no record has, and where that is unknown.
        """
        count = self.find(word)
        if count is None or not count.anywhere:
            return 0.0
        rest = max(self.total - count.anywhere, 0)
        return math.log(1 + (rest + 0.5) / (count.anywhere + 0.5))

    def named_share(self, word: str) -> float:
        """Returns the share of the records with a word that name it in title or entry."""
        count = self.find(word)
        return count.named / count.anywhere if count and count.anywhere else 0.0


def as_written(run: str) -> str:
    """Returns the key of a literal run that is no word."""
    return f"{_WRITTEN}{run}"


def is_run(keys: Sequence[str]) -> bool:
    """Whether the keys of a term are those of a literal run."""
    return bool(keys) and keys[0].startswith(_WRITTEN)


def counted_queries(key: str) -> tuple[Query, Query]:
    """Returns the queries for `WordCount.anywhere` and `WordCount.named` of a word or a run."""
    if key.startswith(_WRITTEN):
        run = key.removeprefix(_WRITTEN)
        return match_run("text_grams", run), match_run("title_grams", run)
    named = Or((Term("title_words", key), Term("entry_words", key)))
    return Or((named, Term("body_words", key))), named
