"""The storage of the Elasticsearch engine: one index for each generation."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from gettext import gettext as _

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from gongkai.engines.earlier_versions import EarlierVersions
from gongkai.engines.elastic.connection import open_client, translate_errors
from gongkai.engines.elastic.generations import GenerationIndices
from gongkai.engines.elastic.identities import find_keys, read_revisions, read_stored
from gongkai.engines.elastic.index_templates import IndexCreator
from gongkai.engines.elastic.journal import ElasticJournal
from gongkai.engines.elastic.ledger import ElasticLedger
from gongkai.engines.elastic.lock import WriterLock
from gongkai.engines.elastic.mapping import Names, document_key
from gongkai.engines.elastic.writer import ElasticWriter, WriterHooks
from gongkai.engines.fingerprint import read_digest
from gongkai.engines.manifest import Manifest
from gongkai.engines.port import Generation
from gongkai.engines.store_backend import AfterCommit, WriteLock
from gongkai.errors import EngineUnavailableError
from gongkai.settings import Settings


class ElasticBackend:
    """See StoreBackend."""

    is_damage_final = False

    def __init__(self, settings: Settings) -> None:
        self._names = Names(settings.elasticsearch_prefix)
        self._client: Elasticsearch = open_client(settings)
        creator = IndexCreator(self._client, settings)
        self.generations = GenerationIndices(self._client, settings, creator)
        self.ledger = ElasticLedger(
            self._client, self._names.ledger, creator, self.generations.has_ledger
        )
        self.journal = ElasticJournal(self._client, self._names, creator)
        self.versions = EarlierVersions(settings.data_dir)
        self.lock = WriterLock(self._client, self._names.control, creator)
        self._creator = creator

    def translate_errors(self) -> AbstractContextManager[None]:
        return translate_errors()

    def slot_lock(self, number: int) -> WriterLock:
        """Returns the lock of one slot; its holder writes without the lock of the installation."""
        return WriterLock(self._client, self._names.control, self._creator, key=f"slot-{number}")

    def open_writer(
        self,
        manifest: Manifest,
        after_commit: AfterCommit,
        on_close: Callable[[BaseException | None], None],
        lock: WriteLock | None = None,
        *,
        is_empty: bool = False,
    ) -> ElasticWriter:
        """See StoreBackend. `lock` is that of a slot; `is_empty` if the slot wrote nothing yet."""
        index = self._names.generation(manifest.name)
        return ElasticWriter(
            manifest.name,
            index,
            self._client,
            WriterHooks(
                check=(lock or self.lock).check,
                erase_withdrawn=lambda: self._delete(self.ledger.pending(), [index], refresh=False),
                after_commit=after_commit,
                on_close=on_close,
            ),
            is_empty=is_empty or not (manifest.complete or manifest.slots),
        )

    def describe(self, manifest: Manifest) -> Generation:
        return self.generations.describe(manifest)

    def look_up(self, record_ids: Sequence[str]) -> dict[str, bool]:
        found = dict.fromkeys(record_ids, False)
        for manifest in self.generations.complete() if record_ids else ():
            answer = self._client.mget(
                index=self._names.generation(manifest.name),
                ids=[document_key(each) for each in record_ids],
                source=False,
            )
            for record_id, each in zip(record_ids, answer["docs"], strict=True):
                found[record_id] |= bool(each.get("found"))
        return found

    def find_keys(
        self, names: Sequence[str], keys: Collection[str]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name in names:
            yield from find_keys(self._client, self._names.generation(name), keys)

    def read_digests(
        self, name: str, record_ids: Sequence[str] | None
    ) -> Iterator[tuple[str, str]]:
        index = self._names.generation(name)
        for record_id, revision in read_revisions(self._client, index, record_ids):
            yield record_id, read_digest(revision)

    def read_stored(self, name: str, record_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        return read_stored(self._client, self._names.generation(name), record_ids)

    def erase(self, record_ids: Collection[str], written: str | None) -> bool:  # noqa: ARG002
        """See StoreBackend. A vector has the document key of its record.

        A slot may still write the records, which its writer then deletes again.
        """
        vectors = self._client.indices.get(index=self._names.vectors("*"), features="aliases")
        generations = map(self._names.generation, self.generations.names())
        self._delete(record_ids, [*generations, *vectors])
        return self.generations.in_slots() is None

    def hide(self, record_ids: Collection[str]) -> None:
        """Deletes the records at once; the running writer deletes them again."""
        self.erase(record_ids, None)

    def clean(self, name: str) -> None:
        """Nothing to delete: the server cleans up after itself."""

    def examine(self, name: str, *, is_own: bool) -> list[str]:  # noqa: ARG002
        faults = self.generations.check_integrity(name)
        live = self.generations.live_names()
        if len(live) > 1 and name in live:
            faults.append(_("The alias points at more than one generation."))
        return faults

    def repair(self) -> None:
        """Points the alias at one generation only."""
        live = self.generations.live_names()
        if len(live) > 1:
            self.generations.point_at(live[0])

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _delete(
        self, record_ids: Collection[str], indices: Iterable[str], *, refresh: bool = True
    ) -> None:
        for index in indices if record_ids else ():
            _count, faults = bulk(
                self._client,
                ({"_op_type": "delete", "_id": document_key(each)} for each in record_ids),
                index=index,
                refresh=refresh,
                raise_on_error=False,
            )
            listed = faults if isinstance(faults, list) else []
            if any(fault["delete"]["status"] != 404 for fault in listed):
                raise EngineUnavailableError(
                    _("Elasticsearch did not delete every withdrawn record; run the command again.")
                )
