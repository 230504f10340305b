"""Finds the versions of a document among the public records."""

import asyncio
from collections.abc import Sequence

from analyzers.normalize import literal_text
from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.legal_rank import read_legal_rank
from gongkai.catalog.record import Record
from gongkai.catalog.repeals import Repeal
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.catalog.title_base import read_title_base
from gongkai.duplicates.classify import REVISED, REVISED_CONTAINED
from gongkai.duplicates.shingles import Shingles, cut_shingles, measure_overlap
from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.query.tree import match_run
from gongkai.search.related import first_day

MOST = 12
"""Records with one title that are considered; a title with more of them is a recurring one."""
_READ = 40
"""Records whose titles contain the title that are read."""
_LONGEST_TITLE = 80
_COMPARED = 20_000
"""Characters of each text that decide whether two records are versions."""


class VersionFinder:
    """Finds versions in one engine; keeps no state between requests."""

    def __init__(self, engine: SearchEngine, analyzer: TextAnalyzer) -> None:
        self._engine = engine
        self._key = analyzer.letters_only

    async def find(
        self,
        record: StoredRecord,
        repealed: Sequence[tuple[Repeal, StoredRecord | None]],
        repealing: Sequence[StoredRecord],
    ) -> list[StoredRecord]:
        """Returns the other versions of a record, newest first.

        They have its title, or repeal it or are repealed by it, and a text like its own.
        """
        if not record.text_key:
            return []
        titled = await self._find_titled(record)
        named = [found for _, found in repealed if found]
        others = {each.id: each for each in (*titled, *named, *repealing)}
        others.pop(record.id, None)
        found = await asyncio.to_thread(_choose_revisions, record, list(others.values())[:MOST])
        return sorted(found, key=lambda each: (first_day(each), each.id), reverse=True)

    async def _find_titled(self, record: StoredRecord) -> list[StoredRecord]:
        key = self._base(record)
        if not 2 <= len(key) <= _LONGEST_TITLE:
            return []
        # The titles that are hardly longer than the run score best.
        query = EngineQuery(match_run("title_grams", key), limit=_READ)
        hits = (await self._engine.search(query)).hits
        found = await asyncio.to_thread(lambda: [decode_record(each.stored) for each in hits])
        titled = [each for each in found if self._base(each) == key]
        is_recurring = len(titled) > MOST
        return [] if is_recurring else [each for each in titled if _is_of_one(each, record)]

    def _base(self, record: Record) -> str:
        return self._key(read_title_base(record.title))


def _choose_revisions(record: StoredRecord, others: Sequence[StoredRecord]) -> list[StoredRecord]:
    """Returns the records with another text, of which one may be the revision of the other."""
    different = [each for each in others if each.text_key not in ("", record.text_key)]
    if not different:
        return []
    shingles = _cut(record)
    return [each for each in different if _are_alike(shingles, _cut(each))]


def _cut(record: StoredRecord) -> Shingles:
    return cut_shingles(literal_text(record.body[:_COMPARED]))


def _are_alike(ours: Shingles, theirs: Shingles) -> bool:
    jaccard, containment = measure_overlap(ours, theirs)
    return jaccard >= REVISED or containment >= REVISED_CONTAINED


def put_in_order(records: Sequence[StoredRecord]) -> list[StoredRecord]:
    """Returns versions, the earliest first."""
    return sorted(records, key=lambda each: (first_day(each), each.id))


def _is_of_one(one: Record, other: Record) -> bool:
    """Whether two records are of one agency; copies of a law are on many sites."""
    if one.publisher == other.publisher:
        return True
    return bool(read_legal_rank(one.title) and read_legal_rank(other.title))
