"""The withdrawal ledger as an index: which records were withdrawn, and why.

It is written before any generation is changed. A writer erases pending records as it commits.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from gongkai.engines.elastic.mapping import document_key
from gongkai.engines.withdrawals import REOPENED, Withdrawal
from gongkai.errors import EngineUnavailableError

_PAGE = 1_000
CLOSED: Mapping[str, Any] = {"bool": {"must_not": [{"term": {"cause": REOPENED}}]}}
"""Matches the entries of records that are withdrawn now."""


class ElasticLedger:
    """Entries by record id: `when` (ISO UTC), `cause`, `erased`, `public`; see Withdrawal."""

    def __init__(self, client: Elasticsearch, index: str) -> None:
        self._client = client
        self._index = index

    def causes(self) -> dict[str, str]:
        """Returns withdrawn record id -> cause."""
        return {each["id"]: each["cause"] for each in self._read(CLOSED)}

    def history(self) -> dict[str, Withdrawal]:
        """Returns the last state of every record ever withdrawn, including reopened ones."""
        return {
            each["id"]: Withdrawal(
                each["when"], each["cause"], each["erased"], each.get("public", True)
            )
            for each in self._read({"match_all": {}})
        }

    def pending(self) -> list[str]:
        """Returns the ids that a generation may still hold."""
        return [each["id"] for each in self._read({"term": {"erased": False}})]

    def add(
        self, record_ids: Iterable[str], cause: str, public: Collection[str] | None = None
    ) -> None:
        """Withdraws records; `public` are those that were public, None for all."""
        when, known = _now(), self.history()
        entry = Withdrawal(when, cause)
        self.put({each: entry.after(known.get(each), each, public) for each in record_ids})

    def put(self, entries: Mapping[str, Withdrawal]) -> None:
        """Stores these states unchanged, including their times."""
        self._write(
            {
                "_op_type": "index",
                "_id": document_key(record_id),
                "_source": {"id": record_id, **asdict(entry)},
            }
            for record_id, entry in entries.items()
        )

    def remove(self, record_ids: Iterable[str]) -> None:
        """Reopens records; the time is kept for a later merge of two ledgers."""
        known, when = self.history(), _now()
        self.put(
            {
                each: replace(known[each], when=when, cause=REOPENED, erased=True)
                for each in record_ids
                if each in known
            }
        )

    def mark_erased(self, record_ids: Iterable[str]) -> None:
        self._write(
            {"_op_type": "update", "_id": document_key(each), "doc": {"erased": True}}
            for each in record_ids
        )

    def _write(self, actions: Iterable[dict[str, Any]]) -> None:
        _, faults = bulk(
            self._client,
            actions,
            index=self._index,
            refresh=True,
            max_retries=3,
            raise_on_error=False,
        )
        listed = faults if isinstance(faults, list) else []
        # An entry that another process removed meanwhile is no error.
        if any(next(iter(fault.values()))["status"] != 404 for fault in listed):
            raise EngineUnavailableError(
                "Elasticsearch did not store the whole withdrawal ledger; run the command again."
            )

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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
