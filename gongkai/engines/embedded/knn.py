"""Exact kNN search over the vectors of a file, by comparison with every vector.

Needs faiss, of the extra `semantic`.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

import faiss
import numpy as np
from numpy.typing import NDArray

from gongkai.engines.embedded.vectors import START, VectorFile
from gongkai.engines.vector_port import StoredVector, Vector, VectorHit

_BYTES = 2
"""Bytes of a dimension (float16)."""
_Codes: TypeAlias = NDArray[np.uint8]
SETTLE_SECONDS = 5.0
"""A file that is being written is read again at most this often."""
_PAUSE_TIMES = 20
"""The pause after a reading is at least this many times as long as the reading."""


class EmbeddedVectors:
    """See VectorIndex. Keeps the vectors in memory and reads what was added to a changed file."""

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
        self._position = START
        self._stamp: object = None
        self._settled_at = 0.0

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
        matrix = self._matrix
        # Only the first query waits for a reading; later ones use the vectors read before.
        if not self._reading.acquire(blocking=matrix is None):
            return cast("_Matrix", matrix)
        try:
            stamp, now = self._file.stamp(), self._clock()
            if self._matrix is None or (stamp != self._stamp and now >= self._settled_at):
                self._matrix = self._read(self._matrix)
                done = self._clock()
                pause = max(SETTLE_SECONDS, _PAUSE_TIMES * (done - now))
                self._stamp, self._settled_at = stamp, done + pause
            return self._matrix
        finally:
            self._reading.release()

    def _read(self, matrix: "_Matrix | None") -> "_Matrix":
        """Returns the vectors of the file: the given ones with what was added, or all."""
        rows = self._file.read(self._position if matrix else START)
        codes = np.frombuffer(rows.packed, np.uint8).reshape(-1, self._dimensions * _BYTES)
        earlier = matrix if matrix and not rows.is_whole else self._open_empty()
        read = earlier.with_added(rows.ids, rows.digests, codes)
        if len(read.ids) != rows.total:
            # Another file took the place of the one that was read.
            return self._read(None)
        self._position = rows.position
        return read

    def _open_empty(self) -> "_Matrix":
        kind = faiss.ScalarQuantizer.QT_fp16
        metric = faiss.METRIC_INNER_PRODUCT
        return _Matrix([], [], faiss.IndexScalarQuantizer(self._dimensions, kind, metric))


class _Matrix:
    """The vectors read until one time; `index` has one row for each id."""

    def __init__(self, ids: list[str], digests: list[str], index: Any) -> None:
        self.ids, self.digests, self._index = ids, digests, index
        self._rows = {record_id: row for row, record_id in enumerate(ids)}

    def with_added(self, ids: list[str], digests: list[str], codes: _Codes) -> "_Matrix":
        """Returns these vectors and the added ones, which replace those of the same records."""
        if not ids:
            return self
        replaced = {self._rows[each] for each in ids if each in self._rows}
        # A clone, because other threads still search the old index.
        index = faiss.clone_index(self._index)
        index.remove_ids(faiss.IDSelectorBatch(np.array(sorted(replaced), np.int64)))
        index.add_sa_codes(codes)
        kept = [row for row in range(len(self.ids)) if row not in replaced]
        return _Matrix(
            [*(self.ids[row] for row in kept), *ids],
            [*(self.digests[row] for row in kept), *digests],
            index,
        )

    def knn(self, vector: Vector, count: int, among: Collection[str] | None) -> list[VectorHit]:
        reach = min(count, len(self.ids))
        if not reach:
            return []
        scores, found = self._index.search(vector[np.newaxis], reach, **self._only(among))
        pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return [
            VectorHit(self.ids[row], self.digests[row], score) for row, score in pairs if row >= 0
        ]

    def fetch(self, record_ids: Sequence[str]) -> list[StoredVector]:
        rows = [self._rows[each] for each in record_ids if each in self._rows]
        if not rows:
            return []
        vectors = self._index.reconstruct_batch(np.array(rows, np.int64))
        return [
            StoredVector(self.ids[row], self.digests[row], vector)
            for row, vector in zip(rows, vectors, strict=True)
        ]

    def _only(self, among: Collection[str] | None) -> dict[str, Any]:
        if among is None:
            return {}
        rows = [self._rows[each] for each in among if each in self._rows]
        selected = faiss.IDSelectorBatch(np.array(rows, np.int64))
        kind: Any = faiss.SearchParameters
        return {"params": kind(sel=selected)}
