"""Writes into one tantivy generation: put, delete, commit."""

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Self

import tantivy

from gongkai.catalog.fields import TREES
from gongkai.engines.embedded.faults import translate_errors
from gongkai.engines.embedded.schema import STORED, build_schema, join_set, set_field
from gongkai.engines.port import IndexDocument
from gongkai.engines.store_backend import AfterCommit
from gongkai.errors import StorageError

WRITER_HEAP_BYTES = 512_000_000
_SINGLE = (str, int)


class TantivyWriter:
    """One open tantivy writer; an error, or leaving without `commit`, keeps the last commit."""

    def __init__(
        self,
        name: str,
        index: tantivy.Index,
        *,
        after_commit: AfterCommit,
        on_close: Callable[[BaseException | None], None],
    ) -> None:
        self.name = name
        self._index = index
        self._writer = index.writer(WRITER_HEAP_BYTES, 1)
        self._after_commit = after_commit
        self._on_close = on_close
        self._index.reload()
        self._searcher = index.searcher()
        self._is_empty = not self._searcher.num_docs
        # Writes of this run since the last commit: id -> revision, None for a deletion.
        self._unseen: dict[str, str | None] = {}

    def prefetch(self, record_ids: Iterable[str]) -> None:
        """Nothing to do: every record is one local lookup away."""

    def contains(self, document_id: str, revision: str | None = None) -> bool:
        """See the port. One term lookup in the last commit, or in this run's own writes."""
        if document_id in self._unseen:
            written = self._unseen[document_id]
            return written is not None and revision in (None, written)
        if self._is_empty:
            return False
        field, value = ("revision", revision) if revision else ("id", document_id)
        query = tantivy.Query.term_query(build_schema(), field, value, "basic")
        return bool(self._searcher.search(query, limit=1, count=False).hits)

    def put(self, document: IndexDocument) -> None:
        """See the port. A record id new to this generation costs no deletion."""
        if document.id in self._unseen or self.contains(document.id):
            self.delete(document.id)
        with translate_errors():
            self._writer.add_document(_tantivy_document(document))
        self._unseen[document.id] = document.revision

    def delete(self, record_id: str) -> None:
        with translate_errors():
            self._writer.delete_documents_by_term("id", record_id)
        self._unseen[record_id] = None

    def commit(self) -> None:
        with translate_errors():
            self._writer.commit()
            self._index.reload()
        self._searcher = self._index.searcher()
        self._is_empty = not self._searcher.num_docs
        written, self._unseen = self._unseen, {}
        self._after_commit(self.count(), written.keys())

    def identities(self, record_id: str) -> tuple[str, ...]:
        found = self._find(record_id)
        return read_identities(found) if found else ()

    def stored(self, record_id: str) -> bytes | None:
        found = self._find(record_id)
        return bytes(found.get_first(STORED) or b"") if found else None

    def count(self) -> int:
        return self._searcher.num_docs

    def pop_rejected(self) -> Mapping[str, str]:
        """Empty: tantivy reports a rejected record at once."""
        return {}

    def _find(self, record_id: str) -> tantivy.Document | None:
        query = tantivy.Query.term_query(build_schema(), "id", record_id, "basic")
        hits = self._searcher.search(query, limit=1, count=False).hits
        return self._searcher.doc(hits[0][1]) if hits else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with translate_errors():
            try:
                if error is None:
                    self._writer.wait_merging_threads()
                elif not isinstance(error, StorageError):
                    # After a disk error there is nothing to roll back.
                    self._writer.rollback()
            finally:
                del self._writer
                self._on_close(error)


def read_identities(document: tantivy.Document) -> tuple[str, ...]:
    """Returns the `identities` of a stored document."""
    return tuple(map(str, document.get_all("identities")))


def _tantivy_document(document: IndexDocument) -> tantivy.Document:
    fields = {
        name: [value] if isinstance(value, _SINGLE) else list(value)
        for name, value in document.fields.items()
        if value != ""
    }
    sets = {set_field(name): [join_set(map(str, fields[name]))] for name in TREES if name in fields}
    return tantivy.Document(
        id=[document.id],
        revision=[document.revision],
        **{STORED: [document.stored]},
        **fields,
        **sets,
    )
