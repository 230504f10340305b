"""Synonyms: maps everyday terms of citizens to official terms.

Only queries use the table, so a changed table needs no new index.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from gettext import gettext as _
from pathlib import Path

from analyzers.errors import TableError
from analyzers.normalize import literal_text, normalize_text
from analyzers.table_files import Row, read_rows

_FILE = "synonyms.csv"
_COLUMNS = ("term", "official", "direction")
ONE_WAY, BOTH_WAYS = "one", "both"
OTHERS_LIMIT = 4
"""Other names searched for one term; of more in a table the first ones are used."""


@dataclass(frozen=True, slots=True)
class Synonym:
    """A search for `term` also matches `official`; with BOTH_WAYS each matches the other."""

    term: str
    official: str
    direction: str = ONE_WAY


@dataclass(frozen=True, slots=True)
class FoundTerm:
    """A term at text[start:end] and its other names, possibly none."""

    start: int
    end: int
    term: str
    others: tuple[str, ...]


class Synonyms:
    """Finds terms in normalized text.

    Official names are terms too, so that the longest one is found: 公积金 inside 住房公积金 is no
    separate term. Terms have two or more characters.
    """

    def __init__(self, pairs: Iterable[Synonym]) -> None:
        self._others: dict[str, tuple[str, ...]] = {}
        for pair in pairs:
            term, official = normalize_text(pair.term), normalize_text(pair.official)
            self._add(term, official)
            if pair.direction == BOTH_WAYS:
                self._add(official, term)
            else:
                self._others.setdefault(official, ())
        lengths: dict[str, set[int]] = {}
        for term in self._others:
            lengths.setdefault(term[:2], set()).add(len(term))
        self._lengths = {opening: sorted(each, reverse=True) for opening, each in lengths.items()}

    def find(self, text: str) -> tuple[FoundTerm, ...]:
        """Returns the longest terms, with or without synonyms, left to right without overlaps."""
        return tuple(self._scan(text))

    def _scan(self, text: str) -> Iterator[FoundTerm]:
        at = 0
        while at < len(text):
            term = self._longest_at(text, at)
            if term:
                yield FoundTerm(at, at + len(term), term, self._others[term])
            at += len(term) or 1

    def _longest_at(self, text: str, at: int) -> str:
        for length in self._lengths.get(text[at : at + 2], ()):
            term = text[at : at + length]
            if (
                term in self._others
                and len(term) == length
                and _is_whole_word(text, at, at + length)
            ):
                return term
        return ""

    def _add(self, term: str, other: str) -> None:
        known = self._others.setdefault(term, ())
        if other not in (term, *known) and len(known) < OTHERS_LIMIT:
            self._others[term] = (*known, other)


def _is_whole_word(text: str, start: int, end: int) -> bool:
    """Whether no Latin word or number is split: 5g is no part of 15g."""
    return not (_is_latin(text[start - 1 : start]) and _is_latin(text[start])) and not (
        _is_latin(text[end - 1]) and _is_latin(text[end : end + 1])
    )


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def load_synonyms(directory: Path | None = None) -> tuple[Synonym, ...]:
    """Loads the shipped table, or a file of the same name in `directory`.

    Raises TableError with file and line for the first invalid row.
    """
    return _load_shipped() if directory is None else _load(directory)


@lru_cache(maxsize=1)
def _load_shipped() -> tuple[Synonym, ...]:
    return _load(None)


def _load(directory: Path | None) -> tuple[Synonym, ...]:
    rows = list(read_rows(_FILE, _COLUMNS, directory))
    for problem in _find_problems(rows):
        raise TableError(problem)
    return tuple(Synonym(row["term"], row["official"], row["direction"]) for row in rows)


def check_synonyms(directory: Path | None = None) -> list[str]:
    """Returns every problem of the table that `load_synonyms(directory)` would read."""
    try:
        return list(_find_problems(list(read_rows(_FILE, _COLUMNS, directory))))
    except TableError as error:
        return [str(error)]


def _find_problems(rows: Iterable[Row]) -> Iterator[str]:
    places: dict[tuple[str, str], str] = {}
    for row in rows:
        term, official = normalize_text(row["term"]), normalize_text(row["official"])
        if row["direction"] not in (ONE_WAY, BOTH_WAYS):
            yield _("{place}: the direction is '{direction}'; write one or both.").format(
                place=row.place, direction=row["direction"]
            )
        if short := [side for side in (term, official) if len(literal_text(side)) < 2]:
            yield _("{place}: '{value}' is shorter than two characters; write it out.").format(
                place=row.place, value=short[0]
            )
        if term == official:
            yield _("{place}: {term} is its own synonym; delete the row.").format(
                place=row.place, term=row["term"]
            )
        pairs = [(term, official)]
        pairs += [(official, term)] if row["direction"] == BOTH_WAYS else []
        if known := next((places[pair] for pair in pairs if pair in places), None):
            yield _("{place}: this pair is at {known} too; delete one of them.").format(
                place=row.place, known=known
            )
        places.update(dict.fromkeys(pairs, row.place))
