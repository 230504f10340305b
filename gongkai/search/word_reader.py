"""Interprets texts with the word counts of the public index, read from the engine as needed."""

import asyncio
from collections.abc import Iterable

from gongkai.engines.port import SearchEngine
from gongkai.query.interpreter import InterpretedQuery, QueryInterpreter, Switches
from gongkai.query.tree import MatchAll
from gongkai.query.word_counts import WordCount, WordCounts, counted_queries
from gongkai.search.term_dictionary import TermDictionary

_KEPT = 50_000
"""Words whose counts are kept; with more, reading starts anew."""
_LONG_TEXT = 120
"""Characters from which an interpretation takes some ten milliseconds and runs in a thread."""


class WordReader:
    """Interprets texts over one engine.

    The counts are kept as long as the term dictionary has read no newer index, so they may lag by
    seconds. They decide only how a word is matched and weighed, and are never shown.
    """

    def __init__(
        self, engine: SearchEngine, interpreter: QueryInterpreter, term_dictionary: TermDictionary
    ) -> None:
        self._engine = engine
        self._interpreter = interpreter
        self._term_dictionary = term_dictionary
        self._version: str | None = None
        self._known: dict[str, WordCount] = {}
        self._total = 0

    async def interpret(self, text: str, switches: Switches) -> InterpretedQuery:
        """Returns the interpretation of a text. Raises EngineUnavailableError."""
        known = await self._current()
        await self._add(known, self._interpreter.list_words(text, switches))
        while True:
            counts = WordCounts(known, self._total)
            interpreted = await self._interpret(text, switches, counts)
            if not counts.missing:
                return interpreted
            # Words inside its words, which only the interpretation knows.
            await self._add(known, counts.missing)

    async def _interpret(
        self, text: str, switches: Switches, counts: WordCounts
    ) -> InterpretedQuery:
        interpreter = self._interpreter.with_counts(counts)
        if len(text) <= _LONG_TEXT:
            return interpreter.interpret(text, switches)
        return await asyncio.to_thread(interpreter.interpret, text, switches)

    async def _current(self) -> dict[str, WordCount]:
        """Returns the counts of the latest reading; waits for the first one."""
        words = await self._term_dictionary.words()
        version = words.version if words else None
        if version is None or version != self._version or len(self._known) > _KEPT:
            self._version, self._known = version, {}
        return self._known

    async def _add(self, known: dict[str, WordCount], words: Iterable[str]) -> None:
        """Counts the words that are not known yet."""
        unknown = [word for word in words if word not in known]
        if not unknown:
            return
        queries = [query for word in unknown for query in counted_queries(word)]
        self._total, *counts = await self._engine.count([MatchAll(), *queries])
        for at, word in enumerate(unknown):
            known[word] = WordCount(*counts[2 * at : 2 * at + 2])
