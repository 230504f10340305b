"""The rights on a data folder: everything in it is for its owner alone."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from gongkai.files.durable import find_open, take_rights

_OURS = (
    *("live*", "generations", "vectors", "write.lock", "withdrawn*", "replica"),
    *("rejects", "reviews", "duplicates.json", "*.sqlite3*", ".*.new"),
)


def find_readable(data_dir: Path) -> Iterator[Path]:
    """What group or others have rights to. Files that are not ours are passed over.

    The folder itself counts only if nothing but our files is in it: it may be named by mistake.
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
    """Take those rights away, as older versions and other umasks left them; how many were changed.

    What belongs to another user stays as it is.
    """
    return sum(take_rights(path) for path in list(find_readable(data_dir)))
