"""The search service: answers search, record, export and facet requests."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import date

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.fields import FACETS
from gongkai.catalog.instants import today_in_china
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.duplicates.decisions import Decisions
from gongkai.duplicates.revision import compare_versions
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery, Generation, Hit, SearchEngine, SearchResult
from gongkai.engines.scan import read_pages
from gongkai.query.expansion import QueryExpander
from gongkai.query.explanation import ScoredPart, find_parts
from gongkai.query.filters import chosen_values
from gongkai.query.interpreter import QueryInterpreter
from gongkai.query.relevance import DEFAULT_PROFILE, load_weights
from gongkai.query.request import SearchRequest, Sort
from gongkai.query.tree import MatchAll, Term
from gongkai.query.vocabulary import ReadVocabulary, no_vocabulary
from gongkai.search.chosen_query import ChosenQuery
from gongkai.search.copies import CopyFinder, Folded, RankedList
from gongkai.search.facets import Facet, FacetBuilder
from gongkai.search.hybrid import HybridPage, HybridSearch
from gongkai.search.interpretations import Interpretations
from gongkai.search.query_view import view_query
from gongkai.search.related import RelatedRecords
from gongkai.search.relaxation import QueryRelaxation
from gongkai.search.responses import (
    ClassificationsAnswer,
    ComparisonAnswer,
    FacetValueView,
    PublisherView,
    RecordView,
    SearchAnswer,
    SimilarAnswer,
)
from gongkai.search.strict_search import search_strictly
from gongkai.search.term_dictionary import TermDictionary
from gongkai.search.versions import VersionFinder, put_in_order
from gongkai.search.views import Marks, Relations, Views
from gongkai.semantic.routing import allows_semantic_search
from gongkai.semantic.semantic_search import SemanticSearch

STREAMED_AT_ONCE = 500
"""Records that a streamed list reads from the engine at once."""


class SearchService:
    """Answers requests of one installation; one instance serves all requests of a process."""

    def __init__(
        self,
        installation: Installation,
        engine: SearchEngine,
        *,
        profile: str = DEFAULT_PROFILE,
        today: Callable[[], date] = today_in_china,
        semantic: SemanticSearch | None = None,
    ) -> None:
        self._tables = installation.tables
        self._engine = engine
        self.agencies = agencies = installation.tables.agencies

        def is_prefix(text: str) -> bool:
            return self.term_dictionary.is_prefix(text)

        self._expander = expander = QueryExpander(installation.synonyms, agencies, is_prefix)
        self.term_dictionary = TermDictionary(
            engine,
            installation.analyzer,
            lambda text: expander.is_name(text) or installation.places.is_name(text),
            {name for pair in installation.synonyms for name in (pair.term, pair.official)},
        )
        self._weights = weights = load_weights(profile)
        self.today = today
        self._installation, self._semantic = installation, semantic
        self._use_vocabulary(no_vocabulary)
        self._interpretations = Interpretations(engine, installation.analyzer)
        self._related_records = RelatedRecords(engine, installation.analyzer, weights)
        self._copies = CopyFinder(
            engine, Decisions(installation.settings.data_dir), installation.places.is_name
        )
        self._versions = VersionFinder(engine, installation.analyzer)
        self.views = Views(installation.tables, today)
        self._facet_builder = FacetBuilder(installation.tables)

    def with_vocabulary(self, read_vocabulary: ReadVocabulary) -> "SearchService":
        """Returns this service with a vocabulary of staff; both share what they read."""
        other = copy(self)
        other._use_vocabulary(read_vocabulary)
        return other

    def _use_vocabulary(self, read_vocabulary: ReadVocabulary) -> None:
        engine, weights, installation = self._engine, self._weights, self._installation
        expander = self._expander.with_vocabulary(read_vocabulary)
        interpreter = QueryInterpreter(installation.analyzer, weights, expander, today=self.today)
        self._relaxation = relaxation = QueryRelaxation(
            engine, interpreter, self.term_dictionary, installation, weights
        )
        semantic = self._semantic
        self._hybrid = HybridSearch(engine, relaxation, semantic, weights) if semantic else None

    async def search(self, request: SearchRequest) -> SearchAnswer:
        """Returns the answer to a request.

        Raises BadRequestError, EngineUnavailableError, IndexMismatchError.
        """
        started = time.perf_counter()
        interpreted = await self._relaxation.interpret(request)
        strict = None
        if not (self._hybrid and allows_semantic_search(request, interpreted)):
            strict = await search_strictly(self._engine, self._relaxation, request, interpreted)
        full = strict.full if strict else None
        chosen = await self._relaxation.choose(request, interpreted, full)
        page = await self._hybrid.search(request, chosen) if self._hybrid else None
        if page is None:
            query = self._relaxation.query(request, chosen)
            result = strict.read(query) if strict else None
            result = result or await self._engine.search(query)
            page = HybridPage(None, result, RankedList(query))
        full = page.keyword_total
        if chosen.is_relaxed:
            full = await self._relaxation.count_full(chosen, request)
        return await self._assemble(request, chosen, page, full, started)

    async def _assemble(
        self,
        request: SearchRequest,
        chosen: ChosenQuery,
        page: HybridPage,
        full: int,
        started: float,
    ) -> SearchAnswer:
        highlight_terms = chosen.interpreted.highlight_terms if request.highlight else ()
        result = page.result
        folded = Folded(result.hits, {})
        if request.fold and request.cursor is None:
            folded = await self._copies.fold(result.hits, page.ranked)
        facets = self._facets(request, result)
        marks = Marks(page.related, chosen.placed_first, folded.copies)
        return SearchAnswer(
            query=replace(
                view_query(request, chosen, page, full), unit=self._view_unit(request.unit)
            ),
            total=result.total,
            page=request.page,
            size=request.size,
            next_cursor=result.next_cursor,
            hits=await self.views.read_hits(folded.hits, highlight_terms, marks),
            facets={name: facet.values for name, facet in facets.items()},
            more={name: facet.more for name, facet in facets.items() if facet.more},
            answer=self.views.answer(page.answer) if page.answer else None,
            took_ms=round((time.perf_counter() - started) * 1000, 2),
        )

    async def explain(self, request: SearchRequest, record_id: str) -> list[ScoredPart]:
        """Returns the score that each weight of relevance.toml gives a record, for staff.

        Empty where the query does not find the record. Of alternatives (title, entry, body) only
        the best counts, so the parts do not add up to the total. The cosine and the score of the
        fused list follow, where semantic search lists the record.
        """
        chosen = await self._relaxation.choose(request)
        wanted = {"id": Term("id", record_id)}
        whole = await self._engine.search(EngineQuery(chosen.tree, filters=wanted, limit=1))
        semantic = await self._hybrid.explain(request, chosen, record_id) if self._hybrid else {}
        semantic_parts = [ScoredPart(name, "", score) for name, score in semantic.items()]
        if not whole.total:
            return semantic_parts
        parts = [ScoredPart("total", "", whole.hits[0].score)]
        for part in find_parts(chosen.tree):
            found = await self._engine.search(EngineQuery(part.query, filters=wanted, limit=1))
            if found.hits and found.hits[0].score:
                parts.append(ScoredPart(part.name, part.asks, found.hits[0].score))
        return [*dict.fromkeys(parts), *semantic_parts]

    async def fetch(self, record_id: str) -> StoredRecord | None:
        """Returns one record as stored, or None where no public record has this id."""
        stored = await self._engine.fetch(record_id)
        return None if stored is None else await asyncio.to_thread(decode_record, stored)

    async def record(self, record_id: str) -> RecordView | None:
        """Returns one record, or None where no public record has this id."""
        record = await self.fetch(record_id)
        return await self.view(record) if record else None

    async def view(self, record: StoredRecord) -> RecordView:
        """Returns a record with its relations."""
        related, explaining = self._related_records, self._interpretations
        repealed, repealing, explained, explaining_it, copies = await asyncio.gather(
            related.repealed(record),
            related.repealing(record),
            explaining.explained(record),
            explaining.explaining(record),
            self._copies.find(record),
        )
        versions = await self._versions.find(record, repealed, repealing)
        relations = Relations(repealed, repealing, explained, explaining_it, copies, versions)
        return self.views.record(record, relations)

    async def comparison(self, record_id: str, other_id: str) -> ComparisonAnswer | None:
        """Returns the differences by article between two versions of one document.

        None unless both are public records and versions of each other.
        """
        record = await self.fetch(record_id)
        if record is None:
            return None
        repealed, repealing = await asyncio.gather(
            self._related_records.repealed(record), self._related_records.repealing(record)
        )
        versions = await self._versions.find(record, repealed, repealing)
        other = next((each for each in versions if each.id == other_id), None)
        if other is None:
            return None
        earlier, later = put_in_order([record, other])
        articles = await asyncio.to_thread(compare_versions, earlier.body, later.body)
        return self.views.comparison(earlier, later, articles)

    async def similar(self, record: StoredRecord, size: int) -> SimilarAnswer:
        """Returns records on the same subject."""
        hits = await self._related_records.similar(record, size)
        return SimilarAnswer(hits=await self.views.read_hits(hits))

    async def every(self, request: SearchRequest) -> AsyncIterator[RecordView]:
        """Yields all records that a request finds, newest first, or oldest first if requested.

        Records are in date order, so that a commit between two pages neither repeats nor skips
        earlier records.
        """
        sort = Sort.OLDEST if request.sort is Sort.OLDEST else Sort.NEWEST
        first = replace(request, page=1, size=STREAMED_AT_ONCE, cursor=None, facets=())
        query = self._relaxation.query(first, await self._relaxation.choose(first))
        async for result in read_pages(self._engine, replace(query, sort=sort)):
            for record in await asyncio.to_thread(self._read_records, result.hits):
                yield record

    async def is_format(self, value: str) -> bool:
        """Whether the table or a record has this value of 信息格式; aliases (xlsx) are none."""
        if value == MISSING or self._tables.tree("format").known(value):
            return True
        (count,) = await self._engine.count([Term("format", value)])
        return count > 0

    async def is_withdrawn(self, record_id: str) -> bool:
        """Whether the record was published once and withdrawn since."""
        return await self._engine.is_withdrawn(record_id)

    async def classifications(self) -> ClassificationsAnswer:
        """Returns every class of every tree, and every agency, with record counts."""
        result = await self._engine.search(EngineQuery(MatchAll(), facets=FACETS, limit=0))
        trees = {
            name: self._facet_builder.build_whole(name, result.facets[name]) for name in FACETS
        }
        return ClassificationsAnswer(trees=trees)

    async def facet(self, request: SearchRequest, name: str) -> list[FacetValueView]:
        """Returns every value of one facet among the results of a request."""
        first = replace(request, page=1, size=1, cursor=None, facets=(name,))
        query = self._relaxation.query(first, await self._relaxation.choose(first))
        counts = (await self._engine.search(replace(query, limit=0))).facets[name]
        chosen = chosen_values(request, self._tables).get(name, frozenset())
        return self._facet_builder.build_whole(name, counts, chosen)

    async def live(self) -> Generation:
        """Returns the live generation."""
        return await self._engine.live()

    async def created(self) -> str:
        """Returns the time that the live generation was created, ISO 8601 in UTC."""
        return (await self.live()).created

    async def highlight_terms(self, text: str) -> tuple[str, ...]:
        """Returns the terms to highlight in a text for a query text."""
        if not text.strip():
            return ()
        return (await self._relaxation.interpret(SearchRequest(text))).highlight_terms

    def _view_unit(self, unit: str | None) -> PublisherView | None:
        agency = self.agencies.find_exactly(unit) if unit else None
        return PublisherView(code=agency.code, name=agency.name) if agency else None

    def _read_records(self, hits: Sequence[Hit]) -> list[RecordView]:
        return [self.views.record(decode_record(hit.stored)) for hit in hits]

    def _facets(self, request: SearchRequest, result: SearchResult) -> dict[str, Facet]:
        chosen = chosen_values(request, self._tables)
        return {
            name: self._facet_builder.build(
                name, counts, request.facet_size, chosen.get(name, frozenset())
            )
            for name, counts in result.facets.items()
        }
