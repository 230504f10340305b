"""A request in; what the engine answers to it out, and in which reading. `Answering` calls it.

Every word first. Where nothing has them all: what was meant, if that is found; else most words;
else without the date. A reading that the person did not type is always said, with the way back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyzers.completion import MatchKind
from analyzers.normalize import normalize_text
from analyzers.pinyin import is_latin
from analyzers.spelling import Correction
from gongkai.catalog.tables import Tables
from gongkai.engines.port import EngineQuery, SearchEngine, SearchResult
from gongkai.query.filters import build_filters
from gongkai.query.interpreter import InterpretedQuery, QueryInterpreter, Switches
from gongkai.query.request import SearchRequest, Sort
from gongkai.query.syntax import split_pieces
from gongkai.query.tree import Query
from gongkai.search.term_dictionary import PublicWords, TermDictionary

FEW = 3
"""Records with every word: with no more, those with most of them follow."""
SURE_BITS = 4.0
"""By how much a correction has to be likelier than the words as typed, to take their place."""
OFFER_TIMES = 10
"""How many times as many records a correction has to find, to be offered beside some."""
RARE_TIMES = 20
"""How many times as many records have to hold what was meant as hold what was written."""
_CANDIDATES = 5
_LONGEST_CORRECTED = 120


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """`complete`: records with every word; `relaxed`: those with most words follow.

    `corrected_from`: the text as typed, where another took its place; `did_you_mean` is offered.
    """

    interpreted: InterpretedQuery
    result: SearchResult
    complete: int
    relaxed: bool = False
    corrected_from: str | None = None
    did_you_mean: str | None = None

    @property
    def tree(self) -> Query:
        """The query that was answered."""
        relaxed = self.interpreted.relaxed if self.relaxed else None
        return relaxed or self.interpreted.strict


class QueryRelaxation:
    """Asks one engine; keeps no state between requests."""

    def __init__(
        self,
        engine: SearchEngine,
        interpreter: QueryInterpreter,
        term_dictionary: TermDictionary,
        tables: Tables,
    ) -> None:
        self._engine = engine
        self._interpreter = interpreter
        self._term_dictionary = term_dictionary
        self._tables = tables

    async def ask(self, request: SearchRequest) -> SearchOutcome:
        """Raises BadRequestError, EngineUnavailableError, IndexMismatchError."""
        switches = Switches(expand=request.expand, dates=request.dates)
        await self._term_dictionary.refresh()
        known = self._term_dictionary.latest
        interpreted = await self._understand(request.text, switches)
        result = await self._engine.search(self.query(request, interpreted.strict))
        complete = result.total
        if complete > FEW or not interpreted.text:
            return SearchOutcome(interpreted, result, complete)
        words = await self._term_dictionary.words()
        if known is None and words is not None:
            # Codes in part are known only now.
            return await self.ask(request)
        if request.chosen:
            (complete,) = await self._engine.count([interpreted.strict])
        asked = SearchOutcome(interpreted, result, complete)
        if complete > FEW:
            return asked
        meant = None
        if request.correct and words is not None:
            meant = await self._find_meant(interpreted, words, switches)
        if meant and not complete:
            return await self._ask_meant(request, meant)
        return await self._loosen(request, replace(asked, did_you_mean=_offered(meant, complete)))

    async def _understand(self, text: str, switches: Switches) -> InterpretedQuery:
        """A long text takes some ten milliseconds, so it is read in a thread."""
        if len(text) <= _LONGEST_CORRECTED:
            return self._interpreter.interpret(text, switches)
        return await asyncio.to_thread(self._interpreter.interpret, text, switches)

    async def _ask_meant(
        self, request: SearchRequest, meant: "SpellingSuggestion"
    ) -> SearchOutcome:
        typed = " ".join(request.text.split())
        asked = await self.ask(replace(request, text=meant.text, correct=False))
        return replace(asked, corrected_from=typed)

    async def _loosen(self, request: SearchRequest, asked: SearchOutcome) -> SearchOutcome:
        """Most words, where that finds more; then without the date that was read in them."""
        interpreted = asked.interpreted
        # One word that is there is what was asked for, not parts of it; and in order of dates those
        # with every word would not come first.
        is_ranked = _order(request) is Sort.RELEVANCE and len(interpreted.terms) > 1
        may_loosen = is_ranked or not asked.complete
        if interpreted.relaxed is not None and may_loosen:
            loose = await self._engine.search(self.query(request, interpreted.relaxed))
            if loose.total > asked.result.total:
                return replace(asked, result=loose, relaxed=True)
        if interpreted.spoken and not asked.complete and not asked.result.total:
            undated = await self.ask(replace(request, dates=False, correct=False))
            if undated.result.total:
                return replace(undated, did_you_mean=asked.did_you_mean)
        return asked

    async def _find_meant(
        self, interpreted: InterpretedQuery, words: PublicWords, switches: Switches
    ) -> "SpellingSuggestion | None":
        """The likeliest reading of what was typed that finds something, if it is likely at all."""
        for candidate in _read_otherwise(interpreted, words):
            strict = self._interpreter.interpret(candidate.text, switches).strict
            pairs = [
                self._interpreter.literally(each)
                for change in candidate.changes
                for each in (change.written, change.meant)
            ]
            count, *changed = await self._engine.count([strict, *pairs])
            written, meant = changed[::2], changed[1::2]
            is_mistake = all(map(_is_rare, written, meant))
            if count and is_mistake:
                return SpellingSuggestion(candidate.text, count)
        return None

    def query(self, request: SearchRequest, query: Query) -> EngineQuery:
        """`query` as the engine is asked it: with the request's filters, order and window."""
        return EngineQuery(
            query=query,
            filters=build_filters(request, self._tables),
            facets=request.facets,
            sort=_order(request),
            offset=(request.page - 1) * request.size,
            limit=request.size,
            after=request.cursor,
        )


