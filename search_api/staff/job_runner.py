"""Runs the jobs of staff one after another, each as a process of its own beside the server.

One worker of the server runs jobs at a time. Another one takes over when it ends: a process that is
still alive is waited for, and a job without one is marked as interrupted.
"""

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from filelock import FileLock, Timeout

from gongkai.files.durable import make_folder
from gongkai.settings import Settings
from gongkai.staff.jobs import Job, Jobs, JobState, Stage, open_jobs
from gongkai.staff.staff_database import stamp
from gongkai.staff.tokens import read_now
from search_api.staff.command_process import start_command
from search_api.staff.job_files import JobFiles

KEPT_HOURS = 24
"""How long an upload is kept that nobody takes in or discards."""
SHOWN_ROWS = 10
_POLL_SECONDS, _RETRY_SECONDS, _GRACE_SECONDS = 0.1, 3.0, 10.0
_INTERRUPTED_STATUS = 130
_GONE = "文件已经删除，请重新上传。"


class JobRunner:
    """Runs the jobs of one installation in a thread, as long as any are open."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = read_now) -> None:
        self._settings = settings
        self._clock = clock
        self._database = open_jobs(settings.data_dir)
        self.jobs = Jobs(self._database, clock)
        self._closing = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def files_of(self, job_id: int) -> JobFiles:
        """Returns the files of a job."""
        return JobFiles(self._settings.data_dir, job_id)

    def wake(self) -> None:
        """Starts to run open jobs, unless there are none or this process does already."""
        with self._starting:
            is_busy = self._thread is not None and self._thread.is_alive()
            if is_busy or self._closing.is_set() or not self._database.path.exists():
                return
            if self.jobs.find_next() is None:
                return
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stops the running job, which is then interrupted, and every later one."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(_GRACE_SECONDS + 5)

    def discard(self, job: Job) -> None:
        """Deletes the files of a job that does not run."""
        self.files_of(job.id).delete()
        self.jobs.drop_file(job.id)

    def discard_old(self) -> None:
        """Deletes uploads that nobody has acted on for KEPT_HOURS."""
        before = stamp(self._clock() - timedelta(hours=KEPT_HOURS))
        for job in self.jobs.list_idle(before):
            self.discard(job)

    def _work(self) -> None:
        make_folder(self._settings.data_dir)
        lock = FileLock(self._settings.data_dir / "jobs.lock", timeout=0, thread_local=False)
        # A job may be added while the lock is being released.
        while not self._closing.is_set() and self.jobs.find_next() is not None:
            try:
                with lock:
                    self.discard_old()
                    while not self._closing.is_set() and (job := self.jobs.find_next()):
                        self._take(job)
            except Timeout:
                return

    def _take(self, job: Job) -> None:
        files = self.files_of(job.id)
        with files.lock() as descriptor:
            is_alive = descriptor is None
            if descriptor is not None and job.state is JobState.WAITING:
                if job.is_stopping or not files.has_file(job.file):
                    self._refuse(job)
                    return
                process = self._start(job, files, descriptor)
        if job.state is JobState.WAITING and not is_alive:
            # The process alone holds the lock now.
            self._attend(job, process)
            self._settle(job, files, process.returncode)
            return
        self._await(job, files)
        if not self._closing.is_set():
            self._settle(job, files, None)

    def _start(self, job: Job, files: JobFiles, held: int) -> "subprocess.Popen[bytes]":
        with files.open_output() as streams:
            process = start_command(
                self._settings, _spell(job), streams, files.source_folder, (held,)
            )
        self.jobs.begin(job.id, process.pid)
        return process

    def _attend(self, job: Job, process: "subprocess.Popen[bytes]") -> None:
        """Waits for a process of ours, and stops it if it is asked to."""
        while process.poll() is None:
            if self._closing.is_set() or self._is_stopping(job):
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(_GRACE_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                return
            with suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_SECONDS)

    def _await(self, job: Job, files: JobFiles) -> None:
        """Waits for a process that another worker has started."""
        while files.is_locked() and not self._closing.is_set():
            if job.pid and self._is_stopping(job):
                with suppress(ProcessLookupError):
                    os.kill(job.pid, signal.SIGINT)
            self._closing.wait(_POLL_SECONDS)

    def _settle(self, job: Job, files: JobFiles, status: int | None) -> None:
        """Stores how a process has ended; what it printed tells more than its status."""
        result = files.read_result(job.stage)
        fault = files.read_fault()
        if result is not None:
            found = {"report" if job.stage is Stage.INDEX else "inspection": result}
            self.jobs.end(job.id, JobState.DONE, **found)
            if job.stage is Stage.INDEX:
                self.discard(job)
        elif self._is_stopping(job):
            self._refuse(job)
        elif files.is_busy():
            self.jobs.wait(job.id)
            self._closing.wait(_RETRY_SECONDS)
        elif fault and status != _INTERRUPTED_STATUS and (status is None or status > 0):
            self.jobs.end(job.id, JobState.FAILED, problem=fault)
        else:
            self.jobs.end(job.id, JobState.INTERRUPTED)

    def _refuse(self, job: Job) -> None:
        """Ends a job that was stopped, or whose file is gone."""
        if self._is_stopping(job):
            self.jobs.end(job.id, JobState.STOPPED)
        else:
            self.jobs.end(job.id, JobState.FAILED, problem=_GONE)
        self.discard(job)

    def _is_stopping(self, job: Job) -> bool:
        latest = self.jobs.get(job.id)
        return latest is not None and latest.is_stopping


def _spell(job: Job) -> tuple[str, ...]:
    """Returns the command of a job. A clerk's changes records of the unit only."""
    options = job.options
    words = ["--json"]
    words += ["--unit", job.unit] if job.unit else []
    words += ["--disclosure", options.disclosure] if options.disclosure else []
    if job.stage is Stage.INSPECT:
        return ("inspect", *words, "--rows", str(SHOWN_ROWS), "--", job.file)
    words += ["--source", options.source] if options.source else []
    return ("index", *words, "--", job.file)
