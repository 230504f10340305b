"""Extracts text in worker processes, so that a hostile file affects only itself.

A worker is a new Python interpreter, not a fork: it has no environment, sockets or settings of this
process. It receives an open file and returns text. It is replaced after a crash.
"""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from typing import BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.extraction_worker import ExtractionLimits
from gongkai.files.limits import EXTRACTION_FILES_PER_WORKER

_WORKERS = 2
_DEFAULT_LIMITS = ExtractionLimits()
_GRACE_SECONDS = 5
"""A worker ends itself at its limit; after this additional time it is killed."""
_MAIN = """
import sys
sys.path[:] = sys.argv.pop().split({separator!r})
from gongkai.files.extraction_worker import serve_extractions
serve_extractions()
"""
log = logging.getLogger("gongkai.files")
_OUT_OF_TIME = (signal.SIGALRM, signal.SIGXCPU)
# Native code aborts without memory; the kernel kills if the machine has none.
_OUT_OF_MEMORY = (signal.SIGABRT, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Extraction:
    """The text of one file, and its state."""

    text: str
    state: AttachmentText


class _WorkerEndedError(Exception):
    """A worker ended, or was killed, while it had a file; `state` states why.

    `is_final` is true where the file is to blame: it cost too much, or was the worker's first.
    """

    def __init__(self, state: AttachmentText, *, is_final: bool) -> None:
        super().__init__(state.value)
        self.state = state
        self.is_final = is_final


class TextExtractor:
    """A pool of at most `workers` processes, started on demand; thread-safe."""

    def __init__(self, limits: ExtractionLimits = _DEFAULT_LIMITS, workers: int = _WORKERS) -> None:
        self._limits = limits
        self._workers = workers
        self._places = threading.BoundedSemaphore(workers)
        self._idle: list[_Worker] = []

    def extract(self, file: BinaryIO, suffix: str) -> Extraction:
        """Extracts one file; never raises for a bad file.

        A file that ends a used worker is retried in a new one, because an earlier file may have
        damaged the worker. A file that takes too much time is not retried.
        """
        with self._places:
            try:
                return self._try(file, suffix)
            except _WorkerEndedError as ended:
                if ended.is_final:
                    return Extraction("", ended.state)
            try:
                return self._try(file, suffix, is_new=True)
            except _WorkerEndedError as ended:
                return Extraction("", ended.state)

    def _try(self, file: BinaryIO, suffix: str, *, is_new: bool = False) -> Extraction:
        try:
            with self._borrow(is_new=is_new) as worker:
                return worker.extract(file, suffix)
        except OSError:
            log.exception("no text extraction worker can be started")
            return Extraction("", AttachmentText.UNREADABLE)

    def close(self) -> None:
        """Ends idle workers; later calls start new ones."""
        while self._idle:
            self._idle.pop().close()

    def abandon(self) -> None:
        """Forgets the workers of the parent process after a fork, without ending them."""
        self._places = threading.BoundedSemaphore(self._workers)
        while self._idle:
            self._idle.pop().abandon()

    @contextmanager
    def _borrow(self, *, is_new: bool = False) -> "Iterator[_Worker]":
        worker = (None if is_new else self._take_idle()) or _Worker(self._limits)
        try:
            yield worker
        except BaseException:
            worker.kill()
            raise
        if worker.files < EXTRACTION_FILES_PER_WORKER:
            self._idle.append(worker)
        else:
            worker.close()

    def _take_idle(self) -> "_Worker | None":
        while True:
            try:
                worker = self._idle.pop()
            except IndexError:
                return None
            if worker.is_alive:
                return worker
            worker.close()


class _Worker:
    """One process and its socket."""

    def __init__(self, limits: ExtractionLimits) -> None:
        self.files = 0
        self._deadline_seconds = limits.wall_seconds + _GRACE_SECONDS
        self._longest = 4 * limits.characters + 1024
        self._socket, other = socket.socketpair()
        paths = os.pathsep.join(path for path in sys.path if path)
        main = _MAIN.format(separator=os.pathsep)
        arguments = (*map(str, astuple(limits)), paths)
        with closing(other):
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                (sys.executable, "-I", "-S", "-c", main, *arguments),
                stdin=other.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def extract(self, file: BinaryIO, suffix: str) -> Extraction:
        """Extracts one file. Raises _WorkerEndedError, after which the worker is unusable."""
        self.files += 1
        deadline = time.monotonic() + self._deadline_seconds
        file.seek(0)
        try:
            socket.send_fds(self._socket, [suffix.encode()], [file.fileno()])
            size = int.from_bytes(self._receive(8, deadline))
            if size > self._longest:
                raise _WorkerEndedError(AttachmentText.UNREADABLE, is_final=True)
            state, text = json.loads(self._receive(size, deadline))
            extraction = Extraction(str(text), AttachmentText(state))
        except TimeoutError:
            raise _WorkerEndedError(AttachmentText.TOO_COSTLY, is_final=True) from None
        except (OSError, EOFError, ValueError, TypeError):
            raise self._read_end() from None
        if extraction.state is AttachmentText.TOO_COSTLY:
            raise _WorkerEndedError(extraction.state, is_final=True)
        return extraction

    def _receive(self, size: int, deadline: float) -> bytes:
        content = bytearray()
        while len(content) < size:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            received = self._socket.recv(min(size - len(content), 1 << 20))
            if not received:
                raise EOFError
            content += received
        return bytes(content)

    def _read_end(self) -> _WorkerEndedError:
        """Returns the reason from the exit status: over a limit, or crashed."""
        try:
            status = self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            return _WorkerEndedError(AttachmentText.UNREADABLE, is_final=True)
        log.warning("a text extraction worker ended with status %d", status)
        is_costly = -status in (*_OUT_OF_TIME, *_OUT_OF_MEMORY)
        state = AttachmentText.TOO_COSTLY if is_costly else AttachmentText.UNREADABLE
        return _WorkerEndedError(state, is_final=self.files == 1 or -status in _OUT_OF_TIME)

    def close(self) -> None:
        """Ends the worker by closing its socket."""
        self._socket.close()
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def abandon(self) -> None:
        self._socket.close()
        # The worker is no child of this process, so there is nothing to wait for.
        self._process.returncode = 0
