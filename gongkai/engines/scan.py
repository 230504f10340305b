"""Reads all public records of an engine, page by page."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from gongkai.engines.port import EngineQuery, Hit, SearchEngine, SearchResult
from gongkai.query.request import Sort
from gongkai.query.tree import MatchAll, Query, Terms

OnRecords: TypeAlias = Callable[[int], None]
"""Receives the number of records done since the last call."""
AT_ONCE = 500
PAGE_BYTES = 16 * 2**20
"""Target size of a page in stored bytes; a single record may have six million."""
_FIRST, _GROWTH = 5, 4
"""Hits on the first page, whose sizes are unknown, and the most growth from page to page."""

EVERY = EngineQuery(MatchAll(), sort=Sort.NEWEST, limit=AT_ONCE)


def ignore_records(_count: int) -> None:
    """An OnRecords that does nothing."""


async def read_pages(
    engine: SearchEngine, query: EngineQuery = EVERY, page_bytes: int = PAGE_BYTES
) -> AsyncIterator[SearchResult]:
    """Yields all pages of a query in date order; at least one page, possibly empty.

    A page has at most `limit` hits, and fewer after a page of large records. In date order a commit
    between two pages neither repeats nor skips earlier records.
    """
    most = query.limit
    query = replace(query, limit=min(most, _FIRST))
    while True:
        result = await engine.search(query)
        yield result
        if result.next_cursor is None:
            return
        limit = min(most, _fit(result, page_bytes))
        query = replace(query, limit=limit, after=result.next_cursor)


def _fit(result: SearchResult, page_bytes: int) -> int:
    """Returns the number of hits of this average size that fill a page."""
    count = len(result.hits)
    held = sum(len(hit.stored) for hit in result.hits)
    return max(1, min(count * page_bytes // max(held, 1), count * _GROWTH))


async def read_hits(engine: SearchEngine) -> AsyncIterator[Hit]:
    """Yields every record, newest first."""
    async for result in read_pages(engine):
        for hit in result.hits:
            yield hit


async def fetch_hits(
    engine: SearchEngine,
    record_ids: Sequence[str],
    filters: Mapping[str, Query] | None = None,
    at_once: int = AT_ONCE,
) -> dict[str, Hit]:
    """Returns the records that are public and match the filters, by id."""
    found: dict[str, Hit] = {}
    for start in range(0, len(record_ids), at_once):
        wanted = tuple(record_ids[start : start + at_once])
        query = EngineQuery(Terms("id", wanted), filters or {}, limit=len(wanted))
        found.update((hit.id, hit) for hit in (await engine.search(query)).hits)
    return found
