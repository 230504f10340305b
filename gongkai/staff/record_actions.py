"""Withdrawals of records by staff in the browser: who, when, why, and whose record it was.

Rows are only added. They hold no title and no text, because a withdrawn record may have been
withdrawn for what it said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gongkai.engines.database import Database
from gongkai.staff.staff_database import stamp
from gongkai.staff.tokens import read_now

REASON_LIMIT = 200


class RecordAction(StrEnum):
    """What staff did to a record."""

    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """One action; `at` is ISO UTC, `publisher` the code of the record's agency."""

    at: str
    who: str
    action: RecordAction
    publisher: str
    reason: str


class RecordActions:
    """The actions on records of one installation."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = read_now) -> None:
        self._database = database
        self._clock = clock

    def add(
        self, record_id: str, action: RecordAction, publisher: str, who: str, reason: str
    ) -> None:
        """Adds an action; it is durable when this returns."""
        row = (stamp(self._clock()), who, action, record_id, publisher, reason)
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO record_actions (at, who, action, record_id, publisher, reason)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def history(self, record_id: str) -> list[RecordEntry]:
        """Returns the actions on a record, latest first."""
        tables = "SELECT 1 FROM sqlite_master WHERE name = 'record_actions'"
        with self._database.read() as connection:
            if connection.execute(tables).fetchone() is None:
                # The file is of an older version, and nothing was written since.
                return []
            rows = connection.execute(
                "SELECT at, who, action, publisher, reason FROM record_actions"
                " WHERE record_id = ? ORDER BY sequence DESC",
                (record_id,),
            ).fetchall()
        return [RecordEntry(at, who, RecordAction(act), *rest) for at, who, act, *rest in rows]
