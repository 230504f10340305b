"""Lists the records whose stated term (文中期限) ends soon, or has passed without a mark."""

from dataclasses import dataclass
from datetime import date, timedelta

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.catalog.tables import Tables
from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.engines.scan import AT_ONCE, read_pages
from gongkai.query.request import Sort
from gongkai.query.static_rank import REPEALED
from gongkai.query.tree import And, Range, Terms

DAYS = 90
"""Days ahead in which a term ends soon."""
COLUMNS = (
    *("id", "title", "document_number", "publisher", "issued_on"),
    *("effective_on", "expires_on", "validity", "passage"),
)


@dataclass(frozen=True, slots=True)
class ExpiringTerm:
    """One record with its term; `days` are left, negative for a term that has passed."""

    id: str
    title: str
    document_number: str
    publisher: str
    issued_on: str
    effective_on: str
    expires_on: str
    validity: str
    passage: str
    days: int

    @property
    def row(self) -> tuple[str, ...]:
        """Returns the values of COLUMNS."""
        return tuple(getattr(self, name) for name in COLUMNS)


async def list_coming(engine: SearchEngine, tables: Tables, today: date) -> list[ExpiringTerm]:
    """Returns the records whose term ends within DAYS, the first to end first."""
    last = (today + timedelta(DAYS)).toordinal()
    return await _list(engine, tables, Range("expires", today.toordinal(), last), today)


async def list_passed(engine: SearchEngine, tables: Tables, today: date) -> list[ExpiringTerm]:
    """Returns the records whose term has passed and that are not marked as repealed."""
    past = Range("expires", upper=today.toordinal() - 1)
    return await _list(engine, tables, past, today)


async def _list(
    engine: SearchEngine, tables: Tables, within: Range, today: date
) -> list[ExpiringTerm]:
    marked = Terms("validity", REPEALED)
    query = EngineQuery(And((within,), exclude=(marked,)), sort=Sort.NEWEST, limit=AT_ONCE)
    found = [
        _describe(decode_record(hit.stored), tables, today)
        async for result in read_pages(engine, query)
        for hit in result.hits
    ]
    return sorted(found, key=lambda each: (each.expires_on, each.id))


def _describe(record: StoredRecord, tables: Tables, today: date) -> ExpiringTerm:
    period = record.period
    end = period.expires_on.last_day if period.expires_on else today
    return ExpiringTerm(
        id=record.id,
        title=record.title,
        document_number=record.document_number or "",
        publisher=tables.agencies.label_of(record.publisher),
        issued_on=_iso(record.issued_on),
        effective_on=_iso(period.effective_on),
        expires_on=_iso(period.expires_on),
        validity=record.validity or "",
        passage=period.passage,
        days=(end - today).days,
    )


def _iso(day: PartialDate | None) -> str:
    return day.iso if day else ""
