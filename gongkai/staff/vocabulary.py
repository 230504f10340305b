"""Synonyms, words and pinned records that staff added, each with its end and its history.

Lines are only added. An entry is in force if its last line adds it and its last day has not passed.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum

from analyzers.synonyms import ONE_WAY, Synonym
from gongkai.catalog.instants import today_in_china
from gongkai.engines.database import Database, read_lines
from gongkai.errors import StorageError
from gongkai.query.vocabulary import StaffVocabulary, key_of
from gongkai.staff.staff_database import stamp
from gongkai.staff.tokens import read_now

PINS_LIMIT = 5
"""Records that may be pinned to one query."""
COLUMNS = ("at", "who", "action", "entry", "kind", "term", "target", "direction", "expires")
_ADDED, _REMOVED = "added", "removed"


class EntryKind(StrEnum):
    """What an entry does."""

    SYNONYM = "synonym"
    """A search for the term also finds the target."""
    PIN = "pin"
    """A search for exactly the term lists the record `target` first."""
    WORD = "word"
    """A word that segmentation keeps whole, once the index is built anew with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `expires` is its last day (ISO), empty for none."""

    kind: EntryKind
    term: str
    target: str = ""
    direction: str = ONE_WAY
    expires: str = ""

    @property
    def id(self) -> str:
        """Returns a name that depends on kind, term and target only."""
        parts = (self.kind.value, key_of(self.term), self.target.strip())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class EntryState:
    """An entry as its last line left it; `at` is ISO UTC."""

    entry: Entry
    at: str
    who: str
    is_kept: bool

    def is_in_force(self, today: str) -> bool:
        """Whether the entry applies on this day (ISO)."""
        return self.is_kept and not self.has_ended(today)

    def has_ended(self, today: str) -> bool:
        """Whether the last day has passed."""
        return bool(self.entry.expires) and self.entry.expires < today


class VocabularyStore:
    """The vocabulary of one installation; safe for concurrent processes."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = read_now,
        today: Callable[[], date] = today_in_china,
    ) -> None:
        self._database = database
        self._clock = clock
        self._today = today
        self._seen: object = None
        self._states: tuple[EntryState, ...] = ()
        self._lines: tuple[EntryState, ...] = ()
        self._built: tuple[object, StaffVocabulary] = (None, StaffVocabulary())

    def add(self, entries: Iterable[Entry], who: str) -> None:
        """Adds entries in one transaction, or replaces direction and end of those that exist."""
        self._write([(_ADDED, each) for each in entries], who)

    def remove(self, entry_id: str, who: str) -> bool:
        """Takes an entry out of force; returns whether it was kept."""
        return self._turn(entry_id, who, _REMOVED, is_kept=True)

    def restore(self, entry_id: str, who: str) -> bool:
        """Puts a removed entry back as it was; returns whether it was removed."""
        return self._turn(entry_id, who, _ADDED, is_kept=False)

    def replace(self, added: Iterable[Entry], removed: Iterable[Entry], who: str) -> None:
        """Adds and removes entries in one transaction."""
        lines = [(_ADDED, each) for each in added] + [(_REMOVED, each) for each in removed]
        self._write(lines, who)

    def states(self) -> Sequence[EntryState]:
        """Returns every entry with its last state, latest first."""
        self._refresh()
        return self._states

    def history(self, limit: int) -> Sequence[EntryState]:
        """Returns the latest lines, latest first."""
        self._refresh()
        return self._lines[:limit]

    def find(self, entry_id: str) -> EntryState | None:
        """Returns the entry with this id."""
        return next((each for each in self.states() if each.entry.id == entry_id), None)

    def in_force(self) -> list[Entry]:
        """Returns the entries in force, in the order of their last change."""
        today = self._today().isoformat()
        return [each.entry for each in reversed(self.states()) if each.is_in_force(today)]

    def current(self) -> StaffVocabulary:
        """Returns the vocabulary in force, read again after a change by any process.

        Keeps the last one where the file cannot be read: a search must not fail for it.
        """
        try:
            self._refresh()
        except StorageError:
            return self._built[1]
        key = self._states, self._today()
        if self._built[0] != key:
            self._built = key, build_vocabulary(self.in_force())
        return self._built[1]

    def _turn(self, entry_id: str, who: str, action: str, *, is_kept: bool) -> bool:
        found = self.find(entry_id)
        if found is None or found.is_kept is not is_kept:
            return False
        self._write([(action, found.entry)], who)
        return True

    def _write(self, lines: Sequence[tuple[str, Entry]], who: str) -> None:
        at = stamp(self._clock())
        with self._database.write() as connection:
            connection.executemany(
                f"INSERT INTO vocabulary ({', '.join(COLUMNS)})"  # noqa: S608
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(at, who, action, each.id, *asdict(each).values()) for action, each in lines],
            )

    def _refresh(self) -> None:
        seen = self._database.stamp()
        if seen == self._seen:
            return
        with self._database.read() as connection:
            lines = tuple(map(_read_state, read_vocabulary_lines(connection)))
        if lines != self._lines[::-1]:
            self._lines = lines[::-1]
            last: dict[str, EntryState] = {}
            for each in self._lines:
                last.setdefault(each.entry.id, each)
            self._states = tuple(last.values())
        self._seen = seen


def build_vocabulary(entries: Sequence[Entry]) -> StaffVocabulary:
    """Returns the vocabulary of these entries."""
    pins: dict[str, tuple[str, ...]] = {}
    synonyms = []
    for each in entries:
        if each.kind is EntryKind.SYNONYM:
            synonyms.append(Synonym(each.term, each.target, each.direction))
        elif each.kind is EntryKind.PIN:
            key = key_of(each.term)
            pins[key] = (*pins.get(key, ()), each.target)[:PINS_LIMIT]
    content = repr((synonyms, sorted(pins.items())))
    version = hashlib.sha256(content.encode()).hexdigest()[:16] if entries else ""
    return StaffVocabulary(tuple(synonyms), pins, version)


def read_vocabulary_lines(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    """Returns every line in order; none where the file is older than the table."""
    return read_lines(connection, "vocabulary", COLUMNS)


def _read_state(line: Sequence[str]) -> EntryState:
    at, who, action, _, kind, term, target, direction, expires = line
    entry = Entry(EntryKind(kind), term, target, direction, expires)
    return EntryState(entry, at, who, action == _ADDED)
