"""Merges the staff database of a backup into the current one, without losing revocations."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Json

from gongkai.catalog.date_patterns import UTC_TIME
from gongkai.engines.database import Database, read_lines, unite_lines
from gongkai.staff.query_days import rewrite_table
from gongkai.staff.roles import Role
from gongkai.staff.vocabulary import COLUMNS as VOCABULARY_COLUMNS
from gongkai.staff.vocabulary import EntryKind, read_vocabulary_lines

_Time = Annotated[str, Field(pattern=UTC_TIME)]
_AUDIT = ("at", "who", "action", "subject")
_SEARCH = ("key", "days", "last_day", "opened_day")
_RECORDS = ("at", "who", "action", "record_id", "publisher", "reason")
_SEARCHES = ("unfound_searches", "pending_searches", "watched_searches", "pending_watched")


class _Row(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class TokenRow(_Row):
    """A token as stored."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
    digest: Annotated[bytes, Field(min_length=32, max_length=32)]
    name: str
    created_at: _Time
    expires_at: _Time
    revoked_at: _Time | None


class RoleRow(_Row):
    """The role of a token as stored."""

    token_id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
    role: Annotated[Role, Field(strict=False)]
    unit: str


class _AuditRow(_Row):
    at: _Time
    who: str
    action: str
    subject: str


class _RecordRow(_Row):
    at: _Time
    who: str
    action: str
    record_id: str
    publisher: str
    reason: str


class _VocabularyRow(_Row):
    at: _Time
    who: str
    action: Literal["added", "removed"]
    entry: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    kind: Annotated[EntryKind, Field(strict=False)]
    term: str
    target: str
    direction: str
    expires: str


class _CertificateRow(_Row):
    id: str
    issued_at: _Time
    issued_by: str
    content: Json[dict[str, Any]]


class _SnapshotRow(_Row):
    day: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    format: int
    version: str
    counted_at: _Time
    content: bytes


class _SearchRow(_Row):
    key: str | bytes
    days: int
    last_day: str
    opened_day: str = ""


@dataclass(frozen=True, slots=True)
class StaffCopy:
    """The validated rows of a staff database, without sessions, which a restore ends."""

    tokens: tuple[TokenRow, ...] = ()
    roles: tuple[RoleRow, ...] = ()
    audit: tuple[tuple[Any, ...], ...] = ()
    records: tuple[tuple[Any, ...], ...] = ()
    vocabulary: tuple[tuple[Any, ...], ...] = ()
    certificates: tuple[tuple[Any, ...], ...] = ()
    snapshots: tuple[tuple[Any, ...], ...] = ()
    searches: tuple[tuple[str, tuple[tuple[Any, ...], ...]], ...] = ()


def read_staff_copy(connection: sqlite3.Connection) -> StaffCopy:
    """Reads a staff database. Raises ValidationError for an invalid row."""
    audit = read_lines(connection, "audit", _AUDIT)
    for line in audit:
        _AuditRow.model_validate(dict(zip(_AUDIT, line, strict=True)))
    records = read_lines(connection, "record_actions", _RECORDS)
    for line in records:
        _RecordRow.model_validate(dict(zip(_RECORDS, line, strict=True)))
    vocabulary = read_vocabulary_lines(connection)
    for line in vocabulary:
        _VocabularyRow.model_validate(dict(zip(VOCABULARY_COLUMNS, line, strict=True)))
    certificates = _read(connection, "certificates")
    for row in certificates:
        _CertificateRow.model_validate(dict(row))
    searches = tuple(
        (table, tuple(tuple(row) for row in _read(connection, table))) for table in _SEARCHES
    )
    for _, rows in searches:
        for counted in rows:
            _SearchRow.model_validate(dict(zip(_SEARCH, counted, strict=False)))
    snapshots = _read(connection, "snapshots")
    for row in snapshots:
        _SnapshotRow.model_validate(dict(row))
    return StaffCopy(
        tuple(TokenRow.model_validate(dict(row)) for row in _read(connection, "tokens")),
        tuple(RoleRow.model_validate(dict(row)) for row in _read(connection, "token_roles")),
        tuple(audit),
        tuple(records),
        tuple(vocabulary),
        tuple(tuple(row) for row in certificates),
        tuple(tuple(row) for row in snapshots),
        searches,
    )


def find_revoked_since(copy: StaffCopy, ledger: Database) -> list[TokenRow]:
    """Returns tokens that are valid in the copy and revoked here."""
    with ledger.read() as connection:
        rows = connection.execute("SELECT id FROM tokens WHERE revoked_at IS NOT NULL")
        revoked = {row["id"] for row in rows}
    return [each for each in copy.tokens if each.id in revoked and each.revoked_at is None]


def merge_staff(copy: StaffCopy, ledger: Database, *, reopen: bool) -> None:
    """Merges a copy in one transaction; a token revoked on either side stays revoked.

    With `reopen`, tokens that are valid in the copy become valid again.
    """
    with ledger.write() as connection:
        for token in copy.tokens:
            _merge_token(connection, token, reopen=reopen)
        connection.executemany(
            "INSERT OR IGNORE INTO token_roles (token_id, role, unit) VALUES (?, ?, ?)",
            [tuple(each.model_dump().values()) for each in copy.roles],
        )
        unite_lines(connection, "audit", _AUDIT, "at", copy.audit)
        unite_lines(connection, "record_actions", _RECORDS, "at", copy.records)
        unite_lines(connection, "vocabulary", VOCABULARY_COLUMNS, "at", copy.vocabulary)
        connection.executemany(
            "INSERT OR IGNORE INTO certificates VALUES (?, ?, ?, ?)", copy.certificates
        )
        connection.executemany(
            "INSERT OR IGNORE INTO snapshots VALUES (?, ?, ?, ?, ?)", copy.snapshots
        )
        for table, rows in copy.searches:
            _merge_searches(connection, table, rows)


def _merge_token(connection: sqlite3.Connection, token: TokenRow, *, reopen: bool) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO tokens (id, digest, name, created_at, expires_at, revoked_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        tuple(token.model_dump().values()),
    )
    if token.revoked_at is not None:
        connection.execute(
            "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
            (token.revoked_at, token.id),
        )
        connection.execute("DELETE FROM sessions WHERE token_id = ?", (token.id,))
    elif reopen:
        connection.execute("UPDATE tokens SET revoked_at = NULL WHERE id = ?", (token.id,))


def _merge_searches(
    connection: sqlite3.Connection, table: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Merges counts, keeping the larger ones; rows are in key order, which hides the time."""
    found = {key: tuple(rest) for key, *rest in _read(connection, table)}
    for key, *rest in rows:
        own = found.get(key, tuple(rest))
        found[key] = tuple(map(max, rest, own))
    rewrite_table(connection, table, found)


def _read(connection: sqlite3.Connection, table: str) -> list[sqlite3.Row]:
    """Returns every row; none where the copy is older than the table."""
    try:
        return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
    except sqlite3.OperationalError:
        return []
