"""Searches that found nothing: what a city might publish, or call otherwise, and nobody's trail.

Kept are words and the number of different days on which somebody asked them; no address, no time
of day, no order. Until DAYS_SHOWN days have come together only a keyed digest is kept, so that what
one person typed once is never written down.
"""

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from analyzers.normalize import normalize_text
from catalog.personal_data import find_personal_data
from engines.database import Database

DAYS_SHOWN = 3
"""Different days on which words found nothing before staff see them."""
KEPT_DAYS = 400
MOST_KEPT = 50_000
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Unfound:
    """Words, on how many days they found nothing, and the last of these days (ISO)."""

    words: str
    days: int
    last_day: str


class UnfoundSearches:
    """The list of one installation."""

    def __init__(self, database: Database, today: Callable[[], date] = date.today) -> None:
        self._database = database
        self._today = today

    def note(self, typed: str) -> None:
        """Count this day for these words. Long texts and personal numbers are not kept at all."""
        words = " ".join(normalize_text(typed).split())
        if not words or len(words) > _LONGEST or find_personal_data(words):
            return
        day = self._today().isoformat()
        with self._database.write() as connection:
            digest = hmac.digest(_read_key(connection), words.encode(), hashlib.sha256)
            row = connection.execute(
                "SELECT days, last_day FROM unfound WHERE digest = ?", (digest,)
            ).fetchone()
            if row is None:
                self._make_room(connection)
            elif row["last_day"] == day:
                return
            days = row["days"] + 1 if row else 1
            connection.execute(
                "INSERT INTO unfound (digest, words, days, last_day) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (digest) DO UPDATE SET words = excluded.words,"
                " days = excluded.days, last_day = excluded.last_day",
                (digest, words if days >= DAYS_SHOWN else None, days, day),
            )

    def list(self, limit: int = 200) -> list[Unfound]:
        """Those asked for on most days first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT words, days, last_day FROM unfound WHERE words IS NOT NULL"
                " ORDER BY days DESC, last_day DESC, words LIMIT ?",
                (limit,),
            )
            return [Unfound(*row) for row in rows]

    def _make_room(self, connection: sqlite3.Connection) -> None:
        """Old ones go, and where a flood fills the list, those asked on one day only."""
        oldest = (self._today() - timedelta(days=KEPT_DAYS)).isoformat()
        connection.execute("DELETE FROM unfound WHERE last_day < ?", (oldest,))
        (count,) = connection.execute("SELECT COUNT(*) FROM unfound").fetchone()
        if count >= MOST_KEPT:
            connection.execute("DELETE FROM unfound WHERE days = 1")


def _read_key(connection: sqlite3.Connection) -> bytes:
    row = connection.execute("SELECT key FROM unfound_key").fetchone()
    if row is not None:
        return bytes(row["key"])
    key = secrets.token_bytes(32)
    connection.execute("INSERT INTO unfound_key (key) VALUES (?)", (key,))
    return key
