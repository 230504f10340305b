"""The change journal as a file in the data folder."""

from collections.abc import Iterator, Sequence
from gettext import gettext as _
from pathlib import Path
from sqlite3 import Connection, Row

from gongkai.engines.changes import (
    NO_CHANGES,
    Change,
    ChangeKind,
    ChangePage,
    NewState,
    find_changes,
    name_journal,
    now,
)
from gongkai.engines.database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
    only INTEGER PRIMARY KEY CHECK (only = 1), name TEXT NOT NULL, generation TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS changes (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL
);
"""
_AT_ONCE = 500
"""Values in one statement."""
_PART = 5_000


class JournalFile:
    """See ChangeJournal. Also reads pages of it."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / "changes.sqlite3", _SCHEMA)

    def generation(self) -> str:
        with self._database.read() as connection:
            row = connection.execute("SELECT generation FROM journal").fetchone()
        return str(row["generation"]) if row else ""

    def describe(self, generation: str) -> None:
        self._database.begin_anew()
        with self._database.write() as connection:
            _ensure(connection)
            connection.execute("UPDATE journal SET generation = ?", (generation,))

    def record(self, states: Sequence[NewState]) -> None:
        if not states:
            return
        self._database.begin_anew()
        with self._database.write() as connection:
            _ensure(connection)
            before = _read_digests(connection, [each.id for each in states])
            changes = find_changes(states, before, _read_last(connection), now())
            connection.executemany(
                "INSERT OR REPLACE INTO changes VALUES (?, ?, ?, ?, ?)",
                [(c.sequence, c.id, c.at, c.kind.value, digest) for c, digest in changes],
            )

    def public(self) -> Iterator[Sequence[str]]:
        """See ChangeJournal. A change while it is read moves its record behind all others."""
        after = ""
        while True:
            with self._database.read() as connection:
                rows = connection.execute(
                    "SELECT id FROM changes WHERE digest != '' AND id > ? ORDER BY id LIMIT ?",
                    (after, _PART),
                ).fetchall()
            if not rows:
                return
            after = rows[-1]["id"]
            yield [row["id"] for row in rows]

    def find(self, record_id: str) -> Change | None:
        with self._database.read() as connection:
            row = connection.execute("SELECT * FROM changes WHERE id = ?", (record_id,)).fetchone()
        return _read_change(row) if row else None

    def read(self, after: int, limit: int) -> ChangePage:
        """Returns at most `limit` changes after a sequence number."""
        with self._database.read() as connection:
            connection.execute("BEGIN")
            row = connection.execute("SELECT name FROM journal").fetchone()
            if row is None:
                return NO_CHANGES
            rows = connection.execute(
                "SELECT * FROM changes WHERE sequence > ? ORDER BY sequence LIMIT ?", (after, limit)
            ).fetchall()
            changes = tuple(map(_read_change, rows))
            return ChangePage(row["name"], changes, _read_last(connection))

    def examine(self) -> list[str]:
        fault = self._database.examine()
        if fault is None:
            return []
        return [
            _("{name} is damaged ({fault}): `gongkai doctor --repair` starts a new one.").format(
                name=self._database.path.name, fault=fault
            )
        ]

    def repair(self) -> None:
        if not self.examine():
            return
        path = self._database.path
        if path.exists():
            path.replace(path.with_name(f"{path.name}.damaged"))
        self._database.begin_anew()


def _read_change(row: Row) -> Change:
    return Change(row["sequence"], row["id"], row["at"], ChangeKind(row["kind"]))


def _ensure(connection: Connection) -> None:
    connection.execute("INSERT OR IGNORE INTO journal VALUES (1, ?, '')", (name_journal(),))


def _read_last(connection: Connection) -> int:
    (last,) = connection.execute("SELECT max(sequence) FROM changes").fetchone()
    return int(last or 0)


def _read_digests(connection: Connection, record_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(record_ids), _AT_ONCE):
        part = record_ids[start : start + _AT_ONCE]
        marks = ",".join("?" * len(part))
        statement = f"SELECT id, digest FROM changes WHERE id IN ({marks})"  # noqa: S608
        found |= {row["id"]: row["digest"] for row in connection.execute(statement, part)}
    return found
