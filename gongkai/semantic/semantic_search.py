"""Semantic search: finds public records near a query in meaning, within a time budget."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np

from gongkai.engines.installation import Installation
from gongkai.engines.port import SearchEngine
from gongkai.engines.vector_port import Vector, VectorIndex
from gongkai.errors import EngineUnavailableError, MissingModelError
from gongkai.query.tree import Query
from gongkai.semantic.found_records import FoundRecords
from gongkai.semantic.knn import KnnQuery, Neighbour, fetch_vectors, search_knn
from gongkai.semantic.model_port import EmbeddingModel, Vectors
from gongkai.semantic.models import TriedModel, open_model
from gongkai.semantic.parts import embed_question

_PASSAGES_AT_ONCE = 2
"""Passages embedded before the next query comes, 10 to 20 ms."""
_PAUSE_SECONDS = 0.005
_AT_ONCE = 4
"""Hybrid searches that a process runs at a time. With more, none ends within its budget."""
_MOST_KEPT = 4_000
"""Vectors of passages kept in memory, 2 KB each."""
log = logging.getLogger("gongkai.semantic")
_T = TypeVar("_T")


class SemanticOutcome(StrEnum):
    """The outcome of a semantic search; in all but the first, keyword search answers alone."""

    USED = "used"
    SLOW = "slow"
    MISSING = "missing"
    FAILED = "failed"


class SemanticUnavailableError(Exception):
    """Semantic search is not available; `outcome` states the reason."""

    def __init__(self, outcome: SemanticOutcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class SemanticHits:
    """The nearest records, nearest first, with the scale of cosines; see TriedModel.

    `index` is the vector index searched, `vector` that of the query. `until` is the time of the
    event loop's clock when the query's budget ends. `static_share` is the share of the vectors
    nearby that are static, 0 to 1.
    """

    index: VectorIndex
    near: tuple[Neighbour, ...]
    vector: Vector
    floor: float
    spread: float
    until: float | None
    static_share: float


class SemanticSearch:
    """Semantic search with one model in its own thread; `budget` is in seconds, None for no limit.

    `on_outcome` receives the outcome of each query.
    """

    def __init__(
        self,
        installation: Installation,
        engine: SearchEngine,
        budget: float | None = None,
        on_outcome: Callable[[SemanticOutcome], None] = lambda _: None,
    ) -> None:
        self._installation = installation
        self._engine = engine
        self._budget = budget
        self._on_outcome = on_outcome
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._opening: Future[TriedModel] | None = None
        self._index: VectorIndex | None = None
        self._found = FoundRecords(installation.settings.data_dir)
        self._kept: dict[str, Vector] = {}
        self._waiting = 0
        self._slots = asyncio.Semaphore(_AT_ONCE)

    def prepare(self) -> "Future[TriedModel]":
        """Starts loading the model; until it is loaded, keyword search answers alone."""
        if self._opening is None:
            folder = self._installation.settings.model_folder
            self._opening = self._thread.submit(open_model, folder)
            self._opening.add_done_callback(_log_failure)
        return self._opening

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Takes one of the slots for hybrid searches; the time budget of the search starts then.

        Raises SemanticUnavailableError if no slot becomes free within the same time.
        """
        await _in_time(self._slots.acquire(), self._end_of_budget())
        try:
            yield
        finally:
            self._slots.release()

    async def search(
        self, text: str, words: Sequence[str], count: int, filters: Mapping[str, Query]
    ) -> SemanticHits:
        """Returns at most `count` records near the text. Raises SemanticUnavailableError.

        `words` are the terms of the keyword query for `text`.
        """
        until = self._end_of_budget()
        return await _in_time(self._find(text, " ".join(words), count, filters, until), until)

    async def fetch(self, semantic_hits: SemanticHits, passages: Mapping[str, str]) -> Vectors:
        """Returns the vectors of passages, by record id; see `fetch_vectors`.

        Raises SemanticUnavailableError.
        """
        return await _in_time(fetch_vectors(semantic_hits.index, passages), semantic_hits.until)

    async def embed(self, passages: Sequence[str]) -> Vectors:
        """Returns vectors of shape (passages, dimensions). Raises SemanticUnavailableError.

        In small batches, and queries that wait come first: while every slot is in use, no
        passages are embedded. Vectors made are kept, so that a question asked again gets its answer
        even where time ran out before.
        """
        until = self._end_of_budget()
        model = (await asyncio.wrap_future(self.prepare())).model
        missing = [each for each in dict.fromkeys(passages) if each not in self._kept]
        known = {each: self._kept[each] for each in passages if each in self._kept}
        for start in range(0, len(missing), _PASSAGES_AT_ONCE):
            if self._slots.locked():
                raise SemanticUnavailableError(SemanticOutcome.SLOW)
            part = missing[start : start + _PASSAGES_AT_ONCE]
            vectors = await _in_time(self._embed_after_queries(model, part), until)
            made = dict(zip(part, vectors, strict=True))
            known |= made
            self._keep(made)
        return np.array([known[each] for each in passages])

    def note_found(self, record_ids: Sequence[str]) -> None:
        """Asks `gongkai embed` to take these records first; returns before that is stored."""
        asyncio.get_running_loop().run_in_executor(None, self._found.note, record_ids)

    def count(self, outcome: SemanticOutcome) -> None:
        """Reports the outcome of one query."""
        self._on_outcome(outcome)

    async def version(self) -> str:
        """Returns a name that changes when the model or the vectors change."""
        if self._index is None:
            return ""
        try:
            return await self._index.version()
        except EngineUnavailableError:
            return ""

    async def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)
        await asyncio.to_thread(self._found.flush)
        if self._index is not None:
            await self._index.close()

    def _end_of_budget(self) -> float | None:
        """Returns when a budget that starts now ends, by the event loop's clock."""
        if self._budget is None:
            return None
        return asyncio.get_running_loop().time() + self._budget

    async def _embed_after_queries(self, model: EmbeddingModel, passages: Sequence[str]) -> Vectors:
        while self._waiting:
            await asyncio.sleep(_PAUSE_SECONDS)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, model.embed_passages, passages)

    def _keep(self, vectors: Mapping[str, Vector]) -> None:
        self._kept |= vectors
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    async def _find(
        self,
        text: str,
        words: str,
        count: int,
        filters: Mapping[str, Query],
        until: float | None,
    ) -> SemanticHits:
        # Shielded, so that one cancelled query does not stop loading for all.
        tested = await asyncio.shield(asyncio.wrap_future(self.prepare()))
        model = tested.model
        index = self._open_index(model)
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            vector = await loop.run_in_executor(self._thread, embed_question, model, text, words)
        finally:
            self._waiting -= 1
        query = KnnQuery(vector, count, tested.floor, filters)
        found = await search_knn(self._engine, index, query)
        return SemanticHits(
            index,
            tuple(found.near),
            vector,
            tested.floor,
            tested.spread,
            until,
            found.static_share,
        )

    def _open_index(self, model: EmbeddingModel) -> VectorIndex:
        if self._index is None:
            self._index = self._installation.open_vectors(model.name, model.dimensions)
        return self._index


async def _in_time(work: Awaitable[_T], until: float | None) -> _T:
    try:
        async with asyncio.timeout_at(until):
            return await work
    except TimeoutError:
        raise SemanticUnavailableError(SemanticOutcome.SLOW) from None
    except (MissingModelError, ImportError):
        raise SemanticUnavailableError(SemanticOutcome.MISSING) from None
    except Exception as error:
        # A model's library may raise anything, and keyword search has answered already. The log
        # must not contain the query.
        log.warning("a semantic search failed: %s", type(error).__name__)
        raise SemanticUnavailableError(SemanticOutcome.FAILED) from None


def _log_failure(opening: "Future[TriedModel]") -> None:
    """Logs once that the model could not be opened."""
    if not opening.cancelled() and (error := opening.exception()):
        log.warning("semantic search is not available: %s", error)
