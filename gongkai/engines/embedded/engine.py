"""The embedded search engine: searches the live generation of a tantivy index."""

import asyncio
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from gettext import gettext as _
from pathlib import Path

import tantivy

from gongkai.engines.changes import ChangePage, mark_withdrawn
from gongkai.engines.deadline import Deadline, run_in_time
from gongkai.engines.embedded.compile import compile_query, without
from gongkai.engines.embedded.facets import Snapshot, count_facets, take_snapshot
from gongkai.engines.embedded.faults import translate_errors
from gongkai.engines.embedded.journal import JournalFile
from gongkai.engines.embedded.layout import Layout
from gongkai.engines.embedded.ledger import Ledger
from gongkai.engines.embedded.pagination import find_page, next_cursor, read_window
from gongkai.engines.embedded.record_counts import count_query
from gongkai.engines.embedded.schema import STORED, build_schema, open_index
from gongkai.engines.embedded.score_sums import join_scores
from gongkai.engines.embedded.scoring_phases import Phases, divide_phases
from gongkai.engines.embedded.selectivity import Selectivity
from gongkai.engines.embedded.simplification import drop_unmatched, push_filters
from gongkai.engines.fingerprint import check_fingerprint
from gongkai.engines.port import EngineQuery, Generation, Hit, SearchResult
from gongkai.errors import EngineUnavailableError, NothingIndexedError
from gongkai.files.durable import signature
from gongkai.query.request import Sort
from gongkai.query.tree import Query, Terms, without_scores

SECONDS = 8.0
"""Default time limit of a query."""
MANY_MATCHES = 10_000
"""Matches from which facets are counted in a second thread: with fewer, the switch takes longer."""
_SECOND_THREADS = ThreadPoolExecutor(os.cpu_count(), "facets")
_Count = Callable[[], dict[str, dict[str, int]]]


