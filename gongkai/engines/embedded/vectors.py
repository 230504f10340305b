"""Stores the vectors of one model in a file beside the generations.

One file serves all generations: a record id has one passage, and an engine does not find the
records that its generation lacks.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.engines.database import Database
from gongkai.engines.fingerprint import name_parts
from gongkai.engines.vector_port import StoredVector

_FOLDER = "vectors"
_SCHEMA = """
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS vectors (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, vector BLOB NOT NULL
);
"""
_AT_ONCE = 500
"""Values in one statement."""


@dataclass(frozen=True, slots=True)
class Position:
    """The rowid of the last row that was read, and the number of deletions until then.

    A replaced vector gets a new rowid. SQLite reuses rowids only after deletions, so the file is
    read anew after one.
    """

    deletions: int
    row: int


START = Position(0, 0)


@dataclass(frozen=True, slots=True)
class VectorRows:
    """Vectors in the order in which they were put: ids, digests, and 16 bits a number, joined.

    `total` is the number of all in the file.
    """

    ids: list[str]
    digests: list[str]
    packed: bytes
    position: Position
    total: int
    is_whole: bool


class VectorFile:
    """See VectorStore. `model` names the model; each number is stored in 16 bits."""

    def __init__(self, folder: Path, model: str) -> None:
        self._database = Database(folder / _FOLDER / f"{name_parts(model)}.sqlite", _SCHEMA)

    def digests(self, record_ids: Sequence[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        with self._database.read() as connection:
            for part in _parts(record_ids):
                marks = ",".join("?" * len(part))
                statement = f"SELECT id, digest FROM vectors WHERE id IN ({marks})"  # noqa: S608
                found |= {row["id"]: row["digest"] for row in connection.execute(statement, part)}
        return found

    def count(self) -> int:
        with self._database.read() as connection:
            (count,) = connection.execute("SELECT count(*) FROM vectors").fetchone()
        return int(count)

    def put(self, rows: Sequence[StoredVector]) -> None:
        values = [(each.id, each.digest, each.values.astype("float16").tobytes()) for each in rows]
        with self._database.write() as connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", values)

    def prune(self, kept: Collection[str]) -> int:
        wanted = set(kept)
        with self._database.read() as connection:
            known = [row["id"] for row in connection.execute("SELECT id FROM vectors")]
        gone = [each for each in known if each not in wanted]
        if gone:
            with self._database.write() as connection:
                _delete(connection, gone)
        return len(gone)

    def read(self, since: Position = START) -> VectorRows:
        """Returns the vectors put since an earlier reading, or all where any were deleted."""
        with self._database.read() as connection:
            connection.execute("BEGIN")
            (deletions,) = connection.execute("PRAGMA user_version").fetchone()
            first = since.row if deletions == since.deletions else 0
            rows = connection.execute(
                "SELECT rowid, * FROM vectors WHERE rowid > ? ORDER BY rowid", (first,)
            ).fetchall()
            (total,) = connection.execute("SELECT count(*) FROM vectors").fetchone()
        return VectorRows(
            [row["id"] for row in rows],
            [row["digest"] for row in rows],
            b"".join(row["vector"] for row in rows),
            Position(deletions, rows[-1]["rowid"] if rows else first),
            total,
            is_whole=not first,
        )

    def stamp(self) -> object:
        """Returns a value that changes with every write."""
        return self._database.stamp()

    def close(self) -> None:
        """Nothing to release: no file stays open between calls."""


def forget_vectors(folder: Path, record_ids: Iterable[str]) -> None:
    """Deletes the vectors of these records, for every model, from a data folder."""
    ids = list(record_ids)
    for path in sorted((folder / _FOLDER).glob("*.sqlite")):
        with Database(path, _SCHEMA).write() as connection:
            _delete(connection, ids)


def _delete(connection: sqlite3.Connection, record_ids: Sequence[str]) -> None:
    (deletions,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {deletions + 1}")
    connection.executemany("DELETE FROM vectors WHERE id = ?", ((each,) for each in record_ids))


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
