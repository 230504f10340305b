"""Jobs of staff: an uploaded export, or corrected rows, to be inspected and indexed.

One job runs at a time. The database holds the state; the file is in the job's own folder.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from gongkai.engines.database import Database
from gongkai.staff.roles import Scope
from gongkai.staff.staff_database import stamp
from gongkai.staff.tokens import read_now

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stage TEXT NOT NULL,
    state TEXT NOT NULL,
    who TEXT NOT NULL,
    unit TEXT NOT NULL,
    token TEXT NOT NULL,
    file TEXT NOT NULL,
    options TEXT NOT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT NOT NULL DEFAULT '',
    finished_at TEXT NOT NULL DEFAULT '',
    pid INTEGER NOT NULL DEFAULT 0,
    is_stopping INTEGER NOT NULL DEFAULT 0,
    is_kept INTEGER NOT NULL DEFAULT 1,
    inspection TEXT NOT NULL DEFAULT '{}',
    report TEXT NOT NULL DEFAULT '{}',
    problem TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS corrected_rows (
    run TEXT NOT NULL,
    row INTEGER NOT NULL,
    job INTEGER NOT NULL,
    PRIMARY KEY (run, row, job)
) WITHOUT ROWID;
"""
_COLUMNS = (
    "id, stage, state, who, unit, token, file, options, created_at, started_at, finished_at,"
    " pid, is_stopping, is_kept, inspection, report, problem"
)


class Stage(StrEnum):
    """What a job does to its file."""

    INSPECT = "inspect"
    INDEX = "index"


class JobState(StrEnum):
    """How far the stage is. An interrupted job can be run again with the same result."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"

    @property
    def is_open(self) -> bool:
        """Whether the job is running, or will run by itself."""
        return self in (JobState.WAITING, JobState.RUNNING)


REPEATABLE = (JobState.INTERRUPTED, JobState.FAILED)
"""States from which staff may run a stage once more."""


@dataclass(frozen=True, slots=True)
class JobOptions:
    """How the file is indexed: the name of its source, and the disclosure of rows without one."""

    source: str = ""
    disclosure: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One job; times are ISO UTC. `unit` is the code of a clerk's unit, empty for all units.

    `is_kept` tells whether the file still exists. `token` is the id of the owner's token.
    """

    id: int
    stage: Stage
    state: JobState
    who: str
    unit: str
    token: str
    file: str
    options: JobOptions
    created_at: str
    started_at: str
    finished_at: str
    pid: int
    is_stopping: bool
    is_kept: bool
    inspection: Mapping[str, Any]
    report: Mapping[str, Any]
    problem: str

    @property
    def can_run_again(self) -> bool:
        """Whether staff may start it once more."""
        return self.is_kept and self.state in REPEATABLE

    @property
    def can_be_taken(self) -> bool:
        """Whether the file is inspected and waits for the decision to index it."""
        return self.is_kept and self.stage is Stage.INSPECT and self.state is JobState.DONE

    def is_of(self, scope: Scope) -> bool:
        """Whether a member of staff with this scope may see the job."""
        return scope.is_whole or (bool(self.unit) and scope.covers(self.unit))


def open_jobs(folder: Path) -> Database:
    """Opens the database of one installation; the first job creates it."""
    return Database(folder / "jobs.sqlite3", _SCHEMA)