class EmbeddedEngine:
    """See SearchEngine. Checks two small files on each query to notice commits and switches."""

    def __init__(
        self, folder: Path, fingerprint: str, seconds: float = SECONDS, generation: str = ""
    ) -> None:
        """Takes the data folder and the time limit of a query in seconds.

        With `generation`, that one is searched instead of the live one.
        """
        self._seconds = seconds
        self._generation = generation
        self._layout = Layout(folder)
        self._pointer = self._layout.pointer
        self._fingerprint = fingerprint
        self._ledger = Ledger(self._layout.ledger, self._layout.has_ledger)
        self._journal = JournalFile(folder)
        self._seen: tuple[object, ...] = ()
        self._opening = threading.Lock()
        self._index: tantivy.Index | None = None
        self._snapshot: Snapshot | None = None

    async def search(self, query: EngineQuery) -> SearchResult:
        return await run_in_time(self._seconds, lambda deadline: self._search(query, deadline))

    async def count(self, queries: Sequence[Query]) -> tuple[int, ...]:
        return await run_in_time(
            self._seconds, lambda deadline: self._count_each(queries, deadline)
        )

    async def version(self) -> str:
        self._current()
        return repr((self._seen, self._ledger.stamp()))

    async def fetch(self, record_id: str) -> bytes | None:
        return await asyncio.to_thread(self._fetch, record_id)

    async def is_withdrawn(self, record_id: str) -> bool:
        entry = self._ledger.entries().get(record_id)
        return entry is not None and entry.public

    async def changes(self, after: int, limit: int) -> ChangePage:
        return await asyncio.to_thread(self._read_changes, after, limit)

    async def live(self) -> Generation:
        snapshot = self._current()
        manifest = self._layout.manifest(snapshot.name)
        if manifest is None:
            raise EngineUnavailableError(_("The live generation is gone."))
        return self._layout.describe(manifest, snapshot.searcher.num_docs)

    async def close(self) -> None:
        self._index = self._snapshot = None

    def _search(self, query: EngineQuery, deadline: Deadline) -> SearchResult:
        with translate_errors():
            return self._search_in_time(query, deadline)

    def _search_in_time(self, query: EngineQuery, deadline: Deadline) -> SearchResult:
        # Before the snapshot: a withdrawal is pending until a commit has deleted the record.
        left_out = self._left_out()
        snapshot = self._current()
        selectivity = Selectivity(snapshot.searcher, query.filters.values())
        matched = drop_unmatched(query.query, selectivity.frequency)
        query = replace(query, query=matched)
        phases = _divide(query, selectivity)
        asked = push_filters(phases.first, query.filters.values())
        narrowed = without(compile_query(asked, selectivity), left_out)
        filters = {name: compile_query(each) for name, each in query.filters.items()}
        window = read_window(query, snapshot.name)
        count: _Count = partial(count_facets, snapshot, query, filters, left_out, deadline)
        if query.facets and selectivity.visited(matched) >= MANY_MATCHES:
            # Beside the search: tantivy releases the interpreter lock.
            count = _SECOND_THREADS.submit(count).result
        found = find_page(snapshot.searcher, narrowed, phases.second, query, window)
        hits = tuple(_hit(snapshot.searcher, address, score) for _, score, address in found.rows)
        return SearchResult(
            total=found.total,
            hits=hits,
            facets=count(),
            generation=snapshot.name,
            next_cursor=next_cursor(query, window, found, snapshot.name),
        )

    def _count_each(self, queries: Sequence[Query], deadline: Deadline) -> tuple[int, ...]:
        # In this order, as in a search.
        left_out, snapshot = self._left_out(), self._current()
        counts: list[int] = []
        with translate_errors():
            for query in queries:
                deadline.check()
                matched = drop_unmatched(without_scores(query), snapshot.searcher.doc_freq)
                counts.append(count_query(snapshot, matched, left_out))
        return tuple(counts)

    def _fetch(self, record_id: str) -> bytes | None:
        if record_id in self._ledger.pending():
            return None
        searcher = self._current().searcher
        query = tantivy.Query.term_query(build_schema(), "id", record_id, "basic")
        with translate_errors():
            hits = searcher.search(query, limit=1, count=False).hits
            return _hit(searcher, hits[0][1], 0.0).stored if hits else None

    def _read_changes(self, after: int, limit: int) -> ChangePage:
        return mark_withdrawn(self._journal.read(after, limit), self._ledger.pending())

    def _left_out(self) -> tantivy.Query | None:
        pending = self._ledger.pending()
        return compile_query(Terms("id", tuple(sorted(pending)))) if pending else None

    def _current(self) -> Snapshot:
        pointer, snapshot = signature(self._pointer), self._snapshot
        if snapshot is not None and self._seen == (pointer, signature(snapshot.meta)):
            return snapshot
        name = self._generation or self._layout.live_name()
        if name is None:
            raise NothingIndexedError
        meta = self._layout.index_folder(name) / "meta.json"
        seen = (pointer, signature(meta))
        with self._opening, translate_errors():
            self._snapshot = self._open(name, meta)
            self._seen = seen
            return self._snapshot

    def _open(self, name: str, meta: Path) -> Snapshot:
        if self._index is None or self._snapshot is None or self._snapshot.name != name:
            manifest = self._layout.manifest(name)
            if manifest is None:
                raise EngineUnavailableError(
                    _("The live generation {name} is missing on disk.").format(name=name)
                )
            check_fingerprint(manifest.name, manifest.fingerprint, self._fingerprint)
            if not meta.exists():
                # tantivy would create an empty index in the folder.
                raise EngineUnavailableError(
                    _("The live generation {name} is damaged: run `gongkai doctor`.").format(
                        name=name
                    )
                )
            self._index = open_index(self._layout.index_folder(name))
        self._index.reload()
        return take_snapshot(name, meta, self._index.searcher())


def _divide(query: EngineQuery, selectivity: Selectivity) -> Phases:
    """Divides a query for scores; a list by date has none, so its optional queries are left out."""
    if query.sort is Sort.RELEVANCE:
        return divide_phases(join_scores(query.query), selectivity)
    return Phases(without_scores(query.query))


def _hit(searcher: tantivy.Searcher, address: tantivy.DocAddress, score: float) -> Hit:
    document = searcher.doc(address)
    return Hit(str(document.get_first("id")), score, bytes(document.get_first(STORED) or b""))
