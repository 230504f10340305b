"""A file lock that allows one writer per data folder."""

from filelock import FileLock, Timeout

from gongkai.engines.embedded.layout import Layout
from gongkai.errors import AnotherWriterError
from gongkai.files.durable import FILE_MODE


class FolderLock:
    """See WriteLock. The system releases the lock when its process ends, however it ends."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lock = FileLock(layout.lock, mode=FILE_MODE)

    @property
    def is_held(self) -> bool:
        return self._lock.is_locked

    def acquire(self, patience: float = 0.0) -> None:
        if self.is_held:
            raise AnotherWriterError
        self._layout.prepare()
        try:
            self._lock.acquire(timeout=patience)
        except Timeout:
            raise AnotherWriterError from None

    def check(self) -> None:
        """Nothing to check: a held file lock is not lost."""

    def release(self) -> None:
        self._lock.release()
