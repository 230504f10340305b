"""Small SQLite files beside the index, for what must outlive every rebuild. Staff's ledgers use it.

One short connection a call: nothing stays open over a fork or a worker's end.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from catalog.errors import StorageError
from files.durable import signature

WAIT_SECONDS = 10.0
"""How long a writer waits for another one."""


@dataclass(frozen=True, slots=True)
class Database:
    """A file and the statements that make its tables; readable by its owner only."""

    path: Path
    schema: str

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """What was committed; of a file that is not there yet, empty tables."""
        if not self.path.exists():
            with closing(sqlite3.connect(":memory:")) as empty:
                empty.executescript(self.schema)
                yield empty
            return
        with closing(self._connect()) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: on an error nothing of it stays. Returns once it is on the disk.

        Raises StorageError where the disk is full, read-only or broken.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(self._connect()) as connection:
                connection.executescript(self.schema)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    # A full disk has ended the transaction already.
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        except OSError as error:
            raise StorageError(error.strerror) from error
        except sqlite3.OperationalError as error:
            raise StorageError(error) from error

    def copy_to(self, path: Path) -> None:
        """A whole copy, while others read and write; of a file that is not there, none."""
        if not self.path.exists():
            return
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(self._connect()) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)

    def examine(self) -> str | None:
        """What is wrong with the file, or None; a file that is not there yet is well."""
        if not self.path.exists():
            return None
        try:
            with closing(self._connect()) as connection:
                (answer,) = connection.execute("PRAGMA quick_check").fetchone()
        except sqlite3.DatabaseError as error:
            return str(error)
        return None if answer == "ok" else str(answer)

    def stamp(self) -> tuple[int, int, int] | None:
        """Changes with every commit; None before the first."""
        return signature(self.path)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        # Without a WAL each commit changes the file itself, which is what `stamp` looks at.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        return connection
