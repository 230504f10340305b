"""Writes files atomically: they are complete or missing after a power cut or a full disk.

Files and folders created here are accessible to their owner only, whatever the umask.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE, S_ISLNK
from typing import IO, Any

import orjson

FILE_MODE, FOLDER_MODE = 0o600, 0o700
_OTHERS = 0o077
_NEW = ".new"


def replace_file(path: Path, content: bytes) -> None:
    """Replaces a file with new content."""
    with open_whole(path) as file:
        file.write(content)


@contextmanager
def open_whole(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file that takes its name, synced, when the block ends; an error leaves nothing.

    Missing parent folders are created.
    """
    make_folder(path.parent)
    beside = path.with_name(f".{path.name}.{os.getpid()}{_NEW}")
    try:
        with open_private(beside, os.O_TRUNC) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def open_private(path: Path, flags: int = 0, *, buffering: int = -1) -> IO[bytes]:
    """Opens a file for writing, created if missing; `flags` such as os.O_APPEND, os.O_TRUNC."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flags, FILE_MODE)
    return os.fdopen(descriptor, "wb", buffering=buffering)


def make_folder(folder: Path) -> None:
    """Creates a folder and its missing parents; an existing folder stays unchanged."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def find_open(paths: Iterable[Path]) -> Iterator[Path]:
    """Yields the files and folders that group or others have access to; links are skipped."""
    for path in paths:
        with suppress(OSError):
            mode = path.lstat().st_mode
            if not S_ISLNK(mode) and mode & _OTHERS:
                yield path


def take_rights(path: Path) -> bool:
    """Removes access for group and others; returns whether that succeeded."""
    try:
        path.chmod(S_IMODE(path.lstat().st_mode) & ~_OTHERS)
    except OSError:
        return False
    return True


def drop_unfinished(folder: Path, older_than: float) -> None:
    """Deletes files that killed processes left in `open_whole` before this time."""
    for path in folder.glob(f".*{_NEW}"):
        try:
            if path.stat().st_mtime < older_than:
                path.unlink()
        except OSError:
            continue


def sync_folder(folder: Path) -> None:
    """Syncs a folder, so that a rename or new name survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_json(path: Path) -> Any:
    """Returns the parsed content, or None if the file is missing. Raises ValueError if torn."""
    try:
        return orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None


def signature(path: Path) -> tuple[int, int, int] | None:
    """Returns a value that changes whenever the file is written or replaced; None if missing."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_ino, state.st_mtime_ns, state.st_size
