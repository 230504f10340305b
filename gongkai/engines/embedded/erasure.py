"""Finds and deletes records in every generation; damaged generations are skipped."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import tantivy

from gongkai.engines.embedded.faults import translate_errors
from gongkai.engines.embedded.integrity import drop_orphans, examine_index
from gongkai.engines.embedded.layout import Layout
from gongkai.engines.embedded.schema import STORED, build_schema, open_older_index
from gongkai.engines.embedded.writer import read_identities
from gongkai.engines.fingerprint import digest_content
from gongkai.errors import StorageError

_PAGE = 50_000


def list_folders(layout: Layout) -> list[Path]:
    """Returns the index folder of every complete generation, newest first."""
    return [layout.index_folder(manifest.name) for manifest in layout.complete()]


def open_older(folder: Path) -> tantivy.Index:
    """Opens the last commit of a generation of any schema. Raises StorageError, ValueError."""
    with translate_errors():
        index = open_older_index(folder)
        index.reload()
    return index


def look_up(layout: Layout, record_ids: Iterable[str]) -> dict[str, bool]:
    """Returns record id -> whether any complete generation holds the record."""
    searchers = [index.searcher() for index in _open_each(list_folders(layout))]
    return {each: any(_holds(searcher, each) for searcher in searchers) for each in record_ids}


def find_keys(
    layout: Layout, names: Iterable[str], keys: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields id and all identity keys of the records in these generations that have one of them."""
    folders = [layout.index_folder(name) for name in names] if keys else []
    query = tantivy.Query.term_set_query(build_schema(), "identities", list(keys))
    for index in _open_each(folders):
        searcher = index.searcher()
        found = searcher.search(query, limit=max(searcher.num_docs, 1), count=False)
        for _, address in found.hits:
            document = searcher.doc(address)
            yield str(document.get_first("id")), read_identities(document)


def read_digests(folder: Path, record_ids: Sequence[str] | None) -> Iterator[tuple[str, str]]:
    """Yields id and digest of the content of these records, None for all."""
    for record_id, stored in read_stored(folder, record_ids):
        yield record_id, digest_content(stored)


def read_stored(folder: Path, record_ids: Sequence[str] | None) -> Iterator[tuple[str, bytes]]:
    """Yields id and stored content of these records, None for all."""
    query = tantivy.Query.all_query()
    if record_ids is not None:
        query = tantivy.Query.term_set_query(build_schema(), "id", list(record_ids))
    with translate_errors():
        yield from _read_stored(open_older(folder).searcher(), query, record_ids)


def _read_stored(
    searcher: tantivy.Searcher, query: tantivy.Query, record_ids: Sequence[str] | None
) -> Iterator[tuple[str, bytes]]:
    count = searcher.num_docs if record_ids is None else len(record_ids)
    for start in range(0, count, _PAGE):
        found = searcher.search(query, limit=min(_PAGE, count - start), offset=start, count=False)
        for _, address in found.hits:
            document = searcher.doc(address)
            yield str(document.get_first("id")), bytes(document.get_first(STORED) or b"")


def erase(folder: Path, record_ids: Iterable[str]) -> bool:
    """Deletes records from a generation; returns False where the generation is damaged.

    The caller must hold the write lock.
    """
    # A killed deletion left a file with the name that the same deletion writes now.
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
    """Whether a search finds the record; `doc_freq` would include deleted ones."""
    query = tantivy.Query.term_query(build_schema(), "id", record_id, "basic")
    return bool(searcher.search(query, limit=1, count=False).hits)


def _open_each(folders: Iterable[Path]) -> Iterator[tantivy.Index]:
    """Yields the indexes that can be opened. Raises StorageError where no file is at fault."""
    for folder in folders:
        try:
            yield open_older(folder)
        except (StorageError, ValueError):
            if not examine_index(folder, is_own=False):
                raise
