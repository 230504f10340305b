"""The service halls in which kiosks are installed, from the shipped table or a city's own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

from analyzers.errors import TableError
from gongkai.catalog.classifications import split_values
from gongkai.catalog.table_reader import TableRow, read_table

_FILE = "halls.csv"
_COLUMNS = ("code", "name", "agencies", "idle_seconds", "printer", "tiles")
_SHORTEST_IDLE = 30
"""Seconds; the warning before the reset is shown for twenty of them."""
_PRINTER = {"有": True, "是": True, "yes": True, "无": False, "否": False, "no": False, "": False}


@dataclass(frozen=True, slots=True)
class Hall:
    """A hall with a kiosk; its `agencies` (names or codes) are listed first.

    `idle_seconds` without a touch reset the kiosk. `tiles` are search terms on the start screen.
    """

    code: str
    name: str
    agencies: tuple[str, ...] = ()
    idle_seconds: int = 90
    has_printer: bool = False
    tiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Halls:
    """The halls of one installation, in file order."""

    halls: tuple[Hall, ...] = (Hall("", "政务公开查询"),)

    def find(self, code: str) -> Hall | None:
        """Returns the hall with a code, the first hall for an empty code, or None."""
        if not code:
            return self.halls[0]
        return next((hall for hall in self.halls if hall.code == code), None)


def load_halls(directory: Path | None = None) -> Halls:
    """Loads the halls. Raises TableError with file and line for the first invalid row."""
    halls, problems = _read(directory)
    if problems:
        raise TableError(problems[0])
    return halls


def check_halls(directory: Path | None = None) -> list[str]:
    """Returns every problem of the table that `load_halls(directory)` would read."""
    try:
        return _read(directory)[1]
    except TableError as error:
        return [str(error)]


def _read(directory: Path | None) -> tuple[Halls, list[str]]:
    rows, problems = read_table(_FILE, directory, _COLUMNS, _check)
    return Halls() if problems else Halls(tuple(map(_build, rows))), problems


def _build(row: TableRow) -> Hall:
    return Hall(
        code=row["code"],
        name=row["name"],
        agencies=split_values(row["agencies"]),
        idle_seconds=int(row["idle_seconds"]),
        has_printer=_PRINTER[row["printer"].lower()],
        tiles=split_values(row["tiles"]),
    )


def _check(rows: Iterable[TableRow]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for row in rows:
        if not row["code"] or not row["name"]:
            yield row.line, _("has an empty code or name; write both.")
        elif row["code"] in seen:
            yield row.line, _("the code {code} is used twice; change one.").format(code=row["code"])
        seen.add(row["code"])
        idle = row["idle_seconds"]
        if not (idle.isascii() and idle.isdigit() and int(idle) >= _SHORTEST_IDLE):
            yield (
                row.line,
                _("idle_seconds is a number of {shortest_idle} or more.").format(
                    shortest_idle=_SHORTEST_IDLE
                ),
            )
        if row["printer"].lower() not in _PRINTER:
            yield (
                row.line,
                _("printer is one of {choices}.").format(choices=" ".join(filter(None, _PRINTER))),
            )
    if not seen:
        yield 1, _("has no hall; keep one row.")
