"""The withdrawal ledger as an index: which records were withdrawn, and why.

It is written before any generation is changed. A writer erases pending records as it commits.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from gettext import gettext as _
from typing import Any

from elasticsearch import AsyncElasticsearch, Elasticsearch
from elasticsearch.helpers import bulk

from gongkai.engines.elastic.index_templates import IndexCreator
from gongkai.engines.elastic.mapping import Names, document_key
from gongkai.engines.withdrawals import REOPENED, Withdrawal, close_records, reopen_records
from gongkai.errors import EngineUnavailableError, LostLedgerError

_PAGE = 1_000
_CLOSED: Mapping[str, Any] = {"bool": {"must_not": [{"term": {"cause": REOPENED}}]}}
"""Matches the entries of records that are withdrawn now."""
_LATEST = 10_000
"""Withdrawals read, newest first: the most hits that one request can return."""
_PROPERTIES = {
    "id": {"type": "keyword"},
    "when": {"type": "keyword", "index": False},
    "cause": {"type": "keyword"},
    "erased": {"type": "boolean"},
    "public": {"type": "boolean"},
}
_LOST = _(
    "The withdrawal ledger is missing, so the withdrawn records are unknown. "
    "Restore it from a snapshot, or run `gongkai restore --force` with a backup."
)


class ElasticLedger:
    """See WithdrawalLedger. `is_expected` returns whether this installation has had a ledger.

    Entries by record id: `when` (ISO UTC), `cause`, `erased`, `public`; see Withdrawal.
    """

    def __init__(
        self,
        client: Elasticsearch,
        index: str,
        creator: IndexCreator,
        is_expected: Callable[[], bool],
    ) -> None:
        self._client = client
        self._index = index
        self._creator = creator
        self._is_expected = is_expected

    def begin(self) -> None:
        self._exists()
        self.restart()

    def entries(self) -> dict[str, Withdrawal]:
        return self._read_entries(_CLOSED) if self._exists() else {}

    def history(self) -> dict[str, Withdrawal]:
        return self._read_entries({"match_all": {}}) if self._exists() else {}

    def pending(self) -> list[str]:
        return [each["id"] for each in self._read({"term": {"erased": False}})]

    def add(
        self, record_ids: Iterable[str], cause: str, public: Collection[str] | None = None
    ) -> None:
        self.put(close_records(self.history(), record_ids, cause, public))

    def put(self, entries: Mapping[str, Withdrawal]) -> None:
        self._write(
            {
                "_op_type": "index",
                "_id": document_key(record_id),
                "_source": {"id": record_id, **asdict(entry)},
            }
            for record_id, entry in entries.items()
        )

    def remove(self, record_ids: Iterable[str]) -> None:
        self.put(reopen_records(self.history(), record_ids))

    def mark_erased(self, record_ids: Iterable[str]) -> None:
        self._write(
            {"_op_type": "update", "_id": document_key(each), "doc": {"erased": True}}
            for each in record_ids
        )

    def examine(self) -> list[str]:
        try:
            self._exists()
        except LostLedgerError:
            return [_LOST]
        return []

    def repair(self) -> None:
        """Raises LostLedgerError where the ledger is lost: a cluster holds no second copy."""
        self.begin()

    def restart(self) -> None:
        """Creates the ledger where it is missing, without any check."""
        self._creator.ensure(self._index, _PROPERTIES)

    def _exists(self) -> bool:
        """Whether there is a ledger. Raises LostLedgerError where it is missing but expected."""
        if self._client.indices.exists(index=self._index):
            return True
        if self._is_expected():
            raise LostLedgerError(_("missing"))
        return False

    def _read_entries(self, query: Mapping[str, Any]) -> dict[str, Withdrawal]:
        return {
            each["id"]: Withdrawal(
                each["when"], each["cause"], each["erased"], each.get("public", True)
            )
            for each in self._read(query)
        }

    def _write(self, actions: Iterable[dict[str, Any]]) -> None:
        _count, faults = bulk(
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
                _("Elasticsearch did not store the whole withdrawal ledger; run the command again.")
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


async def match_withdrawn(client: AsyncElasticsearch, names: Names) -> dict[str, Any]:
    """Matches the records withdrawn last, which a point in time still contains."""
    found = await client.search(
        index=names.ledger,
        query=_CLOSED,
        size=_LATEST,
        sort=[{"when": "desc"}],
        source_includes=["id"],
    )
    return {"terms": {"id": [each["_source"]["id"] for each in found["hits"]["hits"]]}}
