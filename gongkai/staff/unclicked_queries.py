"""Searches whose results nobody opens, or only from place LATE on, counted as `query_days` does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from gongkai.catalog.instants import today_in_china
from gongkai.engines.database import Database
from gongkai.staff.query_days import QueryDayCounter, QueryTables, read_days

DAYS_SHOWN = 5
"""Different days with a search before its words are stored and shown to staff."""
LATE = 10
"""Place of a list from which an opened result does not count as found."""
LATELY = 60
"""Days after which an opened result is forgotten."""
_TABLES = QueryTables("watched_searches", "pending_watched", DAYS_SHOWN, columns=3)


@dataclass(frozen=True, slots=True)
class UnclickedQuery:
    """Words, the number of days with a search, and the last of them (ISO)."""

    words: str
    days: int
    last_day: str


class UnclickedQueries:
    """The watched queries of one installation; see QueryDayCounter."""

    def __init__(
        self, database: Database, key: bytes = b"", today: Callable[[], date] = today_in_china
    ) -> None:
        self._database = database
        self._today = today
        self._counter = QueryDayCounter(database, _TABLES, key, today)

    def note_search(self, typed: str) -> None:
        """Counts this day for a query with results."""
        self._counter.note(typed)

    def note_opened(self, typed: str, place: int) -> None:
        """Notes that a result at this place of the list was opened."""
        self._counter.note(typed, is_early=0 < place < LATE)

    def flush(self) -> None:
        """Stores the queries in memory, at the end of the day or of the process."""
        self._counter.flush()

    def list(self, limit: int = 200) -> list[UnclickedQuery]:
        """Returns queries without an early result opened lately, by number of days."""
        self._counter.store_past_days()
        since = (self._today() - timedelta(days=LATELY)).isoformat()
        with self._database.read() as connection:
            shown = read_days(connection, _TABLES.shown, since)
        found = [
            UnclickedQuery(str(words), each.days, each.last_day)
            for words, each in shown.items()
            if each.opened_day < since
        ]
        return sorted(found, key=lambda each: (-each.days, each.words))[:limit]
