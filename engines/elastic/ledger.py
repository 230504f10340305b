"""The withdrawal ledger as an index of its own: which ids were taken off, and why.

Written before any generation is touched; a writer applies what is not erased yet as it commits.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from engines.elastic.mapping import document_key

_PAGE = 1_000


class ElasticLedger:
    """Entries by record id: `when` (ISO UTC), `cause` (staff, disclosure), `erased`."""

    def __init__(self, client: Elasticsearch, index: str) -> None:
        self._client = client
        self._index = index

    def causes(self) -> dict[str, str]:
        """Withdrawn record id -> cause."""
        return {each["id"]: each["cause"] for each in self._read({"match_all": {}})}

    def pending(self) -> list[str]:
        """Ids that a generation may still hold."""
        return [each["id"] for each in self._read({"term": {"erased": False}})]

    def known(self, record_ids: Iterable[str]) -> set[str]:
        """Those of the ids that are withdrawn."""
        causes = self.causes()
        return {record_id for record_id in record_ids if record_id in causes}

    def add(self, record_ids: Iterable[str], cause: str, *, erased: bool) -> None:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        self._write(
            {
                "_op_type": "index",
                "_id": document_key(record_id),
                "_source": {"id": record_id, "when": when, "cause": cause, "erased": erased},
            }
            for record_id in record_ids
        )

    def remove(self, record_ids: Iterable[str]) -> None:
        self._write(
            {"_op_type": "delete", "_id": document_key(record_id)} for record_id in record_ids
        )

    def mark_erased(self, record_ids: Iterable[str]) -> None:
        self._write(
            {"_op_type": "update", "_id": document_key(each), "doc": {"erased": True}}
            for each in record_ids
        )

    def _write(self, actions: Iterable[dict[str, Any]]) -> None:
        bulk(self._client, actions, index=self._index, refresh=True)

    def _read(self, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        after: list[Any] | None = None
        while True:
            found = self._client.search(
                index=self._index, query=query, sort=[{"id": "asc"}], size=_PAGE, search_after=after
            )
            hits = found["hits"]["hits"]
            yield from (hit["_source"] for hit in hits)
            if len(hits) < _PAGE:
                return
            after = hits[-1]["sort"]
