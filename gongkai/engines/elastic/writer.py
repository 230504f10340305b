"""Writes into one generation by bulk requests.

Memory is bounded: one bulk is filled while another is sent. Every record has one key and occurs
once in a bulk, so a repeated request changes nothing.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from gettext import gettext as _
from types import TracebackType
from typing import Any, Self

import orjson
from elasticsearch import ApiError, Elasticsearch, TransportError

from gongkai.catalog.fields import FIELDS, ZONE_BREAK, Kind
from gongkai.engines.elastic.connection import (
    BLOCKED,
    NO_INDEX,
    explain,
    is_blocked,
    translate_errors,
)
from gongkai.engines.elastic.mapping import STORED, document_key
from gongkai.engines.port import IndexDocument
from gongkai.engines.store_backend import AfterCommit
from gongkai.errors import EngineUnavailableError

BULK_BYTES = 8_000_000
BULK_ITEMS = 1_000
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
TRIES = 10
"""Attempts of one bulk with growing pauses, a minute in all, enough for a node restart."""
_SPACED = frozenset(row.name for row in FIELDS.values() if row.kind in (Kind.WORDS, Kind.GRAMS))


@dataclass(frozen=True, slots=True)
class WriterHooks:
    """Callbacks of the store.

    `check` raises where the lock was lost. `erase_withdrawn` deletes records withdrawn meanwhile.
    `after_commit` receives the number of records and the ids written since the last commit.
    """

    check: Callable[[], None]
    erase_withdrawn: Callable[[], None]
    after_commit: AfterCommit
    on_close: Callable[[BaseException | None], None]


class ElasticWriter:
    """See GenerationWriter."""

    def __init__(
        self,
        name: str,
        index: str,
        client: Elasticsearch,
        hooks: WriterHooks,
        *,
        is_empty: bool = False,
    ) -> None:
        self.name = name
        self._index = index
        self._client = client
        self._hooks = hooks
        self._lines: dict[str, list[bytes]] = {}
        self._bytes = 0
        self._ids: dict[str, str] = {}
        self._is_empty = is_empty
        # Writes of this run since the last commit, and earlier lookups: id -> revision.
        self._unseen: dict[str, str | None] = {}
        self._looked_up: dict[str, str | None] = {}
        self._identities: dict[str, tuple[str, ...]] = {}
        self._rejected: dict[str, str] = {}
        self._sending = ThreadPoolExecutor(1, thread_name_prefix="bulk")
        self._in_flight: Future[None] | None = None

    def prefetch(self, record_ids: Iterable[str]) -> None:
        """See the port. One lookup in the last commit for records not written since."""
        self._looked_up, self._identities = {}, {}
        self._look_up(each for each in record_ids if each not in self._unseen)

    def contains(self, document_id: str, revision: str | None = None) -> bool:
        if document_id not in self._unseen and document_id not in self._looked_up:
            self._look_up([document_id])
        known = self._unseen if document_id in self._unseen else self._looked_up
        held = known[document_id]
        return held is not None and revision in (None, held)

    def put(self, document: IndexDocument) -> None:
        key = document_key(document.id)
        self._add(document.id, [_dump({"index": {"_id": key}}), _dump(_source(document))])
        self._unseen[document.id] = document.revision

    def delete(self, record_id: str) -> None:
        self._add(record_id, [_dump({"delete": {"_id": document_key(record_id)}})])
        self._unseen[record_id] = None

    def commit(self) -> None:
        """Sends the rest, deletes records withdrawn meanwhile, makes the writes visible."""
        self._send()
        self._wait()
        self._hooks.check()
        self._hooks.erase_withdrawn()
        with translate_errors():
            self._client.indices.refresh(index=self._index)
        written, self._unseen = self._unseen, {}
        self._looked_up, self._is_empty = {}, False
        self._hooks.after_commit(self.count(), written.keys())

    def identities(self, record_id: str) -> tuple[str, ...]:
        if record_id not in self._looked_up:
            self._look_up([record_id])
        return self._identities.get(record_id, ())

    def stored(self, record_id: str) -> bytes | None:
        with translate_errors():
            found = self._client.mget(
                index=self._index,
                ids=[document_key(record_id)],
                source_includes=[STORED],
                realtime=False,
            )["docs"][0]
        return str(found["_source"][STORED]).encode() if found.get("found") else None

    def count(self) -> int:
        with translate_errors():
            return int(self._client.count(index=self._index)["count"])

    def pop_rejected(self) -> Mapping[str, str]:
        """Returns record id -> reason of the items that the server rejected since the last call."""
        refused, self._rejected = self._rejected, {}
        return refused

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sending.shutdown(wait=True, cancel_futures=True)
        self._hooks.on_close(error)

    def _look_up(self, record_ids: Iterable[str]) -> None:
        wanted = list(dict.fromkeys(record_ids))
        self._looked_up.update(dict.fromkeys(wanted))
        if not wanted or self._is_empty:
            return
        with translate_errors():
            found = self._client.mget(
                index=self._index,
                ids=[document_key(each) for each in wanted],
                source_includes=["revision", "identities"],
                realtime=False,
            )
        for record_id, each in zip(wanted, found["docs"], strict=True):
            if each.get("found"):
                self._looked_up[record_id] = each["_source"]["revision"]
                self._identities[record_id] = tuple(each["_source"]["identities"])

    def _add(self, record_id: str, lines: list[bytes]) -> None:
        key = document_key(record_id)
        if key in self._lines:
            self._bytes -= sum(map(len, self._lines.pop(key)))
        self._lines[key] = lines
        self._ids[key] = record_id
        self._bytes += sum(map(len, lines))
        if self._bytes >= BULK_BYTES or len(self._lines) >= BULK_ITEMS:
            self._send()

    def _send(self) -> None:
        """Sends the current bulk in the background, once the previous one has arrived."""
        self._wait()
        if not self._lines:
            return
        lines, ids = self._lines, self._ids
        self._lines, self._ids, self._bytes = {}, {}, 0
        self._hooks.check()
        self._in_flight = self._sending.submit(self._deliver, lines, ids)

    def _wait(self) -> None:
        sent, self._in_flight = self._in_flight, None
        if sent is not None:
            sent.result()

    def _deliver(self, lines: dict[str, list[bytes]], ids: Mapping[str, str]) -> None:
        """Sends one bulk until each item is accepted or rejected; pauses grow meanwhile."""
        pause = FIRST_PAUSE_SECONDS
        for tries_left in reversed(range(TRIES)):
            lines, reason = self._try(lines, ids)
            if not lines:
                # A record withdrawn while its bulk was sent must not wait for the commit.
                with translate_errors():
                    self._hooks.erase_withdrawn()
                return
            if reason == BLOCKED or not tries_left:
                raise EngineUnavailableError(reason)
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            # Another process may have taken over the lock during the pause.
            self._hooks.check()

    def _try(
        self, lines: dict[str, list[bytes]], ids: Mapping[str, str]
    ) -> tuple[dict[str, list[bytes]], str]:
        """Returns the items to send again, and the reason."""
        operations: list[Any] = [line for each in lines.values() for line in each]
        try:
            answer = self._client.bulk(index=self._index, operations=operations)
        except (ApiError, TransportError) as error:
            return self._handle_failed_bulk(lines, ids, error)
        repeated: dict[str, list[bytes]] = {}
        reason = ""
        for item in answer["items"] if answer["errors"] else ():
            result = next(iter(item.values()))
            fault = result.get("error")
            if fault and fault["type"] == NO_INDEX:
                raise EngineUnavailableError(
                    _("The generation being written is gone; run the command again.")
                )
            if fault and is_blocked(fault, result["status"]):
                return lines, BLOCKED
            if fault and _is_temporary(result["status"]):
                repeated[result["_id"]] = lines[result["_id"]]
                reason = _("Elasticsearch is too busy to write ({status}, {kind}).").format(
                    status=result["status"], kind=fault["type"]
                )
            elif fault:
                self._rejected[ids[result["_id"]]] = fault["type"]
        return repeated, reason

    def _handle_failed_bulk(
        self,
        lines: dict[str, list[bytes]],
        ids: Mapping[str, str],
        error: ApiError | TransportError,
    ) -> tuple[dict[str, list[bytes]], str]:
        """Handles a bulk rejected as a whole: too large, or a fault of the cluster."""
        if isinstance(error, ApiError) and error.status_code == 413:
            if len(lines) == 1:
                self._rejected.update(dict.fromkeys((ids[key] for key in lines), "too_large"))
            else:
                for key, each in lines.items():
                    self._deliver({key: each}, ids)
            return {}, ""
        reason = explain(error)
        if reason == BLOCKED or (
            isinstance(error, ApiError) and not _is_temporary(error.status_code)
        ):
            raise EngineUnavailableError(reason)
        return lines, reason


def _is_temporary(status: int) -> bool:
    return status == 429 or status >= 500


def _source(document: IndexDocument) -> dict[str, object]:
    """Returns the document; an empty text is indexed too, so that field statistics count it."""
    fields = {
        name: value or ZONE_BREAK if name in _SPACED else value
        for name, value in document.fields.items()
    }
    stored = document.stored.decode()
    return {"id": document.id, "revision": document.revision, STORED: stored, **fields}


def _dump(value: object) -> bytes:
    return orjson.dumps(value)
