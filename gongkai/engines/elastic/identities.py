"""Finds records of one index by their identity keys."""

from collections.abc import Collection, Iterator
from typing import Any

from elasticsearch import Elasticsearch

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
        for source in _read(client, index, query):
            yield source["id"], tuple(source["identities"])


def _read(client: Elasticsearch, index: str, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    after: list[Any] | None = None
    while True:
        found = client.search(
            index=index,
            query=query,
            sort=[{"id": "asc"}],
            size=_PAGE,
            source_includes=["id", "identities"],
            search_after=after,
            allow_partial_search_results=False,
        )
        hits = found["hits"]["hits"]
        yield from (hit["_source"] for hit in hits)
        if len(hits) < _PAGE:
            return
        after = hits[-1]["sort"]
