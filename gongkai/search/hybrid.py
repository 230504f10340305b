"""Hybrid search: fuses the keyword results with semantic results.

Totals and facets are those of the keyword query. Records that only the semantic search found are
marked as related.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.port import EngineQuery, Hit, SearchEngine
from gongkai.query.filters import published_between
from gongkai.query.interpreter import InterpretedQuery
from gongkai.query.relevance import Weights
from gongkai.query.request import SearchRequest
from gongkai.query.tree import Query, Terms
from gongkai.search.relaxation import QueryRelaxation, SearchOutcome
from gongkai.semantic.fusion import add_static_rank, fuse, regularize_scores
from gongkai.semantic.routing import is_named, may_ask_meaning
from gongkai.semantic.semantic_search import (
    SemanticHits,
    SemanticOutcome,
    SemanticSearch,
    SemanticUnavailableError,
)


@dataclass(frozen=True, slots=True)
class HybridPage:
    """One page of hits, and the ids in the whole list that are only related.

    `hits` is None where semantic search failed; the keyword results are used instead.
    """

    outcome: SemanticOutcome
    hits: tuple[Hit, ...] | None = None
    related: frozenset[str] = frozenset()


class HybridSearch:
    """Hybrid search over one engine and one embedding model."""

    def __init__(
        self,
        engine: SearchEngine,
        relaxation: QueryRelaxation,
        semantic: SemanticSearch,
        weights: Weights,
    ) -> None:
        self._engine = engine
        self._weights = weights
        self._window = int(weights.hybrid_window)
        self._relaxation = relaxation
        self._semantic = semantic

    async def search(self, request: SearchRequest, outcome: SearchOutcome) -> HybridPage | None:
        """Returns the fused page, or None where the query is for keyword search alone."""
        interpreted = outcome.interpreted
        if not may_ask_meaning(outcome.request, interpreted):
            return None
        query = self._relaxation.query(
            replace(request, page=1, size=self._window, facets=(), cursor=None), outcome.tree
        )
        filters = _with_spoken_date(query.filters, interpreted)
        # Runs in parallel with the keyword query, which takes about as long.
        semantic_task = asyncio.ensure_future(
            self._semantic.search(interpreted.text, interpreted.terms, 2 * self._window, filters)
        )
        try:
            keyword_result = await self._engine.search(query)
            if keyword_result.hits and is_named(interpreted.text, _title(keyword_result.hits[0])):
                return None
            ordered = await self._order(keyword_result.hits, await semantic_task)
        except SemanticUnavailableError as error:
            self._semantic.count(error.outcome)
            return HybridPage(error.outcome)
        finally:
            semantic_task.cancel()
        self._semantic.count(SemanticOutcome.USED)
        start = (request.page - 1) * request.size
        page = ordered[start : start + request.size]
        missing = request.size - len(page)
        if missing and keyword_result.total > self._window:
            further = replace(
                query, offset=self._window + max(start - len(ordered), 0), limit=missing
            )
            known = {hit.id for hit in ordered}
            page += [
                hit for hit in (await self._engine.search(further)).hits if hit.id not in known
            ]
        with_words = {hit.id for hit in keyword_result.hits}
        others = [hit.id for hit in ordered if hit.id not in with_words]
        related = await self._find_without_words(query, others)
        return HybridPage(SemanticOutcome.USED, tuple(page), related)

    async def _order(self, keyword_hits: Sequence[Hit], semantic_hits: SemanticHits) -> list[Hit]:
        """Returns keyword and semantic hits in fused order. Raises SemanticUnavailableError."""
        ranked = (
            (add_static_rank(each, semantic_hits.spread, self._weights), each.hit)
            for each in semantic_hits.near
        )
        nearest = sorted(ranked, key=lambda pair: -pair[0])[: self._window]
        hits = {hit.id: replace(hit, score=round(nearness, 4)) for nearness, hit in nearest}
        hits |= {hit.id: hit for hit in keyword_hits}
        total = fuse(
            {hit.id: hit.score for hit in keyword_hits},
            {hit.id: nearness for nearness, hit in nearest},
            self._weights,
        )
        first = list(total)[: int(self._weights.hybrid_regularized)]
        vectors = await self._semantic.fetch(semantic_hits, [hits[each] for each in first])
        regularized = regularize_scores(
            [total[each] for each in first], vectors, semantic_hits.floor, self._weights
        )
        total |= zip(first, regularized, strict=True)
        first.sort(key=total.__getitem__, reverse=True)
        return [hits[each] for each in dict.fromkeys((*first, *total))]

    async def _find_without_words(
        self, query: EngineQuery, record_ids: Sequence[str]
    ) -> frozenset[str]:
        """Returns the records that the keyword query does not find even beyond its window."""
        if not record_ids:
            return frozenset()
        wanted = {**query.filters, "id": Terms("id", tuple(record_ids))}
        found = await self._engine.search(replace(query, filters=wanted, limit=len(record_ids)))
        return frozenset(record_ids) - {hit.id for hit in found.hits}


def _with_spoken_date(
    filters: Mapping[str, Query], interpreted: InterpretedQuery
) -> Mapping[str, Query]:
    """Adds the date expression of the text to the filters of the semantic search."""
    spoken = interpreted.spoken
    if spoken is None:
        return filters
    return {**filters, "spoken_date": published_between(spoken.first, spoken.last)}


def _title(hit: Hit) -> str:
    return decode_record(hit.stored).title