class Jobs:
    """Adds, lists and changes the jobs of one installation."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = read_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, stage: Stage, owner: tuple[str, str, str], file: str, options: JobOptions) -> int:
        """Adds a job, not yet to be run, and returns its id. `owner` is name, unit and token."""
        spelled = json.dumps([options.source, options.disclosure], ensure_ascii=False)
        row = (stage, JobState.STOPPED, *owner, file, spelled, stamp(self._clock()))
        with self._database.write() as connection:
            added = connection.execute(
                "INSERT INTO jobs (stage, state, who, unit, token, file, options, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            return int(added.lastrowid or 0)

    def get(self, job_id: int) -> Job | None:
        return next(iter(self._select("WHERE id = ?", (job_id,))), None)

    def latest(self, limit: int = 100) -> list[Job]:
        """Returns the latest jobs first."""
        return self._select("ORDER BY id DESC LIMIT ?", (limit,))

    def find_next(self) -> Job | None:
        """Returns the running job, else the one that waits longest."""
        where = "WHERE state IN ('running', 'waiting') ORDER BY state = 'waiting', id LIMIT 1"
        return next(iter(self._select(where, ())), None)

    def enqueue(self, job_id: int, stage: Stage, before: Iterable[JobState]) -> bool:
        """Lets a job run that is in one of these states; returns whether it was."""
        states = tuple(before)
        marks = ", ".join("?" * len(states))
        statement = (
            "UPDATE jobs SET stage = ?, state = 'waiting', problem = '', is_stopping = 0,"  # noqa: S608
            f" report = '{{}}' WHERE id = ? AND is_kept AND state IN ({marks})"
        )
        with self._database.write() as connection:
            done = connection.execute(statement, (stage, job_id, *states))
            return done.rowcount > 0

    def begin(self, job_id: int, pid: int) -> None:
        """Marks a waiting job as running in this process."""
        self._change(
            job_id, state=JobState.RUNNING, pid=pid, started_at=stamp(self._clock()), finished_at=""
        )

    def wait(self, job_id: int) -> None:
        """Marks a job as waiting because another process writes the index."""
        self._change(job_id, state=JobState.WAITING, pid=0)

    def end(self, job_id: int, state: JobState, **values: object) -> None:
        """Stores how a job ended: `inspection`, `report`, `problem`."""
        spelled = {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in values.items()
        }
        self._change(
            job_id, state=state, pid=0, finished_at=stamp(self._clock()), is_stopping=0, **spelled
        )

    def ask_to_stop(self, job_id: int) -> bool:
        """Asks for the end of a running or waiting job; returns whether it was one."""
        with self._database.write() as connection:
            done = connection.execute(
                "UPDATE jobs SET is_stopping = 1 WHERE id = ? AND state IN ('running', 'waiting')",
                (job_id,),
            )
            return done.rowcount > 0

    def drop_file(self, job_id: int) -> None:
        """Notes that the file is deleted."""
        self._change(job_id, is_kept=0)

    def list_idle(self, before: str) -> list[Job]:
        """Returns jobs with a file that nobody has acted on since this time."""
        where = (
            "WHERE is_kept AND state NOT IN ('running', 'waiting')"
            " AND max(created_at, finished_at) < ?"
        )
        return self._select(where, (before,))

    def note_corrected(self, job_id: int, run: str, rows: Iterable[int]) -> None:
        """Stores which rejected rows of a run a job has corrected."""
        with self._database.write() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO corrected_rows VALUES (?, ?, ?)",
                [(run, row, job_id) for row in rows],
            )

    def read_corrected(self, run: str) -> frozenset[int]:
        """Returns the rows of a run that jobs have corrected or are correcting."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT row FROM corrected_rows JOIN jobs ON jobs.id = job"
                " WHERE run = ? AND state IN ('waiting', 'running', 'done')",
                (run,),
            ).fetchall()
        return frozenset(row[0] for row in rows)

    def find_run(self, run: str) -> Job | None:
        """Returns the job whose report names these rejects."""
        where = "WHERE json_extract(report, '$.rejects') = ? LIMIT 1"
        return next(iter(self._select(where, (run,))), None)

    def find_moment(self, moment: str) -> Job | None:
        """Returns the job that ran at this time, in ISO UTC."""
        where = "WHERE stage = 'index' AND started_at <= ? AND finished_at >= ? LIMIT 1"
        return next(iter(self._select(where, (moment, moment))), None)

    def _select(self, where: str, values: tuple[object, ...]) -> list[Job]:
        with self._database.read() as connection:
            found = connection.execute(f"SELECT {_COLUMNS} FROM jobs {where}", values)  # noqa: S608
            return [_read_job(tuple(row)) for row in found]

    def _change(self, job_id: int, **values: object) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        with self._database.write() as connection:
            connection.execute(
                f"UPDATE jobs SET {names} WHERE id = ?",  # noqa: S608 - our own column names
                (*values.values(), job_id),
            )


def _read_job(row: tuple[Any, ...]) -> Job:
    number, stage, state, who, unit, token, file, options, *rest = row
    created, started, finished, pid, is_stopping, is_kept, inspection, report, problem = rest
    return Job(
        number, Stage(stage), JobState(state), who, unit, token, file,
        JobOptions(*json.loads(options)), created, started, finished, pid,
        bool(is_stopping), bool(is_kept), json.loads(inspection), json.loads(report), problem,
    )  # fmt: skip
