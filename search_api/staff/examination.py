"""Runs `gongkai doctor` for the staff page, and keeps the last result in the data folder.

The command runs as its own process with a low priority: it reads every byte of the index, and its
language is Chinese, whatever that of the server.
"""

import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

import orjson
from filelock import FileLock, Timeout

from gongkai.files.durable import make_folder, read_json, replace_file
from gongkai.settings import Settings
from search_api.staff.command_process import read_fault, start_command

LIMIT_SECONDS = 600
"""After this time the command is stopped: it has met a disk or cluster that does not answer."""
_RESULT, _LOCK = "doctor.json", "doctor.lock"
_OUT_OF_TIME = f"检查超过 {LIMIT_SECONDS // 60} 分钟没有完成，已经停止。"


@dataclass(frozen=True, slots=True)
class Examination:
    """One run: times in ISO UTC, the findings of `gongkai doctor --json`, or why there are none."""

    started: str
    finished: str = ""
    findings: tuple[Mapping[str, str], ...] = ()
    problem: str = ""

    @property
    def is_good(self) -> bool:
        return bool(self.finished) and not self.findings and not self.problem


class Examiner:
    """Runs one examination at a time over all workers of a data folder."""

    def __init__(
        self, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False

    def latest(self) -> Examination | None:
        """Returns the last run, which may not be finished; None before the first."""
        try:
            content = read_json(self._settings.data_dir / _RESULT)
            return Examination(**{**content, "findings": tuple(content["findings"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def is_running(self) -> bool:
        """Whether a run goes on; one whose server was killed counts until its time is up."""
        latest = self.latest()
        if latest is None or latest.finished:
            return False
        age = self._clock() - datetime.fromisoformat(latest.started)
        return timedelta(0) <= age <= timedelta(seconds=LIMIT_SECONDS)

    def start(self) -> bool:
        """Starts a run in the background; returns False if one goes on."""
        make_folder(self._settings.data_dir)
        lock = FileLock(self._settings.data_dir / _LOCK, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            return False
        begun = Examination(self._now())
        self._store(begun)
        threading.Thread(target=self._run, args=(begun, lock), daemon=True).start()
        return True

    def close(self) -> None:
        """Stops a run that this process started, and every later one."""
        self._is_closed = True
        if process := self._process:
            process.kill()

    def _run(self, begun: Examination, lock: FileLock) -> None:
        try:
            findings, problem = self._examine()
            done = replace(begun, finished=self._now(), findings=findings, problem=problem)
            self._store(done)
        finally:
            lock.release()

    def _examine(self) -> tuple[tuple[Mapping[str, str], ...], str]:
        self._process = process = start_command(self._settings, ("doctor", "--json"))
        if self._is_closed:
            process.kill()
        try:
            output, errors = process.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return (), _OUT_OF_TIME
        finally:
            self._process = None
        try:
            return tuple(orjson.loads(output)["findings"]), ""
        except (ValueError, KeyError):
            # A sentence of the command, such as that the cluster is down.
            return (), read_fault(errors) or "检查没有完成。"

    def _store(self, examination: Examination) -> None:
        with suppress(OSError):
            content = orjson.dumps(asdict(examination))
            replace_file(self._settings.data_dir / _RESULT, content)

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")
