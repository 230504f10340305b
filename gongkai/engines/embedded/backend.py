"""The storage of the embedded engine: tantivy indexes in a data folder."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from gongkai.engines.earlier_versions import EarlierVersions
from gongkai.engines.embedded.erasure import (
    erase,
    find_keys,
    list_folders,
    look_up,
    open_older,
    read_digests,
    read_stored,
)
from gongkai.engines.embedded.faults import translate_errors
from gongkai.engines.embedded.integrity import drop_orphans, examine_index, repair_index
from gongkai.engines.embedded.journal import JournalFile
from gongkai.engines.embedded.layout import Layout
from gongkai.engines.embedded.ledger import Ledger
from gongkai.engines.embedded.lock import FolderLock
from gongkai.engines.embedded.schema import open_index
from gongkai.engines.embedded.vectors import forget_vectors
from gongkai.engines.embedded.writer import TantivyWriter
from gongkai.engines.manifest import Manifest
from gongkai.engines.port import Generation
from gongkai.engines.store_backend import AfterCommit, explain_damage
from gongkai.errors import EngineUnavailableError


class EmbeddedBackend:
    """See StoreBackend. No file stays open between calls."""

    is_damage_final = True

    def __init__(self, folder: Path) -> None:
        self.generations = Layout(folder)
        self.ledger = Ledger(self.generations.ledger, self.generations.has_ledger)
        self.journal = JournalFile(folder)
        self.versions = EarlierVersions(folder)
        self.lock = FolderLock(self.generations)

    def translate_errors(self) -> AbstractContextManager[None]:
        return translate_errors()

    def open_writer(
        self,
        manifest: Manifest,
        after_commit: AfterCommit,
        on_close: Callable[[BaseException | None], None],
    ) -> TantivyWriter:
        folder = self.generations.index_folder(manifest.name)
        # Without a meta.json tantivy would create an empty index there.
        if manifest.complete and not (folder / "meta.json").exists():
            raise EngineUnavailableError(explain_damage(manifest.name))
        return TantivyWriter(
            manifest.name, open_index(folder), after_commit=after_commit, on_close=on_close
        )

    def describe(self, manifest: Manifest) -> Generation:
        folder = self.generations.index_folder(manifest.name)
        return self.generations.describe(manifest, open_older(folder).searcher().num_docs)

    def look_up(self, record_ids: Sequence[str]) -> dict[str, bool]:
        return look_up(self.generations, record_ids)

    def find_keys(
        self, names: Sequence[str], keys: Collection[str]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        pending = self.ledger.pending()
        for record_id, found in find_keys(self.generations, names, keys):
            if record_id not in pending:
                yield record_id, found

    def read_digests(
        self, name: str, record_ids: Sequence[str] | None
    ) -> Iterator[tuple[str, str]]:
        return read_digests(self.generations.index_folder(name), record_ids)

    def read_stored(self, name: str, record_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        return read_stored(self.generations.index_folder(name), record_ids)

    def erase(self, record_ids: Collection[str], written: str | None) -> bool:
        """See StoreBackend. An index has only one writer: that of `written` is taken."""
        kept = self.generations.index_folder(written) if written else None
        folders = [folder for folder in list_folders(self.generations) if folder != kept]
        erased = [erase(folder, record_ids) for folder in folders]
        forget_vectors(self.generations.root, record_ids)
        return all(erased) and written is None

    def hide(self, record_ids: Collection[str]) -> None:
        """Nothing to do: the engine leaves out the pending ids of the ledger."""

    def clean(self, name: str) -> None:
        drop_orphans(self.generations.index_folder(name))

    def examine(self, name: str, *, is_own: bool) -> list[str]:
        return examine_index(self.generations.index_folder(name), is_own=is_own)

    def repair(self) -> None:
        for folder in list_folders(self.generations):
            repair_index(folder)

    def close(self) -> None:
        """Nothing to release."""
