"""Computes the exact annual statistics of the public records.

政府信息公开条例 (2019), articles 26 and 50: number, agency and delay of publications.
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from gongkai.catalog.classifications import MISSING_LABEL
from gongkai.catalog.record import Record
from gongkai.catalog.stored_record import decode_record
from gongkai.catalog.tables import Tables
from gongkai.engines.port import SearchEngine
from gongkai.engines.scan import read_hits
from gongkai.staff.working_days import TERM, count_working_days

_NO_MONTH = "月份不详"
COUNTED = ("publisher", "category", "topic", "genre", "disclosure")
_MEDIAN = "median days from issued to published"
_MEDIAN_WORKING = "median working days from issued to published"
_DATED = "records with both dates"
_LATE = f"published after {TERM} working days"
_LATE_BY_PUBLISHER = f"{_LATE}, by publisher"
FIGURES = (
    "records",
    *COUNTED,
    "month",
    _MEDIAN,
    _MEDIAN_WORKING,
    _DATED,
    _LATE,
    _LATE_BY_PUBLISHER,
)
"""The names of the figures, in the order of their rows."""
LATEST = 50
"""Late records that are listed, most delayed first; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class Late:
    """One record that was published after the term."""

    id: str
    title: str
    publisher: str
    issued_on: str
    published_on: str
    working_days: int


@dataclass
class Statistics:
    """Records published in one year; counts are exact, `lags` are calendar days.

    `counts` has the records by value for each of `COUNTED` and for the `month`.
    A record has a lag only if both dates are known to the day and are in order.
    """

    year: int
    records: int = 0
    counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lags: list[int] = field(default_factory=list)
    working_lags: list[int] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    late_by_publisher: Counter[str] = field(default_factory=Counter)

    @property
    def median_days(self) -> float | None:
        """Returns the median of calendar days from issue to publication."""
        return statistics.median(self.lags) if self.lags else None

    @property
    def median_working_days(self) -> float | None:
        return statistics.median(self.working_lags) if self.working_lags else None


async def count_year(engine: SearchEngine, tables: Tables, year: int) -> Statistics:
    """Computes the statistics of a year; reads every public record once."""
    counted = Statistics(year)
    async for hit in read_hits(engine):
        record = decode_record(hit.stored)
        if record.published_on.year == year:
            _add(counted, record, tables)
    counted.late.sort(key=lambda each: (-each.working_days, each.id))
    return counted


def list_figures(counted: Statistics) -> Iterator[tuple[str, str, int | float]]:
    """Yields rows of (figure, value, number)."""
    yield "records", "", counted.records
    for name in COUNTED:
        counts = counted.counts[name].items()
        yield from ((name, *pair) for pair in sorted(counts, key=lambda pair: (-pair[1], pair[0])))
    for month, count in sorted(counted.counts["month"].items()):
        yield "month", month, count
    if counted.median_days is not None and counted.median_working_days is not None:
        yield _MEDIAN, "", counted.median_days
        yield _MEDIAN_WORKING, "", counted.median_working_days
    yield _DATED, "", len(counted.lags)
    yield _LATE, "", len(counted.late)
    for value, count in counted.late_by_publisher.most_common():
        yield _LATE_BY_PUBLISHER, value, count


def _add(counted: Statistics, record: Record, tables: Tables) -> None:
    publisher = tables.agencies.label_of(record.publisher)
    month = record.published_on.month
    counted.records += 1
    stated: Mapping[str, Collection[str]] = {
        "publisher": [publisher],
        "category": [_top(record.category)],
        "topic": {_top(each) for each in record.topic or (None,)},
        "genre": [record.genre or MISSING_LABEL],
        "disclosure": [record.disclosure.value],
        "month": [f"{month:02}" if month else _NO_MONTH],
    }
    for name, values in stated.items():
        counted.counts[name].update(values)
    _add_lag(counted, record, publisher)


def _add_lag(counted: Statistics, record: Record, publisher: str) -> None:
    issued, published = record.issued_on, record.published_on
    if issued is None or not (issued.day and published.day):
        return
    if issued.first_day > published.first_day:
        return
    counted.lags.append((published.first_day - issued.first_day).days)
    working = count_working_days(issued.first_day, published.first_day)
    counted.working_lags.append(working)
    if working > TERM:
        counted.late_by_publisher[publisher] += 1
        counted.late.append(
            Late(record.id, record.title, publisher, issued.iso, published.iso, working)
        )


def _top(path: str | None) -> str:
    return path.split("/")[0] if path else MISSING_LABEL
