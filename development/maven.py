"""Things that no package of Python brings, fetched by Maven once and unpacked beside each other."""

import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


class MissingPartError(Exception):
    """Something that is needed is not on this machine; the message names it."""


def cache_folder() -> Path:
    """A folder that any user can reach: a node runs as one of its own, and root's home is shut."""
    root = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    home = root / "gongkai-development"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    return home


def fetch(artifact: str, name: str, finish: Callable[[Path], Path] = lambda folder: folder) -> Path:
    """The unpacked archive `group:name:version:type` as the folder `name` of the cache.

    `finish` is given the folder it was unpacked into, and gives back the part to keep. Two runs
    side by side fetch it once. Raises MissingPartError without Maven.
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
