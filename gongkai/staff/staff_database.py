"""The database of staff data: tokens, audit log, searches, certificates, vocabulary and so on.

It is stored next to the index and outlives every rebuild.
"""

from datetime import UTC, datetime
from pathlib import Path

from gongkai.engines.database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT
);
-- Tokens of older versions have no role: they are an editor's.
CREATE TABLE IF NOT EXISTS token_roles (
    token_id TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    unit TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sessions (
    digest BLOB PRIMARY KEY,
    token_id TEXT NOT NULL,
    form_key TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS audit (
    sequence INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS record_actions (
    sequence INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    record_id TEXT NOT NULL,
    publisher TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS record_actions_stay BEFORE UPDATE ON record_actions
    BEGIN SELECT RAISE(ABORT, 'actions on records are only added to'); END;
CREATE TRIGGER IF NOT EXISTS record_actions_last BEFORE DELETE ON record_actions
    BEGIN SELECT RAISE(ABORT, 'actions on records are only added to'); END;
CREATE TABLE IF NOT EXISTS vocabulary (
    sequence INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    entry TEXT NOT NULL,
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    target TEXT NOT NULL,
    direction TEXT NOT NULL,
    expires TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS vocabulary_stays BEFORE UPDATE ON vocabulary
    BEGIN SELECT RAISE(ABORT, 'changes of the vocabulary are only added to'); END;
CREATE TRIGGER IF NOT EXISTS vocabulary_lasts BEFORE DELETE ON vocabulary
    BEGIN SELECT RAISE(ABORT, 'changes of the vocabulary are only added to'); END;
CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER IF NOT EXISTS audit_lasts BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
-- These kept the order of arrival, and the key beside the digests.
DROP TABLE IF EXISTS unfound_key;
DROP TABLE IF EXISTS unfound;
CREATE TABLE IF NOT EXISTS unfound_searches (
    words TEXT PRIMARY KEY,
    days INTEGER NOT NULL,
    last_day TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending_searches (
    digest BLOB PRIMARY KEY,
    days INTEGER NOT NULL,
    last_day TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS watched_searches (
    words TEXT PRIMARY KEY,
    days INTEGER NOT NULL,
    last_day TEXT NOT NULL,
    opened_day TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending_watched (
    digest BLOB PRIMARY KEY,
    days INTEGER NOT NULL,
    last_day TEXT NOT NULL,
    opened_day TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS certificates (
    id TEXT PRIMARY KEY,
    issued_at TEXT NOT NULL,
    issued_by TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS snapshots (
    day TEXT PRIMARY KEY,
    format INTEGER NOT NULL,
    version TEXT NOT NULL,
    counted_at TEXT NOT NULL,
    content BLOB NOT NULL
);
CREATE TRIGGER IF NOT EXISTS certificates_stay BEFORE UPDATE ON certificates
    BEGIN SELECT RAISE(ABORT, 'a certificate is never changed'); END;
"""


def open_ledger(folder: Path) -> Database:
    """Opens the database of one installation; it is created by the first write."""
    return Database(folder / "staff.sqlite3", _SCHEMA)


def stamp(moment: datetime) -> str:
    """Returns ISO 8601 in UTC, to the second; such texts sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
