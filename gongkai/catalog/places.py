"""The gazetteer of place names, from the shipped table or a city's own.

Spelling correction never changes these names. Codes are those of GB/T 2260.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from gettext import gettext as _
from pathlib import Path

from analyzers.errors import TableError
from gongkai.catalog.agencies import LEVELS
from gongkai.catalog.classifications import split_values
from gongkai.catalog.table_reader import TableRow, read_table

_FILE = "places.csv"
_COLUMNS = ("code", "name", "level", "parent", "short_names", "former_names")


@dataclass(frozen=True, slots=True)
class Place:
    """An administrative division; `parent` is a code or empty."""

    code: str
    name: str
    level: str
    parent: str
    short_names: tuple[str, ...]
    former_names: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """The places of one installation."""

    places: tuple[Place, ...] = ()

    def is_name(self, text: str) -> bool:
        """Whether this is a current or former name of a place."""
        return text in self._names

    def names(self) -> frozenset[str]:
        """Returns current, short and former names; single characters (皖) are parts of words."""
        return frozenset(name for name in self._names if len(name) > 1)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Returns (former name, current name) of every renamed place."""
        return tuple((former, each.name) for each in self.places for former in each.former_names)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(
            name
            for each in self.places
            for name in (each.name, *each.short_names, *each.former_names)
        )


def load_places(directory: Path | None = None) -> Places:
    """Loads the places. Raises TableError with file and line for the first invalid row."""
    places, problems = _read(directory)
    if problems:
        raise TableError(problems[0])
    return places


def check_places(directory: Path | None = None) -> list[str]:
    """Returns every problem of the table that `load_places(directory)` would read."""
    try:
        return _read(directory)[1]
    except TableError as error:
        return [str(error)]


def _read(directory: Path | None) -> tuple[Places, list[str]]:
    rows, problems = read_table(_FILE, directory, _COLUMNS, _check)
    return Places(tuple(_build(row) for row in rows)), problems


def _build(row: TableRow) -> Place:
    return Place(
        code=row["code"],
        name=row["name"],
        level=row["level"],
        parent=row["parent"],
        short_names=split_values(row["short_names"]),
        former_names=split_values(row["former_names"]),
    )


def _check(rows: Iterable[TableRow]) -> Iterator[tuple[int, str]]:
    listed = list(rows)
    lines: dict[str, int] = {}
    codes = {row["code"] for row in listed}
    for row in listed:
        if not row["code"] or not row["name"]:
            yield row.line, _("has an empty code or name; write both.")
        elif row["code"] in lines:
            yield (
                row.line,
                _("the code {code} is on line {value} too.").format(
                    code=row["code"], value=lines[row["code"]]
                ),
            )
        lines.setdefault(row["code"], row.line)
        if row["level"] not in LEVELS:
            yield (
                row.line,
                _("unknown level '{level}'; write one of {choices}.").format(
                    level=row["level"], choices=" ".join(LEVELS)
                ),
            )
        if row["parent"] and row["parent"] not in codes:
            yield (
                row.line,
                _("the parent {parent} has no row; add it or fix the code.").format(
                    parent=row["parent"]
                ),
            )
