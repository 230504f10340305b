"""What the public index is made of, kept ready: its words, their sounds, its codes.

Read from the engine in the background, again after each change. It may lag behind by some seconds,
so nothing of it is shown before the engine has counted it anew: a withdrawn record's words are gone
with the record.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from analyzers.chains import Analysis
from analyzers.correct import Corrector
from analyzers.lexicon import Lexicon
from catalog.errors import GongkaiError
from engines.port import EngineQuery, SearchEngine
from queries.tree import Everything

CHECK_SECONDS = 5.0
"""How often a change of the index is looked for at most."""
_TERMS, _PREFIXES = "terms", "number_prefix"


@dataclass(frozen=True, slots=True)
class PublicWords:
    """One reading of the index: `version` is the engine's, `prefixes` are 机关代字."""

    version: str
    lexicon: Lexicon
    corrector: Corrector
    prefixes: frozenset[str]


class Vocabulary:
    """Keeps the latest PublicWords; one object serves every request of a process."""

    def __init__(
        self,
        engine: SearchEngine,
        analysis: Analysis,
        is_name: Callable[[str], bool],
        sought: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._analysis = analysis
        self._is_name = is_name
        self._sought = sought
        self._clock = clock
        self._words: PublicWords | None = None
        self._checked = float("-inf")
        self._reading: asyncio.Task[PublicWords] | None = None

    def is_prefix(self, text: str) -> bool:
        """Whether a public number has this code, as far as is known yet."""
        return self._words is not None and text in self._words.prefixes

    async def words(self) -> PublicWords:
        """The latest reading: waits for the first one only. Raises what the engine raises."""
        if self._clock() - self._checked >= CHECK_SECONDS:
            self._checked = self._clock()
            if self._reading is None and await self._is_behind():
                self._reading = asyncio.create_task(self._read())
        if self._words is None:
            return await self._wait()
        return self._words

    async def prepare(self) -> None:
        """Start reading ahead of the first question; a missing index is no fault yet."""
        try:
            await self.words()
        except GongkaiError:
            self._checked = float("-inf")

    async def _wait(self) -> PublicWords:
        task = self._reading or asyncio.create_task(self._read())
        self._reading = task
        try:
            return await asyncio.shield(task)
        except GongkaiError:
            self._checked = float("-inf")
            raise

    async def _is_behind(self) -> bool:
        return self._words is None or await self._engine.version() != self._words.version

    async def _read(self) -> PublicWords:
        try:
            version = await self._engine.version()
            counted = EngineQuery(Everything(), facets=(_TERMS, _PREFIXES), limit=0)
            facets = (await self._engine.search(counted)).facets
            words = await asyncio.to_thread(self._build, version, facets)
            self._words = words
            return words
        finally:
            self._reading = None

    def _build(self, version: str, facets: Mapping[str, Mapping[str, int]]) -> PublicWords:
        counts = facets[_TERMS]
        corrector = Corrector(
            counts, self._analysis.is_word, self._analysis.stopwords, self._is_name
        )
        return PublicWords(
            version, Lexicon(counts, self._sought), corrector, frozenset(facets[_PREFIXES])
        )
