"""The Elasticsearch engine: searches the live generation of a cluster."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from elasticsearch import AsyncElasticsearch, NotFoundError
from elasticsearch import BadRequestError as RefusedRequest

from gongkai.engines.changes import ChangePage
from gongkai.engines.cursor import outlived
from gongkai.engines.elastic.circuit import Circuit
from gongkai.engines.elastic.compile import Compiled, compile_query, narrow
from gongkai.engines.elastic.connection import (
    NO_INDEX,
    is_elasticsearch,
    open_async_client,
    translate_errors,
)
from gongkai.engines.elastic.facets import (
    FilterPlan,
    count_in_parts,
    plan_filters,
    read_counts,
)
from gongkai.engines.elastic.journal import read_changes
from gongkai.engines.elastic.ledger import match_withdrawn
from gongkai.engines.elastic.live_index import LiveIndex, describe_index, read_version
from gongkai.engines.elastic.mapping import STORED, Names, document_key
from gongkai.engines.elastic.pagination import PIT_MINUTES, build_body, next_cursor, read_position
from gongkai.engines.elastic.timeouts import (
    ask_again,
    name_timeout,
    retry_searches,
    search_in_time,
)
from gongkai.engines.port import EngineQuery, Generation, Hit, SearchResult
from gongkai.engines.withdrawals import REOPENED
from gongkai.query.request import Sort
from gongkai.query.tree import Query, without_scores
from gongkai.settings import Settings

_COPY = "gongkai"
"""Preference value: copies of a shard may count deleted records differently."""

_Answer = TypeVar("_Answer")


class ElasticEngine:
    """See SearchEngine. Each query is answered from the one generation that was live.

    Raises EngineUnavailableError while the cluster is unavailable, at once while the circuit is
    open.
    """

    def __init__(
        self,
        settings: Settings,
        fingerprint: str,
        circuit: Circuit | None = None,
        generation: str = "",
    ) -> None:
        """With `generation`, that one is searched instead of the live one."""
        self._settings = settings
        self._names = Names(settings.elasticsearch_prefix)
        self._live = LiveIndex(self._names, fingerprint, generation)
        self._circuit = circuit or Circuit()
        self._opened: AsyncElasticsearch | None = None
        self._searching: AsyncElasticsearch | None = None
        self._timeout = name_timeout(settings)

    async def search(self, query: EngineQuery) -> SearchResult:
        if query.after is None:
            return await self._answer(lambda: self._search_first_page(query))
        return await self._answer(lambda: self._continue(query))

    async def count(self, queries: Sequence[Query]) -> tuple[int, ...]:
        return await self._answer(lambda: self._count_each(queries)) if queries else ()

    async def version(self) -> str:
        return await self._answer(self._read_version)

    async def fetch(self, record_id: str) -> bytes | None:
        return await self._answer(lambda: self._fetch(record_id))

    async def is_withdrawn(self, record_id: str) -> bool:
        async with self._circuit.guard():
            with translate_errors():
                try:
                    found = await self._client.get(
                        index=self._names.ledger, id=document_key(record_id)
                    )
                except NotFoundError:
                    return False
        entry = found["_source"]
        return bool(entry["cause"] != REOPENED and entry.get("public", True))

    async def changes(self, after: int, limit: int) -> ChangePage:
        async with self._circuit.guard():
            with translate_errors():
                return await read_changes(self._client, self._names, after, limit)

    async def live(self) -> Generation:
        return await self._answer(self._describe)

    async def close(self) -> None:
        client, self._opened, self._searching = self._opened, None, None
        if client is not None:
            await client.close()

    @property
    def _client(self) -> AsyncElasticsearch:
        # Opened in the event loop that will use it.
        if self._opened is None:
            self._opened = open_async_client(self._settings)
        return self._opened

    async def _answer(self, ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
        async with self._circuit.guard():
            with translate_errors():
                return await ask_again(ask)

    async def _continue(self, query: EngineQuery) -> SearchResult:
        try:
            return await self._search(query)
        except (NotFoundError, RefusedRequest):
            # An expired point in time, or an impossible position.
            raise outlived() from None

    async def _describe(self) -> Generation:
        return await describe_index(self._client, await self._live_index())

    async def _read_version(self) -> str:
        """Returns the version with one request; the fingerprint is checked afterwards."""
        try:
            index, version = await read_version(self._client, self._live.address)
        except NotFoundError:
            await self._live_index()
            raise
        await self._live.check(self._client, index)
        return version

    async def _fetch(self, record_id: str) -> bytes | None:
        """Returns a record with one request; the fingerprint of its index is checked afterwards."""
        try:
            found: Any = await self._get(record_id, self._live.address)
        except NotFoundError as error:
            if error.error == NO_INDEX or not is_elasticsearch(error):
                await self._live_index()
                raise
            found = error.body
        await self._live.check(self._client, found["_index"])
        return _stored(found) if found["found"] else None

    async def _get(self, record_id: str, index: str) -> Any:
        return await self._client.get(
            index=index, id=document_key(record_id), realtime=False, source_includes=[STORED]
        )

    async def _count_each(self, queries: Sequence[Query]) -> tuple[int, ...]:
        filters = {str(at): compile_query(without_scores(q)) for at, q in enumerate(queries)}
        body = {
            # One hit, whichever is read first, tells the generation: no second request.
            "size": 1,
            "sort": [{"_doc": "asc"}],
            "source": False,
            "track_total_hits": False,
            "allow_partial_search_results": False,
            "aggs": {"each": {"filters": {"filters": filters}}},
        }
        found = await self._ask_live(body)
        answer = found[0] if found else await self._ask(body, await self._live_index())
        buckets = answer["aggregations"]["each"]["buckets"]
        return tuple(buckets[str(at)]["doc_count"] for at in range(len(queries)))

    async def _search_first_page(self, query: EngineQuery) -> SearchResult:
        """Returns a page by number in one request; its hits tell the generation."""
        if not query.limit:
            return await self._search(query)
        plan, compiled_query = _plan(query)
        found = await self._ask_live(build_body(query, plan, compiled_query, None, None))
        if found is None:
            return await self._search(query)
        answer, index = found
        facets = await self._count(answer, compiled_query, plan, query, index)
        name = self._names.name_of(index)
        return _result(answer, facets, name, next_cursor(query, name, answer, None))

    async def _search(self, query: EngineQuery) -> SearchResult:
        index = await self._live_index()
        name = self._names.name_of(index)
        plan, compiled_query = _plan(query)
        position = read_position(query, name)
        pit = await self._open_pit(index, query, position)
        if pit:
            withdrawn = await match_withdrawn(self._client, self._names)
            compiled_query = {"bool": {"must": [compiled_query], "must_not": [withdrawn]}}
        answer = await self._ask(build_body(query, plan, compiled_query, position, pit), index, pit)
        facets = await self._count(answer, compiled_query, plan, query, index)
        cursor = next_cursor(query, name, answer, position)
        if pit and cursor is None:
            await self._client.options(ignore_status=404).close_point_in_time(id=pit)
        return _result(answer, facets, name, cursor)

    async def _ask(self, body: Mapping[str, Any], index: str, pit: str | None = None) -> Any:
        """Sends one request; partial results are an error, and the deadline applies."""
        given: dict[str, Any] = {} if pit else {"index": index, "preference": _COPY}
        if self._searching is None:
            self._searching = retry_searches(self._client)
        return await search_in_time(self._searching, self._timeout, **given, **body)

    async def _ask_live(self, body: Mapping[str, Any]) -> tuple[Any, str] | None:
        """Sends one request to the live generation; returns the answer and its index.

        Without hits, the index is known where the alias has not changed since the last request.
        Returns None where it is not known.
        """
        before = self._live.latest
        try:
            answer = await self._ask(body, self._live.address)
        except NotFoundError:
            return None
        hits = answer["hits"]["hits"]
        index = hits[0]["_index"] if hits else await self._live_index()
        if not hits and index != before:
            return None
        await self._live.check(self._client, index)
        return answer, index

    async def _open_pit(
        self, index: str, query: EngineQuery, position: Sequence[Any] | None
    ) -> str | None:
        """Returns the point in time for relevance order, from the second page on.

        Few first pages are followed by a second, so the first page opens none. Date order needs
        none, because its sort keys do not change.
        """
        if position is None or query.sort is not Sort.RELEVANCE:
            return None
        if pit := position[2]:
            return str(pit)
        opened = await self._client.open_point_in_time(
            index=index, keep_alive=f"{PIT_MINUTES}m", preference=_COPY
        )
        return str(opened["id"])

    async def _count(
        self, answer: Any, compiled: Compiled, plan: FilterPlan, query: EngineQuery, index: str
    ) -> dict[str, dict[str, int]]:
        """Returns exact counts; a field with too many values is counted in partitions."""
        counts, wide = read_counts(answer.get("aggregations", {}))
        for name in wide:
            counts[name] = await count_in_parts(
                name, compiled, plan, lambda body: self._ask(body, index)
            )
        return {name: counts[name] for name in query.facets}

    async def _live_index(self) -> str:
        return await self._live.find(self._client)


def _plan(query: EngineQuery) -> tuple[FilterPlan, Compiled]:
    """Returns the filter plan, and the query with the filters that always apply."""
    compiled = {key: compile_query(each) for key, each in query.filters.items()}
    plan = plan_filters(compiled, query.facets)
    return plan, narrow(compile_query(query.query), plan.always)


def _result(
    answer: Any, facets: Mapping[str, Mapping[str, int]], name: str, cursor: str | None
) -> SearchResult:
    return SearchResult(
        total=answer["hits"]["total"]["value"],
        hits=tuple(_hit(each) for each in answer["hits"]["hits"]),
        facets=facets,
        generation=name,
        next_cursor=cursor,
    )


def _hit(found: Any) -> Hit:
    return Hit(found["_source"]["id"], float(found["_score"] or 0.0), _stored(found))


def _stored(found: Any) -> bytes:
    stored: str = found["_source"][STORED]
    return stored.encode()
