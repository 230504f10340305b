"""Hybrid search: fuses the keyword results with semantic results.

Totals and facets are those of the keyword query. Records that only the semantic search found are
marked as related.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.port import EngineQuery, Hit, SearchEngine, SearchResult
from gongkai.query.filters import published_between
from gongkai.query.interpreter import InterpretedQuery
from gongkai.query.relevance import Weights
from gongkai.query.request import SearchRequest
from gongkai.query.tree import Query, Terms
from gongkai.search.relaxation import ChosenQuery, QueryRelaxation
from gongkai.semantic.fusion import add_static_rank, fuse, regularize_scores
from gongkai.semantic.routing import allows_semantic_search, is_named
from gongkai.semantic.semantic_search import (
    SemanticHits,
    SemanticOutcome,
    SemanticSearch,
    SemanticUnavailableError,
)


@dataclass(frozen=True, slots=True)
class HybridPage:
    """One page with totals and facets, and the ids in the whole list that are only related.

    `outcome` is None for keyword search alone.
    """

    outcome: SemanticOutcome | None
    result: SearchResult
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

    async def search(self, request: SearchRequest, chosen: ChosenQuery) -> HybridPage | None:
        """Returns the fused page, or None where the query is for keyword search alone."""
        interpreted = chosen.interpreted
        if not allows_semantic_search(replace(request, sort=chosen.order), interpreted):
            return None
        query = self._relaxation.query(
            replace(request, page=1, size=self._window, cursor=None), chosen
        )
        filters = _with_date_expression(query.filters, interpreted)
        # Runs in parallel with the keyword query, which takes about as long.
        semantic_task = asyncio.ensure_future(
            self._semantic.search(interpreted.text, interpreted.terms, 2 * self._window, filters)
        )
        try:
            found = await self._engine.search(query)
            if found.hits and is_named(interpreted.text, _title(found.hits[0])):
                return None
            ordered = await self._order(found.hits, await semantic_task)
        except SemanticUnavailableError as error:
            self._semantic.count(error.outcome)
            alone = await self._engine.search(self._relaxation.query(request, chosen))
            return HybridPage(error.outcome, alone)
        finally:
            semantic_task.cancel()
        self._semantic.count(SemanticOutcome.USED)
        page = await self._read_page(request, query, ordered, found.total)
        with_words = {hit.id for hit in found.hits}
        others = [hit.id for hit in ordered if hit.id not in with_words]
        related = await self._find_without_words(query, others)
        result = replace(found, hits=tuple(page), next_cursor=None)
        return HybridPage(SemanticOutcome.USED, result, related)

    async def _read_page(
        self, request: SearchRequest, query: EngineQuery, ordered: Sequence[Hit], total: int
    ) -> list[Hit]:
        """Returns the hits of one page; after the fused window the keyword order goes on."""
        start = (request.page - 1) * request.size
        page = list(ordered[start : start + request.size])
        missing = request.size - len(page)
        if missing and total > self._window:
            offset = self._window + max(start - len(ordered), 0)
            further = replace(query, offset=offset, limit=missing, facets=())
            known = {hit.id for hit in ordered}
            hits = (await self._engine.search(further)).hits
            page += [hit for hit in hits if hit.id not in known]
        return page

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
        alone = replace(query, filters=wanted, facets=(), limit=len(record_ids))
        found = await self._engine.search(alone)
        return frozenset(record_ids) - {hit.id for hit in found.hits}


def _with_date_expression(
    filters: Mapping[str, Query], interpreted: InterpretedQuery
) -> Mapping[str, Query]:
    """Adds the date expression of the text to the filters of the semantic search."""
    expression = interpreted.date_expression
    if expression is None:
        return filters
    return {**filters, "date_expression": published_between(expression.first, expression.last)}


def _title(hit: Hit) -> str:
    return decode_record(hit.stored).title
