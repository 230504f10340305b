"""Commands ended by kill -9 at random moments, and a model of what must be left after each.

Children are forked from a process that has loaded everything already, so that a random moment
falls into the work and not into the start of an interpreter.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import orjson

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF, EngineQuery
from gongkai.query.tree import MatchAll
from gongkai.settings import Settings
from indexer.pipeline import IndexJob, publish
from indexer.purge import purge
from indexer.replicas import apply_replica
from tests.journeys.command import FORKS, plain_row, write_rows

Versions: TypeAlias = dict[str, int]
"""Record id -> the version of its text."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: by itself or killed, and how long it lived, in seconds."""

    killed: bool
    seconds: float


def run_child(
    settings: Settings, work: Callable[..., None], *given: Any, kill_after: float | None = None
) -> Ended:
    """Run work(installation, *given) in a child; SIGKILL it after so many seconds if it still runs.

    Raises AssertionError where it ended by an error of its own.
    """
    process = FORKS.Process(target=_child, args=(settings, work, given))
    process.start()
    # The child counts from where it begins to work, not from when it was asked for.
    started = time.monotonic()
    process.join(kill_after if kill_after is not None else 120)
    killed = process.is_alive()
    if killed:
        process.kill()
        process.join()
    assert killed or process.exitcode == 0, f"{work.__name__} ended with {process.exitcode}"
    return Ended(killed, time.monotonic() - started)


def _child(settings: Settings, work: Callable[..., None], given: tuple[Any, ...]) -> None:
    from tests.journeys.preloaded import INSTALLATION

    work(replace(INSTALLATION, settings=settings), *given)
    os._exit(0)


def work_index(installation: Installation, rows: Path, rebuild: bool = False) -> None:
    publish(IndexJob([rows], rebuild=rebuild), installation)


def work_rollback(installation: Installation) -> None:
    with closing(installation.open_store()) as store:
        store.rollback()


def work_withdraw(installation: Installation, ids: list[str]) -> None:
    with closing(installation.open_store()) as store:
        store.withdraw(ids, cause=STAFF)


def work_reopen(installation: Installation, ids: list[str]) -> None:
    with closing(installation.open_store()) as store:
        store.restore(ids)


def work_purge(installation: Installation) -> None:
    purge(installation)


def work_replica(installation: Installation, copy: Path) -> None:
    apply_replica(copy, installation)


