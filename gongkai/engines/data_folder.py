"""File permissions of a data folder: only the owner has access."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from gongkai.files.durable import find_open, take_rights

_OURS = (
    *(
        "live*",
        "generations",
        "vectors",
        "models",
        "write.lock",
        "withdrawn*",
        "replica",
        "last_run*",
    ),
    *(
        "rejects",
        "reviews",
        "duplicates.json",
        "doctor.*",
        "jobs",
        "judged",
        "*.sqlite3*",
        ".*.new",
    ),
)


def find_readable(data_dir: Path) -> Iterator[Path]:
    """Yields paths of ours that group or others have access to.

    The folder itself counts only where it holds nothing but our files, since it may be configured
    by mistake.
    """
    if not data_dir.is_dir():
        return
    entries = list(data_dir.iterdir())
    ours = [each for each in entries if any(fnmatch(each.name, name) for name in _OURS)]
    if entries and len(ours) == len(entries):
        yield from find_open([data_dir])
    for each in ours:
        yield from find_open([each])
        if each.is_dir() and not each.is_symlink():
            yield from find_open(each.rglob("*"))


def make_private(data_dir: Path) -> int:
    """Removes access for group and others; returns how many paths changed.

    Older versions and other umasks left such access. Paths of another user stay unchanged.
    """
    return sum(take_rights(path) for path in list(find_readable(data_dir)))
