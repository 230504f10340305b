"""An engine in, every public record out: for verification, statistics, duplicates, copies."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from gongkai.engines.port import EngineQuery, Hit, SearchEngine, SearchResult
from gongkai.query.request import Sort
from gongkai.query.tree import MatchAll, Query, Terms

AT_ONCE = 500
PAGE_BYTES = 16 * 2**20
"""Stored bytes that a page should have; a record may have six million."""
_FIRST, _GROWTH = 5, 4
"""Hits of the first page, whose sizes nobody knows, and by how much the next may be larger."""

EVERY = EngineQuery(MatchAll(), sort=Sort.NEWEST, limit=AT_ONCE)


async def read_pages(
    engine: SearchEngine, query: EngineQuery = EVERY, page_bytes: int = PAGE_BYTES
) -> AsyncIterator[SearchResult]:
    """All pages of a query in order of dates; at least one, maybe empty.

    A page has `limit` hits at most, and fewer where those of the page before were large. In that
    order a commit between two pages neither repeats nor skips what was there.
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
    """How many hits like these fill a page."""
    count = len(result.hits)
    held = sum(len(hit.stored) for hit in result.hits)
    return max(1, min(count * page_bytes // max(held, 1), count * _GROWTH))


async def read_hits(engine: SearchEngine) -> AsyncIterator[Hit]:
    """Every record, newest first."""
    async for result in read_pages(engine):
        for hit in result.hits:
            yield hit


async def fetch_hits(
    engine: SearchEngine,
    record_ids: Sequence[str],
    filters: Mapping[str, Query] | None = None,
    at_once: int = AT_ONCE,
) -> dict[str, Hit]:
    """Those of the records that are public and that the filters leave, by id."""
    found: dict[str, Hit] = {}
    for start in range(0, len(record_ids), at_once):
        wanted = tuple(record_ids[start : start + at_once])
        query = EngineQuery(Terms("id", wanted), filters or {}, limit=len(wanted))
        found.update((hit.id, hit) for hit in (await engine.search(query)).hits)
    return found
