"""The headings that a city adds to those that the catalog understands, as a table."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from gettext import gettext as _
from pathlib import Path

from analyzers.errors import TableError
from gongkai.catalog.headings import (
    HEADINGS,
    KEYS,
    LONGEST_HEADING,
    catalog_key_of,
    fold_city_heading,
)
from gongkai.catalog.table_reader import TableRow, read_table

FILE = "headings.csv"
COLUMNS = ("heading", "field")
_NEAR, _MOST_NEAR = 0.5, 3


def load_headings(directory: Path | None = None) -> Mapping[str, str]:
    """Returns headings with their keys, in file order; rows without a field are left out.

    Raises TableError with file and line for the first invalid row.
    """
    headings, problems = _read(directory)
    if problems:
        raise TableError(problems[0])
    return headings


def check_headings(directory: Path | None = None) -> list[str]:
    """Returns every problem of the table that `load_headings(directory)` would read."""
    try:
        return _read(directory)[1]
    except TableError as error:
        return [str(error)]


def _read(directory: Path | None) -> tuple[Mapping[str, str], list[str]]:
    rows, problems = read_table(FILE, directory, COLUMNS, _check)
    filled = (row for row in rows if row["field"])
    return {} if problems else {_heading(row): _key(row) or "" for row in filled}, problems


def _heading(row: TableRow) -> str:
    # Written tables guard cells such as =… with an apostrophe.
    return row["heading"].lstrip("'")


def _key(row: TableRow) -> str | None:
    """Returns the key of a field; a Chinese heading of the catalog names its field too."""
    return HEADINGS.get(row["field"].lower())


def _check(rows: Sequence[TableRow]) -> Iterator[tuple[int, str]]:
    seen: dict[str, tuple[str | None, int]] = {}
    for row in rows:
        if not row["field"]:
            continue
        heading, key = _heading(row), _key(row)
        folded = fold_city_heading(heading)
        if not folded:
            yield row.line, _("has a field without a heading; write the heading of the column.")
            continue
        if key is None:
            yield (
                row.line,
                _("unknown field '{field}'; write {name_near}.").format(
                    field=row["field"], name_near=_name_near(row["field"])
                ),
            )
            continue
        if len(heading) > LONGEST_HEADING:
            yield (
                row.line,
                _("the heading is over {longest_heading} characters; delete the row.").format(
                    longest_heading=LONGEST_HEADING
                ),
            )
        if (fixed := catalog_key_of(heading)) not in (None, key):
            yield (
                row.line,
                _("the heading {heading} always means {fixed}; delete the row.").format(
                    heading=heading, fixed=fixed
                ),
            )
        other, line = seen.setdefault(folded, (key, row.line))
        if other != key:
            yield (
                row.line,
                _("the heading {heading} is on line {line} too; delete one of the rows.").format(
                    heading=heading, line=line
                ),
            )


def _name_near(field: str) -> str:
    """Returns the fields whose names are nearest to a wrong one, or all fields."""
    near = difflib.get_close_matches(field.lower(), HEADINGS, _MOST_NEAR, _NEAR)
    found = list(dict.fromkeys(HEADINGS[each] for each in near))
    return _(" or ").join(found) if found else _("one of {choices}").format(choices=" ".join(KEYS))
