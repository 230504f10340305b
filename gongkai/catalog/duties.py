"""What every agency has to publish (应公开内容), from the shipped table or a city's own.

政府信息公开条例 (2019): article 12 asks for a guide and a catalog, articles 19 and 20 name
contents, articles 49 and 50 the annual report: agencies by 31 January, governments of counties and
above by 31 March.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from gettext import gettext as _
from pathlib import Path

from analyzers.errors import TableError
from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.agencies import LEVELS, Agency
from gongkai.catalog.classifications import split_values
from gongkai.catalog.table_reader import TableRow, read_table

_FILE = "duties.csv"
_COLUMNS = ("name", "rule", "category", "titles", "levels", "due")
_DUE = lazy_re(r"(\d{2})-(\d{2})")
_YEAR = lazy_re(r"(?<!\d)(20\d{2}|19\d{2})(?!\d)")
_GOVERNMENT, _TOWNSHIP = "人民政府", LEVELS[-1]


class Rule(StrEnum):
    """The kind of a duty: one guide, a report each year, or a class that is not empty."""

    GUIDE = "指南"
    ANNUAL = "年报"
    CLASS = "栏目"


@dataclass(frozen=True)
class Duty:
    """One kind of content: records of a class, or whose title contains one of the words.

    `levels` are those of the agencies that owe it. `due` are the days of the next year on which an
    annual report is due: of an agency, and of a government of a county or above.
    """

    name: str
    rule: Rule
    category: str = ""
    titles: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    due: tuple[tuple[int, int], ...] = ()

    def is_met_by(self, title: str, category: str | None) -> bool:
        """Whether a record with this title and class is of this kind."""
        path = f"{category or ''}/"
        if self.category and path.startswith(f"{self.category}/"):
            return True
        return any(word in title for word in self.titles)

    def due_on(self, agency: Agency, year: int) -> date | None:
        """Returns the day on which the agency's report about a year is due."""
        if not self.due:
            return None
        month, day = self.due[-1] if _is_government(agency) else self.due[0]
        return date(year + 1, month, day)


@dataclass(frozen=True)
class Duties:
    """The duties of one installation, in file order."""

    duties: tuple[Duty, ...] = ()

    def of_level(self, level: str) -> tuple[Duty, ...]:
        """Returns the duties of the agencies of a level."""
        return tuple(each for each in self.duties if level in each.levels)

    @cached_property
    def levels(self) -> frozenset[str]:
        """The levels of the agencies that owe anything."""
        return frozenset(level for each in self.duties for level in each.levels)


def find_report_year(title: str, published_in: int) -> int:
    """Returns the year that an annual report is about: that of its title, or the year before."""
    found = _YEAR.search(title)
    return int(found[0]) if found else published_in - 1


def load_duties(directory: Path | None = None) -> Duties:
    """Loads the duties. Raises TableError with file and line for the first invalid row."""
    rows, problems = read_table(_FILE, directory, _COLUMNS, _check)
    if problems:
        raise TableError(problems[0])
    return Duties(tuple(map(_build, rows)))


def check_duties(directory: Path | None = None) -> list[str]:
    """Returns every problem of the table that `load_duties(directory)` would read."""
    try:
        return read_table(_FILE, directory, _COLUMNS, _check)[1]
    except TableError as error:
        return [str(error)]


def _is_government(agency: Agency) -> bool:
    return agency.name.endswith(_GOVERNMENT) and agency.level != _TOWNSHIP


def _build(row: TableRow) -> Duty:
    return Duty(
        name=row["name"],
        rule=Rule(row["rule"]),
        category=row["category"],
        titles=split_values(row["titles"]),
        levels=split_values(row["levels"]),
        due=tuple(_read_day(each) for each in split_values(row["due"])),
    )


def _read_day(text: str) -> tuple[int, int]:
    """Returns month and day of 01-31. Raises ValueError for another text."""
    found = _DUE.fullmatch(text)
    if not found:
        raise ValueError(text)
    day = date(2001, int(found[1]), int(found[2]))
    return day.month, day.day


def _check(rows: Iterable[TableRow]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for row in rows:
        if not row["name"] or row["name"] in seen:
            yield row.line, _("has an empty name or that of another row; change it.")
        seen.add(row["name"])
        if row["rule"] not in set(Rule):
            yield row.line, _("rule is one of {choices}.").format(choices=" ".join(Rule))
        if not row["category"] and not row["titles"]:
            yield row.line, _("has neither category nor titles; write one of them.")
        for level in split_values(row["levels"]):
            if level not in LEVELS:
                yield (
                    row.line,
                    _("unknown level '{level}'; write one of {choices}.").format(
                        level=level, choices=" ".join(LEVELS)
                    ),
                )
        yield from _check_due(row)


def _check_due(row: TableRow) -> Iterator[tuple[int, str]]:
    try:
        for each in split_values(row["due"]):
            _read_day(each)
    except ValueError:
        yield row.line, _("due is a month and day like 01-31, two of them separated by ;.")
