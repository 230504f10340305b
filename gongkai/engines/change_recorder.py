"""Brings the change journal up to date with the live generation, after each step that changes it.

The journal is compared with the index itself, so that a rebuild, rollback or restore lists exactly
the records that differ. A process that was killed in between leaves a journal that describes no
generation or an earlier one; the next operation compares all records again.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TypeVar

from gongkai.engines.changes import WITHDRAWN_DIGEST, NewState
from gongkai.engines.store_backend import StoreBackend
from gongkai.errors import StorageError

AT_ONCE = 5_000
"""Records compared in one transaction."""
_Item = TypeVar("_Item")


class UnreadableGenerationError(StorageError):
    """The files of a generation are damaged."""


class ChangeRecorder:
    """Writes the journal of one installation. A record that is being withdrawn is not public."""

    def __init__(self, backend: StoreBackend) -> None:
        self._backend = backend
        self._journal = backend.journal

    def catch_up(self, live: str) -> None:
        """Compares all records if the journal does not describe the live generation.

        A damaged generation is not compared: nothing in it can be searched.
        """
        if self._journal.generation() == live:
            return
        with suppress(UnreadableGenerationError):
            self._compare_all(live)

    def _compare_all(self, live: str) -> None:
        pending = self._backend.ledger.pending()
        found: set[str] = set()
        for states in _cut(self._read(live, None, pending)):
            found.update(each.id for each in states)
            self._journal.record(states)
        for ids in self._journal.public():
            self._journal.record(
                [NewState(each, WITHDRAWN_DIGEST) for each in ids if each not in found]
            )
        self._journal.describe(live)

    def begin(self) -> None:
        """Marks the journal as possibly behind before the live generation is written."""
        self._journal.describe("")

    def finish(self, live: str) -> None:
        """Marks the journal as complete after all commits of a writer were compared."""
        self._journal.describe(live)

    def compare(self, live: str, record_ids: Iterable[str]) -> None:
        """Compares the records that a commit has written or deleted."""
        pending = self._backend.ledger.pending()
        for ids in _cut(record_ids):
            known = {each.id: each for each in self._read(live, ids, pending)}
            gone = (NewState(each, WITHDRAWN_DIGEST) for each in ids if each not in known)
            self._journal.record([*known.values(), *gone])

    def close(self, record_ids: Iterable[str]) -> None:
        """Lists those of these records as withdrawn that the journal has as public."""
        for ids in _cut(record_ids):
            self._journal.record([NewState(each, WITHDRAWN_DIGEST) for each in ids])

    def _read(
        self, live: str, record_ids: Sequence[str] | None, pending: Collection[str]
    ) -> Iterator[NewState]:
        try:
            for record_id, digest in self._backend.read_digests(live, record_ids):
                if record_id not in pending:
                    yield NewState(record_id, digest)
        except (StorageError, ValueError) as error:
            raise UnreadableGenerationError(error) from error


def _cut(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    rest = iter(items)
    while part := list(islice(rest, AT_ONCE)):
        yield part
