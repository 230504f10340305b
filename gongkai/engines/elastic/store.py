"""The generations of Elasticsearch: writers, switches and withdrawals, one process at a time."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from gongkai.engines.elastic.connection import open_client, translate_errors
from gongkai.engines.elastic.generations import GenerationIndices
from gongkai.engines.elastic.identities import find_keys
from gongkai.engines.elastic.ledger import ElasticLedger
from gongkai.engines.elastic.lock import WriterLock
from gongkai.engines.elastic.mapping import Names, document_key
from gongkai.engines.elastic.writer import ElasticWriter, WriterHooks
from gongkai.engines.fingerprint import check_fingerprint
from gongkai.engines.manifest import Manifest, superseded
from gongkai.engines.port import Generation, IntegrityReport, choose_recovery
from gongkai.engines.withdrawals import Withdrawal
from gongkai.errors import AnotherWriterError, EngineUnavailableError, LostLedgerError
from gongkai.settings import Settings


class ElasticStore:
    """See IndexStore. `fingerprint` identifies the analysis that this program indexes with."""

    def __init__(
        self, settings: Settings, fingerprint: str, client: Elasticsearch | None = None
    ) -> None:
        self._names = Names(settings.elasticsearch_prefix)
        self._fingerprint = fingerprint
        self._client = client or open_client(settings)
        self._generations = GenerationIndices(self._client, settings)
        self._ledger = ElasticLedger(self._client, self._names.ledger)
        self._lock = WriterLock(self._client, self._names.control)

    def update(self) -> ElasticWriter:
        with self._kept_on_success():
            manifest = self._generations.find_live()
            if manifest is None:
                manifest = self._generations.create(self._fingerprint)
                return self._open_writer(manifest, self._publish_unless_live)
            check_fingerprint(manifest.name, manifest.fingerprint, self._fingerprint)
            return self._open_writer(manifest)

    def rebuild(self) -> ElasticWriter:
        with self._kept_on_success():
            return self._open_writer(self._generations.create(self._fingerprint))

    def publish(self, name: str) -> None:
        with self._locked(), translate_errors():
            manifest = self._generations.manifests().get(name)
            if manifest is None:
                raise EngineUnavailableError(f"There is no generation {name}.")
            self._lock.check()
            before = self._generations.live_name()
            self._generations.write_manifest(replace(manifest, complete=True))
            self._generations.point_at(name)
            for old in superseded(self._generations.complete(), name, before):
                self._generations.drop(old)

    def rollback(self) -> Generation:
        with self._locked(), translate_errors():
            live = self._generations.live_name()
            older = [m for m in self._generations.complete() if live and m.name < live]
            if not older:
                raise EngineUnavailableError("There is no earlier generation to go back to.")
            self._generations.point_at(older[0].name)
            return self._generations.describe(older[0], older[0].name)

    def withdraw(
        self, record_ids: Iterable[str], *, cause: str, held: Collection[str] = ()
    ) -> dict[str, bool]:
        ids = tuple(dict.fromkeys(record_ids))
        with translate_errors():
            self._generations.ensure()
            try:
                with self._locked():
                    found = self._look_up(ids) | dict.fromkeys(held, True)
                    known = [each for each in ids if found[each]]
                    self._ledger.add(known, cause)
                    self._erase(known)
                    self._ledger.mark_erased(known)
            except AnotherWriterError:
                # A running writer may be about to add these records. It erases pending withdrawals
                # later.
                found = self._look_up(ids) | dict.fromkeys(held, True)
                self._ledger.add(ids, cause, public={each for each in ids if found[each]})
                self._erase(ids)
        return found

    def restore(self, record_ids: Iterable[str], *, cause: str | None = None) -> dict[str, bool]:
        with self._locked(), translate_errors():
            causes = self._ledger.causes()
            known = {each: each in causes and cause in (None, causes[each]) for each in record_ids}
            self._erase_pending()
            self._ledger.remove(record_id for record_id, is_in in known.items() if is_in)
        return known

    def withdrawn(self) -> Mapping[str, str]:
        with translate_errors():
            return {} if self._has_no_ledger() else self._ledger.causes()

    def withdrawals(self) -> Mapping[str, Withdrawal]:
        with translate_errors():
            return {} if self._has_no_ledger() else self._ledger.history()

    def put_withdrawals(self, entries: Mapping[str, Withdrawal]) -> None:
        closed = [key for key, each in entries.items() if each.is_closed]
        with self._locked(), translate_errors():
            self._ledger.put(
                {key: replace(each, erased=not each.is_closed) for key, each in entries.items()}
            )
            self._erase(closed)
            self._ledger.mark_erased(closed)

    def examine_ledger(self) -> list[str]:
        with translate_errors():
            if self._generations.has_lost_ledger():
                return [
                    "The withdrawal ledger is missing, so the withdrawn records are unknown. "
                    "Restore it from a snapshot, or run `gongkai restore --force` with a backup."
                ]
        return []

    def repair_ledger(self) -> None:
        with translate_errors():
            self._generations.ensure()

    def restart_ledger(self) -> None:
        with translate_errors():
            self._generations.make_small_indices()

    def find_identities(
        self, keys: Collection[str], *, live: bool = False
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        with translate_errors():
            live_name = self._generations.live_name()
            manifests = self._generations.complete() if keys else ()
        for manifest in manifests:
            is_wanted = not live or manifest.name == live_name
            if is_wanted and manifest.fingerprint == self._fingerprint:
                with translate_errors():
                    yield from find_keys(self._client, self._names.generation(manifest.name), keys)

    def generations(self) -> list[Generation]:
        with translate_errors():
            live = self._generations.live_name()
            return [
                self._generations.describe(manifest, live)
                for manifest in self._generations.complete()
            ]

    def drop_others(self) -> list[str]:
        with self._locked(), translate_errors():
            live = self._generations.live_name()
            old = [each.name for each in self._generations.complete() if each.name != live]
            for name in old:
                self._generations.drop(name)
        return old

    def check_integrity(self) -> list[IntegrityReport]:
        with translate_errors():
            live = self._generations.live_names()
            known = {each.name: each for each in self._generations.complete()}
            names = sorted({*known, *live}, reverse=True)
            return [self._examine(name, known.get(name), live) for name in names]

    def recover(self) -> str | None:
        with self._locked(), translate_errors():
            self._generations.drop_incomplete()
            live = self._generations.live_names()
            if len(live) > 1:
                self._generations.point_at(live[0])
            to = choose_recovery(self.check_integrity())
            if to is not None:
                self._generations.point_at(to)
        return to

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _examine(
        self, name: str, manifest: Manifest | None, live: Collection[str]
    ) -> IntegrityReport:
        faults = []
        if manifest is None:
            faults.append("Its index is missing or was never finished.")
        else:
            faults = self._generations.check_integrity(name)
            if len(live) > 1 and name in live:
                faults.append("The alias points at more than one generation.")
            if manifest.fingerprint != self._fingerprint:
                faults.append("It was built with another analysis, dictionary or schema.")
        return IntegrityReport(name, name in live, tuple(faults))

    def _open_writer(
        self, manifest: Manifest, after_commit: Callable[[str], None] | None = None
    ) -> ElasticWriter:
        def close(error: BaseException | None) -> None:
            try:
                with translate_errors():
                    current = self._generations.manifests().get(manifest.name)
                    if error is not None and current and not current.complete:
                        self._generations.drop(manifest.name)
                    self._erase_pending()
            finally:
                self._lock.release()

        index = self._names.generation(manifest.name)
        return ElasticWriter(
            manifest.name,
            index,
            self._client,
            WriterHooks(
                check=self._lock.check,
                erase_withdrawn=lambda: self._erase(self._ledger.pending(), [index], refresh=False),
                after_commit=after_commit,
                on_close=close,
            ),
            is_empty=not manifest.complete,
        )

    def _publish_unless_live(self, name: str) -> None:
        """Publishes the very first generation with its first commit."""
        if self._generations.live_name() != name:
            self.publish(name)

    def _has_no_ledger(self) -> bool:
        """Whether nothing was ever withdrawn. Raises LostLedgerError where the ledger is lost."""
        if self._generations.has_lost_ledger():
            raise LostLedgerError("missing")
        return not self._client.indices.exists(index=self._names.ledger)

    def _look_up(self, record_ids: Iterable[str]) -> dict[str, bool]:
        """Returns record id -> whether any complete generation holds the record."""
        ids = list(record_ids)
        found = dict.fromkeys(ids, False)
        for manifest in self._generations.complete() if ids else ():
            answer = self._client.mget(
                index=self._names.generation(manifest.name),
                ids=[document_key(each) for each in ids],
                source=False,
            )
            for record_id, each in zip(ids, answer["docs"], strict=True):
                found[record_id] |= bool(each.get("found"))
        return found

    def _erase_pending(self) -> None:
        """Deletes pending withdrawals from all generations; the caller must hold the lock."""
        pending = self._ledger.pending()
        self._erase(pending)
        self._ledger.mark_erased(pending)

    def _erase(
        self,
        record_ids: Collection[str],
        indices: Iterable[str] | None = None,
        *,
        refresh: bool = True,
    ) -> None:
        """Deletes records from these indices, or from all generations and vector indices.

        A vector has the document key of its record.
        """
        if not record_ids:
            return
        for index in self._everywhere() if indices is None else indices:
            _, faults = bulk(
                self._client,
                ({"_op_type": "delete", "_id": document_key(each)} for each in record_ids),
                index=index,
                refresh=refresh,
                raise_on_error=False,
            )
            listed = faults if isinstance(faults, list) else []
            if any(fault["delete"]["status"] != 404 for fault in listed):
                raise EngineUnavailableError(
                    "Elasticsearch did not delete every withdrawn record; run the command again."
                )

    def _everywhere(self) -> Iterator[str]:
        yield from (self._names.generation(name) for name in self._generations.manifests())
        yield from self._client.indices.get(index=self._names.vectors("*"), features="aliases")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds the lock; within a writer it is held already."""
        if self._lock.is_held:
            yield
            return
        with translate_errors():
            self._generations.ensure()
        self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def _kept_on_success(self) -> Iterator[None]:
        """Holds the lock for a writer, which releases it on closing."""
        with translate_errors():
            self._generations.ensure()
        self._lock.acquire()
        try:
            with translate_errors():
                self._generations.drop_incomplete()
                # Erased before anything is written, so that a reopened record is kept when it is
                # indexed again.
                self._erase_pending()
                yield
        except BaseException:
            self._lock.release()
            raise
