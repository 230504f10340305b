"""The audit log of staff actions: time, person, action, record or cluster; never a text.

Triggers of the database reject changes and deletions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from sqlite3 import Row

from gongkai.engines.database import Database
from gongkai.staff.audit_subjects import AuditSubject, read_subject, spell_subject
from gongkai.staff.staff_database import stamp
from gongkai.staff.tokens import read_now


class Action(StrEnum):
    """The actions that are logged."""

    SIGN_IN = "sign in"
    SIGN_OUT = "sign out"
    SIGN_IN_REFUSED = "sign in refused"
    TOKEN_ADDED = "token added"  # noqa: S105
    TOKEN_REVOKED = "token revoked"  # noqa: S105
    CHECKED = "draft checked"
    DECIDED = "cluster decided"
    UNDONE = "decision undone"
    RECORD_WITHDRAWN = "record withdrawn"
    RECORD_RESTORED = "withdrawal undone"
    VERSIONS_ERASED = "versions erased"
    EXPORTED = "list exported"
    VIEWED = "list viewed"
    CERTIFIED = "search certified"
    EXAMINED = "installation examined"
    UPLOADED = "export uploaded"
    TAKEN_IN = "export taken in"
    CORRECTED = "rows corrected"
    JOB_STOPPED = "job stopped"
    JOB_REPEATED = "job run again"
    JOB_DISCARDED = "upload discarded"
    VOCABULARY_ADDED = "vocabulary entry added"
    VOCABULARY_REMOVED = "vocabulary entry removed"
    VOCABULARY_RESTORED = "vocabulary entry restored"
    VOCABULARY_IMPORTED = "vocabulary imported"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; `at` is ISO UTC."""

    sequence: int
    at: str
    who: str
    action: str
    subject: AuditSubject


class Audit:
    """The audit log of one installation."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = read_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, who: str, action: Action, subject: AuditSubject = "") -> None:
        """Adds a line; it is durable when this returns."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO audit (at, who, action, subject) VALUES (?, ?, ?, ?)",
                (stamp(self._clock()), who, action, spell_subject(subject)),
            )

    def last_times(self, action: Action) -> dict[str, str]:
        """Returns by subject, as stored, when an action was done last."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT subject, max(at) FROM audit WHERE action = ? GROUP BY subject", (action,)
            )
            return {str(subject): str(at) for subject, at in rows}

    def about(self, subject: str, action: Action) -> list[Entry]:
        """Returns the lines of one action about one subject, latest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT sequence, at, who, action, subject FROM audit"
                " WHERE subject = ? AND action = ? ORDER BY sequence DESC",
                (subject, action),
            )
            return [_read_entry(row) for row in rows]

    def entries(self, limit: int = 100, before: int | None = None) -> list[Entry]:
        """Returns the latest lines first; `before` limits them to lower sequence numbers."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT sequence, at, who, action, subject FROM audit WHERE sequence < ?"
                " ORDER BY sequence DESC LIMIT ?",
                (before if before is not None else 2**62, limit),
            )
            return [_read_entry(row) for row in rows]


def _read_entry(row: Row) -> Entry:
    return Entry(**{**dict(row), "subject": read_subject(row["subject"])})
