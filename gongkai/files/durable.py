"""Writes files that are whole or missing, whenever the power fails or the disk is full.

Files and folders made here are for their owner alone, whatever the umask.
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
    """Write a whole file in place of what is there."""
    with open_whole(path) as file:
        file.write(content)


@contextmanager
def open_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes its name when the block ends, synced; an error leaves nothing.

    Folders above it are made.
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
    """Open for writing, made where it is missing; `flags` such as os.O_APPEND, os.O_TRUNC."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flags, FILE_MODE)
    return os.fdopen(descriptor, "wb", buffering=buffering)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing; a folder that is there stays as it is."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def find_open(paths: Iterable[Path]) -> Iterator[Path]:
    """Those of the files and folders that group or others have rights to; links are left out."""
    for path in paths:
        with suppress(OSError):
            mode = path.lstat().st_mode
            if not S_ISLNK(mode) and mode & _OTHERS:
                yield path


def take_rights(path: Path) -> bool:
    """Take the rights of group and others from a file; whether that could be done."""
    try:
        path.chmod(S_IMODE(path.lstat().st_mode) & ~_OTHERS)
    except OSError:
        return False
    return True


def drop_unfinished(folder: Path, older_than: float) -> None:
    """Delete what killed processes left of `open_whole`, last written before this time."""
    for path in folder.glob(f".*{_NEW}"):
        try:
            if path.stat().st_mtime < older_than:
                path.unlink()
        except OSError:
            continue


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_json(path: Path) -> Any:
    """The parsed content, or None where the file is missing. Raises ValueError when it is torn."""
    try:
        return orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None


def signature(path: Path) -> tuple[int, int, int] | None:
    """Changes whenever the file was replaced or written; None where it is missing."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_ino, state.st_mtime_ns, state.st_size
