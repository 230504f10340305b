"""A search engine that shows only the records of one scope, such as the agencies of a county."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gongkai.engines.changes import ChangePage
from gongkai.engines.port import EngineQuery, Generation, SearchEngine, SearchResult
from gongkai.query.tree import And, MatchAll, Query, Term

SCOPE = "scope"
"""The key of the filter; no field has this name, so that every facet is counted within it."""


class ScopedEngine:
    """A SearchEngine over another one; a record outside `scope` does not exist here.

    Closing it leaves the other engine open.
    """

    def __init__(self, engine: SearchEngine, scope: Query) -> None:
        self._engine = engine
        self._scope = scope

    @property
    def filters(self) -> Mapping[str, Query]:
        """Returns the scope as a filter."""
        return {SCOPE: self._scope}

    async def search(self, query: EngineQuery) -> SearchResult:
        outer = query.filters.get(SCOPE)
        scope = And((outer, self._scope)) if outer else self._scope
        return await self._engine.search(replace(query, filters={**query.filters, SCOPE: scope}))

    async def count(self, queries: Sequence[Query]) -> tuple[int, ...]:
        """Returns the number of records of the scope that match each query."""
        return await self._engine.count([And((each, self._scope)) for each in queries])

    async def version(self) -> str:
        return await self._engine.version()

    async def fetch(self, record_id: str) -> bytes | None:
        """Returns the stored content of a record of the scope, or None."""
        found = await self.search(EngineQuery(Term("id", record_id), limit=1))
        return found.hits[0].stored if found.hits else None

    async def is_withdrawn(self, record_id: str) -> bool:  # noqa: ARG002
        """Returns False: the ledger does not tell whose record it was."""
        return False

    async def changes(self, after: int, limit: int) -> ChangePage:
        """Returns the changes of all records: the journal does not tell whose a withdrawn one was.

        It contains no text.
        """
        return await self._engine.changes(after, limit)

    async def live(self) -> Generation:
        """Returns the live generation with the number of records of the scope."""
        (records,) = await self.count([MatchAll()])
        return replace(await self._engine.live(), records=records)

    async def close(self) -> None:
        """Does nothing."""


def scope_of(engine: SearchEngine) -> Mapping[str, Query]:
    """Returns the filters of an engine's scope, for searches that do not pass through it."""
    return engine.filters if isinstance(engine, ScopedEngine) else {}
