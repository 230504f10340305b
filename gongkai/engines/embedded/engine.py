"""The embedded search engine: searches the live generation of a tantivy index."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tantivy

from gongkai.catalog.fields import FIELDS, TREES
from gongkai.engines.cursor import read_cursor, unreadable, write_cursor
from gongkai.engines.deadline import Deadline, run_in_time
from gongkai.engines.embedded.compile import compile_query, narrow, without
from gongkai.engines.embedded.faults import translate_errors
from gongkai.engines.embedded.layout import Layout
from gongkai.engines.embedded.ledger import Ledger
from gongkai.engines.embedded.schema import (
    STORED,
    UNBOUND,
    build_schema,
    open_index,
    set_field,
    split_set,
)
from gongkai.engines.embedded.store import describe
from gongkai.engines.fingerprint import check_fingerprint
from gongkai.engines.port import VOCABULARY_VALUES, EngineQuery, Generation, Hit, SearchResult
from gongkai.errors import EngineUnavailableError, NothingIndexedError
from gongkai.files.durable import signature
from gongkai.query.request import Sort
from gongkai.query.tree import MatchAll, Query, Range, Terms, without_scores

SECONDS = 8.0
"""Default time limit of a query."""
FACET_VALUES = 65_000
"""Distinct values counted in one facet, far above the agencies and classes of any city."""
TIES = 500
"""Hits of equal score that are sorted by date; a larger group keeps the index order."""
FEW_TIES = 40
"""Hits read past the end of a page to detect equal scores."""
_ORDER = "published_order"
_Scored = tuple[float, tantivy.DocAddress]


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One generation at one commit, from which one query is answered.

    Every commit replaces `meta`. `whole` caches facet counts over all records.
    """

    name: str
    meta: Path
    searcher: tantivy.Searcher
    whole: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Window:
    """The window of a page: an offset within the records that match `rest`."""

    offset: int
    rest: Range | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows found, as (order, score, address).

    `total` counts all matches, `ahead` those within the window's `rest`.
    """

    total: int
    ahead: int
    rows: tuple[tuple[int, float, tantivy.DocAddress], ...]


class EmbeddedEngine:
    """See SearchEngine. Checks two small files on each query to notice commits and switches."""

    def __init__(self, folder: Path, fingerprint: str, seconds: float = SECONDS) -> None:
        """Takes the data folder and the time limit of a query in seconds."""
        self._seconds = seconds
        self._layout = Layout(folder)
        self._pointer = self._layout.pointer
        self._fingerprint = fingerprint
        self._ledger = Ledger(self._layout.ledger, self._layout.has_ledger)
        self._seen: tuple[object, ...] = ()
        self._opening = threading.Lock()
        self._index: tantivy.Index | None = None
        self._snapshot: _Snapshot | None = None

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

    async def live(self) -> Generation:
        snapshot = self._current()
        manifest = self._layout.manifest(snapshot.name)
        if manifest is None:
            raise EngineUnavailableError("The live generation is gone.")
        return describe(self._layout, manifest, snapshot.searcher.num_docs)

    async def close(self) -> None:
        self._index = self._snapshot = None

    def _search(self, query: EngineQuery, deadline: Deadline) -> SearchResult:
        with translate_errors():
            return self._search_in_time(query, deadline)

    def _search_in_time(self, query: EngineQuery, deadline: Deadline) -> SearchResult:
        snapshot = self._current()
        left_out = self._left_out()
        asked = without(compile_query(query.query), left_out)
        filters = {name: compile_query(each) for name, each in query.filters.items()}
        narrowed = narrow(asked, filters.values())
        window = _read_window(query, snapshot.name)
        found = _find(snapshot.searcher, narrowed, query, window)
        hits = tuple(_hit(snapshot.searcher, address, score) for _, score, address in found.rows)
        return SearchResult(
            total=found.total,
            hits=hits,
            facets=_count_facets(snapshot, query, filters, left_out, deadline),
            generation=snapshot.name,
            next_cursor=_next_cursor(query, window, found, snapshot.name),
        )

    def _count_each(self, queries: Sequence[Query], deadline: Deadline) -> tuple[int, ...]:
        searcher, left_out = self._current().searcher, self._left_out()
        counts: list[int] = []
        with translate_errors():
            for query in queries:
                deadline.check()
                asked = without(compile_query(without_scores(query)), left_out)
                counts.append(_matches(searcher.search(asked, limit=1, count=True)))
        return tuple(counts)

    def _fetch(self, record_id: str) -> bytes | None:
        if record_id in self._ledger.pending():
            return None
        searcher = self._current().searcher
        query = tantivy.Query.term_query(build_schema(), "id", record_id, "basic")
        with translate_errors():
            hits = searcher.search(query, limit=1, count=False).hits
            return _hit(searcher, hits[0][1], 0.0).stored if hits else None

    def _left_out(self) -> tantivy.Query | None:
        pending = self._ledger.pending()
        return compile_query(Terms("id", tuple(sorted(pending)))) if pending else None

    def _current(self) -> _Snapshot:
        pointer, snapshot = signature(self._pointer), self._snapshot
        if snapshot is not None and self._seen == (pointer, signature(snapshot.meta)):
            return snapshot
        name = self._layout.live_name()
        if name is None:
            raise NothingIndexedError
        meta = self._layout.index_folder(name) / "meta.json"
        seen = (pointer, signature(meta))
        with self._opening, translate_errors():
            self._snapshot = self._open(name, meta)
            self._seen = seen
            return self._snapshot

    def _open(self, name: str, meta: Path) -> _Snapshot:
        if self._index is None or self._snapshot is None or self._snapshot.name != name:
            manifest = self._layout.manifest(name)
            if manifest is None:
                raise EngineUnavailableError(f"The live generation {name} is missing on disk.")
            check_fingerprint(manifest.name, manifest.fingerprint, self._fingerprint)
            if not meta.exists():
                # tantivy would create an empty index in the folder.
                raise EngineUnavailableError(
                    f"The live generation {name} is damaged: run `gongkai doctor`."
                )
            self._index = open_index(self._layout.index_folder(name))
        self._index.reload()
        return _Snapshot(name, meta, self._index.searcher())


def _hit(searcher: tantivy.Searcher, address: tantivy.DocAddress, score: float) -> Hit:
    document = searcher.doc(address)
    return Hit(str(document.get_first("id")), score, bytes(document.get_first(STORED) or b""))


def _count_facets(
    snapshot: _Snapshot,
    query: EngineQuery,
    filters: Mapping[str, tantivy.Query],
    left_out: tantivy.Query | None,
    deadline: Deadline,
) -> dict[str, dict[str, int]]:
    """Counts facets: one pass for the fields without a filter, one for each field with one."""
    matched = without_scores(query.query)
    asked = without(compile_query(matched), left_out)
    is_whole = isinstance(matched, MatchAll) and left_out is None
    counts: dict[str, dict[str, int]] = {}
    for own in (None, *(name for name in query.facets if name in filters)):
        deadline.check()
        names = [own] if own else [name for name in query.facets if name not in filters]
        others = [each for key, each in filters.items() if key != own]
        if is_whole and not others:
            counts |= _count_whole(snapshot, names)
        else:
            counts |= _count(snapshot.searcher, narrow(asked, others), names)
    return {name: counts[name] for name in query.facets}


def _count_whole(snapshot: _Snapshot, names: list[str]) -> dict[str, dict[str, int]]:
    uncounted = [name for name in names if name not in snapshot.whole]
    snapshot.whole.update(_count(snapshot.searcher, tantivy.Query.all_query(), uncounted))
    return {name: snapshot.whole[name] for name in names}


def _count(
    searcher: tantivy.Searcher, query: tantivy.Query, names: list[str]
) -> dict[str, dict[str, int]]:
    """Counts the values of fields; of trees by path sets, or by path if there are too many."""
    counts = _count_columns(searcher, query, {n: set_field(n) if n in TREES else n for n in names})
    wide = {name: name for name in names if name in TREES and _is_wide(counts[name])}
    if wide:
        counts |= _count_columns(searcher, query, wide)
    return {
        name: _unfold(values) if name in TREES and name not in wide else values
        for name, values in counts.items()
    }


def _count_columns(
    searcher: tantivy.Searcher, query: tantivy.Query, columns: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    if not columns:
        return {}
    plan = {
        name: {"terms": {"field": column, "size": _values_of(name)}}
        for name, column in columns.items()
    }
    answer = searcher.aggregate(query, plan)
    return {
        name: {bucket["key"]: bucket["doc_count"] for bucket in answer[name]["buckets"]}
        for name in columns
    }


def _is_wide(sets: Mapping[str, int]) -> bool:
    return UNBOUND in sets or len(sets) >= FACET_VALUES


def _unfold(sets: Mapping[str, int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for joined, count in sets.items():
        for path in split_set(joined):
            counts[path] = counts.get(path, 0) + count
    return counts


def _values_of(name: str) -> int:
    return VOCABULARY_VALUES if FIELDS[name].term_dictionary else FACET_VALUES


def _find(
    searcher: tantivy.Searcher, narrowed: tantivy.Query, query: EngineQuery, window: _Window
) -> _Found:
    """Returns the rows of one window, the total, and the matches within the window."""
    if query.sort is Sort.RELEVANCE:
        return _find_best(searcher, narrowed, window.offset, query.limit)
    within = narrow(narrowed, [compile_query(window.rest)]) if window.rest else narrowed
    found = searcher.search(
        within,
        limit=max(query.limit, 1),
        count=True,
        offset=window.offset,
        order_by_field=_ORDER,
        order=tantivy.Order.Asc if query.sort is Sort.OLDEST else tantivy.Order.Desc,
    )
    ahead = _matches(found)
    total = _matches(searcher.search(narrowed, limit=1)) if window.rest else ahead
    rows = tuple((int(key), 0.0, address) for key, address in found.hits[: query.limit])
    return _Found(total, ahead, rows)


def _find_best(
    searcher: tantivy.Searcher, narrowed: tantivy.Query, offset: int, limit: int
) -> _Found:
    """Returns hits by score, and up to TIES hits of equal score newest first."""
    if not limit:
        total = _matches(searcher.search(narrowed, limit=1, count=True))
        return _Found(total, total, ())
    # A cursor may contain any number, and tantivy allocates memory for it.
    offset = min(offset, searcher.num_docs)
    end = offset + limit
    total, scored = _search_best(searcher, narrowed, end + FEW_TIES)
    if len(scored) == end + FEW_TIES and scored[end - 1][0] == scored[-1][0]:
        # The equal scores continue, so their dates decide which hits belong on this page.
        total, scored = _search_best(searcher, narrowed, end + TIES + 1)
    last = min(end, len(scored))
    at = offset
    while at < last:
        start, stop = _equals_around(scored, at)
        if 1 < stop - start <= TIES:
            scored[start:stop] = _newest_first(searcher, scored[start:stop])
        at = stop
    rows = tuple((0, score, address) for score, address in scored[offset:last])
    return _Found(total, total, rows)


def _search_best(
    searcher: tantivy.Searcher, narrowed: tantivy.Query, reach: int
) -> tuple[int, list[_Scored]]:
    """Returns the number of matches, and the best `reach` of them."""
    limit = max(min(reach, searcher.num_docs), 1)
    found = searcher.search(narrowed, limit=limit, count=True)
    return _matches(found), [(float(score), address) for score, address in found.hits]


def _equals_around(scored: list[_Scored], at: int) -> tuple[int, int]:
    """Returns start and end of the rows with the same score as row `at`."""
    start = end = at
    while start and scored[start - 1][0] == scored[at][0]:
        start -= 1
    while end < len(scored) and scored[end][0] == scored[at][0]:
        end += 1
    return start, end


def _newest_first(searcher: tantivy.Searcher, scored: list[_Scored]) -> list[_Scored]:
    orders = searcher.fast_field_values(_ORDER, [address for _, address in scored])
    pairs = sorted(zip(orders, scored, strict=True), key=lambda pair: -int(pair[0] or 0))
    return [row for _, row in pairs]


def _matches(found: tantivy.SearchResult) -> int:
    return int(found.count)  # type: ignore[attr-defined] # tantivy's stub leaves it out


def _read_window(query: EngineQuery, generation: str) -> _Window:
    """Returns the window of a query; a cursor continues after the last key or at the offset."""
    if query.after is None:
        return _Window(query.offset)
    by_date = query.sort is not Sort.RELEVANCE
    read = read_cursor(query.after, query.sort, None if by_date else generation)
    if len(read) != 1 or not isinstance(read[0], int):
        raise unreadable()
    position = min(max(read[0], 0), 2**62)
    if not by_date:
        return _Window(position)
    if query.sort is Sort.NEWEST:
        return _Window(0, Range(_ORDER, upper=position - 1))
    return _Window(0, Range(_ORDER, lower=position + 1))


def _next_cursor(query: EngineQuery, window: _Window, found: _Found, generation: str) -> str | None:
    reached = window.offset + len(found.rows)
    if not found.rows or reached >= found.ahead:
        return None
    by_date = query.sort is not Sort.RELEVANCE
    position = found.rows[-1][0] if by_date else reached
    return write_cursor(query.sort, generation, [position])
