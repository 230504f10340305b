"""Words in, the public records nearest to them in meaning out, or why they can't be had in time.

The model, its vectors and the budget of a question. The server and the terminal ask it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

from catalog.errors import EngineUnavailableError, MissingModelError
from engines.opening import Installation
from engines.port import SearchEngine, VectorIndex
from queries.tree import Query
from semantics.models import TriedModel, open_model
from semantics.nearest import Neighbour, find_nearest

log = logging.getLogger("gongkai.semantics")


class Outcome(StrEnum):
    """How asking for meanings ended; in all but the first, words alone answered."""

    USED = "used"
    SLOW = "slow"
    MISSING = "missing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Looked:
    """How it ended, the records that are near, the nearest first, and the scale of cosines."""

    outcome: Outcome
    near: tuple[Neighbour, ...] = ()
    spread: float = 0.0


class Meanings:
    """One model, in a thread of its own. `budget` is in seconds, None for no end.

    `on_outcome` is told how each question went.
    """

    def __init__(
        self,
        installation: Installation,
        engine: SearchEngine,
        budget: float | None = None,
        on_outcome: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        self._installation = installation
        self._engine = engine
        self._budget = budget
        self._on_outcome = on_outcome
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._opening: Future[TriedModel] | None = None
        self._index: VectorIndex | None = None

    def prepare(self) -> "Future[TriedModel]":
        """Begin to load the model; questions before it is there are answered by words."""
        if self._opening is None:
            where = self._installation.settings.semantic_model
            self._opening = self._thread.submit(open_model, where)
            self._opening.add_done_callback(_say_if_missing)
        return self._opening

    async def look(self, text: str, count: int, filters: Mapping[str, Query]) -> Looked:
        """At most `count` records, none so far off that it says nothing."""
        looked = await self._look_in_time(text, count, filters)
        self._on_outcome(looked.outcome)
        return looked

    async def version(self) -> str:
        """Names what is near beside the records: another when a model or vectors come."""
        if self._index is None:
            return ""
        try:
            return await self._index.version()
        except EngineUnavailableError:
            return ""

    async def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)
        if self._index is not None:
            await self._index.close()

    async def _look_in_time(self, text: str, count: int, filters: Mapping[str, Query]) -> Looked:
        try:
            return await asyncio.wait_for(self._find(text, count, filters), self._budget)
        except TimeoutError:
            return Looked(Outcome.SLOW)
        except (MissingModelError, ImportError):
            return Looked(Outcome.MISSING)
        except Exception as error:
            # Whatever a model's library raises: the words have an answer already. Nothing of the
            # question goes into the log.
            log.warning("a search by meaning failed: %s", type(error).__name__)
            return Looked(Outcome.FAILED)

    async def _find(self, text: str, count: int, filters: Mapping[str, Query]) -> Looked:
        # Shielded: one question that does not wait must not stop the loading for all.
        tried = await asyncio.shield(asyncio.wrap_future(self.prepare()))
        model = tried.model
        if self._index is None:
            self._index = self._installation.open_vectors(model.name, model.dimensions)
        loop = asyncio.get_running_loop()
        vector = await loop.run_in_executor(self._thread, model.embed_query, text)
        near = await find_nearest(self._engine, self._index, vector, count, filters)
        telling = tuple(each for each in near if each.cosine >= tried.floor)
        return Looked(Outcome.USED, telling, tried.spread)


def _say_if_missing(opening: "Future[TriedModel]") -> None:
    """Once, not for each question."""
    if not opening.cancelled() and (error := opening.exception()):
        log.warning("no search by meaning: %s", error)
