"""The change journal: which records were published, changed and withdrawn, in order.

The journal has one line for each record that was ever public: its last change. It contains no text.
A reader that knows the sequence number of the last change it has read misses none.
"""

import base64
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

import orjson

from gongkai.errors import BadRequestError

WITHDRAWN_DIGEST = ""
"""Stored instead of the digest of a record that is not public any more."""


class ChangeKind(StrEnum):
    """What happened to a record."""

    PUBLISHED = "published"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of one record; `at` is ISO UTC."""

    sequence: int
    id: str
    at: str
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes in order; `journal` is the name of the journal, empty where there is none.

    `last` is the sequence number of the newest change of the journal.
    """

    journal: str
    changes: tuple[Change, ...]
    last: int


NO_CHANGES = ChangePage("", (), 0)


@dataclass(frozen=True, slots=True)
class NewState:
    """The state that a record has now: the digest of its content, or WITHDRAWN_DIGEST."""

    id: str
    digest: str

    def kind(self, before: str | None) -> ChangeKind | None:
        """Returns the change from an earlier digest (None for a new record), or None for none."""
        if self.digest == (before or WITHDRAWN_DIGEST):
            return None
        if not self.digest:
            return ChangeKind.WITHDRAWN
        return ChangeKind.CHANGED if before else ChangeKind.PUBLISHED


class ChangeJournal(Protocol):
    """The storage of the journal; safe while another process writes it."""

    def generation(self) -> str:
        """Returns the generation that the journal describes, empty where it may be behind."""

    def describe(self, generation: str) -> None:
        """Stores which generation the journal describes."""

    def record(self, states: Sequence[NewState]) -> None:
        """Adds a change for each state that differs from the stored one, in this order."""

    def public(self) -> Iterator[Sequence[str]]:
        """Yields the ids of all records that the journal has as public, in parts."""

    def find(self, record_id: str) -> Change | None:
        """Returns the last change of a record, None for one that was never public."""

    def examine(self) -> list[str]:
        """Returns a sentence for each fault."""

    def repair(self) -> None:
        """Replaces a damaged or lost journal by a new one; its readers begin again."""


def name_journal() -> str:
    """Returns a new name, which tells readers of an earlier journal to begin again."""
    return secrets.token_hex(6)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_position(journal: str, sequence: int) -> str:
    """Returns a place in a journal as URL-safe text."""
    content = orjson.dumps([journal, sequence])
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def read_position(cursor: str) -> tuple[str, int]:
    """Returns journal and sequence number. Raises BadRequestError for another text."""
    if not cursor:
        return "", 0
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        journal, sequence = orjson.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError):
        raise BadRequestError("since", "位置标记无法识别") from None
    if not isinstance(journal, str) or type(sequence) is not int or not 0 <= sequence < 2**63:
        raise BadRequestError("since", "位置标记无法识别")
    return journal, sequence


def check_position(journal: str, sequence: int, page: ChangePage) -> None:
    """Raises BadRequestError for a place in another journal, or behind the end of this one."""
    if journal not in ("", page.journal) or sequence > page.last:
        raise BadRequestError("since", "位置标记已失效，请不带 since 从头读取")


def find_changes(
    states: Sequence[NewState], before: Mapping[str, str], last: int, at: str
) -> list[tuple[Change, str]]:
    """Returns the changes with their new digests, numbered after `last`."""
    found: list[tuple[Change, str]] = []
    for state in states:
        if kind := state.kind(before.get(state.id)):
            number = last + len(found) + 1
            found.append((Change(number, state.id, at, kind), state.digest))
    return found


def mark_withdrawn(page: ChangePage, closed: Collection[str]) -> ChangePage:
    """Returns the page with records as withdrawn that were closed since the journal was written."""
    changes = tuple(
        Change(each.sequence, each.id, each.at, ChangeKind.WITHDRAWN) if each.id in closed else each
        for each in page.changes
    )
    return ChangePage(page.journal, changes, page.last)
