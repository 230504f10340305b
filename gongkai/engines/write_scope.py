"""Holds the write lock of an installation for one operation, or for the life of a writer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from gongkai.engines.store_backend import StoreBackend, WriteLock
from gongkai.errors import AnotherWriterError, OpenSlotsError

_PAUSE_SECONDS = 0.1


@contextmanager
def hold_within(lock: WriteLock, seconds: float) -> Iterator[None]:
    """Holds a lock that other processes hold for moments only.

    Raises AnotherWriterError where it is not free within `seconds`.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            lock.acquire()
            break
        except AnotherWriterError:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        lock.release()


class WriteScope:
    """Context managers around the lock of a backend; they also translate its errors."""

    def __init__(self, backend: StoreBackend) -> None:
        self._backend = backend

    @contextmanager
    def locked(self, patience: float = 0.0) -> Iterator[None]:
        """Holds the lock, with an intact ledger; within a writer it is held already."""
        if self._backend.lock.is_held:
            with self._backend.translate_errors():
                yield
            return
        with self.holding(patience):
            self._backend.ledger.begin()
            yield

    @contextmanager
    def alone(self, patience: float = 0.0) -> Iterator[None]:
        """Holds the lock as `locked` does. Raises AnotherWriterError while slots may be written."""
        is_held = self._backend.lock.is_held
        with self.locked(patience):
            if not is_held and self._backend.generations.in_slots():
                raise AnotherWriterError
            yield

    @contextmanager
    def holding(self, patience: float = 0.0) -> Iterator[None]:
        """Holds the lock, whatever the state of the ledger."""
        with self._backend.translate_errors():
            self._backend.lock.acquire(patience)
            try:
                yield
            finally:
                self._backend.lock.release()

    @contextmanager
    def kept_on_success(self) -> Iterator[None]:
        """Holds the lock, and leaves it held without an error: closing the writer releases it.

        Raises OpenSlotsError while a rebuild in slots is not finished.
        """
        with self._backend.translate_errors():
            self._backend.lock.acquire()
            try:
                self._refuse_slots()
                self._backend.ledger.begin()
                yield
            except BaseException:
                self._backend.lock.release()
                raise

    def _refuse_slots(self) -> None:
        if unfinished := self._backend.generations.in_slots():
            raise OpenSlotsError(unfinished.name, unfinished.slots)
