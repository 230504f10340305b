"""An engine in, every public record out: for verification, statistics, duplicates, copies."""

from collections.abc import AsyncIterator

from engines.port import EngineQuery, Hit, SearchEngine
from queries.request import Sort
from queries.tree import AnyTerm, Everything

AT_ONCE = 500


async def read_hits(engine: SearchEngine) -> AsyncIterator[Hit]:
    """Newest first. In order of dates a commit between two pages neither repeats nor skips."""
    cursor: str | None = None
    while True:
        query = EngineQuery(Everything(), sort=Sort.NEWEST, limit=AT_ONCE, after=cursor)
        result = await engine.search(query)
        for hit in result.hits:
            yield hit
        cursor = result.next_cursor
        if cursor is None:
            return


async def fetch_hits(engine: SearchEngine, record_ids: list[str]) -> dict[str, Hit]:
    """Those of the records that are public, by id."""
    found: dict[str, Hit] = {}
    for start in range(0, len(record_ids), AT_ONCE):
        wanted = tuple(record_ids[start : start + AT_ONCE])
        result = await engine.search(EngineQuery(AnyTerm("id", wanted), limit=len(wanted)))
        found.update((hit.id, hit) for hit in result.hits)
    return found
