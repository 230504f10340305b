"""Query relaxation: chooses the one interpretation of a text that all its lists follow.

The strict query comes first, then fallbacks where it finds few records: no loose date, spelling
correction, some of the words, no date, the words of a term one by one, any dictionary word. The
choice records which fallback was used, so that the page can say so and link back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.query.filters import build_filters
from gongkai.query.interpreter import InterpretedQuery, QueryInterpreter, Switches
from gongkai.query.relevance import Weights
from gongkai.query.request import Scope, SearchRequest, Sort
from gongkai.query.syntax import unquote
from gongkai.query.title_scope import restrict_to_titles, search_titles
from gongkai.query.tree import And, ConstantScore, Or, Query, Term
from gongkai.search.chosen_query import ChosenQuery
from gongkai.search.corrections import correct_text, is_plain
from gongkai.search.term_dictionary import PublicWords, TermDictionary
from gongkai.search.word_reader import WordReader

_NAMED = 8
"""Words of a query, from the first, that are counted one by one."""


@dataclass(frozen=True, slots=True)
class SpellingSuggestion:
    """A corrected text, and the number of records with all its words."""

    text: str
    count: int


class QueryRelaxation:
    """Chooses how a text is read: strictly, corrected or relaxed; keeps no state."""

    def __init__(
        self,
        engine: SearchEngine,
        interpreter: QueryInterpreter,
        term_dictionary: TermDictionary,
        installation: Installation,
        weights: Weights,
    ) -> None:
        self._engine = engine
        self._analyzer = installation.analyzer
        self._interpreter = interpreter
        self._word_reader = WordReader(engine, interpreter, term_dictionary)
        self._term_dictionary = term_dictionary
        self._tables = installation.tables
        self._weights = weights
        self.today = interpreter.today

    def tokenize(self, text: str) -> Sequence[str]:
        """Returns the words of a text."""
        return self._analyzer.tokenize(text)

    async def choose(
        self,
        request: SearchRequest,
        interpreted: InterpretedQuery | None = None,
        full: int | None = None,
    ) -> ChosenQuery:
        """Returns the interpretation of the text of a request.

        `interpreted` is that of `interpret` and `full` the number of records with every word, where
        the caller knows them.

        Raises BadRequestError, EngineUnavailableError, IndexMismatchError.
        """
        if interpreted and full is not None and not interpreted.newest:
            chosen = ChosenQuery(request, interpreted, full, request.sort)
        else:
            chosen = await self._choose_strictly(request, interpreted)
        if not chosen.interpreted.text:
            return chosen
        for fall_back in (
            self._drop_loose_date,
            self._correct_spelling,
            self._relax,
            self._drop_date,
            self._split_terms,
            self._match_any_word,
            self._offer_unquoted,
            self._find_missing,
        ):
            chosen = await fall_back(chosen)
        return self._pin(request, chosen)

    def read_strictly(self, request: SearchRequest, interpreted: InterpretedQuery) -> ChosenQuery:
        """Returns the interpretation without fallbacks; its `full` is not counted."""
        return self._pin(request, ChosenQuery(request, interpreted, 0, request.sort))

    def _pin(self, request: SearchRequest, chosen: ChosenQuery) -> ChosenQuery:
        """Adds the records pinned to the text, unless it is to match as typed or in titles."""
        if not request.expand or request.scope is not Scope.ALL:
            return chosen
        texts = (request.text, chosen.interpreted.text)
        pinned = next(filter(None, map(self._interpreter.pinned, texts)), ())
        if not pinned:
            return chosen
        step = self._weights.pinned_score
        pins = tuple(
            ConstantScore(Term("id", each), step * (len(pinned) - at), "pinned.score")
            for at, each in enumerate(pinned)
        )
        return replace(chosen, pinned=pinned, pins=Or(pins))

    async def count_full(self, chosen: ChosenQuery, request: SearchRequest) -> int:
        """Returns the number of records in the list of a request that have every word."""
        filters = build_filters(request, self._tables, self.today()).values()
        if not filters:
            return chosen.full
        (full,) = await self._engine.count([And((chosen.interpreted.strict, *filters))])
        return full

    async def _choose_strictly(
        self, request: SearchRequest, interpreted: InterpretedQuery | None = None
    ) -> ChosenQuery:
        interpreted = interpreted or await self.interpret(request)
        if not interpreted.text:
            newest = Sort.OLDEST if request.sort is Sort.OLDEST else Sort.NEWEST
            return ChosenQuery(request, interpreted, 0, newest)
        named = [self._interpreter.titled(interpreted.text)] if interpreted.newest else []
        full, *titled = await self._engine.count([interpreted.strict, *named])
        # Not for a title, and not where few records have every other word: the best come first.
        is_newest = interpreted.newest and full > self._weights.spelling_few and not any(titled)
        by_words = is_newest and request.sort is Sort.RELEVANCE
        return ChosenQuery(
            request,
            replace(interpreted, newest=is_newest),
            full,
            Sort.NEWEST if by_words else request.sort,
        )

    async def _drop_loose_date(self, chosen: ChosenQuery) -> ChosenQuery:
        """Reads a text without a date that has no particle where no record of it has every word."""
        expression = chosen.interpreted.date_expression
        if chosen.full or not expression or not expression.is_loose:
            return chosen
        return await self._choose_strictly(replace(chosen.request, dates=False))

    async def _correct_spelling(self, chosen: ChosenQuery) -> ChosenQuery:
        """Reads the corrected text where no record has every word, else suggests it."""
        words = await self._term_dictionary.words()
        if not chosen.request.correct or chosen.full > self._weights.spelling_few or words is None:
            return chosen
        suggestion = await self._find_suggestion(chosen, words)
        if suggestion is None:
            return chosen
        if chosen.full:
            is_worth = suggestion.count >= self._weights.spelling_offer * chosen.full
            return replace(chosen, did_you_mean=suggestion.text if is_worth else None)
        corrected = await self._choose_strictly(replace(chosen.request, text=suggestion.text))
        return replace(corrected, corrected_from=" ".join(chosen.request.text.split()))

    async def _relax(self, chosen: ChosenQuery) -> ChosenQuery:
        """Adds the records with some of the words where few have every word.

        Not where the words ask for the newest records: those with every other word are meant.
        """
        is_enough = chosen.full > self._weights.relaxation_few or chosen.interpreted.newest
        can_relax = chosen.request.relax and chosen.interpreted.relaxed is not None
        return replace(chosen, is_relaxed=can_relax and not is_enough)

    async def _drop_date(self, chosen: ChosenQuery) -> ChosenQuery:
        """Reads the text without its date expression where nothing else is found."""
        if not chosen.interpreted.date_expression:
            return chosen
        return await self._read_otherwise(chosen, replace(chosen.request, dates=False))

    async def _split_terms(self, chosen: ChosenQuery) -> ChosenQuery:
        """Reads the words of a term one by one (小孩上户口) where nothing else is found."""
        if not chosen.interpreted.expanded:
            return chosen
        return await self._read_otherwise(chosen, replace(chosen.request, expand=False))

    async def _match_any_word(self, chosen: ChosenQuery) -> ChosenQuery:
        """Takes records with any dictionary word of the text where nothing else is found.

        Not for numbers, phrases and exclusions, which have to match as written.
        """
        if (
            not chosen.request.relax
            or not is_plain(chosen.interpreted)
            or await self._finds(chosen)
        ):
            return chosen
        words = self._analyzer.tokenize_for_search(chosen.interpreted.text)
        longer = dict.fromkeys(
            word for word in words if len(word) > 1 and not self._analyzer.is_stopword(word)
        )
        if not longer:
            return chosen
        tree = Or(tuple(self._match_literally(chosen.request, word) for word in longer))
        return replace(
            chosen,
            interpreted=replace(chosen.interpreted, relaxed=tree),
            is_relaxed=True,
            is_any_word=True,
        )

    async def _read_otherwise(self, chosen: ChosenQuery, request: SearchRequest) -> ChosenQuery:
        """Returns another reading of the text where only that one finds records."""
        if await self._finds(chosen):
            return chosen
        other = await self._relax(await self._choose_strictly(request))
        if not await self._finds(other):
            return chosen
        return replace(
            other, corrected_from=chosen.corrected_from, did_you_mean=chosen.did_you_mean
        )

    async def _offer_unquoted(self, chosen: ChosenQuery) -> ChosenQuery:
        """Offers the words of a phrase that no record has as written."""
        text = chosen.interpreted.text
        loosened = unquote(text)
        if loosened == text or await self._finds(chosen):
            return chosen
        interpreted = await self.interpret(replace(chosen.request, text=loosened))
        (count,) = await self._engine.count([interpreted.relaxed or interpreted.strict])
        return replace(chosen, loosened=loosened if count else None)

    async def _find_missing(self, chosen: ChosenQuery) -> ChosenQuery:
        """Names the words that no record has, where that is why no record has every word."""
        interpreted = chosen.interpreted
        terms = interpreted.terms[:_NAMED]
        if chosen.full or len(terms) < 2 or interpreted.codes:
            return chosen
        counts = await self._engine.count(
            [self._match_literally(chosen.request, term) for term in terms]
        )
        missing = (term for term, count in zip(terms, counts, strict=True) if not count)
        return replace(chosen, missing=tuple(missing))

    async def _finds(self, chosen: ChosenQuery) -> bool:
        if chosen.full:
            return True
        (count,) = await self._engine.count([chosen.worded])
        return count > 0

    def _match_literally(self, request: SearchRequest, text: str) -> Query:
        """Returns a query for records with this run of characters in the scope of a request."""
        tree = self._interpreter.literally(text)
        return tree if request.scope is Scope.ALL else restrict_to_titles(tree)

    async def interpret(self, request: SearchRequest) -> InterpretedQuery:
        """Returns the interpretation of the text of a request."""
        switches = Switches(expand=request.expand, dates=request.dates)
        read = await self._word_reader.interpret(request.text, switches)
        return read if request.scope is Scope.ALL else search_titles(read)

    async def _find_suggestion(
        self, chosen: ChosenQuery, words: PublicWords
    ) -> SpellingSuggestion | None:
        """Returns the best correction that finds records, or None where none is likely enough."""
        gain = self._weights.spelling_gain
        # In a thread: the first correction builds the corrector.
        for candidate in await asyncio.to_thread(correct_text, chosen.interpreted, words, gain):
            strict = (await self.interpret(replace(chosen.request, text=candidate.text))).strict
            pairs = [
                self._match_literally(chosen.request, each)
                for change in candidate.changes
                for each in (change.written, change.meant)
            ]
            count, *changed = await self._engine.count([strict, *pairs])
            pairs_found = zip(changed[::2], changed[1::2], strict=True)
            if count and all(self._is_rare(*each) for each in pairs_found):
                return SpellingSuggestion(candidate.text, count)
        return None

    def _is_rare(self, written: int, meant: int) -> bool:
        """Whether a word is rare enough to be a misspelling; 后果 is too frequent."""
        return written * self._weights.spelling_rare <= meant

    def query(self, request: SearchRequest, chosen: ChosenQuery) -> EngineQuery:
        """Returns the chosen query with the filters, order and window of a request."""
        return EngineQuery(
            query=chosen.tree,
            filters=build_filters(request, self._tables, self.today()),
            facets=request.facets,
            sort=chosen.order,
            offset=(request.page - 1) * request.size,
            limit=request.size,
            after=request.cursor,
        )
