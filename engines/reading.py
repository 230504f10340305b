"""An engine in, every public record out: for verification, statistics, duplicates, copies."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from engines.port import EngineQuery, Hit, SearchEngine, SearchResult
from queries.request import Sort
from queries.tree import AnyTerm, Everything, Query

AT_ONCE = 500


EVERY = EngineQuery(Everything(), sort=Sort.NEWEST, limit=AT_ONCE)


async def read_pages(
    engine: SearchEngine, query: EngineQuery = EVERY
) -> AsyncIterator[SearchResult]:
    """All pages of a query in order of dates, `limit` hits each; at least one, maybe empty.

    In that order a commit between two pages neither repeats nor skips what was there.
    """
    while True:
        result = await engine.search(query)
        yield result
        if result.next_cursor is None:
            return
        query = replace(query, after=result.next_cursor)


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
        query = EngineQuery(AnyTerm("id", wanted), filters or {}, limit=len(wanted))
        found.update((hit.id, hit) for hit in (await engine.search(query)).hits)
    return found
