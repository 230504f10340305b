"""Finds the records related to a record: repealed, repealing and similar ones."""

from collections.abc import Iterable
from datetime import date

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.document_number import parse_document_number
from gongkai.catalog.record import Record
from gongkai.catalog.repeals import Repeal
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.engines.port import EngineQuery, Hit, SearchEngine
from gongkai.query.relevance import Weights
from gongkai.query.similarity import Subject, find_repealed, find_repealing, find_similar

REPEALS_SHOWN = 50
"""Repealed documents of one record that are looked up; further ones are shown without a link."""
_COPIES = 4
"""Records considered for each cited document, since portals publish some documents twice."""


class RelatedRecords:
    """Finds related records in one engine; keeps no state between requests."""

    def __init__(self, engine: SearchEngine, analyzer: TextAnalyzer, weights: Weights) -> None:
        self._engine = engine
        self._analyzer = analyzer
        self._weights = weights

    async def repealed(self, record: StoredRecord) -> list[tuple[Repeal, StoredRecord | None]]:
        """Returns each repeal stated in the text, with the public record it refers to, if any."""
        cited = record.repeals[:REPEALS_SHOWN]
        titles = [self._analyzer.letters_only(each.title) for each in cited if each.title]
        numbers = [each.document_number for each in cited if each.document_number]
        if not titles and not numbers:
            return []
        query = EngineQuery(find_repealed(titles, numbers), limit=_COPIES * len(cited))
        found = [each for each in await self._ask(query) if _may_repeal(record, each)]
        meant = ((each, self._best_match(each, found)) for each in cited)
        return [*meant, *((each, None) for each in record.repeals[REPEALS_SHOWN:])]

    async def repealing(self, record: Record) -> list[StoredRecord]:
        """Returns the public records whose text states that they repeal this one."""
        key = self._analyzer.letters_only(record.title)
        query = EngineQuery(find_repealing(key, record.document_number), limit=_COPIES)
        found = await self._ask(query)
        return [
            each
            for each in found
            if _may_repeal(each, record)
            and any(self._is_meant(cited, record) for cited in each.repeals)
        ]

    async def similar(self, record: Record, size: int) -> list[Hit]:
        """Returns the most similar public records above a least score, without the record."""
        subject = Subject(record.title, record.keywords, record.topic)
        query = find_similar(subject, self._analyzer, self._weights)
        hits = (await self._engine.search(EngineQuery(query, limit=size + 1))).hits
        own = next((hit.score for hit in hits if hit.id == record.id), 0.0)
        least = own * self._weights.similar_least
        return [hit for hit in hits if hit.id != record.id and hit.score >= least][:size]

    async def _ask(self, query: EngineQuery) -> list[StoredRecord]:
        return [decode_record(hit.stored) for hit in (await self._engine.search(query)).hits]

    def _best_match(self, cited: Repeal, found: Iterable[StoredRecord]) -> StoredRecord | None:
        return next((each for each in found if self._is_meant(cited, each)), None)

    def _is_meant(self, cited: Repeal, record: Record) -> bool:
        """Whether a cited document is this record.

        Compares the title. Compares the number where the citation has no title or the number
        identifies one document and is no order number.
        """
        key = self._analyzer.letters_only(record.title)
        if cited.title and self._analyzer.letters_only(cited.title) == key:
            return _agrees(cited.document_number, record.document_number)
        number = cited.document_number
        if not number or number != record.document_number:
            return False
        return not cited.title or parse_document_number(number).form == "bracketed"


def _agrees(cited: str | None, own: str | None) -> bool:
    """Whether two numbers do not contradict; versions of 2010 and 2019 share a title."""
    return not cited or not own or cited == own


def _may_repeal(repealing: Record, repealed: Record) -> bool:
    """Whether a record may repeal another: not itself, nor a later version of the same title."""
    if repealing.id == repealed.id:
        return False
    if repealing.title != repealed.title:
        return True
    return first_day(repealed) < first_day(repealing)


def first_day(record: Record) -> date:
    return (record.issued_on or record.published_on).first_day
