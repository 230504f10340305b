"""k-nearest-neighbour search among the vectors of public records, with filters.

Filters and disclosure apply before hits are counted: a vector whose record the engine does not find
is skipped, and the search goes deeper until it has enough hits or no more vectors.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.engines.port import EngineQuery, Hit, SearchEngine
from gongkai.engines.scan import fetch_hits
from gongkai.engines.vector_port import Vector, VectorHit, VectorIndex
from gongkai.query.tree import And, MatchAll, Query
from gongkai.semantic.model_port import Vectors
from gongkai.semantic.passages import choose_passage, is_static, is_vector_of

FEW = 500
"""Filtered records compared one by one; with more, the whole index is searched."""
AT_ONCE = 5_000
"""Ids in one engine query."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A record, its hit, and the cosine of its passage with the query."""

    hit: Hit
    record: StoredRecord
    cosine: float


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The records near a query, nearest first.

    `static_share` is that of the static vectors among the vectors nearby, 0 to 1, whether or not
    they are near enough.
    """

    near: Sequence[Neighbour]
    static_share: float


@dataclass(frozen=True, slots=True)
class KnnQuery:
    """At most `count` records that match the filters, with a cosine of `floor` or more."""

    vector: Vector
    count: int
    floor: float
    filters: Mapping[str, Query]


async def search_knn(engine: SearchEngine, index: VectorIndex, query: KnnQuery) -> Neighbours:
    """Returns the records of a query, nearest first. Raises EngineUnavailableError."""
    count, filters = query.count, query.filters
    reach = count
    if filters:
        (matching,) = await engine.count([And(tuple(filters.values()))])
        if matching <= FEW:
            result = await engine.search(EngineQuery(MatchAll(), filters, limit=FEW))
            found = {hit.id: hit for hit in result.hits}
            every = await index.knn(query.vector, len(found), found) if found else []
            near = [each for each in every if each.cosine >= query.floor]
            kept = await asyncio.to_thread(_keep, near, found)
            return Neighbours(kept[:count], _share_static(every))
        reach = count * (1 + await index.size() // matching)
    while True:
        # Some spare candidates, since some records may have been withdrawn.
        every = await index.knn(query.vector, reach + reach // 10)
        near = [each for each in every if each.cosine >= query.floor]
        found = await fetch_hits(engine, [each.id for each in near], filters, AT_ONCE)
        # Decoding hundreds of records would delay other requests.
        kept = await asyncio.to_thread(_keep, near, found)
        if len(kept) >= count or len(near) < len(every) or len(every) < reach:
            return Neighbours(kept[:count], _share_static(every))
        reach *= 4


async def fetch_vectors(index: VectorIndex, passages: Mapping[str, str]) -> Vectors:
    """Returns the vector of each passage, by record id, shape (len(passages), dimensions).

    A record without a vector of this passage has zeros.
    """
    rows = await index.fetch(list(passages))
    known = {row.id: row for row in rows}
    none = np.zeros_like(rows[0].values if rows else (), dtype=np.float32)
    found = ((known.get(each), passage) for each, passage in passages.items())
    return np.array(
        [
            row.values if row and is_vector_of(row.digest, passage) else none
            for row, passage in found
        ]
    )


def _share_static(near: Sequence[VectorHit]) -> float:
    return sum(is_static(each.digest) for each in near) / max(len(near), 1)


def _keep(near: Sequence[VectorHit], found: Mapping[str, Hit]) -> list[Neighbour]:
    """Returns the hits whose record is public and whose vector is of its current passage.

    A text that was closed or corrected must not be found by its earlier wording.
    """
    known = ((found[each.id], each) for each in near if each.id in found)
    read = ((hit, decode_record(hit.stored), each) for hit, each in known)
    return [
        Neighbour(hit, record, each.cosine)
        for hit, record, each in read
        if is_vector_of(each.digest, choose_passage(record))
    ]
