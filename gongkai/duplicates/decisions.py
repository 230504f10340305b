"""Decisions of staff about clusters: append-only, kept through every rebuild, reversible.

A decision does not change the index.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import Any

import orjson

from gongkai.duplicates.evidence import Kind
from gongkai.engines.database import Database, read_lines, unite_lines

_SCHEMA = """
CREATE TABLE IF NOT EXISTS decisions (
    sequence INTEGER PRIMARY KEY,
    cluster TEXT NOT NULL,
    decision TEXT NOT NULL,
    members TEXT NOT NULL,
    kind TEXT NOT NULL,
    score REAL NOT NULL,
    kept TEXT,
    decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS decisions_cluster ON decisions (cluster);
CREATE TRIGGER IF NOT EXISTS decisions_stay BEFORE UPDATE ON decisions
    BEGIN SELECT RAISE(ABORT, 'decisions are only added'); END;
CREATE TRIGGER IF NOT EXISTS decisions_last BEFORE DELETE ON decisions
    BEGIN SELECT RAISE(ABORT, 'decisions are only added'); END;
"""


class Decision(StrEnum):
    """The decision about a cluster."""

    DUPLICATE = "duplicate"
    """Its records are one document; the others redirect to the kept one."""
    DISTINCT = "distinct"
    """Its records are different documents; they are not listed together again."""
    VERSION = "version"
    """Its records are versions of one document, the kept one is the latest; none redirects."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision in force: `kept` is a member, for DUPLICATE and VERSION; `decided_at` is ISO UTC.

    `kind` and `score` are those of the cluster at the time of the decision.
    """

    cluster: str
    decision: Decision
    members: tuple[str, ...]
    kind: Kind
    score: float
    kept: str | None
    decided_by: str
    decided_at: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a cluster's history; `decision` may be `undone`."""

    decision: str
    kept: str | None
    decided_by: str
    decided_at: str
    note: str


_UNDONE = "undone"
_COLUMNS = (
    *("cluster", "decision", "members", "kind", "score", "kept"),
    *("decided_by", "decided_at", "note"),
)


class Decisions:
    """The decisions of one installation; safe for concurrent processes."""

    def __init__(self, folder: Path) -> None:
        self.file = Database(folder / "decisions.sqlite3", _SCHEMA)
        self._seen: object = None
        self._verdicts: Mapping[str, Verdict] = {}
        self._kept: Mapping[str, tuple[str, ...]] = {}
        self._separate: frozenset[frozenset[str]] = frozenset()

    def decide(self, verdict: Verdict) -> None:
        """Stores a decision; it replaces an earlier one about the same cluster."""
        self._add(verdict.cluster, verdict.decision, verdict)

    def undo(self, cluster: str, *, by: str) -> bool:
        """Undoes the decision about a cluster; returns whether there was one."""
        verdict = self.current().get(cluster)
        if verdict is None:
            return False
        undone = replace(verdict, kept=None, decided_by=by, decided_at=now(), note="")
        self._add(cluster, _UNDONE, undone)
        return True

    def current(self) -> Mapping[str, Verdict]:
        """Returns cluster -> decision in force, latest first."""
        self._refresh()
        return self._verdicts

    def history(self, cluster: str) -> list[HistoryEntry]:
        """Returns all decisions about a cluster, in order."""
        columns = "decision, kept, decided_by, decided_at, note"
        with self.file.read() as connection:
            rows = connection.execute(
                f"SELECT {columns} FROM decisions WHERE cluster = ? ORDER BY sequence",  # noqa: S608
                (cluster,),
            )
            return [HistoryEntry(*row) for row in rows]

    def kept_path(self, record_id: str) -> tuple[str, ...]:
        """Returns the records that this one was merged into step by step, last one first."""
        self._refresh()
        return self._kept.get(record_id, ())

    def settled_pairs(self) -> frozenset[tuple[str, str]]:
        """Returns pairs of ids, in order, that need no further decision."""
        self._refresh()
        return frozenset(
            pair
            for verdict in self._verdicts.values()
            for pair in combinations(sorted(verdict.members), 2)
        )

    def are_separate(self, one: str, other: str) -> bool:
        """Whether staff decided that two records are different documents, or versions."""
        self._refresh()
        return frozenset((one, other)) in self._separate

    def merge(self, lines: Sequence[tuple[Any, ...]]) -> int:
        """Adds missing lines of a copy; the latest decision about a cluster wins."""
        with self.file.write() as connection:
            return unite_lines(connection, "decisions", _COLUMNS, "decided_at", lines)

    def stamp(self) -> object:
        """Returns a value that changes with every decision."""
        return self.file.stamp()

    def _add(self, cluster: str, decision: str, verdict: Verdict) -> None:
        row = (
            cluster,
            decision,
            orjson.dumps(verdict.members).decode(),
            verdict.kind.value,
            verdict.score,
            verdict.kept,
            verdict.decided_by,
            verdict.decided_at,
            verdict.note,
        )
        with self.file.write() as connection:
            connection.execute(
                "INSERT INTO decisions (cluster, decision, members, kind, score, kept, decided_by,"
                " decided_at, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def _refresh(self) -> None:
        stamp = self.file.stamp()
        if stamp == self._seen:
            return
        with self.file.read() as connection:
            rows = connection.execute(
                "SELECT cluster, decision, members, kind, score, kept, decided_by, decided_at, note"
                " FROM decisions WHERE sequence IN"
                " (SELECT MAX(sequence) FROM decisions GROUP BY cluster) ORDER BY sequence DESC"
            ).fetchall()
        self._verdicts = {row[0]: _read(row) for row in rows if row[1] != _UNDONE}
        self._kept = _follow(list(self._verdicts.values()))
        self._separate = frozenset(
            frozenset(pair)
            for verdict in self._verdicts.values()
            if verdict.decision is not Decision.DUPLICATE
            for pair in combinations(verdict.members, 2)
        )
        self._seen = stamp


def read_decision_lines(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Returns every line of a copy in order. Raises ValueError for an invalid line."""
    lines = read_lines(connection, "decisions", _COLUMNS)
    for line in lines:
        row = dict(zip(_COLUMNS, line, strict=True))
        texts = [row[name] for name in _COLUMNS if name not in ("score", "kept")]
        members = orjson.loads(row["members"])
        is_right = (
            all(isinstance(text, str) for text in (*texts, row["kept"] or "", *members))
            and isinstance(row["score"], int | float)
            and isinstance(members, list)
            and row["decision"] in (*Decision, _UNDONE)
            and row["kind"] in tuple(Kind)
        )
        if not is_right:
            raise ValueError("not a decision")
    return lines


def now() -> str:
    """Returns the current time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _read(row: sqlite3.Row) -> Verdict:
    return Verdict(
        row["cluster"],
        Decision(row["decision"]),
        tuple(orjson.loads(row["members"])),
        Kind(row["kind"]),
        row["score"],
        row["kept"],
        row["decided_by"],
        row["decided_at"],
        row["note"],
    )


def _follow(verdicts: Sequence[Verdict]) -> dict[str, tuple[str, ...]]:
    """Returns merged id -> ids that it redirects to, last one first.

    The latest decision wins. An id that redirects in a circle redirects nowhere.
    """
    steps: dict[str, str] = {}
    for verdict in verdicts:
        if verdict.decision is Decision.DUPLICATE and verdict.kept:
            for member in verdict.members:
                if member != verdict.kept:
                    steps.setdefault(member, verdict.kept)
    return {start: path for start in steps if (path := _path_from(start, steps))}


def _path_from(start: str, steps: Mapping[str, str]) -> tuple[str, ...]:
    seen = {start: None}
    at = start
    while at in steps:
        at = steps[at]
        if at in seen:
            return ()
        seen[at] = None
    return tuple(reversed(seen))[:-1]
