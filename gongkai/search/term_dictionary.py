"""The term dictionary: words, their pinyin and agency codes of the public index.

It is read from the engine in the background and again after each change. It may lag by some
seconds, so the engine counts every entry again before it is shown. Words of a withdrawn record
therefore disappear with it.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Self

from analyzers.completion import CompletionIndex
from analyzers.pinyin import read_word
from analyzers.spelling import SpellingCorrector
from analyzers.text_analyzer import TextAnalyzer
from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.errors import GongkaiError
from gongkai.query.tree import MatchAll
from gongkai.search.background import start_in_background

CHECK_SECONDS = 5.0
"""The least time between two checks for a changed index."""
WAIT_SECONDS = 10.0
"""How long a query waits for the first reading before it continues without the words."""
_TERMS, _PREFIXES = "terms", "number_prefix"


class PublicWords:
    """One reading of the index; `version` is the engine's, `prefixes` are agency codes (机关代字).

    The parts that need the pinyin of every word take a second to build. Each is built on first use.
    """

    def __init__(
        self,
        version: str,
        counts: Mapping[str, int],
        prefixes: Mapping[str, int],
        sought: Collection[str],
        correct: Callable[[Mapping[str, int]], SpellingCorrector],
    ) -> None:
        self.version = version
        self.prefixes = prefixes
        self._counts = counts
        self._sought = sought
        self._correct = correct
        self.is_built = False

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """The records of each word, also of search words inside longer words."""
        return {**_count_inside(self._sought, self._counts), **self._counts}

    @cached_property
    def corrector(self) -> SpellingCorrector:
        return self._correct(self.counts)

    @cached_property
    def lexicon(self) -> CompletionIndex:
        return CompletionIndex(self.counts, self._sought)

    @cached_property
    def codes(self) -> CompletionIndex:
        return CompletionIndex(self.prefixes)

    @cached_property
    def spoken(self) -> Mapping[str, Sequence[str]]:
        """Full pinyin with its search words (shebaoka, 社保卡), also those of no record."""
        spoken: dict[str, list[str]] = {}
        for word in sorted(self._sought, key=len):
            for reading in read_word(word):
                spoken.setdefault("".join(reading), []).append(word)
        return spoken

    def build(self) -> Self:
        """Builds every part now, so that no query waits for it."""
        _ = self.corrector, self.lexicon, self.codes, self.spoken
        self.is_built = True
        return self


class TermDictionary:
    """Holds the latest PublicWords; one instance serves all requests of a process."""

    def __init__(
        self,
        engine: SearchEngine,
        analyzer: TextAnalyzer,
        is_name: Callable[[str], bool],
        sought: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._analyzer = analyzer
        self._is_name = is_name
        self._sought = sought
        self._clock = clock
        self._words: PublicWords | None = None
        self._checked = float("-inf")
        self._reading: asyncio.Task[None] | None = None
        self._builds_ahead = False
        self.on_build: Callable[[], None] = lambda: None
        """Runs after a reading was built ahead of the queries, or could not be."""

    @property
    def latest(self) -> PublicWords | None:
        """Returns the latest reading; None until the first reading has finished."""
        return self._words

    def is_prefix(self, text: str) -> bool:
        """Whether a public document number has this agency code, as far as is known."""
        return self._words is not None and text in self._words.prefixes

    async def refresh(self) -> None:
        """Starts reading in the background where the index has changed; waits for the version only.

        Errors of the engine are ignored here; the query that meets them raises them.
        """
        if self._reading is not None or self._clock() - self._checked < CHECK_SECONDS:
            return
        self._checked = self._clock()
        try:
            version = await self._engine.version()
        except GongkaiError:
            return
        if self._reading is None and (self._words is None or version != self._words.version):
            self._reading = start_in_background(self._read(version))

    async def words(self) -> PublicWords | None:
        """Returns the latest reading; waits at most WAIT_SECONDS for the very first one."""
        await self.refresh()
        if self._words is None and self._reading is not None:
            await asyncio.wait([self._reading], timeout=WAIT_SECONDS)
        return self._words

    async def built(self) -> PublicWords | None:
        """Returns the latest reading with all of its parts, built in a thread."""
        words = await self.words()
        if words is None or words.is_built:
            return words
        return await asyncio.to_thread(words.build)

    async def build_ahead(self) -> None:
        """Builds the first reading now, and each later one before it replaces the one before."""
        self._builds_ahead = True
        try:
            await self.built()
        finally:
            self.on_build()

    async def _read(self, version: str) -> None:
        counted = EngineQuery(MatchAll(), facets=(_TERMS, _PREFIXES), limit=0)
        try:
            facets = (await self._engine.search(counted)).facets
            words = PublicWords(
                version, facets[_TERMS], facets[_PREFIXES], self._sought, self._build_corrector
            )
            if self._words is not None and self._builds_ahead:
                await asyncio.to_thread(words.build)
                self.on_build()
            self._words = words
        except GongkaiError:
            self._checked = float("-inf")
        finally:
            self._reading = None

    def _build_corrector(self, counts: Mapping[str, int]) -> SpellingCorrector:
        return SpellingCorrector(
            counts, self._analyzer.is_word, self._analyzer.stopwords, self._is_name
        )


def _count_inside(sought: Collection[str], counts: Mapping[str, int]) -> dict[str, int]:
    """Counts common search words that occur inside longer indexed ones: 公积金 in 住房公积金.

    Other parts of words (国务, 院办) are not search words.
    """
    inside: dict[str, int] = {}
    for word, count in counts.items():
        for start in range(len(word) - 1):
            for end in range(start + 2, len(word) + 1):
                part = word[start:end]
                if part in sought and part != word:
                    inside[part] = inside.get(part, 0) + count
    return inside
