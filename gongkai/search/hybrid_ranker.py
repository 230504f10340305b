"""Ranks the hits of the keyword list and of the semantic list together, by learned weights."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import gt

import numpy as np

from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.engines.port import Hit
from gongkai.query.interpreter import InterpretedQuery
from gongkai.query.questions import asks_how
from gongkai.query.relevance import Weights
from gongkai.search.coverage import (
    Coverage,
    Passages,
    cut_passages,
    list_term_words,
    measure_coverage,
)
from gongkai.semantic.fusion import (
    Features,
    choose_weights,
    fuse,
    measure_static_rank,
    raise_similar,
)
from gongkai.semantic.model_port import Vectors
from gongkai.semantic.passages import choose_passage
from gongkai.semantic.semantic_search import SemanticHits, SemanticSearch


@dataclass(frozen=True, slots=True)
class _Pool:
    """The records of both lists with their passages, keyword hits first."""

    records: Mapping[str, StoredRecord]
    passages: Mapping[str, str]
    keyword_scores: Mapping[str, float]


class HybridRanker:
    """Scores the hits of both lists; `tokenize` returns the words of a term."""

    def __init__(
        self,
        semantic: SemanticSearch,
        tokenize: Callable[[str], Sequence[str]],
        weights: Weights,
        today: Callable[[], date],
    ) -> None:
        self._semantic = semantic
        self._tokenize = tokenize
        self._today = today
        self._weights = weights

    def measure(
        self, interpreted: InterpretedQuery, record: StoredRecord, cosine: float, spread: float
    ) -> float:
        """Returns cosine and static rank of a record, in deviations of chance."""
        is_how = asks_how(interpreted.text)
        rank = measure_static_rank(record, self._weights, self._today(), asks_how=is_how)
        return cosine / spread + rank

    async def score(
        self,
        interpreted: InterpretedQuery,
        keyword_hits: Sequence[Hit],
        semantic_hits: SemanticHits,
    ) -> dict[str, float]:
        """Returns the score of each record, best first. Raises SemanticUnavailableError."""
        # In threads, since decoding hundreds of records would delay other requests.
        pool = await asyncio.to_thread(_read, keyword_hits, semantic_hits)
        vectors = await self._semantic.fetch(semantic_hits, pool.passages)
        return await asyncio.to_thread(self._score, interpreted, pool, semantic_hits, vectors)

    def _score(
        self,
        interpreted: InterpretedQuery,
        pool: _Pool,
        semantic_hits: SemanticHits,
        vectors: Vectors,
    ) -> dict[str, float]:
        terms = list_term_words(interpreted, self._tokenize)
        coverage = measure_coverage([self._cut(pool, each) for each in pool.records], terms)
        measured = self._measure_nearness(interpreted, pool, semantic_hits, vectors)
        nearness = self._estimate_nearness(interpreted, pool, semantic_hits, coverage, measured)
        features = {
            each: Features(pool.keyword_scores.get(each), near, covered.best)
            for each, near, covered in zip(pool.records, nearness, coverage, strict=True)
        }
        raised = sum(map(gt, nearness, measured))
        weights = choose_weights(
            self._weights, semantic_hits.static_share, raised / max(len(measured), 1)
        )
        total = fuse(features, weights)
        rows = dict(zip(pool.records, vectors, strict=True))
        first = list(total)[: int(self._weights.hybrid_regularized)]
        raised = raise_similar(
            [total[each] for each in first],
            np.array([rows[each] for each in first]),
            semantic_hits.floor,
            self._weights,
        )
        total |= zip(first, raised, strict=True)
        return {each: total[each] for each in sorted(total, key=total.__getitem__, reverse=True)}

    def _cut(self, pool: _Pool, record_id: str) -> Passages:
        record, weights = pool.records[record_id], self._weights
        least, length = int(weights.passage_least), int(weights.passage_length)
        return cut_passages(pool.passages[record_id], record.title, record.body, least, length)

    def _estimate_nearness(
        self,
        interpreted: InterpretedQuery,
        pool: _Pool,
        semantic_hits: SemanticHits,
        coverage: Sequence[Coverage],
        measured: Sequence[float],
    ) -> list[float]:
        """Returns the nearness of each record, estimated where a further passage has more words.

        A vector is that of the first passage. How near another passage of a long record is follows
        roughly from its coverage.
        """
        floor, weights, found = semantic_hits.floor, self._weights, []
        for record, covered, near in zip(pool.records.values(), coverage, measured, strict=True):
            if covered.best > covered.first:
                least = self.measure(interpreted, record, floor, semantic_hits.spread)
                further = weights.passage_nearness + weights.passage_covered * covered.best
                near = max(near, least + further)  # noqa: PLW2901
            found.append(near)
        return found

    def _measure_nearness(
        self,
        interpreted: InterpretedQuery,
        pool: _Pool,
        semantic_hits: SemanticHits,
        vectors: Vectors,
    ) -> list[float]:
        """Returns the nearness of each record; one without a vector is as near as chance is."""
        cosines = {each.hit.id: each.cosine for each in semantic_hits.near}
        floor, found = semantic_hits.floor, []
        for (record_id, record), vector in zip(pool.records.items(), vectors, strict=True):
            measured = float(vector @ semantic_hits.vector) if vector.any() else floor
            cosine = cosines.get(record_id, measured)
            found.append(self.measure(interpreted, record, cosine, semantic_hits.spread))
        return found


def _read(keyword_hits: Sequence[Hit], semantic_hits: SemanticHits) -> _Pool:
    near = {each.hit.id: each.record for each in semantic_hits.near}
    records = {hit.id: near.get(hit.id) or decode_record(hit.stored) for hit in keyword_hits} | near
    passages = {each: choose_passage(record) for each, record in records.items()}
    return _Pool(records, passages, {hit.id: hit.score for hit in keyword_hits})
