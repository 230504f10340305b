"""What the words found in, the list with what is near in meaning among it out. `service` asks.

Totals and facets stay those of the words. Records that have none of them in the way that the words
are asked are marked as related.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

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

    `hits` is None where meanings could not be had: then the words alone answer.
    """

    outcome: SemanticOutcome
    hits: tuple[Hit, ...] | None = None
    related: frozenset[str] = frozenset()


class HybridSearch:
    """Asks one engine and one model."""

    def __init__(
        self,
        engine: SearchEngine,
        relaxation: QueryRelaxation,
        meanings: SemanticSearch,
        weights: Weights,
    ) -> None:
        self._engine = engine
        self._weights = weights
        self._window = int(weights.hybrid_window)
        self._relaxation = relaxation
        self._meanings = meanings

    async def blend(self, request: SearchRequest, asked: SearchOutcome) -> HybridPage | None:
        """None where the question is one for the words alone."""
        interpreted = asked.interpreted
        if not may_ask_meaning(request, interpreted):
            return None
        query = self._relaxation.query(
            replace(request, page=1, size=self._window, facets=(), cursor=None), asked.tree
        )
        filters = _with_spoken_date(query.filters, interpreted)
        # Beside the words' own search, which takes about as long.
        looking = asyncio.ensure_future(
            self._meanings.look(interpreted.text, interpreted.terms, 2 * self._window, filters)
        )
        try:
            worded = await self._engine.search(query)
            if worded.hits and is_named(interpreted.text, _title(worded.hits[0])):
                return None
            ordered = await self._order(worded.hits, await looking)
        except SemanticUnavailableError as error:
            self._meanings.count(error.outcome)
            return HybridPage(error.outcome)
        finally:
            looking.cancel()
        self._meanings.count(SemanticOutcome.USED)
        start = (request.page - 1) * request.size
        page = ordered[start : start + request.size]
        missing = request.size - len(page)
        if missing and worded.total > self._window:
            further = replace(
                query, offset=self._window + max(start - len(ordered), 0), limit=missing
            )
            known = {hit.id for hit in ordered}
            page += [
                hit for hit in (await self._engine.search(further)).hits if hit.id not in known
            ]
        with_words = {hit.id for hit in worded.hits}
        others = [hit.id for hit in ordered if hit.id not in with_words]
        related = await self._without_words(query, others)
        return HybridPage(SemanticOutcome.USED, tuple(page), related)

    async def _order(self, worded: Sequence[Hit], looked: SemanticHits) -> list[Hit]:
        """What has the words and what is near, the best first. Raises SemanticUnavailableError."""
        lifted = (
            (add_static_rank(each, looked.spread, self._weights), each.hit) for each in looked.near
        )
        near = sorted(lifted, key=lambda pair: -pair[0])[: self._window]
        hits = {hit.id: replace(hit, score=round(nearness, 4)) for nearness, hit in near}
        hits |= {hit.id: hit for hit in worded}
        total = fuse(
            {hit.id: hit.score for hit in worded},
            {hit.id: nearness for nearness, hit in near},
            self._weights,
        )
        first = list(total)[: int(self._weights.hybrid_regularized)]
        vectors = await self._meanings.fetch(looked, [hits[each] for each in first])
        drawn = regularize_scores(
            [total[each] for each in first], vectors, looked.floor, self._weights
        )
        total |= zip(first, drawn, strict=True)
        first.sort(key=total.__getitem__, reverse=True)
        return [hits[each] for each in dict.fromkeys((*first, *total))]

    async def _without_words(self, query: EngineQuery, record_ids: Sequence[str]) -> frozenset[str]:
        """Those of the records that the words do not find: the others stand far down their list."""
        if not record_ids:
            return frozenset()
        wanted = {**query.filters, "id": Terms("id", tuple(record_ids))}
        found = await self._engine.search(replace(query, filters=wanted, limit=len(record_ids)))
        return frozenset(record_ids) - {hit.id for hit in found.hits}


def _with_spoken_date(
    filters: Mapping[str, Query], interpreted: InterpretedQuery
) -> Mapping[str, Query]:
    """What is only near in meaning has to be of the time that was read in the words, too."""
    spoken = interpreted.spoken
    if spoken is None:
        return filters
    return {**filters, "spoken_date": published_between(spoken.first, spoken.last)}


def _title(hit: Hit) -> str:
    return str(orjson.loads(hit.stored)["title"])
