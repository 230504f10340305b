"""Keeps the ids of records that queries found by static vectors, for `gongkai embed` to take first.

No query is kept, nor an order or a time: only which public records still need the model's vector.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from gongkai.engines.database import Database
from gongkai.errors import StorageError

FLUSH_SECONDS = 5.0
MOST = 100_000
"""Ids kept; more are not noted until some have their vectors."""
_SCHEMA = "CREATE TABLE IF NOT EXISTS found (id TEXT PRIMARY KEY) WITHOUT ROWID;"
log = logging.getLogger("gongkai.semantic")


class FoundRecords:
    """The ids of one data folder, shared by all processes; thread-safe."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = Database(folder / "vectors" / "found" / "found.sqlite", _SCHEMA)
        self._clock = clock
        self._lock = threading.Lock()
        self._ids: set[str] = set()
        self._flushed = float("-inf")

    def note(self, record_ids: Iterable[str]) -> None:
        """Keeps the ids; they are stored together every few seconds."""
        with self._lock:
            self._ids.update(record_ids)
            if self._clock() - self._flushed < FLUSH_SECONDS:
                return
            self._flushed = self._clock()
            ids, self._ids = self._ids, set()
        self._store(ids)

    def flush(self) -> None:
        """Stores what was noted."""
        with self._lock:
            ids, self._ids = self._ids, set()
        self._store(ids)

    def take(self, count: int) -> list[str]:
        """Returns and removes at most `count` ids."""
        if not self._database.path.exists():
            return []
        with self._database.write() as connection:
            rows = connection.execute("SELECT id FROM found LIMIT ?", (count,)).fetchall()
            ids = [row["id"] for row in rows]
            _delete(connection, ids)
        return ids

    def _store(self, ids: Iterable[str]) -> None:
        values = [(each,) for each in sorted(ids)]
        if not values:
            return
        try:
            with self._database.write() as connection:
                (kept,) = connection.execute("SELECT count(*) FROM found").fetchone()
                connection.executemany(
                    "INSERT OR IGNORE INTO found VALUES (?)", values[: max(MOST - kept, 0)]
                )
        except StorageError as error:
            # Searches go on; `gongkai embed` comes to every record anyway.
            log.warning("found records were not noted: %s", error)


def _delete(connection: sqlite3.Connection, record_ids: Sequence[str]) -> None:
    connection.executemany("DELETE FROM found WHERE id = ?", ((each,) for each in record_ids))
