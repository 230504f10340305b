"""A distributed lock that allows one writer per installation.

The writer creates a document and keeps renewing it. No clocks are compared: another process that
finds the document waits and checks whether it was renewed. If it was not, its owner is gone.
"""

import logging
import secrets
import threading
import time
from dataclasses import dataclass
from gettext import gettext as _

from elasticsearch import ApiError, ConflictError, Elasticsearch, NotFoundError, TransportError

from gongkai.engines.elastic.connection import translate_errors
from gongkai.engines.elastic.index_templates import IndexCreator
from gongkai.errors import AnotherWriterError, EngineUnavailableError
from gongkai.events import log_event

RENEWAL_SECONDS = 1.0
PATIENCE_SECONDS = 12.0
TRUSTED_SECONDS = 9.0
"""Seconds after the last renewal in which the lock is valid.

Less than PATIENCE_SECONDS, so that an owner stops before another process starts.
"""
_PROPERTIES = {"owner": {"type": "keyword"}}
log = logging.getLogger("gongkai.engines")


@dataclass(frozen=True, slots=True)
class _Version:
    number: int
    term: int


class WriterLock:
    """See WriteLock. Another process waits PATIENCE_SECONDS before it takes over a lock."""

    def __init__(
        self,
        client: Elasticsearch,
        index: str,
        creator: IndexCreator,
        key: str = "writer",
    ) -> None:
        """`key` names the document: each key is a lock of its own."""
        self._creator = creator
        # A hanging renewal must not count as one, so it fails early and is retried.
        self._client = client.options(request_timeout=2.0, max_retries=0)
        # Retried at the other nodes of the cluster.
        self._patient_client = client.options(request_timeout=5.0)
        self._has_index = False
        self._index = index
        self._key = key
        self._owner = secrets.token_hex(8)
        self._version: _Version | None = None
        self._renewed = 0.0
        self._released = threading.Event()
        self._renewing: threading.Thread | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process holds the lock; it may lose it while suspended or disconnected."""
        return self._version is not None

    def acquire(self, patience: float = 0.0) -> None:  # noqa: ARG002
        """See WriteLock. How long it takes depends on the other process, not on `patience`."""
        if self.is_held:
            raise AnotherWriterError
        with translate_errors():
            self._ensure_index()
            asked = time.monotonic()
            self._version = self._make()
            if self._version is None:
                self._version = self._take_over()
                asked = time.monotonic() - RENEWAL_SECONDS
        if self._version is None:
            raise AnotherWriterError
        self._renewed = asked
        self._released.clear()
        self._renewing = threading.Thread(target=self._keep_renewing, daemon=True)
        self._renewing.start()

    def check(self) -> None:
        """Raises EngineUnavailableError where the lock is lost, or may be."""
        if not self.is_held or time.monotonic() - self._renewed > TRUSTED_SECONDS:
            raise EngineUnavailableError(
                _("This process was cut off for so long that another may be writing; start again.")
            )

    def release(self) -> None:
        """Releases the lock; where the cluster is unavailable, it expires by itself."""
        self._released.set()
        if self._renewing is not None:
            self._renewing.join()
        version, self._version = self._version, None
        if version is None:
            return
        try:
            self._client.delete(
                index=self._index,
                id=self._key,
                if_seq_no=version.number,
                if_primary_term=version.term,
            )
        except (ApiError, TransportError):
            return

    def _ensure_index(self) -> None:
        if not self._has_index:
            self._creator.ensure(self._index, _PROPERTIES)
            self._has_index = True

    def _make(self) -> _Version | None:
        try:
            made = self._patient_client.index(
                index=self._index, id=self._key, op_type="create", document={"owner": self._owner}
            )
        except ConflictError:
            return self._look(owner=self._owner)  # perhaps our own write, whose response was lost
        except NotFoundError:
            self._has_index = False
            raise
        return _Version(made["_seq_no"], made["_primary_term"])

    def _take_over(self) -> _Version | None:
        """Returns the taken-over lock of a process that is gone, or None where its owner lives."""
        first = self._look()
        until = time.monotonic() + PATIENCE_SECONDS
        while first is not None and time.monotonic() < until:
            time.sleep(RENEWAL_SECONDS / 2)
            now = self._look()
            if now is None:
                break
            if now != first:
                return None
        if first is None:
            return self._make()
        taken = self._write_over(first)
        if taken is not None:
            log_event(log, "lock.taken_over", waited_seconds=PATIENCE_SECONDS)
        return taken

    def _look(self, owner: str | None = None) -> _Version | None:
        """Returns the document's version, if it exists and has this owner."""
        try:
            found = self._patient_client.get(index=self._index, id=self._key)
        except NotFoundError:
            return None
        if owner not in (None, found["_source"]["owner"]):
            return None
        return _Version(found["_seq_no"], found["_primary_term"])

    def _write_over(self, version: _Version) -> _Version | None:
        try:
            written = self._client.index(
                index=self._index,
                id=self._key,
                document={"owner": self._owner},
                if_seq_no=version.number,
                if_primary_term=version.term,
            )
        except ConflictError:
            return self._look(owner=self._owner)  # perhaps our own write, whose response was lost
        return _Version(written["_seq_no"], written["_primary_term"])

    def _keep_renewing(self) -> None:
        while self._version is not None and not self._released.wait(RENEWAL_SECONDS):
            asked = time.monotonic()
            try:
                self._version = self._write_over(self._version)
            except (ApiError, TransportError):
                continue  # temporarily unavailable; `check` reports a longer outage
            self._renewed = asked
