"""Fetches archives that are not Python packages with Maven, once, and unpacks them."""

import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


class MissingPartError(Exception):
    """A required program is not installed; the message names it."""


def cache_folder() -> Path:
    """Returns a folder that every user can read: nodes run as their own user, not as root."""
    root = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    home = root / "gongkai-development"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    return home


def fetch(artifact: str, name: str, finish: Callable[[Path], Path] = lambda folder: folder) -> Path:
    """Returns the folder `name` of the cache with the unpacked archive `group:name:version:type`.

    `finish` receives the unpacked folder and returns the part to keep. Parallel runs fetch it once.
    Raises MissingPartError without Maven.
    """
    unpacked = cache_folder() / name
    with FileLock(cache_folder() / "fetch.lock"):
        if not unpacked.is_dir():
            _unpack(artifact, unpacked, finish)
    return unpacked


def _unpack(artifact: str, unpacked: Path, finish: Callable[[Path], Path]) -> None:
    if shutil.which("mvn") is None:
        raise MissingPartError(f"mvn, which fetches {artifact}, is not installed")
    with tempfile.TemporaryDirectory(dir=cache_folder()) as brought:
        subprocess.run(
            [
                "mvn",
                "--quiet",
                "--batch-mode",
                "dependency:copy",
                f"-Dartifact={artifact}",
                f"-DoutputDirectory={brought}",
            ],
            check=True,
            cwd=brought,
        )
        folder = Path(brought) / "unpacked"
        with zipfile.ZipFile(next(each for each in Path(brought).iterdir() if each.is_file())) as z:
            z.extractall(folder)
        finish(folder).rename(unpacked)
