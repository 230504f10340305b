"""Small files of state that are whole or not there, whenever the power fails."""

import os
from pathlib import Path
from typing import Any

import orjson


def replace_file(path: Path, content: bytes) -> None:
    """Write beside, sync, then rename over: a crash at any moment leaves one whole file."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


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
