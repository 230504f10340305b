"""Earlier public versions of corrected records, for staff: a file in the data folder.

It holds only what was public, as it was stored. A withdrawal or closing erases all versions of a
record (ADR 0024).
"""

import re
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gongkai.catalog.date_patterns import UTC_TIME
from gongkai.engines.changes import now
from gongkai.engines.database import Database
from gongkai.engines.withdrawals import Withdrawal

MOST = 20
"""Versions of one record; older ones are erased."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS versions (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    until TEXT NOT NULL,
    content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS versions_of ON versions (id, sequence);
"""
_LATEST = "SELECT content FROM versions WHERE id = ? ORDER BY sequence DESC LIMIT 1"
_ADD = "INSERT INTO versions (id, until, content) VALUES (?, ?, ?)"
_SURPLUS = """
DELETE FROM versions WHERE id = ? AND sequence NOT IN (
    SELECT sequence FROM versions WHERE id = ? ORDER BY sequence DESC LIMIT ?
)
"""


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """A record as it was public until `until` (ISO UTC); `sequence` identifies the version."""

    sequence: int
    until: str
    stored: bytes


class EarlierVersions:
    """The versions of one installation."""

    def __init__(self, folder: Path) -> None:
        self.file = Database(folder / "versions.sqlite3", _SCHEMA)

    def keep(self, replaced: Iterable[tuple[str, bytes]]) -> None:
        """Adds the content of records that are about to be replaced.

        The latest content of a record is not added again: a killed run is repeated.
        """
        rows = {each: zlib.compress(stored) for each, stored in replaced}
        if not rows:
            return
        self.file.begin_anew()
        with self.file.write() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            for record_id, content in rows.items():
                latest = connection.execute(_LATEST, (record_id,)).fetchone()
                if latest is None or latest["content"] != content:
                    connection.execute(_ADD, (record_id, now(), content))
                    connection.execute(_SURPLUS, (record_id, record_id, MOST))

    def restore(self, copy: Database, is_kept: Callable[[str, str], bool]) -> None:
        """Adds versions of a backup.

        `is_kept` tells by record id and time whether a version is added.
        """
        with self.file.write() as connection, copy.read_unchanged() as copied:
            for record_id, until, content in read_versions(copied):
                if is_kept(record_id, until):
                    connection.execute(_ADD, (record_id, until, content))

    def erase(self, record_ids: Collection[str]) -> None:
        """Erases all versions of records; their bytes are overwritten."""
        if not record_ids or not self.file.path.exists():
            return
        with self.file.write() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.executemany("DELETE FROM versions WHERE id = ?", [(i,) for i in record_ids])

    def find(self, record_id: str, withdrawal: Withdrawal | None) -> list[EarlierVersion]:
        """Returns the versions of a public record, latest first.

        Versions from before its last withdrawal are left out: another machine may have withdrawn
        it.
        """
        since = withdrawal.when if withdrawal and withdrawal.when else ""
        with self.file.read() as connection:
            rows = connection.execute(
                "SELECT sequence, until, content FROM versions WHERE id = ? AND until > ?"
                " ORDER BY sequence DESC",
                (record_id, since),
            ).fetchall()
        return [
            EarlierVersion(each["sequence"], each["until"], zlib.decompress(each["content"]))
            for each in rows
        ]


def read_versions(connection: sqlite3.Connection) -> Iterator[tuple[str, str, bytes]]:
    """Yields id, time and content of each version. Raises ValueError or TypeError for others."""
    rows = connection.execute("SELECT id, until, content FROM versions ORDER BY sequence")
    for record_id, until, content in rows:
        if not isinstance(record_id, str) or not re.search(UTC_TIME, until):
            raise ValueError("A version has no id or no time.")
        try:
            zlib.decompress(content)
        except zlib.error as error:
            raise ValueError(str(error)) from error
        yield record_id, until, content
