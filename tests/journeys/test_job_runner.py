"""Jobs that are killed, stopped, kept waiting, or left behind by a server."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from io import BytesIO
from pathlib import Path

import pytest

from gongkai.engines.installation import Installation
from gongkai.staff.jobs import Job, JobOptions, JobState, Stage
from search_api.staff.job_files import clean_name
from search_api.staff.job_runner import JobRunner
from tests.engines.records import read_contents
from tests.journeys.command import plain_row, write_rows

WAIT_SECONDS = 600
OPTIONS = JobOptions()
TEN = tuple(at / 5 for at in range(1, 11))
"""Seconds after the start of ten processes of one job."""


def submit(runner: JobRunner, path: Path, stage: Stage = Stage.INDEX) -> int:
    job_id = runner.jobs.add(stage, ("政务公开办", "", "01234567"), path.name, OPTIONS)
    runner.files_of(job_id).save(path.name, BytesIO(path.read_bytes()))
    assert runner.jobs.enqueue(job_id, stage, (JobState.STOPPED,))
    runner.wake()
    return job_id


def wait_for(runner: JobRunner, job_id: int, is_reached: Callable[[Job], bool]) -> Job:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        job = runner.jobs.get(job_id)
        assert job is not None
        if is_reached(job):
            return job
        runner.wake()
        time.sleep(0.02)
    raise AssertionError(job)


def has_ended(job: Job) -> bool:
    return not job.state.is_open


@pytest.fixture
def fresh_runner(fresh: Installation) -> Iterator[JobRunner]:
    runner = JobRunner(fresh.settings)
    yield runner
    runner.close()


@pytest.mark.parametrize(
    ("engine", "moments"),
    [
        ("fresh", (0.2, 1.0)),
        ("elastic", ()),
        pytest.param("fresh", TEN, marks=pytest.mark.slow),
        pytest.param("elastic", TEN, marks=pytest.mark.slow),
    ],
    ids=["embedded", "elastic", "embedded-ten", "elastic-ten"],
)
def test_a_killed_job_is_run_again(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, moments: tuple[float, ...]
) -> None:
    office: Installation = request.getfixturevalue(engine)
    count = 100 * max(len(moments), 3)
    path = write_rows(tmp_path / "rows.jsonl", [plain_row(number) for number in range(count)])
    with closing(JobRunner(office.settings)) as runner:
        job_id = submit(runner, path)
        for moment in moments:
            if kill_after(runner, job_id, moment).state is JobState.DONE:
                break
            assert runner.jobs.enqueue(job_id, Stage.INDEX, (JobState.INTERRUPTED,))
            runner.wake()
        assert wait_for(runner, job_id, has_ended).state is JobState.DONE
    assert len(read_contents(office)) == count
    assert not runner.files_of(job_id).folder.exists()


def kill_after(runner: JobRunner, job_id: int, seconds: float) -> Job:
    """Kills the process of a job some time after its start; returns the job as it ended."""
    job = wait_for(runner, job_id, lambda each: each.pid > 0 or has_ended(each))
    time.sleep(seconds)
    job = runner.jobs.get(job_id) or job
    if not has_ended(job) and job.pid:
        with suppress(ProcessLookupError):
            os.kill(job.pid, signal.SIGKILL)
    job = wait_for(runner, job_id, has_ended)
    assert job.state is JobState.DONE or (job.state, job.can_run_again) == ("interrupted", True)
    return job


def test_a_job_waits_for_another_run_and_can_be_stopped(
    fresh: Installation, fresh_runner: JobRunner, tmp_path: Path
) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [plain_row(1)])
    with closing(fresh.open_store()) as store, store.update():
        job_id = submit(fresh_runner, path)
        wait_for(fresh_runner, job_id, lambda job: bool(job.started_at and not job.pid))
        assert fresh_runner.jobs.ask_to_stop(job_id)
        assert wait_for(fresh_runner, job_id, has_ended).state is JobState.STOPPED
    fresh_runner.close()
    assert not fresh_runner.files_of(job_id).folder.exists()


def test_a_server_takes_over_the_job_of_one_that_is_gone(
    fresh: Installation, tmp_path: Path
) -> None:
    """A process that lives is waited for; a job without a process is interrupted."""
    runner = JobRunner(fresh.settings)
    job_id = runner.jobs.add(Stage.INDEX, ("政务公开办", "", "01234567"), "rows.jsonl", OPTIONS)
    files = runner.files_of(job_id)
    files.save("rows.jsonl", BytesIO(b"{}"))
    runner.jobs.enqueue(job_id, Stage.INDEX, (JobState.STOPPED,))
    runner.jobs.begin(job_id, 0)
    lives = threading.Event()

    def live() -> None:
        with files.lock():
            lives.set()
            time.sleep(0.5)

    process = threading.Thread(target=live)
    process.start()
    lives.wait()
    runner.wake()
    assert runner.jobs.get(job_id).state is JobState.RUNNING  # type: ignore[union-attr]
    process.join()
    assert wait_for(runner, job_id, has_ended).state is JobState.INTERRUPTED
    assert files.has_file("rows.jsonl")
    runner.close()


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("C:\\导出\\目录.xlsx", "目录.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("--rebuild.csv", "rebuild.csv"),
        (".hidden", "hidden"),
        ("\n", "_"),
        ("", "上传文件"),
    ],
)
def test_names_of_uploads(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned
