"""The vectors of one model in an index of their own, and kNN search by the server."""

from collections.abc import Collection, Mapping, Sequence
from gettext import gettext as _
from typing import Any

import numpy as np
from elasticsearch import AsyncElasticsearch, BadRequestError, NotFoundError
from elasticsearch.helpers import bulk, scan

from gongkai.engines.elastic.connection import open_async_client, open_client, translate_errors
from gongkai.engines.elastic.index_templates import IndexCreator, is_already_there
from gongkai.engines.elastic.mapping import Names, document_key
from gongkai.engines.fingerprint import name_parts
from gongkai.engines.vector_port import StoredVector, Vector, VectorHit
from gongkai.errors import EngineUnavailableError
from gongkai.settings import Settings

_AT_ONCE = 500
CANDIDATES_TIMES = 8
"""Candidates per shard, as a multiple of the hits; the server's graph search is approximate."""
_MOST = 10_000
"""Most neighbours that the server returns at once."""


def _index_name(settings: Settings, model: str) -> str:
    return Names(settings.elasticsearch_prefix).vectors(name_parts(model))


class ElasticVectors:
    """See VectorIndex."""

    def __init__(self, settings: Settings, model: str) -> None:
        self._settings = settings
        self._index = _index_name(settings, model)
        self._opened: AsyncElasticsearch | None = None

    async def knn(
        self, vector: Vector, count: int, among: Collection[str] | None = None
    ) -> list[VectorHit]:
        reach = min(count, _MOST)
        near: dict[str, Any] = {
            "field": "vector",
            "query_vector": vector.tolist(),
            "k": reach,
            "num_candidates": min(max(reach * CANDIDATES_TIMES, 100), _MOST),
        }
        if among is not None:
            near["filter"] = {"terms": {"id": list(among)}}
        with translate_errors():
            try:
                answer = await self._client.search(
                    index=self._index, knn=near, size=reach, source_includes=["id", "digest"]
                )
            except NotFoundError:
                return []
        # The server's score of a cosine c is (1 + c) / 2.
        hits = answer["hits"]["hits"]
        return [VectorHit(**each["_source"], cosine=2 * each["_score"] - 1) for each in hits]

    async def fetch(self, record_ids: Sequence[str]) -> list[StoredVector]:
        keys = [document_key(each) for each in record_ids[:_MOST]]
        with translate_errors():
            try:
                answer = await self._client.search(
                    index=self._index,
                    query={"ids": {"values": keys}},
                    size=len(keys),
                    source_includes=["id", "digest"],
                    # Indexed vectors are excluded from the source.
                    fields=[{"field": "vector"}],
                )
            except NotFoundError:
                return []
        return [
            StoredVector(**each["_source"], values=np.array(each["fields"]["vector"], np.float32))
            for each in answer["hits"]["hits"]
        ]

    async def size(self) -> int:
        with translate_errors():
            try:
                return int((await self._client.count(index=self._index))["count"])
            except NotFoundError:
                return 0

    async def version(self) -> str:
        with translate_errors():
            try:
                stats = await self._client.indices.stats(
                    index=self._index, metric=["docs", "refresh"]
                )
            except NotFoundError:
                return ""
        totals = stats["_all"]["primaries"]
        return repr((totals["docs"], totals["refresh"]["external_total"]))

    async def close(self) -> None:
        client, self._opened = self._opened, None
        if client is not None:
            await client.close()

    @property
    def _client(self) -> AsyncElasticsearch:
        # Opened in the event loop that will use it.
        if self._opened is None:
            self._opened = open_async_client(self._settings)
        return self._opened


class ElasticVectorStore:
    """See VectorStore."""

    def __init__(self, settings: Settings, model: str, dimensions: int) -> None:
        self._settings = settings
        self._client = open_client(settings)
        self._index = _index_name(settings, model)
        self._dimensions = dimensions
        self._is_made = False

    def digests(self, record_ids: Sequence[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        with translate_errors():
            for start in range(0, len(record_ids), _AT_ONCE):
                part = record_ids[start : start + _AT_ONCE]
                found |= self._look_up(part)
        return found

    def count(self) -> int:
        with translate_errors():
            try:
                return int(self._client.count(index=self._index)["count"])
            except NotFoundError:
                return 0

    def put(self, rows: Sequence[StoredVector]) -> None:
        with translate_errors():
            self._ensure()
            actions = [
                {
                    "_op_type": "index",
                    "_id": document_key(each.id),
                    "id": each.id,
                    "digest": each.digest,
                    "vector": each.values.tolist(),
                }
                for each in rows
            ]
            _done, faults = bulk(
                self._client,
                actions,
                index=self._index,
                chunk_size=_AT_ONCE,
                refresh=True,
                raise_on_error=False,
            )
        if faults:
            raise EngineUnavailableError(
                _("Elasticsearch did not store every vector; run the command again.")
            )

    def prune(self, kept: Collection[str]) -> int:
        wanted = set(kept)
        with translate_errors():
            if not self._client.indices.exists(index=self._index):
                return 0
            every = scan(self._client, index=self._index, _source=["id"])
            known = [each["_source"]["id"] for each in every]
            gone = [each for each in known if each not in wanted]
            actions = ({"_op_type": "delete", "_id": document_key(each)} for each in gone)
            bulk(self._client, actions, index=self._index, refresh=True, raise_on_error=False)
        return len(gone)

    def close(self) -> None:
        self._client.close()

    def _look_up(self, record_ids: Sequence[str]) -> dict[str, str]:
        keys = [document_key(each) for each in record_ids]
        try:
            answer = self._client.mget(
                index=self._index, ids=keys, source_includes=["id", "digest"]
            )
        except NotFoundError:
            return {}
        there = (each["_source"] for each in answer["docs"] if each.get("found"))
        return {each["id"]: each["digest"] for each in there}

    def _ensure(self) -> None:
        if self._is_made:
            return
        vector = {
            "type": "dense_vector",
            "dims": self._dimensions,
            "similarity": "cosine",
            # Set explicitly, since the default for large vectors keeps one bit a number.
            "index_options": {"type": "int8_hnsw"},
        }
        properties = {
            "id": {"type": "keyword"},
            "digest": {"type": "keyword", "index": False},
            "vector": vector,
        }
        creator = IndexCreator(self._client, self._settings)
        try:
            creator.create(self._index, {"dynamic": "strict", "properties": properties})
        except BadRequestError as error:
            if not is_already_there(error):
                raise
        self._is_made = True
