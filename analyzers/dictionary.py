"""The analysis dictionary in: shipped tables or a city's own, checked; words and stopwords out.

The composition root loads it once; chains hand its words to the segmenter.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from analyzers.normalize import normalize_text
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


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return (self.cells.get(column) or "").strip()


def load_dictionary(directory: Path | None = None) -> Dictionary:
    """The shipped tables, each replaced by the file of the same name in `directory`, if there.

    Raises TableError naming file and line for the first row that can't be taken.
    """
    if directory is not None and not directory.is_dir():
        raise TableError(f"{directory}: is not a folder; name the folder that holds the tables.")
    table = dict(_read_words(_read_rows(_WORDS, directory)))
    words = tuple(sorted(table.items()))
    stopwords = frozenset(_read_stopwords(_read_rows(_STOPWORDS, directory)))
    content = repr((words, sorted(stopwords)))
    return Dictionary(words, stopwords, hashlib.sha256(content.encode()).hexdigest())


def _read_words(rows: Iterable[_Row]) -> Iterator[tuple[str, int | None]]:
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


def _read_stopwords(rows: Iterable[_Row]) -> Iterator[str]:
    for row in _refuse_repeated(rows):
        yield normalize_text(row["word"])


def _refuse_repeated(rows: Iterable[_Row]) -> Iterator[_Row]:
    places: dict[str, str] = {}
    for row in rows:
        if not row["word"]:
            raise TableError(f"{row.place}: has an empty word; write one or delete the row.")
        known = places.setdefault(normalize_text(row["word"]), row.place)
        if known != row.place:
            raise TableError(f"{row.place}: {row['word']} is at {known} too; delete one of them.")
        yield row


def _read_rows(name: str, directory: Path | None) -> Iterator[_Row]:
    shown, content = _open_table(name, directory)
    reader = csv.DictReader(io.StringIO(_decode(shown, content), newline=""), strict=True)
    start = 1
    try:
        if "word" not in (reader.fieldnames or ()):
            raise TableError(f"{shown}:1: the header lacks the column word; add it.")
        start = reader.line_num + 1
        for cells in reader:
            start = reader.line_num + 1
            if None in cells:
                raise TableError(f"{shown}:{reader.line_num}: has more cells than the header.")
            if any(cells.values()):
                yield _Row(f"{shown}:{reader.line_num}", cells)
    except csv.Error as error:
        raise TableError(f"{shown}:{start}: is not CSV ({error}); mend the quotes.") from error


def _open_table(name: str, directory: Path | None) -> tuple[str, bytes]:
    replacement = directory / name if directory else None
    if replacement is None or not replacement.exists():
        shipped = resources.files("analyzers").joinpath("dictionaries", name)
        return f"analyzers/dictionaries/{name}", shipped.read_bytes()
    try:
        return str(replacement), replacement.read_bytes()
    except OSError as error:
        raise TableError(f"{replacement}:1: cannot be read ({error.strerror}); mend it.") from error


def _decode(shown: str, content: bytes) -> str:
    # Excel in Chinese saves CSV as GB18030; damaged UTF-8 must not pass for it, as nonsense.
    is_damaged = content.decode("utf-8", "replace").count("\ufffd") < len(content) // 20
    for encoding in ("utf-8-sig",) if is_damaged else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    raise TableError(f"{shown}:{line}: is neither UTF-8 nor GB18030; save it as CSV UTF-8.")
