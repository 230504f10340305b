"""The generations of the embedded engine, and which of them is live."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from gongkai.engines.embedded.erasure import erase, find_keys, list_folders, look_up, open_older
from gongkai.engines.embedded.faults import translate_errors
from gongkai.engines.embedded.integrity import drop_orphans, examine_index, repair_index
from gongkai.engines.embedded.layout import Layout, folder_bytes
from gongkai.engines.embedded.ledger import Ledger
from gongkai.engines.embedded.schema import open_index
from gongkai.engines.embedded.vectors import forget_vectors
from gongkai.engines.embedded.writer import TantivyWriter
from gongkai.engines.fingerprint import check_fingerprint
from gongkai.engines.manifest import Manifest, superseded
from gongkai.engines.port import Generation, IntegrityReport, choose_recovery
from gongkai.engines.withdrawals import Withdrawal
from gongkai.errors import AnotherWriterError, EngineUnavailableError, StorageError
from gongkai.files.durable import FILE_MODE

WITHDRAW_PATIENCE_SECONDS = 2.0
"""How long a withdrawal waits for a running writer; it applies at once either way."""
OTHER_ANALYSIS = "It was built with another analysis, dictionary or schema."
"""The one fault of a generation whose files may be intact."""


class EmbeddedStore:
    """See IndexStore. `fingerprint` identifies the analysis that this program indexes with."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._layout = Layout(folder)
        self._fingerprint = fingerprint
        self._ledger = Ledger(self._layout.ledger, self._layout.has_ledger)
        self._lock = FileLock(self._layout.lock, mode=FILE_MODE)
        self._written: str | None = None

    def update(self) -> TantivyWriter:
        with self._kept_on_success():
            manifest = self._find_live()
            if manifest is None:
                manifest = self._layout.create(self._fingerprint)
                return self._open_writer(manifest, self._publish_unless_live)
            check_fingerprint(manifest.name, manifest.fingerprint, self._fingerprint)
            return self._open_writer(manifest)

    def rebuild(self) -> TantivyWriter:
        with self._kept_on_success():
            return self._open_writer(self._layout.create(self._fingerprint))

    def publish(self, name: str) -> None:
        with self._locked():
            manifest = self._layout.manifest(name)
            if manifest is None:
                raise EngineUnavailableError(f"There is no generation {name}.")
            before = self._layout.live_name()
            self._layout.write_manifest(replace(manifest, complete=True))
            self._layout.point_at(name)
            for old in superseded(self._layout.complete(), name, before):
                self._layout.drop(old)

    def rollback(self) -> Generation:
        with self._locked():
            live = self._layout.live_name()
            older = [m for m in self._layout.complete() if live and m.name < live]
            if not older:
                raise EngineUnavailableError("There is no earlier generation to go back to.")
            self._layout.point_at(older[0].name)
        return self._describe(older[0])

    def withdraw(
        self, record_ids: Iterable[str], *, cause: str, held: Collection[str] = ()
    ) -> dict[str, bool]:
        ids = tuple(dict.fromkeys(record_ids))
        try:
            with self._locked(WITHDRAW_PATIENCE_SECONDS):
                found = look_up(self._layout, ids) | dict.fromkeys(held, True)
                self._ledger.add((each for each in ids if found[each]), cause)
                self._erase_around_writer()
        except AnotherWriterError:
            # A running writer may be about to add these records. It erases pending withdrawals
            # later.
            found = look_up(self._layout, ids) | dict.fromkeys(held, True)
            with translate_errors():
                self._ledger.add(ids, cause, public={each for each in ids if found[each]})
        return found

    def restore(self, record_ids: Iterable[str], *, cause: str | None = None) -> dict[str, bool]:
        with self._locked():
            causes = self.withdrawn()
            known = {each: each in causes and cause in (None, causes[each]) for each in record_ids}
            self._erase_around_writer()
            self._ledger.remove(record_id for record_id, is_in in known.items() if is_in)
        return known

    def withdrawn(self) -> Mapping[str, str]:
        return {key: entry.cause for key, entry in self._ledger.entries().items()}

    def withdrawals(self) -> Mapping[str, Withdrawal]:
        return self._ledger.history()

    def put_withdrawals(self, entries: Mapping[str, Withdrawal]) -> None:
        with self._locked():
            self._ledger.put(
                {key: replace(each, erased=not each.is_closed) for key, each in entries.items()}
            )
            self._erase_pending()

    def examine_ledger(self) -> list[str]:
        return self._ledger.examine()

    def repair_ledger(self) -> None:
        with self._holding():
            self._ledger.repair()

    def restart_ledger(self) -> None:
        with self._holding(WITHDRAW_PATIENCE_SECONDS):
            self._ledger.restart()

    def find_identities(
        self, keys: Collection[str], *, live: bool = False
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        names = [
            each.name
            for each in self._layout.complete()
            if each.fingerprint == self._fingerprint
            and (not live or each.name == self._layout.live_name())
        ]
        pending = self._ledger.pending()
        for record_id, found in find_keys(self._layout, names, keys):
            if record_id not in pending:
                yield record_id, found

    def generations(self) -> list[Generation]:
        """See the port.

        A generation that cannot be opened is left out; `check_integrity` lists it.
        """
        found = []
        for manifest in self._layout.complete():
            with suppress(StorageError, ValueError):
                found.append(self._describe(manifest))
        return found

    def drop_others(self) -> list[str]:
        with self._locked():
            live = self._layout.live_name()
            old = [each.name for each in self._layout.complete() if each.name != live]
            for name in old:
                self._layout.drop(name)
        return old

    def check_integrity(self) -> list[IntegrityReport]:
        live = self._layout.live_name()
        names = {each.name for each in self._layout.complete()} | {*self._layout.damaged()}
        if live:
            names.add(live)
        return [self._examine(name, live) for name in sorted(names, reverse=True)]

    def recover(self) -> str | None:
        self.repair_ledger()
        with self._locked():
            for manifest in self._layout.complete():
                repair_index(self._layout.index_folder(manifest.name))
            self._drop_left_behind()
            examined = self.check_integrity()
            to = choose_recovery(examined)
            if to is not None:
                self._layout.point_at(to)
            else:
                self._drop_damaged(examined)
        return to

    def close(self) -> None:
        """Nothing to release: no file stays open between calls."""

    def _examine(self, name: str, live: str | None) -> IntegrityReport:
        manifest = self._layout.manifest(name)
        if manifest is None:
            faults = ["Its manifest is missing or torn."]
        else:
            is_own = manifest.fingerprint == self._fingerprint
            faults = examine_index(self._layout.index_folder(name), is_own=is_own)
            if not is_own:
                faults.append(OTHER_ANALYSIS)
        return IntegrityReport(name, name == live, tuple(faults))

    def _open_writer(
        self, manifest: Manifest, after_commit: Callable[[str], None] | None = None
    ) -> TantivyWriter:
        def close(error: BaseException | None) -> None:
            self._written = None
            current = self._layout.manifest(manifest.name)
            try:
                if error is not None and current:
                    if current.complete:
                        drop_orphans(self._layout.index_folder(manifest.name))
                    else:
                        self._layout.drop(manifest.name)
                self._erase_pending()
            finally:
                self._lock.release()

        index = open_index(self._layout.index_folder(manifest.name))
        writer = TantivyWriter(manifest.name, index, after_commit=after_commit, on_close=close)
        self._written = manifest.name
        return writer

    def _find_live(self) -> Manifest | None:
        """Returns the live generation, or None before the first.

        Raises EngineUnavailableError where it is damaged, so that no empty one replaces it.
        """
        name = self._layout.live_name()
        if name is None:
            complete = self._layout.complete()
            if not complete:
                return None
            # The pointer is lost, or a run was killed before it wrote the first one.
            name = complete[0].name
            self._layout.point_at(name)
        manifest = self._layout.manifest(name)
        # Without a meta.json tantivy would create an empty index there.
        if manifest is None or not (self._layout.index_folder(name) / "meta.json").exists():
            raise EngineUnavailableError(
                f"The live generation {name} is missing or damaged: run `gongkai doctor`."
            )
        return manifest

    def _publish_unless_live(self, name: str) -> None:
        """Publishes the very first generation with its first commit."""
        if self._layout.live_name() != name:
            self.publish(name)

    def _drop_damaged(self, examined: Iterable[IntegrityReport]) -> None:
        """Drops damaged older generations, which prevent withdrawals and allow no rollback."""
        for each in examined:
            if not each.live and each.faults and each.faults != (OTHER_ANALYSIS,):
                self._layout.drop(each.name)

    def _drop_left_behind(self) -> None:
        """Drops the remains of killed runs; the caller must hold the write lock."""
        self._layout.drop_incomplete()
        for manifest in self._layout.complete():
            drop_orphans(self._layout.index_folder(manifest.name))

    def _erase_around_writer(self) -> None:
        """Erases pending withdrawals, except in a generation that has an open writer.

        An index has only one writer. The open writer erases pending withdrawals on closing.
        """
        if self._written is None:
            self._erase_pending()
        elif pending := self._ledger.pending():
            for folder in list_folders(self._layout):
                if folder != self._layout.index_folder(self._written):
                    erase(folder, pending)

    def _erase_pending(self) -> None:
        """Deletes pending withdrawals from the index files; the caller must hold the write lock.

        Nothing can be deleted from a damaged generation, so its ids stay pending until it is
        dropped.
        """
        pending = self._ledger.pending()
        if not pending:
            return
        erased = [erase(folder, pending) for folder in list_folders(self._layout)]
        forget_vectors(self._layout.root, pending)
        if all(erased):
            self._ledger.mark_erased(pending)

    def _describe(self, manifest: Manifest) -> Generation:
        folder = self._layout.index_folder(manifest.name)
        return describe(self._layout, manifest, open_older(folder).searcher().num_docs)

    @contextmanager
    def _locked(self, patience: float = 0.0) -> Iterator[None]:
        """Holds the write lock, with an intact ledger."""
        with self._holding(patience):
            self._ledger.begin()
            yield

    @contextmanager
    def _holding(self, patience: float = 0.0) -> Iterator[None]:
        with translate_errors():
            self._layout.prepare()
            try:
                self._lock.acquire(timeout=patience)
            except Timeout:
                raise AnotherWriterError from None
            try:
                yield
            finally:
                self._lock.release()

    @contextmanager
    def _kept_on_success(self) -> Iterator[None]:
        """Holds the write lock for a writer, which releases it on closing."""
        with self._locked():
            if self._lock.lock_counter == 1:
                self._drop_left_behind()
                # Erased before anything is written, so that a reopened record is kept when it is
                # indexed again.
                self._erase_pending()
            yield
            self._lock.acquire()


def describe(layout: Layout, manifest: Manifest, records: int) -> Generation:
    """Returns a manifest together with the size and record count on disk."""
    return Generation(
        name=manifest.name,
        created=manifest.created,
        records=records,
        bytes=folder_bytes(layout.index_folder(manifest.name)),
        fingerprint=manifest.fingerprint,
        live=layout.live_name() == manifest.name,
    )
