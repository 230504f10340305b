"""Tokens and sessions: in force, wrong, revoked, expired, and nothing readable on the disk."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gongkai.staff.roles import Role
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import SESSION, Tokens


class Clock:
    """A moment that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(tmp_path: Path, clock: Clock) -> Tokens:
    return Tokens(open_ledger(tmp_path), clock)


def test_a_token_is_shown_once_and_only_its_digest_is_kept(tokens: Tokens, tmp_path: Path) -> None:
    text = tokens.add("政务公开办")
    checked = tokens.check(f" {text}\n")
    assert checked is not None
    assert checked.name == "政务公开办"
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert text.split("_", 2)[2].encode() not in content
    assert [each.id for each in tokens.list()] == [checked.id]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
        lambda t: t + "A",
        lambda t: t[:3] + "00000000" + t[11:],
        lambda _: "",
        lambda _: "x" * 500,
    ],
)
def test_no_other_text_is_a_token(tokens: Tokens, spoil: object) -> None:
    text = tokens.add("甲")
    assert callable(spoil)
    assert tokens.check(spoil(text)) is None
    assert tokens.check(text) is not None


def test_a_revoked_token_ends_with_its_sessions(tokens: Tokens) -> None:
    token = tokens.check(tokens.add("甲"))
    assert token is not None
    cookie, opened = tokens.open_session(token)
    assert tokens.find_session(cookie) == opened
    assert tokens.revoke(token.id)
    assert tokens.find_session(cookie) is None
    assert not tokens.revoke(token.id)
    assert not tokens.revoke("00000000")


def test_tokens_and_sessions_run_out(tokens: Tokens, clock: Clock) -> None:
    text = tokens.add("甲", days=1)
    token = tokens.check(text)
    assert token is not None
    cookie, _ = tokens.open_session(token)
    clock.now += SESSION - timedelta(seconds=1)
    assert tokens.find_session(cookie) is not None
    clock.now += timedelta(seconds=1)
    assert tokens.find_session(cookie) is None
    assert tokens.check(text) is not None
    clock.now += timedelta(days=1)
    assert tokens.check(text) is None


def test_a_closed_session_is_gone_in_every_copy(tokens: Tokens) -> None:
    token = tokens.check(tokens.add("甲"))
    assert token is not None
    cookie, _ = tokens.open_session(token)
    tokens.close_session(cookie)
    assert tokens.find_session(cookie) is None
    assert tokens.find_session("") is None


def test_a_token_of_an_older_version_is_an_editors(tokens: Tokens, tmp_path: Path) -> None:
    text = tokens.add("甲", role=Role.CLERK, unit="340800-slj")
    checked = tokens.check(text)
    assert checked is not None
    assert (checked.role, checked.unit) == (Role.CLERK, "340800-slj")
    with closing(sqlite3.connect(tmp_path / "staff.sqlite3")) as connection:
        connection.execute("DROP TABLE token_roles")
    checked = tokens.check(text)
    assert checked is not None
    assert (checked.role, checked.unit) == (Role.EDITOR, "")


@pytest.mark.parametrize(("role", "unit"), [(Role.CLERK, ""), (Role.EDITOR, "340800-slj")])
def test_only_a_clerk_has_a_unit(tokens: Tokens, role: Role, unit: str) -> None:
    with pytest.raises(ValueError, match="unit"):
        tokens.add("甲", role=role, unit=unit)
