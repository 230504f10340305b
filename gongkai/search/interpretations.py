"""Links documents and the records that explain them (文件与解读), both ways."""

from collections.abc import Iterable

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.explained import Explained
from gongkai.catalog.record import Record
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.catalog.title_base import read_issued
from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.query.similarity import find_explained, find_explaining
from gongkai.search.related import first_day

SHOWN = 20
"""Records that explain one document, and records considered for the documents of one of them."""


class Interpretations:
    """Finds these links in one engine; keeps no state between requests."""

    def __init__(self, engine: SearchEngine, analyzer: TextAnalyzer) -> None:
        self._engine = engine
        self._key = analyzer.letters_only

    async def explained(self, record: StoredRecord) -> list[tuple[Explained, StoredRecord | None]]:
        """Returns each document that a record explains, with the public record of it, if any."""
        cited = record.explained
        titles = [self._key(each.title) for each in cited if each.title]
        numbers = [each.document_number for each in cited if each.document_number]
        if not titles and not numbers:
            return []
        query = EngineQuery(find_explained(titles, numbers), limit=SHOWN)
        found = [each for each in await self._ask(query) if _may_explain(record, each)]
        return [(each, self._choose(each, found)) for each in cited]

    async def explaining(self, record: StoredRecord) -> list[StoredRecord]:
        """Returns the public records that explain this one, oldest first."""
        query = find_explaining(self._names(record), record.document_number)
        found = await self._ask(EngineQuery(query, limit=SHOWN))
        meant = [
            each
            for each in found
            if _may_explain(each, record)
            and any(self._is_named(cited, record) for cited in each.explained)
        ]
        return sorted(meant, key=lambda each: (first_day(each), each.id))

    async def _ask(self, query: EngineQuery) -> list[StoredRecord]:
        return [decode_record(hit.stored) for hit in (await self._engine.search(query)).hits]

    def _choose(self, cited: Explained, found: Iterable[StoredRecord]) -> StoredRecord | None:
        """Returns the latest of the documents that are meant: editions share a title."""
        named = [each for each in found if self._is_named(cited, each)]
        return max(named, key=lambda each: (first_day(each), each.id), default=None)

    def _is_named(self, cited: Explained, record: Record) -> bool:
        """Whether a record is the document, or the notice that issues it."""
        if cited.document_number and record.document_number:
            return cited.document_number == record.document_number
        return bool(cited.title) and self._key(cited.title or "") in self._names(record)

    def _names(self, record: Record) -> list[str]:
        """Returns the keys that a record goes by: its title, and of a notice what it issues."""
        issued = read_issued(record.title)
        return [self._key(each) for each in (record.title, issued) if each]


def _may_explain(explaining: StoredRecord, document: StoredRecord) -> bool:
    """Whether a record may explain another, which explains nothing and is not of a later day."""
    is_other = explaining.id != document.id and not document.explained
    return is_other and first_day(document) <= explaining.published_on.last_day
