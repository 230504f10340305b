"""What the page of an agency shows: its duties, classes, newest records, and the agencies below."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.agencies import Agency
from gongkai.catalog.duties import Duties, Duty, Rule, find_report_year
from gongkai.catalog.instants import today_in_china
from gongkai.catalog.stored_record import decode_record
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, Hit, SearchEngine
from gongkai.query.filters import published_by
from gongkai.query.request import Sort
from gongkai.query.tree import MatchAll, Or, Query, Term, match_run
from gongkai.search.responses import HitView
from gongkai.search.views import Views

_READ, _SHOWN = 60, 8
"""Records of a duty that are read, and that are shown of a class."""


@dataclass(frozen=True, slots=True)
class DutyRecords:
    """The records that meet a duty; those of agencies below where the agency has none itself.

    `years` are the years that annual reports are about, beside their records.
    """

    duty: Duty
    hits: Sequence[HitView]
    years: Sequence[int]
    is_own: bool


@dataclass(frozen=True, slots=True)
class UnitOverview:
    """An agency with the number of records of its own, and of it with all agencies below."""

    agency: Agency
    own: int
    total: int
    duties: Sequence[DutyRecords]


class UnitReader:
    """Reads overviews and counts of agencies; keeps no state."""

    def __init__(self, installation: Installation, engine: SearchEngine) -> None:
        self._tables = installation.tables
        self._duties: Duties = installation.duties
        self._analyzer = installation.analyzer
        self._engine = engine
        self._views = Views(installation.tables, today_in_china)

    async def read(self, agency: Agency) -> UnitOverview:
        """Returns the overview of an agency."""
        branch = published_by(agency.code, self._tables)
        own = Term("publisher", agency.code)
        mine, total = await self._engine.count([own, branch])
        found = await asyncio.gather(
            *(self._find(each, agency, branch) for each in self._duties.duties)
        )
        return UnitOverview(agency, mine, total, [each for each in found if each.hits])

    async def count_branches(self) -> Mapping[str, int]:
        """Returns the records of each agency with those of all agencies below it."""
        query = EngineQuery(MatchAll(), facets=("publisher",), limit=0)
        counts = (await self._engine.search(query)).facets["publisher"]
        agencies = self._tables.agencies
        totals = {each.code: counts.get(each.code, 0) for each in agencies.all()}
        for each in agencies.all():
            for above in agencies.path(each.code):
                totals[above.code] += counts.get(each.code, 0)
        return totals

    async def _find(self, duty: Duty, agency: Agency, branch: Query) -> DutyRecords:
        met = find_duty(duty, self._analyzer)
        for filters in ({"unit": Term("publisher", agency.code)}, {"unit": branch}):
            query = EngineQuery(met, filters, sort=Sort.NEWEST, limit=_READ)
            if hits := (await self._engine.search(query)).hits:
                return self._view(duty, hits, is_own=filters["unit"] != branch)
        return DutyRecords(duty, (), (), is_own=True)

    def _view(self, duty: Duty, hits: Sequence[Hit], *, is_own: bool) -> DutyRecords:
        if duty.rule is not Rule.ANNUAL:
            return DutyRecords(duty, self._views.hits(hits[:_SHOWN]), (), is_own)
        records = [decode_record(each.stored) for each in hits]
        years = [find_report_year(each.title, each.published_on.year) for each in records]
        order = sorted(range(len(hits)), key=lambda at: -years[at])
        views = self._views.hits([hits[at] for at in order])
        return DutyRecords(duty, views, [years[at] for at in order], is_own)


def find_duty(duty: Duty, analyzer: TextAnalyzer) -> Query:
    """Returns a query for the records that meet a duty."""
    category = [Term("category", duty.category)] if duty.category else []
    titles = [match_run("title_grams", analyzer.letters_only(each)) for each in duty.titles]
    return Or((*category, *titles))
