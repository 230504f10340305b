"""Exact kNN search over the vectors of a file, by comparison with every vector.

Needs faiss, of the extra `semantic`.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from gongkai.engines.embedded.vectors import VectorFile
from gongkai.engines.vector_port import StoredVector, Vector, VectorHit

SETTLE_SECONDS = 5.0
"""A file that is being written is read again at most this often."""
_FEW = 1_000
"""Up to this many vectors are kept in 32 bits a number, more in 16."""


class EmbeddedVectors:
    """See VectorIndex. Keeps the vectors in memory and reads a changed file again."""

    def __init__(
        self,
        folder: Path,
        model: str,
        dimensions: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = VectorFile(folder, model)
        self._dimensions = dimensions
        self._clock = clock
        self._reading = threading.Lock()
        self._matrix: _Matrix | None = None
        self._stamp: object = None
        self._read_at = float("-inf")

    async def knn(
        self, vector: Vector, count: int, among: Collection[str] | None = None
    ) -> list[VectorHit]:
        return await asyncio.to_thread(lambda: self._current().knn(vector, count, among))

    async def fetch(self, record_ids: Sequence[str]) -> list[StoredVector]:
        return await asyncio.to_thread(lambda: self._current().fetch(record_ids))

    async def size(self) -> int:
        # Without reading the vectors, which another index may hold too.
        return await asyncio.to_thread(self._file.count)

    async def version(self) -> str:
        # Combines the state of the file and the state that was read.
        return repr((self._file.stamp(), self._stamp))

    async def close(self) -> None:
        self._matrix = None

    def _current(self) -> "_Matrix":
        with self._reading:
            stamp, now = self._file.stamp(), self._clock()
            is_old = stamp != self._stamp and now - self._read_at >= SETTLE_SECONDS
            if self._matrix is None or is_old:
                ids, digests, packed = self._file.read()
                values = np.frombuffer(packed, np.float16).astype(np.float32)
                self._matrix = _Matrix(ids, digests, values.reshape(len(ids), self._dimensions))
                self._stamp, self._read_at = stamp, now
            return self._matrix


class _Matrix:
    """The vectors read at one time."""

    def __init__(self, ids: list[str], digests: list[str], values: Vector) -> None:
        self.ids, self._digests = ids, digests
        self._rows = {record_id: row for row, record_id in enumerate(ids)}
        dimensions = values.shape[1]
        if len(ids) <= _FEW:
            self._index: Any = faiss.IndexFlatIP(dimensions)
        else:
            kind = faiss.ScalarQuantizer.QT_fp16
            self._index = faiss.IndexScalarQuantizer(dimensions, kind, faiss.METRIC_INNER_PRODUCT)
            self._index.train(values[:_FEW])
        self._index.add(values)

    def knn(self, vector: Vector, count: int, among: Collection[str] | None) -> list[VectorHit]:
        reach = min(count, len(self.ids))
        if not reach:
            return []
        scores, found = self._index.search(vector[np.newaxis], reach, **self._only(among))
        pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return [
            VectorHit(self.ids[row], self._digests[row], score) for row, score in pairs if row >= 0
        ]

    def fetch(self, record_ids: Sequence[str]) -> list[StoredVector]:
        rows = [self._rows[each] for each in record_ids if each in self._rows]
        if not rows:
            return []
        vectors = self._index.reconstruct_batch(np.array(rows, np.int64))
        return [
            StoredVector(self.ids[row], self._digests[row], vector)
            for row, vector in zip(rows, vectors, strict=True)
        ]

    def _only(self, among: Collection[str] | None) -> dict[str, Any]:
        if among is None:
            return {}
        rows = [self._rows[each] for each in among if each in self._rows]
        selected = faiss.IDSelectorBatch(np.array(rows, np.int64))
        kind: Any = faiss.SearchParameters
        return {"params": kind(sel=selected)}
