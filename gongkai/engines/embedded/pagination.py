"""Finds the hits of one page in order, and the cursor of its next page."""

from collections.abc import Sequence
from dataclasses import dataclass

import tantivy

from gongkai.engines.cursor import read_cursor, unreadable, write_cursor
from gongkai.engines.embedded import scoring_phases
from gongkai.engines.embedded.compile import compile_query, narrow
from gongkai.engines.embedded.scoring_phases import Scored, add_second_phase
from gongkai.engines.port import EngineQuery
from gongkai.query.request import Sort
from gongkai.query.tree import Query, Range

TIES = 500
"""Hits of equal score that are sorted by date; a larger group keeps the index order."""
FEW_TIES = 40
"""Hits read past the end of a page to detect equal scores."""
_ORDER = "published_order"
_COUNT = {"count": {"value_count": {"field": _ORDER}}}


@dataclass(frozen=True, slots=True)
class Window:
    """The window of a page: an offset within the records that match `rest`."""

    offset: int
    rest: Range | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The rows found, as (order, score, address).

    `total` counts all matches, `ahead` those within the window's `rest`.
    """

    total: int
    ahead: int
    rows: tuple[tuple[int, float, tantivy.DocAddress], ...]


def find_page(
    searcher: tantivy.Searcher,
    narrowed: tantivy.Query,
    second: Sequence[Query],
    query: EngineQuery,
    window: Window,
) -> Found:
    """Returns the rows of one window, the total, and the matches within the window.

    `second` are the clauses that score the first matches in a second phase.
    """
    if query.sort is Sort.RELEVANCE:
        return _find_best(_Ranking(searcher, narrowed, second), window.offset, query.limit)
    within = narrow(narrowed, [compile_query(window.rest)]) if window.rest else narrowed
    found = searcher.search(
        within,
        limit=max(query.limit, 1),
        count=True,
        offset=window.offset,
        order_by_field=_ORDER,
        order=tantivy.Order.Asc if query.sort is Sort.OLDEST else tantivy.Order.Desc,
    )
    ahead = count_matches(found)
    total = count_records(searcher, narrowed) if window.rest else ahead
    rows = tuple((int(key), 0.0, address) for key, address in found.hits[: query.limit])
    return Found(total, ahead, rows)


@dataclass(frozen=True, slots=True)
class _Ranking:
    """All matches of `narrowed` in the order of both phases."""

    searcher: tantivy.Searcher
    narrowed: tantivy.Query
    second: Sequence[Query]

    def read(self, reach: int) -> tuple[int, list[Scored]]:
        """Returns the number of matches, and the best `reach` of them."""
        read = max(reach, scoring_phases.WINDOW) if self.second else reach
        limit = max(min(read, self.searcher.num_docs), 1)
        found = self.searcher.search(self.narrowed, limit=limit, count=True)
        scored = [(float(score), address) for score, address in found.hits]
        if self.second:
            scored = add_second_phase(self.searcher, scored, self.second)
        return count_matches(found), scored[:reach]


def _find_best(ranking: _Ranking, offset: int, limit: int) -> Found:
    """Returns hits by score, and up to TIES hits of equal score newest first."""
    searcher = ranking.searcher
    if not limit:
        total = count_records(searcher, ranking.narrowed)
        return Found(total, total, ())
    # A cursor may contain any number, and tantivy allocates memory for it.
    offset = min(offset, searcher.num_docs)
    end = offset + limit
    total, scored = ranking.read(end + FEW_TIES)
    if len(scored) == end + FEW_TIES and scored[end - 1][0] == scored[-1][0]:
        # The equal scores continue, so their dates decide which hits belong on this page.
        total, scored = ranking.read(end + TIES + 1)
    last = min(end, len(scored))
    at = offset
    while at < last:
        start, stop = _equals_around(scored, at)
        if 1 < stop - start <= TIES:
            scored[start:stop] = _newest_first(searcher, scored[start:stop])
        at = stop
    rows = tuple((0, score, address) for score, address in scored[offset:last])
    return Found(total, total, rows)


def _equals_around(scored: list[Scored], at: int) -> tuple[int, int]:
    """Returns start and end of the rows with the same score as row `at`."""
    start = end = at
    while start and scored[start - 1][0] == scored[at][0]:
        start -= 1
    while end < len(scored) and scored[end][0] == scored[at][0]:
        end += 1
    return start, end


def _newest_first(searcher: tantivy.Searcher, scored: list[Scored]) -> list[Scored]:
    orders = searcher.fast_field_values(_ORDER, [address for _, address in scored])
    pairs = sorted(zip(orders, scored, strict=True), key=lambda pair: -int(pair[0] or 0))
    return [row for _, row in pairs]


def count_records(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """Returns the number of records that match; unlike a search, an aggregation scores none."""
    return int(searcher.aggregate(query, _COUNT)["count"]["value"])


def count_matches(found: tantivy.SearchResult) -> int:
    return int(found.count)  # type: ignore[attr-defined] # tantivy's stub leaves it out


def read_window(query: EngineQuery, generation: str) -> Window:
    """Returns the window of a query; a cursor continues after the last key or at the offset."""
    if query.after is None:
        return Window(query.offset)
    by_date = query.sort is not Sort.RELEVANCE
    read = read_cursor(query.after, query.sort, None if by_date else generation)
    if len(read) != 1 or not isinstance(read[0], int):
        raise unreadable()
    position = min(max(read[0], 0), 2**62)
    if not by_date:
        return Window(position)
    if query.sort is Sort.NEWEST:
        return Window(0, Range(_ORDER, upper=position - 1))
    return Window(0, Range(_ORDER, lower=position + 1))


def next_cursor(query: EngineQuery, window: Window, found: Found, generation: str) -> str | None:
    rows = found.rows[: query.shown]
    reached = window.offset + len(rows)
    if not rows or reached >= found.ahead:
        return None
    by_date = query.sort is not Sort.RELEVANCE
    position = rows[-1][0] if by_date else reached
    return write_cursor(query.sort, generation, [position])
