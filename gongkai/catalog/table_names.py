"""Detects misspelt file names of a city's own tables, which would otherwise be ignored."""

import difflib
from collections.abc import Iterable, Iterator
from gettext import gettext as _
from importlib import resources
from pathlib import Path

from analyzers.errors import TableError


def check_table_names(folders: Iterable[Path | None]) -> None:
    """Raises TableError for a CSV file whose name is almost that of a known table."""
    for folder in filter(None, folders):
        for fault in _find_misspelt(folder):
            raise TableError(fault)


def _find_misspelt(folder: Path) -> Iterator[str]:
    known = _known_names()
    for path in sorted(folder.iterdir()):
        if path.name in known or path.suffix.lower() not in (".csv", ".xlsx", ".xls", ".txt"):
            continue
        (near,) = difflib.get_close_matches(f"{path.stem.lower()}.csv", known, 1, 0.8) or ("",)
        if near and not (folder / near).exists():
            yield _(
                "{path}: is not read under this name; save it as {near}, or move it elsewhere."
            ).format(path=path, near=near)


def _known_names() -> list[str]:
    """Returns the names of the shipped tables and dictionaries."""
    folders = (
        resources.files("gongkai.catalog").joinpath("data"),
        resources.files("analyzers").joinpath("dictionaries"),
    )
    return sorted(
        each.name for folder in folders for each in folder.iterdir() if each.name.endswith(".csv")
    )
