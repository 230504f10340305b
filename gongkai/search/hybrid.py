"""Hybrid search: fuses the keyword results with semantic results.

Records that only the semantic search found are marked as related. They are the same for every
filter, so that totals and facets count exactly the list, and the list of each facet value.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.port import EngineQuery, Hit, SearchEngine, SearchResult
from gongkai.engines.scan import fetch_hits
from gongkai.engines.scoped import scope_of
from gongkai.query.filters import published_between
from gongkai.query.interpreter import InterpretedQuery
from gongkai.query.relevance import Weights
from gongkai.query.request import SearchRequest
from gongkai.query.tree import MatchNone, Or, Query, Terms
from gongkai.search.answers import AnswerFinder, FoundAnswer
from gongkai.search.chosen_query import ChosenQuery
from gongkai.search.copies import RankedList
from gongkai.search.hybrid_ranker import HybridRanker
from gongkai.search.relaxation import QueryRelaxation
from gongkai.semantic.routing import allows_semantic_search, is_named
from gongkai.semantic.semantic_search import (
    SemanticHits,
    SemanticOutcome,
    SemanticSearch,
    SemanticUnavailableError,
)

_NOTED = 50
"""First records of a list that need the model's own vectors; further ones change its top little."""


@dataclass(frozen=True, slots=True)
class HybridPage:
    """One page with totals and facets, and the ids in the whole list that are only related.

    `outcome` is None for keyword search alone. `ranked` is the whole list.
    """

    outcome: SemanticOutcome | None
    result: SearchResult
    ranked: RankedList
    related: frozenset[str] = frozenset()
    answer: FoundAnswer | None = None

    @property
    def keyword_total(self) -> int:
        """Returns the number of records that the keywords find."""
        return self.result.total - len(self.related)


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
        self._scope = scope_of(engine)
        self._window = int(weights.hybrid_window)
        self._relaxation = relaxation
        self._semantic = semantic
        self._ranker = HybridRanker(semantic, relaxation.tokenize, weights, relaxation.today)
        self._answers = AnswerFinder(semantic, weights, relaxation.today)

    async def search(self, request: SearchRequest, chosen: ChosenQuery) -> HybridPage | None:
        """Returns the page of a list, or None where the query is for keyword search alone."""
        interpreted = chosen.interpreted
        if not allows_semantic_search(replace(request, sort=chosen.order), interpreted):
            return None
        try:
            async with self._semantic.slot():
                return await self._search_both(request, chosen)
        except SemanticUnavailableError as error:
            self._semantic.count(error.outcome)
            return await self._read_keyword_page(request, chosen, error.outcome)

    async def _search_both(self, request: SearchRequest, chosen: ChosenQuery) -> HybridPage:
        """Returns the fused page, or that of the keywords. Raises SemanticUnavailableError."""
        interpreted, query = chosen.interpreted, self._query_window(request, chosen)
        # Runs in parallel with the keyword query, which takes about as long.
        semantic_task = asyncio.ensure_future(self._find_nearest(interpreted))
        found: SearchResult | None = None
        try:
            found = await self._engine.search(query)
            pinned, hits = _split_pinned(found.hits, chosen.pinned)
            if hits and is_named(interpreted.text, _title(hits[0])):
                return await self._read_keyword_page(request, chosen, None, found)
            nearest = await semantic_task
            shown = await self._keep_filtered(nearest, query.filters)
            ordered = await self._order(interpreted, hits, shown)
        except SemanticUnavailableError as error:
            self._semantic.count(error.outcome)
            return await self._read_keyword_page(request, chosen, error.outcome, found)
        finally:
            semantic_task.cancel()
        if chosen.is_any_word and not ordered:
            return await self._read_keyword_page(request, chosen, None)
        self._semantic.count(SemanticOutcome.USED)
        if nearest.static_share:
            self._semantic.note_found([hit.id for hit in ordered[:_NOTED]])
        ordered = [*pinned, *_split_pinned(ordered, chosen.pinned)[1]]
        page = await self._read_page(request, query, ordered, found.total)
        related = await self._find_related(query, found, nearest)
        whole = await self._add_related(query, found, related)
        result = replace(whole, hits=tuple(page), next_cursor=None)
        shown_related = related & {hit.id for hit in ordered}
        answer = None
        if request.page == 1:
            answer = await self._find_answer(interpreted, ordered, nearest)
        ranked = RankedList(_query_whole(query, related), [hit.id for hit in ordered])
        return HybridPage(SemanticOutcome.USED, result, ranked, shown_related, answer)

    def _query_window(self, request: SearchRequest, chosen: ChosenQuery) -> EngineQuery:
        """Returns the query for the keyword hits that are fused."""
        first = replace(request, page=1, size=self._window, cursor=None)
        query = replace(self._relaxation.query(first, chosen), shown=_end_of_page(request))
        if chosen.is_any_word:
            # Related records answer better than those with any one of the words.
            return replace(query, query=chosen.pins or MatchNone())
        return query

    async def _read_keyword_page(
        self,
        request: SearchRequest,
        chosen: ChosenQuery,
        outcome: SemanticOutcome | None,
        found: SearchResult | None = None,
    ) -> HybridPage:
        """Returns the page of keyword search alone; `found` is the window, where it is known."""
        query = self._relaxation.query(request, chosen)
        end = _end_of_page(request)
        if found is None or chosen.is_any_word or end > self._window:
            found = await self._engine.search(query)
        else:
            found = replace(found, hits=found.hits[query.offset : end])
        return HybridPage(outcome, found, RankedList(query))

    async def _find_answer(
        self, interpreted: InterpretedQuery, ordered: Sequence[Hit], nearest: SemanticHits
    ) -> FoundAnswer | None:
        try:
            return await self._answers.find(interpreted, ordered, nearest)
        except SemanticUnavailableError:
            # The list is complete without it.
            return None

    async def _find_nearest(self, interpreted: InterpretedQuery) -> SemanticHits:
        """Returns the records nearest to the text, at most as many as the window.

        A date expression applies, since it belongs to the text; filters do not.
        """
        found = await self._semantic.search(
            interpreted.text,
            _with_official_words(interpreted),
            2 * self._window,
            {**_filter_dates(interpreted), **self._scope},
        )
        ranked = sorted(
            found.near,
            key=lambda n: self._ranker.measure(interpreted, n.record, n.cosine, found.spread),
            reverse=True,
        )
        return replace(found, near=tuple(ranked[: self._window]))

    async def _keep_filtered(
        self, nearest: SemanticHits, filters: Mapping[str, Query]
    ) -> SemanticHits:
        """Returns those of the nearest records that match the filters of the request."""
        if not filters:
            return nearest
        matching = await fetch_hits(self._engine, [each.hit.id for each in nearest.near], filters)
        return replace(nearest, near=tuple(n for n in nearest.near if n.hit.id in matching))

    async def _find_related(
        self, query: EngineQuery, found: SearchResult, nearest: SemanticHits
    ) -> frozenset[str]:
        """Returns the nearest records that the keyword query does not find, with any filters."""
        others = {each.hit.id for each in nearest.near} - {hit.id for hit in found.hits}
        if not others or (not query.filters and found.total == len(found.hits)):
            return frozenset(others)
        matching = replace(
            query, filters={"id": Terms("id", tuple(others))}, facets=(), limit=len(others)
        )
        return frozenset(others) - {hit.id for hit in (await self._engine.search(matching)).hits}

    async def _add_related(
        self, query: EngineQuery, found: SearchResult, related: frozenset[str]
    ) -> SearchResult:
        """Returns the total and the facets of the keyword hits and the related records.

        No record is both, so that the counts add up.
        """
        if not related:
            return found
        matches = Terms("id", tuple(sorted(related)))
        added = await self._engine.search(
            EngineQuery(matches, query.filters, query.facets, limit=0)
        )
        facets = {
            name: Counter(counts) + Counter(added.facets[name])
            for name, counts in found.facets.items()
        }
        return replace(found, total=found.total + added.total, facets=facets)

    async def _read_page(
        self, request: SearchRequest, query: EngineQuery, ordered: Sequence[Hit], total: int
    ) -> list[Hit]:
        """Returns the hits of one page; after the fused window the keyword order goes on."""
        start = (request.page - 1) * request.size
        page = list(ordered[start : start + request.size])
        missing = request.size - len(page)
        if missing and total > self._window:
            offset = self._window + max(start - len(ordered), 0)
            further = replace(query, offset=offset, limit=missing, facets=(), shown=None)
            known = {hit.id for hit in ordered}
            hits = (await self._engine.search(further)).hits
            page += [hit for hit in hits if hit.id not in known]
        return page

    async def _order(
        self,
        interpreted: InterpretedQuery,
        keyword_hits: Sequence[Hit],
        semantic_hits: SemanticHits,
    ) -> list[Hit]:
        """Returns keyword and semantic hits in fused order. Raises SemanticUnavailableError."""
        hits = {
            each.hit.id: replace(each.hit, score=round(each.cosine, 4))
            for each in semantic_hits.near
        }
        hits |= {hit.id: hit for hit in keyword_hits}
        scores = await self._ranker.score(interpreted, keyword_hits, semantic_hits)
        return [hits[each] for each in scores]

    async def explain(
        self, request: SearchRequest, chosen: ChosenQuery, record_id: str
    ) -> dict[str, float]:
        """Returns the cosine and the fused score of a record; empty if no semantic hit."""
        interpreted = chosen.interpreted
        if not allows_semantic_search(replace(request, sort=chosen.order), interpreted):
            return {}
        query = replace(self._relaxation.query(request, chosen), limit=self._window, facets=())
        try:
            nearest = await self._find_nearest(interpreted)
            found = await self._engine.search(query)
            hits = _split_pinned(found.hits, chosen.pinned)[1]
            scores = await self._ranker.score(interpreted, hits, nearest)
        except SemanticUnavailableError:
            return {}
        cosines = {each.hit.id: each.cosine for each in nearest.near}
        parts = {"semantic.cosine": cosines, "hybrid.fused": scores}
        return {name: each[record_id] for name, each in parts.items() if record_id in each}


