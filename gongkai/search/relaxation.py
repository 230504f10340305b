"""Query relaxation: the strict query first, then fallbacks where it finds few records.

The fallbacks are tried in order: no loose date, spelling correction, most words, no date. The
outcome records which fallback was used, so that the page can say so and link back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyzers.completion import MatchKind
from analyzers.normalize import normalize_text
from analyzers.pinyin import fold_latin, is_latin
from analyzers.spelling import Correction
from gongkai.catalog.tables import Tables
from gongkai.engines.port import EngineQuery, SearchEngine, SearchResult
from gongkai.query.filters import build_filters
from gongkai.query.interpreter import InterpretedQuery, QueryInterpreter, Switches
from gongkai.query.relevance import Weights
from gongkai.query.request import SearchRequest, Sort
from gongkai.query.syntax import split_pieces, unquote
from gongkai.query.tree import Query
from gongkai.search.term_dictionary import PublicWords, TermDictionary
from gongkai.search.word_reader import WordReader

_CANDIDATES = 5
_LONGEST_CORRECTED = 120
_NAMED = 8
"""Words of a query, from the first, that are counted one by one."""


@dataclass(frozen=True, slots=True)
class SpellingSuggestion:
    """A corrected text, and the number of records with all its words."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """The result of a request, and the interpretation that produced it.

    `request` has the order that the words ask for. `complete` counts records with every word,
    ignoring chosen facet values. `relaxed` is true where records with most words follow.
    `corrected_from` is the text as typed, where a correction replaced it. `missing` are words that
    no record has, where no record has every word. `loosened` is the text without its quotation
    marks, where nothing matches the phrase and something matches that text.
    """

    request: SearchRequest
    interpreted: InterpretedQuery
    result: SearchResult
    complete: int
    relaxed: bool = False
    corrected_from: str | None = None
    did_you_mean: str | None = None
    missing: tuple[str, ...] = ()
    loosened: str | None = None

    @property
    def tree(self) -> Query:
        """Returns the query tree that produced the result."""
        relaxed = self.interpreted.relaxed if self.relaxed else None
        return relaxed or self.interpreted.strict


class QueryRelaxation:
    """Searches one engine, strictly first, then by fallbacks; keeps no state between requests."""

    def __init__(
        self,
        engine: SearchEngine,
        interpreter: QueryInterpreter,
        term_dictionary: TermDictionary,
        tables: Tables,
        weights: Weights,
    ) -> None:
        self._engine = engine
        self._interpreter = interpreter
        self._word_reader = WordReader(engine, interpreter, term_dictionary)
        self._term_dictionary = term_dictionary
        self._tables = tables
        self._weights = weights

    async def search(self, request: SearchRequest) -> SearchOutcome:
        """The strict result, or that of the fallbacks where few records have every word.

        Raises BadRequestError, EngineUnavailableError, IndexMismatchError.
        """
        outcome = await self._search_strictly(request)
        for fall_back in (
            self._drop_loose_date,
            self._correct_spelling,
            self._relax,
            self._drop_date,
            self._offer_unquoted,
        ):
            if self._is_enough(outcome):
                break
            outcome = await fall_back(outcome)
        return await self._find_missing(outcome)

    async def _search_strictly(self, request: SearchRequest) -> SearchOutcome:
        """Searches for records with every word."""
        interpreted = await self.interpret(request)
        request = await self._choose_order(request, interpreted)
        result = await self._engine.search(self.query(request, interpreted.strict))
        outcome = SearchOutcome(request, interpreted, result, result.total)
        if request.chosen and not self._is_enough(outcome):
            (complete,) = await self._engine.count([interpreted.strict])
            return replace(outcome, complete=complete)
        return outcome

    async def _choose_order(
        self, request: SearchRequest, interpreted: InterpretedQuery
    ) -> SearchRequest:
        """Puts the newest records first where the words ask for that (最新政策).

        Not for a title, and not where few records have every other word: the best come first then.
        """
        if not interpreted.newest or request.sort is not Sort.RELEVANCE:
            return request
        count, named = await self._engine.count(
            [interpreted.strict, self._interpreter.titled(interpreted.text)]
        )
        is_meant = count > self._weights.relaxation_few and not named
        return replace(request, sort=Sort.NEWEST) if is_meant else request

    def _is_enough(self, outcome: SearchOutcome) -> bool:
        """Whether no fallback is needed."""
        return outcome.complete > self._weights.relaxation_few or not outcome.interpreted.text

    async def _drop_loose_date(self, outcome: SearchOutcome) -> SearchOutcome:
        """Searches without a date that has no particle where no record of it has every word."""
        spoken = outcome.interpreted.spoken
        if outcome.complete or not spoken or not spoken.is_loose:
            return outcome
        return await self._search_strictly(replace(outcome.request, dates=False))

    async def _correct_spelling(self, outcome: SearchOutcome) -> SearchOutcome:
        """Searches for the corrected text where no record has every word, else suggests it."""
        request, words = outcome.request, await self._term_dictionary.words()
        if not request.correct or words is None:
            return outcome
        suggestion = await self._find_suggestion(outcome, words)
        if suggestion is None:
            return outcome
        if outcome.complete:
            is_worth = suggestion.count >= self._weights.spelling_offer * outcome.complete
            return replace(outcome, did_you_mean=suggestion.text if is_worth else None)
        corrected = await self._search_strictly(replace(request, text=suggestion.text))
        return replace(corrected, corrected_from=" ".join(request.text.split()))

    async def _relax(self, outcome: SearchOutcome) -> SearchOutcome:
        """Searches for records with most words, where that finds more."""
        request, interpreted = outcome.request, outcome.interpreted
        # A single word that was found needs no relaxation. In date order, records with every word
        # would not come first.
        is_ranked = _order(request) is Sort.RELEVANCE and len(interpreted.terms) > 1
        if interpreted.relaxed is None or not (is_ranked or not outcome.complete):
            return outcome
        result = await self._engine.search(self.query(request, interpreted.relaxed))
        is_more = result.total > outcome.result.total
        return replace(outcome, result=result, relaxed=True) if is_more else outcome

    async def _drop_date(self, outcome: SearchOutcome) -> SearchOutcome:
        """Searches without the date expression where nothing else was found."""
        if not outcome.interpreted.spoken or outcome.complete or outcome.result.total:
            return outcome
        undated = await self._search_strictly(replace(outcome.request, dates=False))
        if not self._is_enough(undated):
            undated = await self._relax(undated)
        if not undated.result.total:
            return outcome
        return replace(
            undated, corrected_from=outcome.corrected_from, did_you_mean=outcome.did_you_mean
        )

    async def _offer_unquoted(self, outcome: SearchOutcome) -> SearchOutcome:
        """Offers the words of a phrase that no record has as written."""
        text = outcome.interpreted.text
        loosened = unquote(text)
        if outcome.result.total or loosened == text:
            return outcome
        interpreted = await self.interpret(replace(outcome.request, text=loosened))
        (count,) = await self._engine.count([interpreted.relaxed or interpreted.strict])
        return replace(outcome, loosened=loosened if count else None)

    async def _find_missing(self, outcome: SearchOutcome) -> SearchOutcome:
        """Names the words that no record has, where that is why no record has every word."""
        interpreted = outcome.interpreted
        terms = interpreted.terms[:_NAMED]
        if outcome.complete or len(terms) < 2 or interpreted.codes:
            return outcome
        counts = await self._engine.count([self._interpreter.literally(term) for term in terms])
        missing = (term for term, count in zip(terms, counts, strict=True) if not count)
        return replace(outcome, missing=tuple(missing))

    async def interpret(self, request: SearchRequest) -> InterpretedQuery:
        """Returns the interpretation of the text of a request."""
        switches = Switches(expand=request.expand, dates=request.dates)
        return await self._word_reader.interpret(request.text, switches)

    async def _find_suggestion(
        self, outcome: SearchOutcome, words: PublicWords
    ) -> SpellingSuggestion | None:
        """Returns the best correction that finds records, or None where none is likely enough."""
        for candidate in _correct(outcome.interpreted, words, self._weights.spelling_gain):
            strict = (await self.interpret(replace(outcome.request, text=candidate.text))).strict
            pairs = [
                self._interpreter.literally(each)
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

    def query(self, request: SearchRequest, query: Query) -> EngineQuery:
        """Returns `query` with the filters, order and window of a request."""
        return EngineQuery(
            query=query,
            filters=build_filters(request, self._tables),
            facets=request.facets,
            sort=_order(request),
            offset=(request.page - 1) * request.size,
            limit=request.size,
            after=request.cursor,
        )


def _correct(
    interpreted: InterpretedQuery, words: PublicWords, least_gain: float
) -> Sequence[Correction]:
    """Returns corrections of a text, best first; none for numbers, operators and long texts."""
    text = normalize_text(interpreted.text)
    is_plain = not any(piece.phrase or piece.excluded for piece in split_pieces(interpreted.text))
    if interpreted.codes or not is_plain or len(text) > _LONGEST_CORRECTED:
        return ()
    if is_latin(text):
        return [Correction(each, 0.0, ()) for each in _read_latin(text, words)]
    corrections = words.corrector.correct(text, _CANDIDATES)
    return [each for each in corrections if each.gain >= least_gain]


def _read_latin(text: str, words: PublicWords) -> Sequence[str]:
    """Reads Latin letters as pinyin: all of them as one word, or each part between spaces.

    A word of the index comes before one that only queries use (社保卡 for 社会保障卡).
    """
    spoken = words.spoken.get(fold_latin(text), ())
    whole = [*_complete(text, words, _CANDIDATES), *spoken[:_CANDIDATES]]
    pieces = [_complete(piece, words, 1) or [piece] for piece in text.split()]
    return [*whole, " ".join(best[0] for best in pieces)] if len(pieces) > 1 else whole


def _complete(text: str, words: PublicWords, size: int) -> list[str]:
    if not is_latin(text):
        return []
    completions = words.lexicon.complete(text, size)
    return [each.text for each in completions if each.kind is MatchKind.PINYIN]


def _order(request: SearchRequest) -> Sort:
    """Returns the sort order; without words the newest records come first."""
    if request.sort is Sort.RELEVANCE and not request.text.strip():
        return Sort.NEWEST
    return request.sort
