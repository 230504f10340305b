"""Supervision (督办): the figures of all agencies, counted once for each version of the index."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from gettext import gettext as _

from gongkai.catalog.duties import Duties
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.engines.installation import Installation
from gongkai.engines.port import Hit, SearchEngine
from gongkai.engines.scan import read_pages
from gongkai.errors import EngineUnavailableError
from gongkai.query.relevance import load_weights
from gongkai.query.static_rank import REPEALED
from gongkai.search.background import start_in_background
from gongkai.search.related import RelatedRecords
from gongkai.staff.snapshots import Snapshot, Snapshots
from gongkai.staff.traffic_lights import Judged, judge
from gongkai.staff.unit_figures import UnitFigures

WAIT_SECONDS = 15.0
"""How long a request waits for the first count."""


@dataclass(frozen=True, slots=True)
class Supervised:
    """The agencies of a snapshot; `is_current` tells whether it is of the live index."""

    snapshot: Snapshot
    is_current: bool
    units: Sequence[Judged]


class SupervisionService:
    """Counts in the background after each change of the index; one instance a process."""

    def __init__(
        self, installation: Installation, engine: SearchEngine, snapshots: Snapshots
    ) -> None:
        self._installation = installation
        self._engine = engine
        self.snapshots = snapshots
        self._latest: Snapshot | None = None
        self._judged: tuple[str, date, Sequence[Judged]] | None = None
        self._counting: asyncio.Task[None] | None = None

    async def read(self, today: date) -> Supervised:
        """Returns the agencies that owe anything, the worst first.

        Raises EngineUnavailableError where the first count takes longer than WAIT_SECONDS.
        """
        snapshot, is_current = await self._current()
        if self._judged is None or self._judged[:2] != (snapshot.counted_at, today):
            units = await asyncio.to_thread(self.judge_all, snapshot, today)
            self._judged = (snapshot.counted_at, today, units)
        return Supervised(snapshot, is_current, self._judged[2])

    def judge_all(self, snapshot: Snapshot, today: date) -> list[Judged]:
        """Returns the agencies that owe anything as of a day, the worst first."""
        duties = self._installation.duties
        units = [
            judge(each, snapshot.units.get(each.code, UnitFigures()), duties, today)
            for each in self._installation.tables.agencies.all()
            if each.level in duties.levels
        ]
        return sorted(units, key=lambda each: (-each.light, -each.failed))

    async def _current(self) -> tuple[Snapshot, bool]:
        version = await self._engine.version()
        if self._latest is None or self._latest.version != version:
            # Another process may have counted already.
            self._latest = await asyncio.to_thread(self.snapshots.latest) or self._latest
        if self._latest and self._latest.version == version:
            return self._latest, True
        if self._counting is None or self._counting.done():
            self._counting = start_in_background(self._count(version))
        if self._latest is None:
            await asyncio.wait([self._counting], timeout=WAIT_SECONDS)
            if self._latest is None:
                raise EngineUnavailableError(
                    _("The records are being counted; try again in a minute.")
                )
        return self._latest, self._latest.version == version

    async def _count(self, version: str) -> None:
        units = await count_units(self._installation, self._engine)
        self._latest = await asyncio.to_thread(self.snapshots.keep, version, units)


async def keep_todays_snapshot(installation: Installation, snapshots: Snapshots) -> None:
    """Counts and stores the figures, unless today has a snapshot."""
    if snapshots.has_today():
        return
    engine = installation.open_engine()
    try:
        version = await engine.version()
        snapshots.keep(version, await count_units(installation, engine))
    finally:
        await engine.close()


async def count_units(installation: Installation, engine: SearchEngine) -> dict[str, UnitFigures]:
    """Returns the figures by agency; reads every public record once."""
    units: defaultdict[str, UnitFigures] = defaultdict(UnitFigures)
    repealing: list[StoredRecord] = []
    async for result in read_pages(engine):
        repealing += await asyncio.to_thread(_add, units, result.hits, installation.duties)
    related = RelatedRecords(engine, installation.analyzer, load_weights())
    repealed: dict[str, str] = {}
    for record in repealing:
        for _cited, found in await related.repealed(record):
            if found and found.validity not in REPEALED:
                repealed[found.id] = found.publisher
    for publisher in repealed.values():
        units[publisher].repealed += 1
    return dict(units)


def _add(
    units: defaultdict[str, UnitFigures], hits: Sequence[Hit], duties: Duties
) -> list[StoredRecord]:
    """Adds records to their agencies. Returns those that repeal others, without their texts."""
    records = [decode_record(hit.stored) for hit in hits]
    for record in records:
        units[record.publisher].add(record, duties)
    return [replace(each, body="", attachments=()) for each in records if each.repeals]
