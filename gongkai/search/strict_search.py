"""Searches a text as typed, before it is known whether it needs a fallback: most texts need none.

The total of that search is the count on which query relaxation decides.
"""

from dataclasses import dataclass

from gongkai.engines.port import EngineQuery, SearchEngine, SearchResult
from gongkai.query.interpreter import InterpretedQuery
from gongkai.query.request import SearchRequest
from gongkai.search.relaxation import QueryRelaxation


@dataclass(frozen=True, slots=True)
class StrictSearch:
    """A query as typed and its result.

    `full` is the number of records with every word, None where filters leave some of them out.
    """

    query: EngineQuery
    result: SearchResult
    full: int | None

    def read(self, query: EngineQuery) -> SearchResult | None:
        """Returns the result if it is that of a query."""
        return self.result if self.query == query else None


async def search_strictly(
    engine: SearchEngine,
    relaxation: QueryRelaxation,
    request: SearchRequest,
    interpreted: InterpretedQuery,
) -> StrictSearch | None:
    """Returns the search of a text as typed, or None where its result may not be used.

    Records with some of the words may follow those with every word, and the words for the newest
    records may change the order. A cursor may be that of a fallback's list.
    """
    is_settled = interpreted.text and not interpreted.newest and interpreted.relaxed is None
    if not is_settled or request.cursor is not None:
        return None
    chosen = relaxation.read_strictly(request, interpreted)
    query = relaxation.query(request, chosen)
    result = await engine.search(query)
    is_counted = not query.filters and not chosen.pinned
    return StrictSearch(query, result, result.total if is_counted else None)
