"""Autocomplete: words, titles, agencies and codes for a partial input.

Every suggestion was counted among the public records just before it is offered.
"""

import asyncio
import heapq
import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import Field

from analyzers.completion import CompletionIndex, MatchKind
from analyzers.normalize import normalize_text
from analyzers.pinyin import is_latin
from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.agencies import AgencyDirectory
from gongkai.catalog.document_number import find_document_numbers, parse_document_number
from gongkai.catalog.number_parts import IsPrefix, NumberParts, find_number_parts, split_number
from gongkai.catalog.stored_record import decode_record
from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.errors import GongkaiError
from gongkai.query.request import Sort
from gongkai.query.tree import And, Or, Phrase, Query, Term
from gongkai.search.background import start_in_background
from gongkai.search.term_dictionary import PublicWords, TermDictionary

log = logging.getLogger("gongkai")

_TITLES = 3
"""Titles among the suggestions, if words leave space for them."""
_AGENCIES = 2
_TITLES_SCORED = 10_000
"""Titles with a beginning that are scored; one that more titles contain tells none of them."""
_PAIRS_COUNTED = 4
_COUNTED_AHEAD = 500
"""Most frequent words, counted before anyone types them: counting them takes longest."""
_COUNTED_AT_ONCE = 50
_KEPT = 20_000
_NUMBERS_READ = 100
"""Records of an agency code and year that are read for their numbers, the newest."""
_OPEN_BRACKET = re.compile(r"[〔\[［(（【][0-9０-９]{0,4}$")
_UNFINISHED_YEAR = re.compile(r"[〔\[［(（【][0-9０-９]{0,3}[〕\]］)）】]?$")


class SuggestionKind(StrEnum):
    """What a suggestion is."""

    TERM = "term"
    TITLE = "title"
    PUBLISHER = "publisher"
    DOCUMENT_NUMBER = "document_number"


@dataclass(slots=True, kw_only=True)
class SuggestionView:
    """One completion, and how many public records hold it."""

    text: Annotated[str, Field(description="补全后的文字。")]
    kind: Annotated[
        SuggestionKind, Field(description="词语、标题、机构或者机关代字（文号的开头）。")
    ]
    count: Annotated[int, Field(description="含有它的信息条数。")]
    id: Annotated[str | None, Field(description="标题所属信息的编号。")] = None


@dataclass(slots=True, kw_only=True)
class SuggestAnswer:
    """Completions of what was typed, the likeliest first."""

    query: Annotated[str, Field(description="已经输入的文字。")]
    suggestions: Annotated[
        list[SuggestionView], Field(description="至多 `size` 条，最可能的在前。")
    ]


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    kind: SuggestionKind
    query: Query


@dataclass
class _Cache:
    """Counts and titles cached for one version of the index."""

    version: str
    counts: dict[Query, int] = field(default_factory=dict)
    titles: dict[str, list[SuggestionView]] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        return max(len(self.counts), len(self.titles)) > _KEPT


