"""Starts a job with its file, for the member of staff who asked for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from gongkai.staff.audit import Action
from gongkai.staff.jobs import JobOptions, JobState, Stage
from gongkai.staff.roles import Role
from search_api.staff.job_runner import JobRunner
from search_api.staff.staff_dependencies import Acting


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to start: its first stage, its file, and the action that the audit log names."""

    stage: Stage
    name: str
    file: BinaryIO
    options: JobOptions
    action: Action


def start_job(
    acting: Acting,
    runner: JobRunner,
    new: NewJob,
    before_start: Callable[[int], None] = lambda _: None,
) -> int:
    """Adds a job, stores its file and puts it into the queue; returns its id.

    A clerk's job is the unit's. `before_start` gets the id before the job can run.
    """
    token = acting.session.token
    unit = token.unit if token.role is Role.CLERK else ""
    job_id = runner.jobs.add(new.stage, (token.name, unit, token.id), new.name, new.options)
    runner.files_of(job_id).save(new.name, new.file)
    before_start(job_id)
    acting.note(new.action, str(job_id))
    runner.jobs.enqueue(job_id, new.stage, (JobState.STOPPED,))
    runner.wake()
    return job_id
