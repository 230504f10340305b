"""The folder of a job: the uploaded file, what the command has printed, and a lock while it runs.

All of it is readable by the owner only, and deleted when the job has ended.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import orjson

from gongkai.files.durable import make_folder, open_private
from gongkai.staff.jobs import Stage
from search_api.staff.command_process import read_fault

NAME_LIMIT = 100
_PART = 1 << 20
_TAIL = 4096
_NOT_IN_NAMES = re.compile(r"[^\w.()（）\[\]〔〕 -]")


def clean_name(name: str) -> str:
    """Returns a file's name without folders and unusual signs; its end is kept."""
    last = re.split(r"[\\/]", name)[-1]
    return _NOT_IN_NAMES.sub("_", last).lstrip(".- ").rstrip(". ")[-NAME_LIMIT:] or "上传文件"


class JobFiles:
    """The files of one job."""

    def __init__(self, data_dir: Path, job_id: int) -> None:
        self.folder = data_dir.absolute() / "jobs" / str(job_id)
        self.source_folder = self.folder / "file"

    def save(self, name: str, content: IO[bytes]) -> int:
        """Stores the file under this name; returns its size."""
        make_folder(self.source_folder)
        size = 0
        with open_private(self.source_folder / name, os.O_TRUNC) as file:
            while part := content.read(_PART):
                size += file.write(part)
            file.flush()
            os.fsync(file.fileno())
        return size

    def has_file(self, name: str) -> bool:
        return (self.source_folder / name).is_file()

    def delete(self) -> None:
        """Deletes the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def lock(self) -> Iterator[int | None]:
        """Yields a locked descriptor, None where a process of the job still lives.

        A process that inherits it holds the lock until its own end, however that comes.
        """
        make_folder(self.folder)
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield descriptor
        except BlockingIOError:
            yield None
        finally:
            os.close(descriptor)

    def is_locked(self) -> bool:
        """Whether a process of the job lives."""
        with self.lock() as descriptor:
            return descriptor is None

    @contextmanager
    def open_output(self) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
        """Opens empty files for what the command prints: output and errors."""
        with (
            open_private(self.folder / "output", os.O_TRUNC) as output,
            open_private(self.folder / "errors", os.O_TRUNC) as errors,
        ):
            yield output, errors

    def read_progress(self) -> Mapping[str, Any]:
        """Returns the last event of a running command: bytes, total, rows; may be empty."""
        return next((event for event in self._read_events() if event["event"] == "progress"), {})

    def read_result(self, stage: Stage) -> Mapping[str, Any] | None:
        """Returns what a stage has found, None where it did not get to its end."""
        if stage is Stage.INSPECT:
            found = _parse(self._read("output"))
            return found if isinstance(found, dict) else None
        return next((event for event in self._read_events() if event["event"] == "report"), None)

    def is_busy(self) -> bool:
        """Whether the command ended because another process writes the index."""
        return any(event["event"] == "busy" for event in self._read_events())

    def read_fault(self) -> str:
        """Returns the sentence with which the command ended, or nothing."""
        return read_fault(self._read("errors")[-_TAIL:])

    def _read_events(self) -> Iterator[Mapping[str, Any]]:
        """Yields the events, latest first."""
        for line in reversed(self._read("output").splitlines()):
            event = _parse(line)
            if isinstance(event, dict) and "event" in event:
                yield event

    def _read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return b""


def _parse(text: bytes) -> object:
    try:
        return orjson.loads(text)
    except ValueError:
        return None
