"""The generations of an installation: writers, switches, withdrawals and recovery, on any engine.

A kill at any moment leaves the state before or after an operation. The order of the steps ensures
it: a ledger entry before any deletion, a complete manifest before the switch, a switch before the
drop of older generations.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from gettext import gettext as _

from gongkai.engines.change_recorder import ChangeRecorder
from gongkai.engines.changes import Change
from gongkai.engines.earlier_versions import EarlierVersion
from gongkai.engines.fingerprint import check_fingerprint
from gongkai.engines.generation_check import (
    erase_withdrawn,
    examine_generation,
    examine_withdrawn,
    is_damaged,
)
from gongkai.engines.keeping_writer import KeepingWriter, Kept
from gongkai.engines.manifest import Manifest, superseded
from gongkai.engines.port import Generation, GenerationWriter, IntegrityReport, choose_recovery
from gongkai.engines.store_backend import StoreBackend, explain_damage
from gongkai.engines.withdrawals import Withdrawal
from gongkai.engines.write_scope import WriteScope
from gongkai.errors import AnotherWriterError, EngineUnavailableError, StorageError
from gongkai.events import log_event

WITHDRAW_PATIENCE_SECONDS = 2.0
"""How long a withdrawal waits for a running writer; it applies at once either way."""
log = logging.getLogger("gongkai.engines")


class GenerationStore:
    """See IndexStore. `fingerprint` identifies the analysis that this program indexes with."""

    def __init__(self, backend: StoreBackend, fingerprint: str) -> None:
        self._backend = backend
        self._generations = backend.generations
        self._ledger = backend.ledger
        self._lock = backend.lock
        self._scope = WriteScope(backend)
        self._recorder = ChangeRecorder(backend)
        self._fingerprint = fingerprint
        self._written: str | None = None

    def update(self) -> GenerationWriter:
        with self._begun():
            manifest = self._find_live()
            if manifest is None:
                return self._open_writer(self._create(), is_first=True)
            check_fingerprint(manifest.name, manifest.fingerprint, self._fingerprint)
            return self._open_writer(manifest)

    def rebuild(self) -> GenerationWriter:
        with self._begun():
            return self._open_writer(self._create())

    def publish(self, name: str) -> None:
        with self._scope.locked():
            manifest = self._generations.manifest(name)
            if manifest is None:
                raise EngineUnavailableError(_("There is no generation {name}.").format(name=name))
            self._lock.check()
            before = self._live_name()
            self._generations.write_manifest(replace(manifest, complete=True))
            self._generations.point_at(name)
            log_event(log, "generation.published", generation=name, before=before)
            self._recorder.catch_up(name)
            self._drop(superseded(self._generations.complete(), name, before))

    def rollback(self) -> Generation:
        with self._scope.locked():
            live = self._live_name()
            older = [each for each in self._generations.complete() if live and each.name < live]
            if not older:
                raise EngineUnavailableError(_("There is no earlier generation to go back to."))
            self._switch_back(older[0].name)
            return self._backend.describe(older[0])

    def withdraw(
        self, record_ids: Iterable[str], *, cause: str, held: Collection[str] = ()
    ) -> dict[str, bool]:
        ids = tuple(dict.fromkeys(record_ids))
        with self._backend.translate_errors():
            try:
                with self._scope.alone(WITHDRAW_PATIENCE_SECONDS):
                    found = self._backend.look_up(ids) | dict.fromkeys(held, True)
                    self._ledger.add([each for each in ids if found[each]], cause)
                    self._erase_pending()
            except AnotherWriterError:
                # The running writer may be about to add these records, and erases them at its end.
                self._ledger.begin()
                found = self._backend.look_up(ids) | dict.fromkeys(held, True)
                self._ledger.add(ids, cause, public={each for each in ids if found[each]})
                self._recorder.close(ids)
                self._backend.hide(ids)
                self._backend.versions.erase(ids)
        log_event(log, "withdrawal.applied", records=sum(found.values()), cause=cause)
        return found

    def restore(self, record_ids: Iterable[str], *, cause: str | None = None) -> dict[str, bool]:
        with self._scope.locked():
            closed = self.withdrawn()
            known = {each: each in closed and cause in (None, closed[each]) for each in record_ids}
            self._erase_pending()
            reopened = [record_id for record_id, is_closed in known.items() if is_closed]
            still = set(reopened) & set(self._ledger.pending())
            self._ledger.remove(reopened)
            if still and (live := self._live_name()):
                self._recorder.compare(live, still)
        log_event(log, "withdrawal.lifted", records=len(reopened))
        return known

    def withdrawn(self) -> Mapping[str, str]:
        with self._backend.translate_errors():
            return {key: entry.cause for key, entry in self._ledger.entries().items()}

    def withdrawals(self) -> Mapping[str, Withdrawal]:
        with self._backend.translate_errors():
            return self._ledger.history()

    def put_withdrawals(self, entries: Mapping[str, Withdrawal]) -> None:
        changed = {key: replace(each, erased=not each.is_closed) for key, each in entries.items()}
        with self._scope.locked():
            self._ledger.put(changed)
            self._erase_pending()
        log_event(log, "withdrawal.merged", records=len(changed))

    def examine_ledger(self) -> list[str]:
        with self._backend.translate_errors():
            found = [*self._ledger.examine(), *self._backend.journal.examine()]
            return found or examine_withdrawn(self._backend)

    def repair_ledger(self) -> None:
        with self._scope.holding():
            self._ledger.repair()
            self._backend.journal.repair()

    def restart_ledger(self) -> None:
        with self._scope.holding(WITHDRAW_PATIENCE_SECONDS):
            self._ledger.restart()

    def find_identities(
        self, keys: Collection[str], *, live: bool = False
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        if not keys:
            return
        with self._backend.translate_errors():
            own = [m for m in self._generations.complete() if m.fingerprint == self._fingerprint]
            live_name = self._live_name()
            names = [each.name for each in own if not live or each.name == live_name]
            yield from self._backend.find_keys(names, keys)

    def find_change(self, record_id: str) -> Change | None:
        with self._backend.translate_errors():
            return self._backend.journal.find(record_id)

    def generations(self) -> list[Generation]:
        """See the port.

        A generation that cannot be opened is left out; `check_integrity` lists it.
        """
        found = []
        with self._backend.translate_errors():
            for manifest in self._generations.complete():
                with suppress(StorageError, ValueError):
                    found.append(self._backend.describe(manifest))
        return found

    def drop_others(self) -> list[str]:
        with self._scope.locked():
            live = self._live_name()
            old = [each.name for each in self._generations.complete() if each.name != live]
            self._drop(old)
        return old

    def check_integrity(self) -> list[IntegrityReport]:
        with self._backend.translate_errors():
            live = self._generations.live_names()
            known = (each.name for each in self._generations.complete())
            names = {*known, *live, *self._generations.damaged()}
            return [
                examine_generation(self._backend, name, live, self._fingerprint)
                for name in sorted(names, reverse=True)
            ]

    def recover(self) -> str | None:
        self.repair_ledger()
        with self._scope.locked():
            self._backend.repair()
            self._drop_left_behind()
            examined = self.check_integrity()
            to = choose_recovery(examined)
            if to is not None:
                self._switch_back(to)
            elif self._backend.is_damage_final:
                self._drop_damaged(examined)
            self._recorder.close(erase_withdrawn(self._backend))
            if live := self._live_name():
                self._recorder.catch_up(live)
        return to

    def earlier_versions(self, record_id: str) -> list[EarlierVersion]:
        with self._backend.translate_errors():
            return self._backend.versions.find(record_id, self._ledger.history().get(record_id))

    def erase_versions(self, record_id: str) -> None:
        self._backend.versions.erase([record_id])

    def close(self) -> None:
        self._backend.close()

    def _create(self) -> Manifest:
        manifest = self._generations.create(self._fingerprint)
        log_event(log, "generation.started", generation=manifest.name)
        return manifest

    def _find_live(self) -> Manifest | None:
        """Returns the live generation, or None before the first.

        Raises EngineUnavailableError where it is damaged, so that no empty one replaces it.
        """
        name = self._live_name()
        if name is None:
            complete = self._generations.complete()
            if not complete:
                return None
            # The pointer is lost, or a run was killed before it wrote the first one.
            name = complete[0].name
            self._generations.point_at(name)
        manifest = self._generations.manifest(name)
        if manifest is None:
            raise EngineUnavailableError(explain_damage(name))
        return manifest

    def _open_writer(self, manifest: Manifest, *, is_first: bool = False) -> GenerationWriter:
        """Opens a writer; the first commit of the very first generation publishes it."""
        name = manifest.name

        def after_commit(records: int, written: Collection[str]) -> None:
            log_event(log, "generation.committed", generation=name, records=records)
            if is_first and self._live_name() != name:
                self.publish(name)
                self._recorder.begin()
            elif self._live_name() == name:
                self._recorder.compare(name, written)

        def on_close(error: BaseException | None) -> None:
            self._written = None
            try:
                with self._backend.translate_errors():
                    if error is not None:
                        self._discard(name)
                    self._erase_pending()
                    if error is None and self._live_name() == name:
                        self._recorder.finish(name)
            finally:
                self._lock.release()

        writer = self._backend.open_writer(manifest, after_commit, on_close)
        self._written = name
        live = self._live_name()
        if live == name:
            self._recorder.catch_up(name)
            self._recorder.begin()
        return self._keep_replaced(writer, live)

    def _keep_replaced(self, writer: GenerationWriter, live: str | None) -> GenerationWriter:
        """Returns a writer that keeps what it replaces of the live generation.

        Content of another schema is not kept: all of it differs.
        """
        manifest = self._generations.manifest(live) if live else None
        if live is None or manifest is None or manifest.fingerprint != self._fingerprint:
            return writer
        backend = self._backend
        kept = Kept(
            backend.versions,
            lambda ids: backend.read_digests(live, ids),
            lambda ids: backend.read_stored(live, ids),
        )
        return KeepingWriter(writer, kept)

    def _discard(self, name: str) -> None:
        """Drops what a failed run created or did not commit, but no slots, which can go on."""
        manifest = self._generations.manifest(name)
        if manifest is not None and manifest.complete:
            self._backend.clean(name)
        elif manifest is not None and not manifest.slots:
            self._drop([name])

    def _switch_back(self, name: str) -> None:
        before = self._live_name()
        self._generations.point_at(name)
        log_event(log, "generation.rolled_back", generation=name, before=before)
        self._recorder.catch_up(name)

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            self._generations.drop(name)
            log_event(log, "generation.dropped", generation=name)

    def _drop_left_behind(self) -> None:
        """Drops what killed runs left; the caller must hold the lock."""
        self._drop(self._generations.left_behind())
        for manifest in self._generations.complete():
            self._backend.clean(manifest.name)

    def _drop_damaged(self, examined: Iterable[IntegrityReport]) -> None:
        """Drops damaged older generations, which prevent withdrawals and allow no rollback."""
        self._drop(each.name for each in examined if not each.live and is_damaged(each))

    def _erase_pending(self) -> None:
        """Deletes pending withdrawals from all generations; the caller must hold the lock.

        They stay pending while a generation may still have them: one that only its open writer can
        change, or one that is too damaged to delete from.
        """
        pending = self._ledger.pending()
        self._recorder.close(pending)
        self._backend.versions.erase(pending)
        if pending and self._backend.erase(pending, self._written):
            self._ledger.mark_erased(pending)

    def _live_name(self) -> str | None:
        return next(iter(self._generations.live_names()), None)

    @contextmanager
    def _begun(self) -> Iterator[None]:
        """Holds the lock for a writer.

        Pending withdrawals are erased before anything is written, so that a reopened record is kept
        when it is indexed again.
        """
        with self._scope.kept_on_success():
            self._drop_left_behind()
            self._erase_pending()
            yield
