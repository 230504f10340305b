"""Builds the request body of a query, and the cursor of its next page."""

from collections.abc import Mapping, Sequence
from typing import Any

from gongkai.engines.cursor import read_cursor, unreadable, write_cursor
from gongkai.engines.elastic.compile import Compiled
from gongkai.engines.elastic.facets import FilterPlan, build_aggregations
from gongkai.engines.elastic.mapping import STORED
from gongkai.engines.port import EngineQuery
from gongkai.query.request import Sort

PIT_MINUTES = 5
"""How long a reader may take from one cursor page to the next."""
_ORDER = "published_order"
_SORTS: Mapping[Sort, list[dict[str, str]]] = {
    Sort.RELEVANCE: [{"_score": "desc"}, {_ORDER: "desc"}],
    Sort.NEWEST: [{_ORDER: "desc"}],
    Sort.OLDEST: [{_ORDER: "asc"}],
}


def build_body(
    query: EngineQuery,
    plan: FilterPlan,
    asked: Compiled,
    position: Sequence[Any] | None,
    pit: str | None,
) -> dict[str, Any]:
    """Returns the body of one request, starting at `position` or the offset."""
    body: dict[str, Any] = {
        "query": asked,
        "size": query.limit,
        "sort": _SORTS[query.sort],
        "source_includes": ["id", STORED],
        "track_total_hits": True,
        "allow_partial_search_results": False,
        # Uses statistics of all shards, so that a score does not depend on a record's shard.
        "search_type": "dfs_query_then_fetch",
    }
    if pit is not None:
        body["pit"] = {"id": pit, "keep_alive": f"{PIT_MINUTES}m"}
    if position is None:
        body["from_"] = query.offset
    else:
        body["search_after"] = position[: len(_SORTS[query.sort])]
    if query.facets:
        body["aggs"] = build_aggregations(plan, query.facets)
    if plan.late:
        body["post_filter"] = {"bool": {"filter": list(plan.late.values())}}
    return body


def read_position(query: EngineQuery, generation: str) -> Sequence[Any] | None:
    """Returns the position in a cursor, or None without a cursor.

    By relevance it is [score, order, point in time or null, hits before], by date [order, hits
    before].
    """
    if query.after is None:
        return None
    by_date = query.sort is not Sort.RELEVANCE
    position = read_cursor(query.after, query.sort, None if by_date else generation)
    kinds = (int, int) if by_date else (float | int, int, str | None, int)
    if len(position) != len(kinds):
        raise unreadable()
    if not all(isinstance(each, kind) for each, kind in zip(position, kinds, strict=True)):
        raise unreadable()
    return position


def next_cursor(
    query: EngineQuery, generation: str, answer: Any, position: Sequence[Any] | None
) -> str | None:
    """Returns the cursor that continues after the hits shown; None after the last hit."""
    hits = answer["hits"]["hits"][: query.shown]
    if not hits:
        return None
    before = position[-1] if position else query.offset
    reached = before + len(hits)
    if reached >= answer["hits"]["total"]["value"]:
        return None
    after = hits[-1]["sort"]
    if query.sort is Sort.RELEVANCE:
        return write_cursor(query.sort, generation, [*after, answer.get("pit_id"), reached])
    return write_cursor(query.sort, generation, [*after, reached])