def _split_pinned(
    hits: Sequence[Hit], pinned: Collection[str]
) -> tuple[Sequence[Hit], Sequence[Hit]]:
    """Returns the hits that are pinned, and the others. Scores of the others are comparable."""
    if not pinned:
        return (), hits
    return [h for h in hits if h.id in pinned], [h for h in hits if h.id not in pinned]


def _end_of_page(request: SearchRequest) -> int:
    """Returns the number of hits up to the end of the page."""
    return request.page * request.size


def _query_whole(query: EngineQuery, related: frozenset[str]) -> EngineQuery:
    """Returns the query of the whole list: the keyword hits and the related records."""
    query = replace(query, shown=None)
    if not related:
        return query
    return replace(query, query=Or((query.query, Terms("id", tuple(sorted(related))))))


def _with_official_words(interpreted: InterpretedQuery) -> list[str]:
    """Returns the terms of a query, and the official words that the dictionary has for them."""
    official = interpreted.expanded
    return [word for term in interpreted.terms for word in (term, *official.get(term, ()))]


def _filter_dates(interpreted: InterpretedQuery) -> dict[str, Query]:
    """Returns the date expression of the text as a filter."""
    expression = interpreted.date_expression
    if expression is None:
        return {}
    return {"date_expression": published_between(expression.first, expression.last)}


def _title(hit: Hit) -> str:
    return decode_record(hit.stored).title
