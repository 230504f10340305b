"""Searches without results, as hints for publication, stored without traces of persons.

Words are stored once they were searched on DAYS_SHOWN different days; before that only a keyed
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
from dataclasses import dataclass
from datetime import date, timedelta

from analyzers.normalize import normalize_text
from gongkai.catalog.instants import today_in_china
from gongkai.catalog.personal_data import find_personal_data
from gongkai.engines.database import Database

DAYS_SHOWN = 3
"""Different days without results before words are stored and shown to staff."""
KEPT_DAYS = 400
MOST_KEPT = 50_000
MOST_A_DAY = 10_000
_LONGEST = 60

Asked = tuple[int, str]
"""Number of days, and the last of these days (ISO)."""


@dataclass(frozen=True, slots=True)
class ZeroResultQuery:
    """Words, the number of days without results, and the last of these days (ISO)."""

    words: str
    days: int
    last_day: str


class ZeroResultQueries:
    """The zero-result queries of one installation; thread-safe, one instance a process.

    `key` combines the counts of several processes, or of one process across restarts. Without it a
    new key is drawn, and earlier digests never match again.
    """

    def __init__(
        self, database: Database, key: bytes = b"", today: Callable[[], date] = today_in_china
    ) -> None:
        self._database = database
        self._key = key or secrets.token_bytes(32)
        self._today = today
        self._lock = threading.Lock()
        self._day = ""
        self._words: set[str] = set()

    def note(self, typed: str) -> None:
        """Counts this day for these words; long texts and personal numbers are ignored."""
        words = spell_query(typed)
        if not words:
            return
        self._store_past_days()
        with self._lock:
            self._day = self._today().isoformat()
            if len(self._words) < MOST_A_DAY:
                self._words.add(words)

    def flush(self) -> None:
        """Stores the searches in memory, at the end of the day or of the process."""
        with self._lock:
            words, self._words = self._words, set()
            day = self._day
        if words:
            with self._database.write() as connection:
                self._merge(connection, words, day)

    def list(self, limit: int = 200) -> list[ZeroResultQuery]:
        """Returns words by number of days; today's searches are not included."""
        self._store_past_days()
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT words, days, last_day FROM unfound_searches"
                " ORDER BY days DESC, last_day DESC, words LIMIT ?",
                (limit,),
            )
            return [ZeroResultQuery(*row) for row in rows]

    def _store_past_days(self) -> None:
        if self._day != self._today().isoformat():
            self.flush()

    def _merge(self, connection: sqlite3.Connection, words: set[str], day: str) -> None:
        oldest = (date.fromisoformat(day) - timedelta(days=KEPT_DAYS)).isoformat()
        shown = _read(connection, "unfound_searches", oldest)
        pending = _read(connection, "pending_searches", oldest)
        for each in words:
            digest = hmac.digest(self._key, each.encode(), hashlib.sha256)
            days, last = shown.get(each) or pending.pop(digest, (0, ""))
            asked = (days + 1, day) if day > last else (days, last)
            if asked[0] >= DAYS_SHOWN:
                shown[each] = asked
            else:
                pending[digest] = asked
        if len(pending) > MOST_KEPT:
            pending = {digest: asked for digest, asked in pending.items() if asked[0] > 1}
        rewrite_table(connection, "unfound_searches", shown)
        rewrite_table(connection, "pending_searches", pending)


def _read(connection: sqlite3.Connection, table: str, oldest: str) -> dict[str | bytes, Asked]:
    rows = connection.execute(f"SELECT * FROM {table} WHERE last_day >= ?", (oldest,))  # noqa: S608
    return {key: (days, last_day) for key, days, last_day in rows}


def spell_query(typed: str) -> str:
    """Returns the words of a query as they are counted; empty if long or with personal numbers."""
    words = " ".join(normalize_text(typed).split())
    return "" if len(words) > _LONGEST or find_personal_data(words) else words


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
