"""Merges the jobs of a backup into the jobs of an installation.

A backup has no files of jobs, so no restored job can be run. What an inspection quotes of a file is
left out: its records may have been withdrawn since.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, Json

from gongkai.catalog.date_patterns import UTC_TIME
from gongkai.engines.database import Database
from gongkai.staff.jobs import JobState, Stage

_Moment = Annotated[str, Field(pattern=rf"^$|{UTC_TIME}")]


class JobRow(BaseModel):
    """A job as stored, without its inspection and its process."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: Annotated[int, Field(gt=0)]
    stage: Annotated[Stage, Field(strict=False)]
    state: Annotated[JobState, Field(strict=False)]
    who: str
    unit: str
    token: str
    file: str
    options: Json[list[str]]
    created_at: Annotated[str, Field(pattern=UTC_TIME)]
    started_at: _Moment
    finished_at: _Moment
    report: Json[dict[str, Any]]
    problem: str


_COLUMNS = tuple(JobRow.model_fields)


@dataclass(frozen=True, slots=True)
class JobCopy:
    """The validated jobs of a backup as stored, and the rejected rows that they corrected."""

    jobs: tuple[Mapping[str, Any], ...] = ()
    corrected: tuple[tuple[str, int, int], ...] = ()


def read_job_copy(connection: sqlite3.Connection) -> JobCopy:
    """Reads a database of jobs. Raises ValidationError for an invalid row."""
    jobs = [
        dict(row)
        for row in connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM jobs ORDER BY id")  # noqa: S608
    ]
    for job in jobs:
        JobRow.model_validate(job)
    rows = connection.execute("SELECT run, row, job FROM corrected_rows")
    return JobCopy(tuple(jobs), tuple((str(run), int(row), int(job)) for run, row, job in rows))


def merge_jobs(copy: JobCopy, database: Database) -> None:
    """Adds the jobs that are missing here; those that are here stay as they are.

    A job gets another id where its own belongs to another job.
    """
    if not copy.jobs:
        return
    with database.write() as connection:
        numbers = dict(_add_missing(connection, copy))
        connection.executemany(
            "INSERT OR IGNORE INTO corrected_rows (run, row, job) VALUES (?, ?, ?)",
            [(run, row, numbers[job]) for run, row, job in copy.corrected if job in numbers],
        )


def erase_inspections(copy: Path) -> None:
    """Erases what the jobs of a copied database quote of their files, if the copy exists."""
    if not copy.exists():
        return
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("UPDATE jobs SET inspection = '{}'")


def _add_missing(connection: sqlite3.Connection, copy: JobCopy) -> Iterator[tuple[int, int]]:
    """Yields the id of each job in the copy, and its id here."""
    rows = connection.execute("SELECT id, created_at, token, file FROM jobs").fetchall()
    own = {(row["created_at"], row["token"], row["file"]): row["id"] for row in rows}
    used = set(own.values())
    marks = ", ".join("?" * len(_COLUMNS))
    for job in copy.jobs:
        known = own.get((job["created_at"], job["token"], job["file"]))
        if known is None:
            state = JobState(job["state"])
            shown = {
                **job,
                "id": None if job["id"] in used else job["id"],
                "state": JobState.INTERRUPTED if state.is_open else state,
            }
            added = connection.execute(
                f"INSERT INTO jobs ({', '.join(_COLUMNS)}, is_kept) VALUES ({marks}, 0)",  # noqa: S608
                tuple(shown[name] for name in _COLUMNS),
            )
            known = int(added.lastrowid or 0)
            used.add(known)
        yield job["id"], known
