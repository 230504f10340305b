"""Registers the rows of one run: ids, identity keys, places.

It is a temporary database that spills to disk, so that a run of a million rows needs little memory.
It contains digests, never text, and disappears at the end of the run.
"""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeAlias

Place: TypeAlias = tuple[str, int]
"""Source file and line of a row."""

_SCHEMA = """
CREATE TABLE taken (id TEXT PRIMARY KEY, keys TEXT, source TEXT, line INTEGER) WITHOUT ROWID;
CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE closings (own TEXT, keys TEXT, source TEXT, line INTEGER);
"""


@dataclass(frozen=True, slots=True)
class TakenRow:
    """An accepted row: its identity keys and its place."""

    keys: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ClosingRow:
    """A row that closes the public versions of its document.

    `own` is the id of a record that stays public as an entry on request (依申请公开). Only its
    versions with text under other ids are closed.
    """

    own: str | None
    keys: tuple[str, ...]
    place: Place


class RunRegister:
    """The rows of one run by id. Use it as a context manager."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(f"PRAGMA journal_mode=OFF; BEGIN; {_SCHEMA}")

    def add(self, record_id: str, keys: Collection[str], place: Place) -> None:
        """Adds an accepted row under this id. The latest row of an id counts."""
        self._database.execute(
            "INSERT OR REPLACE INTO taken VALUES (?, ?, ?, ?)",
            (record_id, " ".join(keys), *place),
        )

    def get(self, record_id: str) -> TakenRow | None:
        found = self._database.execute(
            "SELECT keys, source, line FROM taken WHERE id = ?", (record_id,)
        ).fetchone()
        return TakenRow(tuple(found[0].split()), (found[1], found[2])) if found else None

    def add_seen(self, record_id: str) -> None:
        """Adds an id that the source still contains although its row was not accepted."""
        self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (record_id,))

    def has_seen(self, record_id: str) -> bool:
        query = "SELECT 1 FROM seen WHERE id = ?"
        is_held = self._database.execute(query, (record_id,)).fetchone() is not None
        return is_held or self.get(record_id) is not None

    def add_closing(self, row: ClosingRow) -> None:
        self._database.execute(
            "INSERT INTO closings VALUES (?, ?, ?, ?)", (row.own, " ".join(row.keys), *row.place)
        )

    def closings(self, at_once: int) -> Iterator[list[ClosingRow]]:
        """Yields closing rows in batches, in the order they were added."""
        query = "SELECT own, keys, source, line FROM closings ORDER BY rowid"
        with closing(self._database.execute(query)) as found:
            while rows := found.fetchmany(at_once):
                yield [ClosingRow(own, tuple(k.split()), (s, n)) for own, k, s, n in rows]

    def find(self, keys: frozenset[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yields id and all keys of the accepted rows that have one of the keys."""
        with closing(self._database.execute("SELECT id, keys FROM taken")) as found:
            for record_id, joined in found:
                own = tuple(joined.split())
                if not keys.isdisjoint(own):
                    yield record_id, own

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
