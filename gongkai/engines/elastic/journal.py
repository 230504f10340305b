"""The change journal as an index.

A line has the document key of its record. Sequence numbers follow the highest one in the index, and
only the holder of a lock of its own adds lines, since a withdrawal does not wait for a running
writer.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from gettext import gettext as _
from typing import Any

from elasticsearch import AsyncElasticsearch, Elasticsearch, NotFoundError
from elasticsearch.helpers import bulk

from gongkai.engines.changes import (
    NO_CHANGES,
    Change,
    ChangeKind,
    ChangePage,
    NewState,
    find_changes,
    mark_withdrawn,
    name_journal,
    now,
)
from gongkai.engines.elastic.index_templates import IndexCreator
from gongkai.engines.elastic.lock import WriterLock
from gongkai.engines.elastic.mapping import Names, document_key
from gongkai.engines.write_scope import hold_within
from gongkai.errors import EngineUnavailableError

_STATE = "state"
_PROPERTIES = {
    "sequence": {"type": "long"},
    "id": {"type": "keyword"},
    "at": {"type": "keyword", "index": False},
    "kind": {"type": "keyword"},
    "digest": {"type": "keyword", "index": False},
    "journal": {"type": "keyword", "index": False},
    "generation": {"type": "keyword", "index": False},
}
_PART = 5_000
_PATIENCE_SECONDS = 30.0
_LAST = {"last": {"max": {"field": "sequence"}}}


class ElasticJournal:
    """See ChangeJournal."""

    def __init__(self, client: Elasticsearch, names: Names, creator: IndexCreator) -> None:
        self._client = client
        self._index = names.changes
        self._creator = creator
        self._lock = WriterLock(client, names.control, creator, key="journal")

    def generation(self) -> str:
        state = self._state()
        return str(state["generation"]) if state else ""

    def describe(self, generation: str) -> None:
        with self._locked():
            state = self._state() or {"journal": name_journal()}
            self._client.index(
                index=self._index,
                id=_STATE,
                document={**state, "generation": generation},
                refresh=True,
            )

    def record(self, states: Sequence[NewState]) -> None:
        if not states:
            return
        with self._locked():
            before = self._read_digests(states)
            last = self._client.search(index=self._index, size=0, aggs=_LAST)
            highest = int(last["aggregations"]["last"]["value"] or 0)
            self._write(find_changes(states, before, highest, now()))

    def public(self) -> Iterator[Sequence[str]]:
        if not self._client.indices.exists(index=self._index):
            return
        after: list[Any] | None = None
        wanted = {"terms": {"kind": [ChangeKind.PUBLISHED.value, ChangeKind.CHANGED.value]}}
        while True:
            found = self._client.search(
                index=self._index,
                query=wanted,
                sort=[{"id": "asc"}],
                size=_PART,
                search_after=after,
            )
            hits = found["hits"]["hits"]
            if not hits:
                return
            after = hits[-1]["sort"]
            yield [hit["_source"]["id"] for hit in hits]

    def find(self, record_id: str) -> Change | None:
        try:
            found = self._client.get(index=self._index, id=document_key(record_id))
        except NotFoundError:
            return None
        return _read(found["_source"])

    def examine(self) -> list[str]:
        """Empty: the next run replaces a missing index."""
        return []

    def repair(self) -> None:
        """Nothing to do; see `examine`."""

    def _state(self) -> dict[str, Any] | None:
        try:
            found = self._client.get(index=self._index, id=_STATE)
        except NotFoundError:
            return None
        return dict(found["_source"])

    def _read_digests(self, states: Sequence[NewState]) -> dict[str, str]:
        found = self._client.mget(
            index=self._index,
            ids=[document_key(each.id) for each in states],
            source_includes=["digest"],
        )
        pairs = zip(states, found["docs"], strict=True)
        return {each.id: line["_source"]["digest"] for each, line in pairs if line.get("found")}

    def _write(self, changes: Sequence[tuple[Change, str]]) -> None:
        _count, faults = bulk(
            self._client,
            (
                {
                    "_id": document_key(change.id),
                    "_source": {
                        "sequence": change.sequence,
                        "id": change.id,
                        "at": change.at,
                        "kind": change.kind.value,
                        "digest": digest,
                    },
                }
                for change, digest in changes
            ),
            index=self._index,
            refresh=True,
            max_retries=3,
            raise_on_error=False,
        )
        if faults:
            raise EngineUnavailableError(
                _("Elasticsearch did not store the whole list of changes; run the command again.")
            )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds the lock of the journal, which others hold for moments only."""
        with hold_within(self._lock, _PATIENCE_SECONDS):
            self._creator.ensure(self._index, _PROPERTIES)
            yield


async def read_changes(
    client: AsyncElasticsearch, names: Names, after: int, limit: int
) -> ChangePage:
    """Returns at most `limit` changes after a sequence number."""
    try:
        state = (await client.get(index=names.changes, id=_STATE))["_source"]
    except NotFoundError:
        return NO_CHANGES
    found = await client.search(
        index=names.changes,
        query={"range": {"sequence": {"gt": after}}},
        sort=[{"sequence": "asc"}],
        size=limit,
        allow_partial_search_results=False,
    )
    last = await client.search(index=names.changes, size=0, aggs=_LAST)
    page = ChangePage(
        str(state["journal"]),
        tuple(_read(hit["_source"]) for hit in found["hits"]["hits"]),
        int(last["aggregations"]["last"]["value"] or 0),
    )
    return mark_withdrawn(page, await _find_pending(client, names, page))


async def _find_pending(client: AsyncElasticsearch, names: Names, page: ChangePage) -> set[str]:
    """Returns the ids on the page whose records are being withdrawn."""
    ids = [each.id for each in page.changes if each.kind is not ChangeKind.WITHDRAWN]
    if not ids:
        return set()
    found = await client.search(
        index=names.ledger,
        query={"bool": {"filter": [{"terms": {"id": ids}}, {"term": {"erased": False}}]}},
        size=len(ids),
        source_includes=["id"],
        ignore_unavailable=True,
    )
    return {hit["_source"]["id"] for hit in found["hits"]["hits"]}


def _read(line: Mapping[str, Any]) -> Change:
    return Change(line["sequence"], line["id"], line["at"], ChangeKind(line["kind"]))