@dataclass
class Office:
    """An installation under fire, and what it has acknowledged: the model of what must be there.

    `rows` is the source, `generations` what live and older hold, `withdrawn` what staff took off.
    """

    installation: Installation
    folder: Path
    chance: random.Random
    size: int = 240
    rows: Versions = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    live: Versions = field(default_factory=dict)
    older: Versions | None = None
    durations: dict[str, float] = field(default_factory=dict)
    moments: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """The first index, left alone."""
        self.rows = {f"r{number}": 1 for number in range(self.size)}
        run_child(self.installation.settings, work_index, self._export(self.rows), True)
        self.live = dict(self.rows)
        assert self.contents() == self.live

    def contents(self) -> Versions:
        """What searches find now; no record twice."""
        return read_versions(self.installation, 20 * self.size)

    def examine(self) -> None:
        """Before anything is run again, the live index opens and is whole."""
        with closing(self.installation.open_store()) as store:
            examined = store.check_integrity()
            assert [each.faults for each in examined if each.live] == [()], examined

    def act(self) -> str:
        """One random command, left alone; `live` is what must be there after it."""
        name = self.chance.choice(sorted(self._commands()))
        after, work, *given = self._commands()[name]()
        run_child(self.installation.settings, work, *given)
        self.live = after
        return name

    def strike(self) -> str:
        """One random command, killed at a random moment, then run again; asserts both states."""
        name = self.chance.choice(sorted(self._commands()))
        after, work, *given = self._commands()[name]()
        before, was_older = dict(self.live), self.older
        whole = self.durations.get(name)
        moment = None if whole is None else self.chance.uniform(0, 1.1 * whole)
        ended = run_child(self.installation.settings, work, *given, kill_after=moment)
        if whole is None:
            self.durations[name] = ended.seconds
        self.moments[name] = self.moments.get(name, 0) + ended.killed
        self.examine()
        seen = self.contents()
        self.live = after
        if not ended.killed:
            assert seen == after, _differences(name, seen, after)
            return name
        self._assert_between(name, seen, before, after)
        if name == "rebuild" and seen == after:
            # Killed after the switch: the next run makes this generation the older one.
            self.older = dict(after)
        if name != "rollback" or seen != after:
            run_child(self.installation.settings, work, *given)
        seen = self.contents()
        assert seen == after, (name, was_older is not None, _differences(name, seen, after))
        return name

    def _assert_between(self, name: str, seen: Versions, before: Versions, after: Versions) -> None:
        """Of every record the old or the new, never neither; nothing else."""
        for record_id in before.keys() | after.keys() | seen.keys():
            allowed = (before.get(record_id), after.get(record_id))
            assert seen.get(record_id) in allowed, (name, record_id, allowed, seen.get(record_id))
        if name in {"rebuild", "rollback", "purge"}:
            assert seen in (before, after), f"{name}: a mixture of two generations is shown"

    def _commands(self) -> dict[str, Callable[[], tuple[Any, ...]]]:
        known: dict[str, Callable[[], tuple[Any, ...]]] = {
            "update": self._update,
            "rebuild": self._rebuild,
            "withdraw": self._withdraw,
            "purge": self._purge,
        }
        if self.withdrawn:
            known["reopen"] = self._reopen
        if self.older is not None:
            known["rollback"] = self._rollback
        return known

    def _update(self) -> tuple[Any, ...]:
        """New, changed, closed and opened records of the source."""
        chosen = self.chance.sample(sorted(self.rows), self.size // 4)
        for place, record_id in enumerate(chosen):
            self.rows[record_id] += 1
            (self.closed.add if place % 5 == 0 else self.closed.discard)(record_id)
        fresh = [f"r{len(self.rows) + number}" for number in range(8)]
        self.rows.update(dict.fromkeys(fresh, 1))
        export = self._export({each: self.rows[each] for each in (*chosen, *fresh)})
        after = dict(self.live)
        for record_id in (*chosen, *fresh):
            after.pop(record_id, None)
            if record_id not in self.closed | self.withdrawn:
                after[record_id] = self.rows[record_id]
        if self.older is not None:
            self._take_off(self.older, self.closed & set(chosen))
        return after, work_index, export, False

    def _rebuild(self) -> tuple[Any, ...]:
        gone = self.closed | self.withdrawn
        after = {each: version for each, version in self.rows.items() if each not in gone}
        self.older = {each: v for each, v in self.live.items() if each not in self.closed}
        return after, work_index, self._export(self.rows), True

    def _withdraw(self) -> tuple[Any, ...]:
        chosen = self.chance.sample(sorted(self.live), 6)
        self.withdrawn |= set(chosen)
        after = dict(self.live)
        self._take_off(after, set(chosen))
        if self.older is not None:
            self._take_off(self.older, set(chosen))
        return after, work_withdraw, chosen

    def _reopen(self) -> tuple[Any, ...]:
        chosen = self.chance.sample(sorted(self.withdrawn), min(3, len(self.withdrawn)))
        self.withdrawn -= set(chosen)
        return dict(self.live), work_reopen, chosen

    def _purge(self) -> tuple[Any, ...]:
        self.older = None
        return dict(self.live), work_purge

    def _rollback(self) -> tuple[Any, ...]:
        assert self.older is not None
        after, self.older = self.older, None
        return after, work_rollback

    def _take_off(self, held: Versions, gone: set[str]) -> None:
        for record_id in gone:
            held.pop(record_id, None)

    def _export(self, rows: Versions) -> Path:
        return write_rows(
            self.folder / "export.jsonl",
            (
                make_row(each, version, is_closed=each in self.closed)
                for each, version in rows.items()
            ),
        )


def make_row(record_id: str, version: int, *, is_closed: bool) -> dict[str, object]:
    """A row whose text says its version; three genres, four publishers, ten years."""
    number = int(record_id[1:])
    return plain_row(
        number,
        body=f"第{number}期工程已经验收。版本:{version}",
        genre=("通知", "公告", "办法")[number % 3],
        publisher=("安庆市水利局", "安庆市财政局", "安庆市民政局", "安庆市司法局")[number % 4],
        disclosure="不予公开" if is_closed else "主动公开",
    )


def read_versions(installation: Installation, limit: int) -> Versions:
    """The versions that searches show; asserts that no record is there twice."""

    async def ask() -> Versions:
        engine = installation.open_engine()
        try:
            found = await engine.search(EngineQuery(MatchAll(), limit=min(limit, 10_000)))
        finally:
            await engine.close()
        ids = [hit.id for hit in found.hits]
        assert found.total == len(ids) == len(set(ids))
        bodies = ((hit.id, orjson.loads(hit.stored)["body"]) for hit in found.hits)
        return {record_id: int(body.rpartition(":")[2]) for record_id, body in bodies}

    return asyncio.run(ask())


def _differences(name: str, seen: Versions, wanted: Versions) -> str:
    ids = sorted(each for each in seen.keys() | wanted.keys() if seen.get(each) != wanted.get(each))
    return f"{name}: {[(each, seen.get(each), wanted.get(each)) for each in ids[:5]]}"
