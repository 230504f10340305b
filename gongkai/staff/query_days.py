"""Counts the days on which a query was searched, without traces of persons.

Words are stored once they were searched on a number of different days; before that only a keyed
digest is stored. There is no address, no time of day and no order. The key is never stored, and the
searches of a day stay in memory until the day is over, so a copy of the disk reveals neither who
searched nor what was typed.
"""

import hashlib
import hmac
import secrets
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta

from analyzers.normalize import normalize_text
from gongkai.catalog.personal_data import find_personal_data
from gongkai.engines.database import Database

KEPT_DAYS = 400
MOST_KEPT = 50_000
MOST_A_DAY = 10_000
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class QueryDays:
    """Days with a search, the last of them (ISO), and the last one with an early result opened."""

    days: int = 0
    last_day: str = ""
    opened_day: str = ""


@dataclass(frozen=True, slots=True)
class QueryTables:
    """Tables of shown words and of digests, and the days before words are stored and shown.

    `columns` counts the members of QueryDays that the tables have.
    """

    shown: str
    pending: str
    days_shown: int
    columns: int


class QueryDayCounter:
    """The counts of one installation in one pair of tables; thread-safe, one instance a process.

    `key` combines the counts of several processes, or of one process across restarts. Without it a
    new key is drawn, and earlier digests never match again.
    """

    def __init__(
        self, database: Database, tables: QueryTables, key: bytes, today: Callable[[], date]
    ) -> None:
        self._database = database
        self._tables = tables
        self._key = key or secrets.token_bytes(32)
        self._today = today
        self._lock = threading.Lock()
        self._day = ""
        self._searched: dict[str, bool] = {}

    def note(self, typed: str, *, is_early: bool = False) -> None:
        """Counts this day for a query; long texts and personal numbers are ignored."""
        words = _spell(typed)
        if not words:
            return
        self.store_past_days()
        with self._lock:
            self._day = self._today().isoformat()
            if words in self._searched or len(self._searched) < MOST_A_DAY:
                self._searched[words] = self._searched.get(words, False) or is_early

    def flush(self) -> None:
        """Stores the queries in memory, at the end of the day or of the process."""
        with self._lock:
            searched, self._searched = self._searched, {}
            day = self._day
        if searched:
            with self._database.write() as connection:
                self._merge(connection, searched, day)

    def store_past_days(self) -> None:
        """Stores the queries in memory if their day is over."""
        if self._day != self._today().isoformat():
            self.flush()

    def _merge(self, connection: sqlite3.Connection, searched: dict[str, bool], day: str) -> None:
        oldest = (date.fromisoformat(day) - timedelta(days=KEPT_DAYS)).isoformat()
        shown = read_days(connection, self._tables.shown, oldest)
        pending = read_days(connection, self._tables.pending, oldest)
        for words, is_early in searched.items():
            digest = hmac.digest(self._key, words.encode(), hashlib.sha256)
            known = shown.get(words) or pending.pop(digest, QueryDays())
            counted = _count(known, day, is_early=is_early)
            if counted.days >= self._tables.days_shown:
                shown[words] = counted
            else:
                pending[digest] = counted
        if len(pending) > MOST_KEPT:
            pending = {key: each for key, each in pending.items() if each.days > 1}
        for table, counts in ((self._tables.shown, shown), (self._tables.pending, pending)):
            rows = {key: astuple(each)[: self._tables.columns] for key, each in counts.items()}
            rewrite_table(connection, table, rows)


def read_days(
    connection: sqlite3.Connection, table: str, oldest: str
) -> dict[str | bytes, QueryDays]:
    """Returns the counts of a table since a day (ISO); none where the file is older than it."""
    tables = "SELECT 1 FROM sqlite_master WHERE name = ?"
    if connection.execute(tables, (table,)).fetchone() is None:
        return {}
    rows = connection.execute(f"SELECT * FROM {table} WHERE last_day >= ?", (oldest,))  # noqa: S608
    return {key: QueryDays(*rest) for key, *rest in rows}


def rewrite_table(
    connection: sqlite3.Connection,
    table: str,
    rows: Mapping[str | bytes, tuple[int | str, ...]],
) -> None:
    """Rewrites a table of keys and their values in key order and erases the old one.

    A single inserted row would reveal the order of arrival by its position on the page.
    """
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"DELETE FROM {table}")  # noqa: S608
    if not rows:
        return
    marks = ", ?" * len(next(iter(rows.values())))
    connection.executemany(
        f"INSERT INTO {table} VALUES (?{marks})",  # noqa: S608
        [(key, *rows[key]) for key in sorted(rows)],
    )


def _spell(typed: str) -> str:
    """Returns the words of a query as they are counted; empty if long or with personal numbers."""
    words = " ".join(normalize_text(typed).split())
    return "" if len(words) > _LONGEST or find_personal_data(words) else words


def _count(known: QueryDays, day: str, *, is_early: bool) -> QueryDays:
    """Returns the days with this one, which another process may have counted already."""
    if day > known.last_day:
        known = replace(known, days=known.days + 1, last_day=day)
    return replace(known, opened_day=max(known.opened_day, day)) if is_early else known
