"""The host names of sites that show one agency and those below it, from a city's own table."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from gettext import gettext as _
from pathlib import Path

from analyzers.errors import TableError
from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.table_reader import TableRow, read_table
from gongkai.settings_theme import check_accent

_FILE = "hosts.csv"
_COLUMNS = ("host", "unit", "name", "accent", "hall")
_HOST = lazy_re(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_COLOUR = lazy_re(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class SiteHost:
    """A site under its own host name: the code of its agency, its name, colour and hall.

    An empty `accent` is that of the installation, an empty `hall` none of the table's.
    """

    host: str
    unit: str
    name: str
    accent: str = ""
    hall: str = ""


def load_hosts(directory: Path | None = None) -> tuple[SiteHost, ...]:
    """Loads the hosts. Raises TableError with file and line for the first invalid row."""
    rows, problems = _read(directory)
    if problems:
        raise TableError(problems[0])
    return tuple(map(_build, rows))


def check_hosts(directory: Path | None = None) -> list[str]:
    """Returns every problem of the table that `load_hosts(directory)` would read."""
    try:
        return _read(directory)[1]
    except TableError as error:
        return [str(error)]


def _read(directory: Path | None) -> tuple[list[TableRow], list[str]]:
    units = _list_codes("agencies.csv", directory)
    halls = {"", *_list_codes("halls.csv", directory)}
    return read_table(_FILE, directory, _COLUMNS, partial(_check, units, halls))


def _list_codes(name: str, directory: Path | None) -> set[str]:
    return {row["code"] for row in read_table(name, directory, ("code",), lambda _: ())[0]}


def _build(row: TableRow) -> SiteHost:
    return SiteHost(row["host"].lower(), row["unit"], row["name"], row["accent"], row["hall"])


def _check(
    units: Collection[str], halls: Collection[str], rows: Iterable[TableRow]
) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for row in rows:
        host = row["host"].lower()
        if not _HOST.fullmatch(host):
            yield (
                row.line,
                _("'{host}' is no host name; write it without http:// and port.").format(host=host),
            )
        elif host in seen:
            yield row.line, _("the host {host} has two rows; delete one.").format(host=host)
        seen.add(host)
        yield from _check_values(row, units, halls)
        yield from _check_colour(row)


def _check_values(
    row: TableRow, units: Collection[str], halls: Collection[str]
) -> Iterator[tuple[int, str]]:
    if row["unit"] not in units:
        yield (
            row.line,
            _("the unit {unit} is no code of agencies.csv; write one.").format(unit=row["unit"]),
        )
    if not row["name"]:
        yield row.line, _("has an empty {column}; write one.").format(column="name")
    if row["hall"] not in halls:
        yield (
            row.line,
            _("the hall {hall} is not in halls.csv; write a code of it.").format(hall=row["hall"]),
        )


def _check_colour(row: TableRow) -> Iterator[tuple[int, str]]:
    if not row["accent"]:
        return
    if not _COLOUR.fullmatch(row["accent"]):
        yield row.line, _("accent is no colour; write it like #9c1c1c.")
        return
    try:
        check_accent(row["accent"])
    except ValueError as error:
        yield row.line, f"accent {error}"
