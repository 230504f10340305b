"""Looks records up in every generation and deletes them there; a damaged one is passed over."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import tantivy

from gongkai.engines.embedded.faults import translate_errors
from gongkai.engines.embedded.integrity import drop_orphans, examine_index
from gongkai.engines.embedded.layout import Layout
from gongkai.engines.embedded.schema import build_schema, open_older_index
from gongkai.engines.embedded.writer import read_identities
from gongkai.errors import StorageError


def list_folders(layout: Layout) -> list[Path]:
    """The index folder of every complete generation, the newest first."""
    return [layout.index_folder(manifest.name) for manifest in layout.complete()]


def open_older(folder: Path) -> tantivy.Index:
    """The last commit of a generation, of whatever schema. Raises StorageError, ValueError."""
    with translate_errors():
        index = open_older_index(folder)
        index.reload()
    return index


def look_up(layout: Layout, record_ids: Iterable[str]) -> dict[str, bool]:
    """Whether any complete generation holds each record."""
    searchers = [index.searcher() for index in _open_each(list_folders(layout))]
    return {each: any(_holds(searcher, each) for searcher in searchers) for each in record_ids}


def find_keys(
    layout: Layout, names: Iterable[str], keys: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Id and all keys of every record of these generations that has one of the keys."""
    folders = [layout.index_folder(name) for name in names] if keys else []
    query = tantivy.Query.term_set_query(build_schema(), "identities", list(keys))
    for index in _open_each(folders):
        searcher = index.searcher()
        found = searcher.search(query, limit=max(searcher.num_docs, 1), count=False)
        for _, address in found.hits:
            document = searcher.doc(address)
            yield str(document.get_first("id")), read_identities(document)


def erase(folder: Path, record_ids: Iterable[str]) -> bool:
    """Whether the records are gone from a generation; False where it is damaged.

    Only for the holder of the write lock.
    """
    # A killed deletion's file has the very name that the same deletion would write now.
    drop_orphans(folder)
    try:
        with translate_errors():
            writer = open_older(folder).writer(num_threads=1)
            for record_id in record_ids:
                writer.delete_documents_by_term("id", record_id)
            writer.commit()
            writer.wait_merging_threads()
    except (StorageError, ValueError):
        if not examine_index(folder, is_own=False):
            raise
        return False
    return True


def _holds(searcher: tantivy.Searcher, record_id: str) -> bool:
    """Whether a record can be found; `doc_freq` would count deleted ones."""
    query = tantivy.Query.term_query(build_schema(), "id", record_id, "basic")
    return bool(searcher.search(query, limit=1, count=False).hits)


def _open_each(folders: Iterable[Path]) -> Iterator[tantivy.Index]:
    """The indexes that can be opened; raises StorageError where no file is at fault."""
    for folder in folders:
        try:
            yield open_older(folder)
        except (StorageError, ValueError):
            if not examine_index(folder, is_own=False):
                raise
