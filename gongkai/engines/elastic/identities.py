"""Finds records of one index by their identity keys, and reads their revisions."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from gongkai.engines.elastic.mapping import STORED, document_key

_PAGE = 1_000
_KEYS_AT_ONCE = 10_000
"""Far below the limit of 65,536 values a query."""


def find_keys(
    client: Elasticsearch, index: str, keys: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields id and all keys of the records that have one of the keys, possibly repeated."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        query = {"terms": {"identities": wanted[start : start + _KEYS_AT_ONCE]}}
        for source in _read(client, index, query, ["id", "identities"]):
            yield source["id"], tuple(source["identities"])


def read_revisions(
    client: Elasticsearch, index: str, record_ids: Sequence[str] | None
) -> Iterator[tuple[str, str]]:
    """Yields id and revision of these records (at most _KEYS_AT_ONCE), or of all, as committed."""
    query: dict[str, Any] = {"match_all": {}}
    if record_ids is not None:
        query = {"ids": {"values": [document_key(each) for each in record_ids]}}
    for source in _read(client, index, query, ["id", "revision"]):
        yield source["id"], source["revision"]


def read_stored(
    client: Elasticsearch, index: str, record_ids: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """Yields id and stored content of these records, as committed."""
    query = {"ids": {"values": [document_key(each) for each in record_ids]}}
    for source in _read(client, index, query, ["id", STORED]):
        yield source["id"], str(source[STORED]).encode()


def _read(
    client: Elasticsearch, index: str, query: dict[str, Any], names: list[str]
) -> Iterator[dict[str, Any]]:
    after: list[Any] | None = None
    while True:
        found = client.search(
            index=index,
            query=query,
            sort=[{"id": "asc"}],
            size=_PAGE,
            source_includes=names,
            search_after=after,
            allow_partial_search_results=False,
        )
        hits = found["hits"]["hits"]
        yield from (hit["_source"] for hit in hits)
        if len(hits) < _PAGE:
            return
        after = hits[-1]["sort"]
