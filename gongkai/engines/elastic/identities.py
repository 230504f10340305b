"""Finds records of one index by their identity keys. Asked by `store` for closed records."""

from collections.abc import Collection, Iterator
from typing import Any

from elasticsearch import Elasticsearch

_PAGE = 1_000
_KEYS_AT_ONCE = 10_000
"""Far below the 65,536 values that one query takes."""


def find_keys(
    client: Elasticsearch, index: str, keys: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Id and all keys of every record that has one of them; maybe more than once."""
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