class Suggester:
    """Suggests completions; one instance serves all requests of a process."""

    def __init__(
        self,
        engine: SearchEngine,
        term_dictionary: TermDictionary,
        analyzer: TextAnalyzer,
        agencies: AgencyDirectory,
    ) -> None:
        self._engine = engine
        self._term_dictionary = term_dictionary
        self._analyzer = analyzer
        self._named = {
            normalize_text(name): each
            for each in agencies.all()
            for name in (*each.former_names, *each.short_names, each.name)
        }
        self._cache = _Cache("")
        self._counting: asyncio.Task[None] | None = None
        self._counts_ahead = False

    @cached_property
    def _agencies(self) -> CompletionIndex:
        # Reading the pinyin takes half a second; the first request should not wait for it.
        return CompletionIndex(dict.fromkeys(self._named, 1))

    def prepare(self) -> None:
        """Builds the indexes that the first completion would otherwise wait for."""
        len(self._agencies.counts)

    async def count_ahead(self) -> None:
        """Counts the most frequent words now, and again after each change of the index."""
        self._counts_ahead = True
        try:
            words = await self._term_dictionary.built()
            counts = words.counts if words else {}
            frequent = heapq.nlargest(_COUNTED_AHEAD, counts, key=counts.__getitem__)
            for at in range(0, len(frequent), _COUNTED_AT_ONCE):
                await self._count_unknown(map(_titled, frequent[at : at + _COUNTED_AT_ONCE]))
        except GongkaiError:
            log.info("frequent words were not counted ahead: the index cannot be searched")

    async def suggest(self, typed: str, size: int) -> SuggestAnswer:
        """Returns at most `size` completions, the likeliest first.

        Raises EngineUnavailableError, IndexMismatchError.
        """
        typed = " ".join(typed.split())
        if not self._analyzer.letters_only(typed):
            return SuggestAnswer(query=typed, suggestions=[])
        words = await self._term_dictionary.built()
        known = self._complete_words(typed, words, size) if words else []
        counted, titles, numbers = await asyncio.gather(
            self._count([*known, *self._complete_agencies(typed)]),
            self._complete_titles(typed),
            self._complete_numbers(typed, size),
        )
        shown = _arrange(
            [*counted, *numbers], titles, size if is_latin(typed) else size - size // 4
        )
        return SuggestAnswer(query=typed, suggestions=shown[:size])

    def _complete_words(self, typed: str, words: PublicWords, size: int) -> list[_Candidate]:
        terms = [
            _Candidate(each.text, SuggestionKind.TERM, _titled(each.text))
            for each in words.lexicon.complete(normalize_text(typed), size)
        ]
        return [*self._complete_codes(typed, words, size), *terms]

    def _complete_codes(self, typed: str, words: PublicWords, size: int) -> list[_Candidate]:
        """Completes agency codes (机关代字) by prefix or by pinyin: yzbm for 宜政办秘."""
        written = _UNFINISHED_YEAR.sub("", typed)
        beginning = normalize_text(written).replace(" ", "")
        if len(beginning) < 2:
            return []
        found = words.codes.complete(beginning, size // 2)
        return [
            _Candidate(each.text, SuggestionKind.DOCUMENT_NUMBER, Term("number_prefix", each.text))
            for each in found
            if each.kind is MatchKind.PINYIN or each.text.startswith(beginning)
        ]

    def _complete_agencies(self, typed: str) -> list[_Candidate]:
        """Completes agencies by any current or former name, each under its current one."""
        found = self._agencies.complete(normalize_text(typed), 4 * _AGENCIES)
        meant = [
            self._named[each.text]
            for each in found
            if each.kind is MatchKind.TEXT or len(typed) > 2
        ]
        return [
            _Candidate(each.name, SuggestionKind.PUBLISHER, Term("publisher", each.code))
            for each in dict.fromkeys(meant)
        ]

    async def _count(self, candidates: Sequence[_Candidate]) -> list[SuggestionView]:
        known = await self._count_unknown(each.query for each in candidates)
        return [
            SuggestionView(text=each.text, kind=each.kind, count=known[each.query])
            for each in candidates
            if known[each.query]
        ]

    async def _count_unknown(self, queries: Iterable[Query]) -> Mapping[Query, int]:
        """Returns all known counts, with those of the queries."""
        known = (await self._current_cache()).counts
        unknown = [each for each in queries if each not in known]
        if unknown:
            known.update(zip(unknown, await self._engine.count(unknown), strict=True))
        return known

    async def _current_cache(self) -> _Cache:
        """Returns the cache for the current index version; a withdrawal starts a new one."""
        version = await self._engine.version()
        if version != self._cache.version or self._cache.is_full:
            self._cache = _Cache(version)
            if self._counts_ahead and (self._counting is None or self._counting.done()):
                self._counting = start_in_background(self.count_ahead())
        return self._cache

    async def _complete_titles(self, typed: str) -> list[SuggestionView]:
        """Returns titles that contain the input as written."""
        run = self._analyzer.letters_only(typed)
        if len(run) < 2:
            return []
        known = (await self._current_cache()).titles
        if run not in known:
            known[run] = await self._find_titles(run)
        return known[run]

    async def _complete_numbers(self, typed: str, size: int) -> list[SuggestionView]:
        """Completes an agency code with its year (宜政办秘〔2021〕) to whole numbers."""
        parts = _read_beginning(typed, self._term_dictionary.is_prefix)
        if parts is None:
            return []
        named = Term("number_prefix", str(parts.prefix)), Term("number_year", str(parts.year))
        newest = EngineQuery(And(named), sort=Sort.NEWEST, limit=_NUMBERS_READ)
        found = (await self._engine.search(newest)).hits
        numbers = Counter(decode_record(hit.stored).document_number or "" for hit in found)
        return [
            SuggestionView(text=number, kind=SuggestionKind.DOCUMENT_NUMBER, count=count)
            for number, count in numbers.items()
            if (parse_document_number(number).serial or "").startswith(parts.serial or "")
        ][:size]

    async def _find_titles(self, run: str) -> list[SuggestionView]:
        pairs = tuple(run[at : at + 2] for at in range(len(run) - 1))
        named = [Term("title_grams", pair) for pair in pairs[:_PAIRS_COUNTED]]
        counts = await self._count_unknown(named)
        if min(counts[each] for each in named) > _TITLES_SCORED:
            return []
        query: Query = Phrase("title_grams", pairs) if len(pairs) > 1 else Term("title_grams", run)
        found = await self._engine.search(EngineQuery(And((query,)), limit=_TITLES))
        titles: dict[str, str] = {}
        for hit in found.hits:
            titles.setdefault(decode_record(hit.stored).title, hit.id)
        return [
            SuggestionView(text=title, kind=SuggestionKind.TITLE, count=1, id=record_id)
            for title, record_id in titles.items()
        ]


def _read_beginning(typed: str, is_prefix: IsPrefix) -> NumberParts | None:
    """Returns the parts of a text that is a code with its year and no more than a serial."""
    closed = f"{typed}〕" if _OPEN_BRACKET.search(typed) else typed
    whole = find_document_numbers(closed)
    if len(whole) == 1 and whole[0].start == 0 and whole[0].end == len(closed):
        parts = split_number(whole[0].number.canonical)
        return None if closed.endswith("号") or not (parts.prefix and parts.year) else parts
    for found in find_number_parts(closed, is_prefix):
        is_whole = found.start == 0 and found.end == len(closed)
        if is_whole and found.parts.prefix and found.parts.year:
            return found.parts
    return None


def _titled(word: str) -> Query:
    """Matches records with this word in the title or as a keyword, also inside a longer word."""
    return Or((Term("terms", word), Term("title_words", word)))


def _arrange(
    counted: Sequence[SuggestionView], titles: Sequence[SuggestionView], most_terms: int
) -> list[SuggestionView]:
    """Orders suggestions: `most_terms` words, then codes, agencies, titles, remaining words."""
    by_kind: dict[SuggestionKind, list[SuggestionView]] = {kind: [] for kind in SuggestionKind}
    for each in counted:
        by_kind[each.kind].append(each)
    others = [
        *by_kind[SuggestionKind.DOCUMENT_NUMBER],
        *by_kind[SuggestionKind.PUBLISHER][:_AGENCIES],
        *titles,
    ]
    named = {each.text for each in others}
    terms = [each for each in by_kind[SuggestionKind.TERM] if each.text not in named]
    return [*terms[:most_terms], *others, *terms[most_terms:]]
