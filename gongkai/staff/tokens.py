"""Access tokens of staff, shown once and stored as hashes, and the sessions opened with them.

A token is 256 random bits, so its plain SHA-256 cannot be reversed by guessing. Slow hashes are
only needed for passwords chosen by people.
"""

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from gongkai.engines.database import Database
from gongkai.staff.roles import Role
from gongkai.staff.staff_database import stamp

SESSION = timedelta(hours=8)
"""A working day; staff sign in again the next day."""
TOKEN_DAYS = 365
NAME_LIMIT = 40
_PREFIX = "gk"
_FORM = re.compile(rf"{_PREFIX}_([0-9a-f]{{8}})_([A-Za-z0-9_-]{{43}})")
_NOBODY = hashlib.sha256(b"no token has this digest").digest()

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Token:
    """One token for listings; times are ISO UTC. `unit` is the code of a clerk's unit."""

    id: str
    name: str
    created_at: str
    expires_at: str
    revoked_at: str | None
    role: Role = Role.EDITOR
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser; `form_key` is sent with every form (against CSRF)."""

    token: Token
    form_key: str


def read_now() -> datetime:
    """Returns the current time."""
    return datetime.now(UTC)


class Tokens:
    """Adds, lists, revokes and checks tokens and sessions of one installation."""

    def __init__(self, database: Database, clock: Clock = read_now) -> None:
        self._database = database
        self._clock = clock

    def add(
        self, name: str, days: int = TOKEN_DAYS, role: Role = Role.EDITOR, unit: str = ""
    ) -> str:
        """Adds a token for a person or desk; the returned text cannot be read again later.

        Raises ValueError for a clerk without a unit.
        """
        if (role is Role.CLERK) != bool(unit):
            raise ValueError("a clerk, and nobody else, has a unit")
        token_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        now = self._clock()
        row = (token_id, _digest(secret), name, stamp(now), stamp(now + timedelta(days=days)))
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO tokens (id, digest, name, created_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?)",
                row,
            )
            connection.execute(
                "INSERT INTO token_roles (token_id, role, unit) VALUES (?, ?, ?)",
                (token_id, role, unit),
            )
        return f"{_PREFIX}_{token_id}_{secret}"

    def list(self) -> list[Token]:
        """Returns every token ever added, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id, name, created_at, expires_at, revoked_at FROM tokens"
                " ORDER BY created_at, id"
            ).fetchall()
            return [_read_token(connection, row) for row in rows]

    def revoke(self, token_id: str) -> bool:
        """Revokes a token and ends its sessions; returns whether it was valid."""
        with self._database.write() as connection:
            done = connection.execute(
                "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                (stamp(self._clock()), token_id),
            )
            connection.execute("DELETE FROM sessions WHERE token_id = ?", (token_id,))
            return done.rowcount > 0

    def check(self, text: str) -> Token | None:
        """Returns the valid token for this text, or None.

        Takes equally long for an unknown token and for a wrong secret.
        """
        form = _FORM.fullmatch(text.strip())
        token_id, secret = (form[1], form[2]) if form else ("", text)
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT id, name, created_at, expires_at, revoked_at, digest FROM tokens"
                " WHERE id = ?",
                (token_id,),
            ).fetchone()
            token = _read_token(connection, row) if row else None
        known = bytes(row["digest"]) if row else _NOBODY
        is_right = hmac.compare_digest(known, _digest(secret))
        return self._in_force(token) if token and is_right else None

    def open_session(self, token: Token) -> tuple[str, Session]:
        """Opens a session; returns the content of the cookie and the session."""
        cookie, form_key = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        now = self._clock()
        with self._database.write() as connection:
            connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (stamp(now),))
            connection.execute(
                "INSERT INTO sessions (digest, token_id, form_key, expires_at) VALUES (?, ?, ?, ?)",
                (_digest(cookie), token.id, form_key, stamp(now + SESSION)),
            )
        return cookie, Session(token, form_key)

    def find_session(self, cookie: str) -> Session | None:
        """Returns the session of a cookie while it and its token are valid, or None."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT tokens.id, name, created_at, tokens.expires_at, revoked_at, form_key,"
                " sessions.expires_at FROM sessions JOIN tokens ON tokens.id = token_id"
                " WHERE sessions.digest = ?",
                (_digest(cookie),),
            ).fetchone()
            if row is None or row[6] <= stamp(self._clock()):
                return None
            token = self._in_force(_read_token(connection, row))
        return Session(token, row["form_key"]) if token else None

    def close_session(self, cookie: str) -> None:
        """Closes a session, so that a copied cookie is useless."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (_digest(cookie),))

    def _in_force(self, token: Token) -> Token | None:
        is_over = token.revoked_at is not None or token.expires_at <= stamp(self._clock())
        return None if is_over else token


def _read_token(connection: sqlite3.Connection, row: sqlite3.Row) -> Token:
    """Returns the token of a row; one of an older version has no role and is an editor's."""
    tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'token_roles'"
    if connection.execute(tables).fetchone() is None:
        return Token(*tuple(row)[:5])
    given = connection.execute(
        "SELECT role, unit FROM token_roles WHERE token_id = ?", (row[0],)
    ).fetchone()
    role, unit = (Role(given["role"]), given["unit"]) if given else (Role.EDITOR, "")
    return replace(Token(*tuple(row)[:5]), role=role, unit=unit)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
