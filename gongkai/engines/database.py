"""Small SQLite files beside the index, for data that must outlive every rebuild.

Each call opens one short connection, so that none stays open across a fork.
"""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from gettext import gettext as _
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gongkai.errors import StorageError, name_fault
from gongkai.files.durable import make_folder, signature

WAIT_SECONDS = 10.0
"""How long a writer waits for another writer."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database file and the statements that create its tables; only its owner can read it."""

    path: Path
    schema: str

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Opens a connection to the committed data; a missing file gives empty tables.

        Raises StorageError where the file is damaged.
        """
        if not self.path.exists():
            with closing(sqlite3.connect(":memory:")) as empty:
                empty.executescript(self.schema)
                yield empty
            return
        try:
            with closing(self._connect()) as connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise StorageError(f"{self.path.name}: {error}") from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Opens one transaction; it is durable on leaving, and an error rolls it back.

        Raises StorageError where the disk is full, read-only or faulty, or the file was lost.
        """
        try:
            make_folder(self.path.parent)
            if self.is_lost():
                raise StorageError(
                    _("{name} is missing: restore it from its backup").format(name=self.path.name)
                )
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(self._connect()) as connection:
                connection.executescript(self.schema)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    # On a full disk SQLite has ended the transaction already.
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
            if not self._marker.exists():
                self._marker.touch(mode=0o600)
        except OSError as error:
            raise StorageError(name_fault(error)) from error
        except sqlite3.IntegrityError:
            # A constraint that rejects a row is no fault of the file.
            raise
        except sqlite3.DatabaseError as error:
            raise StorageError(error) from error

    @property
    def _marker(self) -> Path:
        """A marker created with the file, so that a lost file is recognized as lost."""
        return self.path.with_name(f"{self.path.name}.made")

    def is_lost(self) -> bool:
        """Whether the file existed and is gone."""
        return self._marker.exists() and not self.path.exists()

    def begin_anew(self) -> None:
        """Allows a lost file to be created again; only for a restore from its backup."""
        if self.is_lost():
            self._marker.unlink()

    def copy_to(self, path: Path) -> None:
        """Writes a consistent copy while others read and write; does nothing for a missing file."""
        if not self.path.exists():
            return
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(self._connect()) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)

    @contextmanager
    def read_unchanged(self) -> Iterator[sqlite3.Connection]:
        """Opens a copy for reading without writing any file beside it."""
        address = f"file:{quote(str(self.path.absolute()))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def examine(self) -> str | None:
        """Returns the fault of the file, or None; a file that was never created has none."""
        if self.is_lost():
            return _("it is missing")
        if not self.path.exists():
            return None
        if not self.path.is_file():
            return _("it is not a file")
        try:
            with closing(self._connect()) as connection:
                (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
                is_empty = not _read_tables(connection)
        except sqlite3.DatabaseError as error:
            return str(error)
        if answer != "ok":
            return str(answer).splitlines()[0]
        return _("it is empty") if is_empty else None

    def stamp(self) -> tuple[int, int, int] | None:
        """Returns a value that changes with every commit; None before the first."""
        return signature(self.path)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        # Without a WAL each commit changes the file itself, and `stamp` relies on that.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        return connection


def read_lines(
    connection: sqlite3.Connection, table: str, columns: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Returns the rows of an append-only table in order; empty where the table is missing."""
    if table not in _read_tables(connection):
        return []
    rows = connection.execute(
        f"SELECT {', '.join(columns)} FROM {table} ORDER BY sequence"  # noqa: S608
    )
    return [tuple(row) for row in rows]


def unite_lines(
    connection: sqlite3.Connection,
    table: str,
    columns: Sequence[str],
    time: str,
    others: Sequence[tuple[Any, ...]],
) -> int:
    """Adds missing rows to an append-only table in time order; returns how many were added.

    Runs within one transaction and restores the triggers that reject changes before its end. A row
    that occurs several times is kept as often as in the side that has it most often. At equal times
    the existing rows come last, so that they win where the latest counts.
    """
    own: list[tuple[Any, ...]] = read_lines(connection, table, columns)
    missing = Counter(others) - Counter(own)
    added: list[tuple[Any, ...]] = []
    for line in others:
        if missing[line] > 0:
            missing[line] -= 1
            added.append(line)
    if not added:
        return 0
    at = columns.index(time)
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
    ).fetchall()
    for trigger in triggers:
        connection.execute(f"DROP TRIGGER {trigger['name']}")
    connection.execute(f"DELETE FROM {table}")  # noqa: S608
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
        merge(added, own, key=itemgetter(at)),
    )
    for trigger in triggers:
        connection.execute(trigger["sql"])
    return len(added)


def _read_tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {str(name) for (name,) in rows}
