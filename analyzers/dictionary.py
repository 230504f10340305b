"""The analysis dictionary in: shipped tables or a city's own, checked; words and stopwords out.

The composition root loads it once; chains hand its words to the segmenter.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analyzers.normalize import normalize_text
from analyzers.table_files import Row, read_rows
from catalog.errors import TableError

_WORDS = "government.csv"
_STOPWORDS = "stopwords.csv"

# What jieba can hold as one word: other characters are cut off before it sees a text.
_HAN_WORD = re.compile("[\u4e00-\u9fd5]{2,}")
_FREQUENCY = re.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Words that are never cut apart, with frequencies, and words that a question may drop.

    `words` are (word, frequency) as written, None for a frequency just high enough; `stopwords`
    are normalized; `fingerprint` is hex SHA-256 of both, whatever file or order they came in.
    """

    words: tuple[tuple[str, int | None], ...]
    stopwords: frozenset[str]
    fingerprint: str


def load_dictionary(directory: Path | None = None) -> Dictionary:
    """The shipped tables, each replaced by the file of the same name in `directory`, if there.

    Raises TableError naming file and line for the first row that can't be taken.
    """
    table = dict(_read_words(read_rows(_WORDS, ("word",), directory)))
    words = tuple(sorted(table.items()))
    stopwords = frozenset(_read_stopwords(read_rows(_STOPWORDS, ("word",), directory)))
    content = repr((words, sorted(stopwords)))
    return Dictionary(words, stopwords, hashlib.sha256(content.encode()).hexdigest())


def check_dictionary(directory: Path | None = None) -> list[str]:
    """The first problem of each file `load_dictionary(directory)` would read."""
    problems: list[str] = []
    for read in (
        lambda: list(_read_words(read_rows(_WORDS, ("word",), directory))),
        lambda: list(_read_stopwords(read_rows(_STOPWORDS, ("word",), directory))),
    ):
        try:
            read()
        except TableError as error:
            problems.append(str(error))
    return problems


def _read_words(rows: Iterable[Row]) -> Iterator[tuple[str, int | None]]:
    for row in _refuse_repeated(rows):
        word, frequency = row["word"], row["frequency"]
        if not _HAN_WORD.fullmatch(normalize_text(word)):
            raise TableError(
                f"{row.place}: '{word}' is not two or more Han characters; write it without others."
            )
        if frequency and not _FREQUENCY.fullmatch(frequency):
            raise TableError(
                f"{row.place}: the frequency '{frequency}' is not a whole number from 1 to "
                "999999999; mend it or leave it empty."
            )
        yield word, int(frequency) if frequency else None


def _read_stopwords(rows: Iterable[Row]) -> Iterator[str]:
    for row in _refuse_repeated(rows):
        yield normalize_text(row["word"])


def _refuse_repeated(rows: Iterable[Row]) -> Iterator[Row]:
    places: dict[str, str] = {}
    for row in rows:
        if not row["word"]:
            raise TableError(f"{row.place}: has an empty word; write one or delete the row.")
        known = places.setdefault(normalize_text(row["word"]), row.place)
        if known != row.place:
            raise TableError(f"{row.place}: {row['word']} is at {known} too; delete one of them.")
        yield row
