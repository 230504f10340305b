"""Annual reports (年报) and gazettes (公报) by agency, year and issue."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from analyzers.lazy_pattern import lazy_re
from analyzers.numerals import read_numeral
from gongkai.catalog.agencies import LEVELS, Agency
from gongkai.catalog.duties import Rule, find_report_year
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.query.request import Sort
from gongkai.query.tree import And, MatchNone, Or, Query, Term, match_run
from gongkai.search.units import find_duty

_READ = 1_000
"""Records of one agency that are read: a weekly gazette of twenty years."""
_GAZETTE = "公报"
_ABOUT = ("通知", "通报", "解读")
"""Words in the titles of documents about a report."""
_ISSUE = lazy_re(r"第\s*([0-9]{1,4}|[〇零一二三四五六七八九十百]{1,6})\s*([期号])")


class Serial(StrEnum):
    """What is published again and again; the value is part of an address."""

    REPORTS = "reports"
    GAZETTES = "gazettes"


@dataclass(frozen=True, slots=True)
class SerialAgency:
    """An agency with records of a serial; a publisher without a code has its name as `code`."""

    code: str
    name: str
    level: str
    count: int


@dataclass(frozen=True, slots=True)
class Issue:
    """The records of one issue; `label` is 第3期, empty for records without an issue."""

    label: str
    records: Sequence[StoredRecord]


@dataclass(frozen=True, slots=True)
class SerialYear:
    """The issues of a year, the latest first."""

    year: int
    issues: Sequence[Issue]


class SerialReader:
    """Reads the serials of one installation; keeps no state."""

    def __init__(self, installation: Installation, engine: SearchEngine) -> None:
        self._agencies = installation.tables.agencies
        self._analyzer = installation.analyzer
        self._duties = installation.duties
        self._engine = engine

    async def agencies(self, serial: Serial) -> list[SerialAgency]:
        """Returns the agencies with records, in the order of the table; others come last."""
        query = EngineQuery(self._find(serial), facets=("publisher",), limit=0)
        counts = dict((await self._engine.search(query)).facets["publisher"])
        known = [
            _describe(each, counts.pop(each.code))
            for each in sorted(self._agencies.all(), key=lambda each: LEVELS.index(each.level))
            if counts.get(each.code)
        ]
        return [*known, *(SerialAgency(n, n, "", c) for n, c in sorted(counts.items()) if c)]

    async def years(self, serial: Serial, code: str) -> list[SerialYear]:
        """Returns the records of an agency by year and issue, the latest first."""
        own = {"publisher": Term("publisher", code)}
        query = EngineQuery(self._find(serial), own, sort=Sort.NEWEST, limit=_READ)
        hits = (await self._engine.search(query)).hits
        return await asyncio.to_thread(
            lambda: _arrange(serial, [decode_record(each.stored) for each in hits])
        )

    def _find(self, serial: Serial) -> Query:
        about = tuple(match_run("title_grams", each) for each in _ABOUT)
        if serial is Serial.GAZETTES:
            return And((Term("genre", _GAZETTE),), exclude=about)
        duties = [each for each in self._duties.duties if each.rule is Rule.ANNUAL]
        reports = tuple(find_duty(each, self._analyzer) for each in duties)
        return And((Or(reports) if reports else MatchNone(),), exclude=about)


def _describe(agency: Agency, count: int) -> SerialAgency:
    return SerialAgency(agency.code, agency.name, agency.level, count)


def _arrange(serial: Serial, records: Sequence[StoredRecord]) -> list[SerialYear]:
    years: defaultdict[int, defaultdict[tuple[int, str], list[StoredRecord]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for each in records:
        # A report is about the year before, a gazette about its own.
        published = each.published_on.year + (serial is Serial.GAZETTES)
        years[find_report_year(each.title, published)][read_issue(each.title)].append(each)
    return [
        SerialYear(year, [Issue(label, found) for (_, label), found in _sort(issues)])
        for year, issues in sorted(years.items(), reverse=True)
    ]


def _sort(
    issues: dict[tuple[int, str], list[StoredRecord]],
) -> list[tuple[tuple[int, str], list[StoredRecord]]]:
    return sorted(issues.items(), reverse=True)


def read_issue(title: str) -> tuple[int, str]:
    """Returns number and label of the issue that a title states, 0 and "" without one."""
    found = _ISSUE.search(title)
    if found is None:
        return 0, ""
    written = found[1]
    number = int(written) if written.isdecimal() and written.isascii() else read_numeral(written)
    return (number, f"第{number}{found[2]}") if number else (0, "")
