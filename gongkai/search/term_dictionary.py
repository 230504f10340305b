"""What the public index is made of, kept ready: its words, their sounds, its codes.

Read from the engine in the background, again after each change. It may lag behind by some seconds,
so nothing of it is shown before the engine has counted it anew: a withdrawn record's words are gone
with the record.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from analyzers.completion import CompletionIndex
from analyzers.spelling import SpellingCorrector
from analyzers.text_analyzer import TextAnalyzer
from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.errors import GongkaiError
from gongkai.query.tree import MatchAll

CHECK_SECONDS = 5.0
"""How often a change of the index is looked for at most."""
WAIT_SECONDS = 10.0
"""How long a question that needs the words waits for the first reading; it goes on without them."""
_TERMS, _PREFIXES = "terms", "number_prefix"


@dataclass(frozen=True, slots=True)
class PublicWords:
    """One reading of the index: `version` is the engine's, `codes` are its 机关代字."""

    version: str
    lexicon: CompletionIndex
    corrector: SpellingCorrector
    codes: CompletionIndex


class TermDictionary:
    """Keeps the latest PublicWords; one object serves every request of a process."""

    def __init__(
        self,
        engine: SearchEngine,
        analysis: TextAnalyzer,
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
        self._reading: asyncio.Task[None] | None = None
        self.on_read: Callable[[], None] = lambda: None
        """Called after each reading."""

    @property
    def latest(self) -> PublicWords | None:
        """What is known now; None before the first reading has come to its end."""
        return self._words

    def is_prefix(self, text: str) -> bool:
        """Whether a public number has this code, as far as is known yet."""
        return self._words is not None and text in self._words.codes.counts

    async def refresh(self) -> None:
        """Read anew in the background where the index has changed; waits for its version only.

        A fault of the engine is left to the question that meets it.
        """
        if self._reading is not None or self._clock() - self._checked < CHECK_SECONDS:
            return
        self._checked = self._clock()
        try:
            version = await self._engine.version()
        except GongkaiError:
            return
        if self._reading is None and (self._words is None or version != self._words.version):
            self._reading = asyncio.create_task(self._read(version))

    async def words(self) -> PublicWords | None:
        """The latest reading. Waits for the very first one, WAIT_SECONDS at most."""
        await self.refresh()
        if self._words is None and self._reading is not None:
            await asyncio.wait([self._reading], timeout=WAIT_SECONDS)
        return self._words

    async def _read(self, version: str) -> None:
        counted = EngineQuery(MatchAll(), facets=(_TERMS, _PREFIXES), limit=0)
        try:
            facets = (await self._engine.search(counted)).facets
            self._words = await asyncio.to_thread(self._build, version, facets)
            self.on_read()
        except GongkaiError:
            self._checked = float("-inf")
        finally:
            self._reading = None

    def _build(self, version: str, facets: Mapping[str, Mapping[str, int]]) -> PublicWords:
        counts = {**_count_inside(self._sought, facets[_TERMS]), **facets[_TERMS]}
        corrector = SpellingCorrector(
            counts, self._analysis.is_word, self._analysis.stopwords, self._is_name
        )
        codes = CompletionIndex(facets[_PREFIXES])
        return PublicWords(version, CompletionIndex(counts, self._sought), corrector, codes)


def _count_inside(sought: Collection[str], counts: Mapping[str, int]) -> dict[str, int]:
    """Words that people look for and that the index has within longer ones: 公积金 in 住房公积金.

    Other parts of words are none that anybody would mean (国务, 院办).
    """
    inside: dict[str, int] = {}
    for word, count in counts.items():
        for start in range(len(word) - 1):
            for end in range(start + 2, len(word) + 1):
                part = word[start:end]
                if part in sought and part != word:
                    inside[part] = inside.get(part, 0) + count
    return inside
