"""Searches without results, as hints for publication, counted as `query_days` does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gongkai.catalog.instants import today_in_china
from gongkai.engines.database import Database
from gongkai.staff.query_days import QueryDayCounter, QueryTables

DAYS_SHOWN = 3
"""Different days without results before words are stored and shown to staff."""
_TABLES = QueryTables("unfound_searches", "pending_searches", DAYS_SHOWN, columns=2)


@dataclass(frozen=True, slots=True)
class ZeroResultQuery:
    """Words, the number of days without results, and the last of these days (ISO)."""

    words: str
    days: int
    last_day: str


class ZeroResultQueries:
    """The zero-result queries of one installation; see QueryDayCounter."""

    def __init__(
        self, database: Database, key: bytes = b"", today: Callable[[], date] = today_in_china
    ) -> None:
        self._database = database
        self._counter = QueryDayCounter(database, _TABLES, key, today)

    def note(self, typed: str) -> None:
        """Counts this day for these words; long texts and personal numbers are ignored."""
        self._counter.note(typed)

    def flush(self) -> None:
        """Stores the searches in memory, at the end of the day or of the process."""
        self._counter.flush()

    def list(self, limit: int = 200) -> list[ZeroResultQuery]:
        """Returns words by number of days; today's searches are not included."""
        self._counter.store_past_days()
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT words, days, last_day FROM unfound_searches"
                " ORDER BY days DESC, last_day DESC, words LIMIT ?",
                (limit,),
            )
            return [ZeroResultQuery(*row) for row in rows]
