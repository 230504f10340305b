"""Searches whose results nobody opens, or only from place LATE on, without traces of persons.

Counted like searches without results: by day, in memory until the day is over, as a keyed digest
until a query was searched on DAYS_SHOWN different days.
"""

import hashlib
import hmac
import secrets
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gongkai.catalog.instants import today_in_china
from gongkai.engines.database import Database
from gongkai.staff.zero_result_queries import (
    KEPT_DAYS,
    MOST_A_DAY,
    MOST_KEPT,
    rewrite_table,
    spell_query,
)

DAYS_SHOWN = 5
"""Different days with a search before its words are stored and shown to staff."""
LATE = 10
"""Place of a list from which an opened result does not count as found."""
LATELY = 60
"""Days after which an opened result is forgotten."""
_SHOWN, _PENDING = "watched_searches", "pending_watched"


@dataclass(frozen=True, slots=True)
class QueryDays:
    """Days with a search, the last of them (ISO), and the last one with an early result opened."""

    days: int = 0
    last_day: str = ""
    opened_day: str = ""


@dataclass(frozen=True, slots=True)
class UnclickedQuery:
    """Words, the number of days with a search, and the last of them (ISO)."""

    words: str
    days: int
    last_day: str


class UnclickedQueries:
    """The watched queries of one installation; thread-safe, one instance a process."""

    def __init__(
        self, database: Database, key: bytes = b"", today: Callable[[], date] = today_in_china
    ) -> None:
        self._database = database
        self._key = key or secrets.token_bytes(32)
        self._today = today
        self._lock = threading.Lock()
        self._day = ""
        self._searched: dict[str, bool] = {}

    def note_search(self, typed: str) -> None:
        """Counts this day for a query with results."""
        self._note(typed, is_early=False)

    def note_opened(self, typed: str, place: int) -> None:
        """Notes that a result at this place of the list was opened."""
        self._note(typed, is_early=0 < place < LATE)

    def flush(self) -> None:
        """Stores the queries in memory, at the end of the day or of the process."""
        with self._lock:
            searched, self._searched = self._searched, {}
            day = self._day
        if searched:
            with self._database.write() as connection:
                self._merge(connection, searched, day)

    def list(self, limit: int = 200) -> list[UnclickedQuery]:
        """Returns queries without an early result opened lately, by number of days."""
        self._store_past_days()
        since = (self._today() - timedelta(days=LATELY)).isoformat()
        with self._database.read() as connection:
            shown = _read(connection, _SHOWN, since)
        found = [
            UnclickedQuery(str(words), each.days, each.last_day)
            for words, each in shown.items()
            if each.opened_day < since
        ]
        return sorted(found, key=lambda each: (-each.days, each.words))[:limit]

    def _note(self, typed: str, *, is_early: bool) -> None:
        words = spell_query(typed)
        if not words:
            return
        self._store_past_days()
        with self._lock:
            self._day = self._today().isoformat()
            if words in self._searched or len(self._searched) < MOST_A_DAY:
                self._searched[words] = self._searched.get(words, False) or is_early

    def _store_past_days(self) -> None:
        if self._day != self._today().isoformat():
            self.flush()

    def _merge(self, connection: sqlite3.Connection, searched: dict[str, bool], day: str) -> None:
        oldest = (date.fromisoformat(day) - timedelta(days=KEPT_DAYS)).isoformat()
        shown = _read(connection, _SHOWN, oldest)
        pending = _read(connection, _PENDING, oldest)
        for words, is_early in searched.items():
            digest = hmac.digest(self._key, words.encode(), hashlib.sha256)
            known = shown.get(words) or pending.pop(digest, QueryDays())
            counted = _count(known, day, is_early=is_early)
            if counted.days >= DAYS_SHOWN:
                shown[words] = counted
            else:
                pending[digest] = counted
        if len(pending) > MOST_KEPT:
            pending = {key: each for key, each in pending.items() if each.days > 1}
        for table, rows in ((_SHOWN, shown), (_PENDING, pending)):
            rewrite_table(
                connection,
                table,
                {key: (each.days, each.last_day, each.opened_day) for key, each in rows.items()},
            )


def _count(known: QueryDays, day: str, *, is_early: bool) -> QueryDays:
    """Returns the days with this one, which another process may have counted already."""
    if day > known.last_day:
        known = replace(known, days=known.days + 1, last_day=day)
    return replace(known, opened_day=max(known.opened_day, day)) if is_early else known


def _read(connection: sqlite3.Connection, table: str, oldest: str) -> dict[str | bytes, QueryDays]:
    tables = "SELECT 1 FROM sqlite_master WHERE name = ?"
    if connection.execute(tables, (table,)).fetchone() is None:
        # The file is of an older version, and nothing was written since.
        return {}
    rows = connection.execute(f"SELECT * FROM {table} WHERE last_day >= ?", (oldest,))  # noqa: S608
    return {key: QueryDays(*rest) for key, *rest in rows}
