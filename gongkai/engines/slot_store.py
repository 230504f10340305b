"""A rebuild by several processes: each owns a slot of the ids, and the last one switches.

A slot has a lock of its own. The lock of the installation is taken for moments only: to join or to
create the generation, and to mark a slot as done. The process that marks the last slot keeps it,
closes records and publishes. A process that was killed at any moment is run again.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Protocol

from gongkai.catalog.slot import Slot
from gongkai.engines.generation_store import GenerationStore
from gongkai.engines.manifest import Manifest
from gongkai.engines.port import GenerationWriter
from gongkai.engines.store_backend import (
    AfterCommit,
    GenerationCatalog,
    StoreBackend,
    WriteLock,
)
from gongkai.engines.write_scope import hold_within
from gongkai.errors import AnotherWriterError, OpenSlotsError
from gongkai.events import log_event

OPENING_SECONDS = 30.0
COMPLETING_SECONDS = 600.0
"""How long a slot waits for the lock of the installation, at its start and at its end."""
log = logging.getLogger("gongkai.engines")


class SlotCatalog(GenerationCatalog, Protocol):
    """Generations that several processes can load."""

    def create(self, fingerprint: str, slots: int = 0, plan: str = "") -> Manifest:
        """Creates an incomplete generation; with `slots` for several writers."""

    def settle(self, name: str) -> None:
        """Prepares a loaded generation for searches."""


class SlotBackend(StoreBackend, Protocol):
    """A storage that several processes can write to."""

    @property
    def generations(self) -> SlotCatalog: ...

    def slot_lock(self, number: int) -> WriteLock: ...

    def open_writer(
        self,
        manifest: Manifest,
        after_commit: AfterCommit,
        on_close: Callable[[BaseException | None], None],
        lock: WriteLock | None = None,
        *,
        is_empty: bool = False,
    ) -> GenerationWriter:
        """Opens a writer under the lock of a slot; `is_empty` if the slot wrote nothing yet."""


class SlotStore(GenerationStore):
    """The store of an installation for rebuilds in slots."""

    def __init__(self, backend: SlotBackend, fingerprint: str) -> None:
        super().__init__(backend, fingerprint)
        self._shared = backend

    def unfinished(self) -> Manifest | None:
        """Returns the manifest of the rebuild that is not finished."""
        with self._backend.translate_errors():
            return self._generations.in_slots()

    def find_keys_in(
        self, name: str, keys: Collection[str]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yields id and keys of each record of an unfinished rebuild with one of the keys."""
        with self._backend.translate_errors():
            yield from self._backend.find_keys([name], keys)

    def open_slot(self, slot: Slot, plan: str) -> GenerationWriter:
        """Opens a writer for a slot of the unfinished rebuild, which the first slot creates.

        Raises AnotherWriterError while another process writes the slot or the installation, and
        OpenSlotsError where the rebuild has other slots or another plan.
        """
        lock = self._shared.slot_lock(slot.number)
        with self._backend.translate_errors():
            lock.acquire()
            try:
                with self._waiting(OPENING_SECONDS):
                    manifest = self._join(slot, plan)
                    return self._open_slot_writer(manifest, slot, lock)
            except BaseException:
                lock.release()
                raise

    @contextmanager
    def complete_slot(self, slot: Slot) -> Iterator[GenerationWriter | None]:
        """Marks a slot as done; yields a writer to the process that marks the last one.

        That process has to close records and publish. No slot can be written meanwhile.
        """
        with self._backend.translate_errors(), ExitStack() as held:
            held.enter_context(self._waiting(COMPLETING_SECONDS))
            manifest = self._mark_done(slot)
            if len(manifest.done) < manifest.slots:
                held.close()
                yield None
                return
            self._take_slots(manifest, held)
            with self._open_writer(manifest) as writer:
                yield writer

    def publish(self, name: str) -> None:
        """See IndexStore. The generation first gets its replicas and its refresh interval."""
        with self._scope.locked():
            self._shared.generations.settle(name)
            super().publish(name)

    def drop_unfinished(self) -> str | None:
        """Drops the unfinished rebuild and returns its name.

        Raises AnotherWriterError while a process writes one of its slots.
        """
        with self._scope.locked(), ExitStack() as held:
            manifest = self._generations.in_slots()
            if manifest is None:
                return None
            self._take_slots(manifest, held)
            self._drop([manifest.name])
            self._erase_pending()
            return manifest.name

    def _join(self, slot: Slot, plan: str) -> Manifest:
        manifest = self._generations.in_slots()
        if manifest is None:
            self._drop_left_behind()
            self._erase_pending()
            manifest = self._shared.generations.create(self._fingerprint, slot.total, plan)
            log_event(log, "generation.started", generation=manifest.name, slots=slot.total)
        if (manifest.slots, manifest.plan) != (slot.total, plan):
            raise OpenSlotsError(manifest.name, manifest.slots)
        return manifest

    def _open_slot_writer(
        self, manifest: Manifest, slot: Slot, lock: WriteLock
    ) -> GenerationWriter:
        is_new = slot.number not in manifest.started
        if is_new:
            started = (*manifest.started, slot.number)
            self._generations.write_manifest(replace(manifest, started=started))
        name = manifest.name
        log_event(log, "slot.started", generation=name, slot=slot.number)

        def after_commit(records: int, _written: Collection[str]) -> None:
            log_event(log, "slot.committed", generation=name, slot=slot.number, records=records)

        def on_close(_error: BaseException | None) -> None:
            lock.release()

        return self._shared.open_writer(manifest, after_commit, on_close, lock, is_empty=is_new)

    def _mark_done(self, slot: Slot) -> Manifest:
        manifest = self._generations.in_slots()
        if manifest is None:
            raise AnotherWriterError
        if slot.number not in manifest.done:
            manifest = replace(manifest, done=(*manifest.done, slot.number))
            self._generations.write_manifest(manifest)
            log_event(log, "slot.done", generation=manifest.name, slot=slot.number)
        return manifest

    def _take_slots(self, manifest: Manifest, held: ExitStack) -> None:
        """Takes the locks of all slots, so that no process writes a part of the generation."""
        for number in range(1, manifest.slots + 1):
            lock = self._shared.slot_lock(number)
            lock.acquire()
            held.callback(lock.release)

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        """Holds the lock of the installation, which other slots hold for moments only."""
        with hold_within(self._lock, seconds):
            self._ledger.begin()
            yield
