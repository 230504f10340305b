"""Gaps in the series of document numbers: serials that no public record has.

A missing number may belong to a document that is not public, or to one that was not collected, so
the gaps are for staff only.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gongkai.catalog.document_number import parse_document_number
from gongkai.catalog.number_parts import split_number
from gongkai.catalog.stored_record import decode_record
from gongkai.engines.port import Hit, SearchEngine
from gongkai.engines.scan import read_pages
from gongkai.errors import RefusedValueError

LEAST = 20
"""Numbers of a series from which its gaps tell something."""
SHARE = 3
"""A dense series holds at least one in this many of its numbers."""


@dataclass
class Series:
    """The serials of one agency code (机关代字) and year, and how many records each agency has."""

    serials: set[int] = field(default_factory=set)
    publishers: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Gaps:
    """A dense series: its numbers run to `last`, `held` of them are public, `missing` are not."""

    prefix: str
    year: int
    publisher: str
    held: int
    last: int
    missing: tuple[int, ...]


AllSeries = Mapping[tuple[str, int], Series]


class NumberSeries:
    """The series of the live index, read once for each of its versions."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine
        self._version = ""
        self._series: AllSeries = {}
        self._lock = asyncio.Lock()

    async def read(self) -> AllSeries:
        """Returns the series of all public records."""
        async with self._lock:
            version = await self._engine.version()
            if version != self._version:
                self._series = await read_series(self._engine)
                self._version = version
        return self._series


async def read_series(engine: SearchEngine) -> AllSeries:
    """Returns the series by agency code and year; reads every public record once."""
    series: defaultdict[tuple[str, int], Series] = defaultdict(Series)
    async for result in read_pages(engine):
        await asyncio.to_thread(_add, series, result.hits)
    return dict(series)


def find_gaps(series: AllSeries, least: int = LEAST) -> list[Gaps]:
    """Returns the series with gaps that are dense and hold `least` numbers, latest first."""
    return sorted(_find(series, least), key=lambda each: (-each.year, each.prefix))


def _find(series: AllSeries, least: int) -> Iterator[Gaps]:
    for (prefix, year), each in series.items():
        held, last = len(each.serials), max(each.serials)
        if held < max(least, 1) or held * SHARE < last or held == last:
            continue
        missing = tuple(n for n in range(1, last + 1) if n not in each.serials)
        publisher = each.publishers.most_common(1)[0][0]
        yield Gaps(prefix, year, publisher, held, last, missing)


def _add(series: defaultdict[tuple[str, int], Series], hits: Sequence[Hit]) -> None:
    for hit in hits:
        record = decode_record(hit.stored)
        key = _read(record.document_number)
        if key:
            prefix, year, serial = key
            series[prefix, year].serials.add(serial)
            series[prefix, year].publishers[record.publisher] += 1


def _read(number: str | None) -> tuple[str, int, int] | None:
    if not number:
        return None
    try:
        parts = split_number(parse_document_number(number).canonical)
    except RefusedValueError:
        return None
    if not (parts.prefix and parts.year and parts.serial and parts.serial.isdecimal()):
        return None
    serial = int(parts.serial)
    return (parts.prefix, parts.year, serial) if serial else None
