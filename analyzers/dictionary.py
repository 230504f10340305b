"""Loads and checks the dictionary of words and stop words, shipped or a city's own."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from operator import itemgetter
from pathlib import Path

from analyzers.errors import TableError
from analyzers.normalize import normalize_text
from analyzers.table_files import Row, read_rows

_WORDS = "government.csv"
_STOPWORDS = "stopwords.csv"

_INTERROGATIVE = "疑问"

# jieba accepts only these characters in a word; other ones are split off before.
_HAN_WORD = re.compile("[\u4e00-\u9fd5]{2,}")
_FREQUENCY = re.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Words that are never split, with frequencies, and stop words.

    `words` are (word, frequency) as written, with None for a frequency just high enough.
    `stopwords` are normalized; `interrogatives` are those of kind 疑问. `fingerprint` is the hex
    SHA-256 of words and stop words, independent of file and order.
    """

    words: tuple[tuple[str, int | None], ...]
    stopwords: frozenset[str]
    fingerprint: str
    interrogatives: frozenset[str] = frozenset()


def load_dictionary(directory: Path | None = None) -> Dictionary:
    """Loads the shipped tables, each replaced by a file of the same name in `directory`.

    Raises TableError with file and line for the first invalid row.
    """
    rows = list(read_rows(_WORDS, ("word",), directory))
    dropped = list(read_rows(_STOPWORDS, ("word",), directory))
    for problem in (*_check_words(rows), *_check_repeats(dropped)):
        raise TableError(problem)
    words = tuple(sorted(map(_read_word, rows), key=itemgetter(0)))
    stopwords = frozenset(normalize_text(row["word"]) for row in dropped)
    content = repr((words, sorted(stopwords)))
    fingerprint = hashlib.sha256(content.encode()).hexdigest()
    interrogatives = (row["word"] for row in dropped if row["kind"] == _INTERROGATIVE)
    return Dictionary(words, stopwords, fingerprint, frozenset(map(normalize_text, interrogatives)))


def check_dictionary(directory: Path | None = None) -> list[str]:
    """Returns every problem of the tables that `load_dictionary(directory)` would read."""
    problems: list[str] = []
    for name, find in ((_WORDS, _check_words), (_STOPWORDS, _check_repeats)):
        try:
            problems += find(list(read_rows(name, ("word",), directory)))
        except TableError as error:
            problems.append(str(error))
    return list(dict.fromkeys(problems))


def _read_word(row: Row) -> tuple[str, int | None]:
    return row["word"], int(row["frequency"]) if row["frequency"] else None


def _check_words(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row["word"] and not _HAN_WORD.fullmatch(normalize_text(row["word"])):
            yield (
                _(
                    "{place}: '{word}' is not two or more Han characters; write it without others."
                ).format(place=row.place, word=row["word"])
            )
        if row["frequency"] and not _FREQUENCY.fullmatch(row["frequency"]):
            yield (
                _(
                    "{place}: the frequency '{frequency}' is not a whole number from 1 to "
                    "999999999; fix it or leave it empty."
                ).format(place=row.place, frequency=row["frequency"])
            )
    yield from _check_repeats(rows)


def _check_repeats(rows: Sequence[Row]) -> Iterator[str]:
    places: dict[str, str] = {}
    for row in rows:
        if not row["word"]:
            yield _("{place}: has an empty word; write one or delete the row.").format(
                place=row.place
            )
            continue
        known = places.setdefault(normalize_text(row["word"]), row.place)
        if known != row.place:
            yield _("{place}: {word} is at {known} too; delete one of them.").format(
                place=row.place, word=row["word"], known=known
            )