@dataclass(frozen=True, slots=True)
class SpellingSuggestion:
    text: str
    count: int


def _is_rare(written: int, meant: int) -> bool:
    """后果 is no mistake for 如果: a word that the index holds by itself is what was meant."""
    return written * RARE_TIMES <= meant


def _offered(meant: SpellingSuggestion | None, complete: int) -> str | None:
    return meant.text if meant and meant.count >= OFFER_TIMES * complete else None


def _read_otherwise(interpreted: InterpretedQuery, words: PublicWords) -> Sequence[Correction]:
    """Other readings of a text, the likeliest first; none for codes, operators and long texts."""
    text = normalize_text(interpreted.text)
    is_plain = not any(piece.phrase or piece.excluded for piece in split_pieces(text))
    if interpreted.codes or not is_plain or len(text) > _LONGEST_CORRECTED:
        return ()
    if is_latin(text):
        return [Correction(each, 0.0, ()) for each in _read_latin(text, words)]
    corrections = words.corrector.correct(text, _CANDIDATES)
    return [each for each in corrections if each.gain >= SURE_BITS]


def _read_latin(text: str, words: PublicWords) -> Sequence[str]:
    """Letters as sounds: all of them as one word, or each piece between blanks as one."""
    whole = _complete(text, words, _CANDIDATES)
    pieces = [_complete(piece, words, 1) or [piece] for piece in text.split()]
    return [*whole, " ".join(best[0] for best in pieces)] if len(pieces) > 1 else whole


def _complete(text: str, words: PublicWords, size: int) -> list[str]:
    if not is_latin(text):
        return []
    completions = words.lexicon.complete(text, size)
    return [each.text for each in completions if each.kind is MatchKind.PINYIN]


def _order(request: SearchRequest) -> Sort:
    """Without words nothing is more relevant than anything else: the newest come first."""
    if request.sort is Sort.RELEVANCE and not request.text.strip():
        return Sort.NEWEST
    return request.sort
