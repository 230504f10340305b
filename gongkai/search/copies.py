"""Finds records with the same text, and folds those of a list into the best ranked one."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.duplicates.classify import classify
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.decisions import Decisions
from gongkai.duplicates.evidence import Kind
from gongkai.duplicates.titles import IsPlace, TitleRelation, compare_titles
from gongkai.engines.port import EngineQuery, Hit, SearchEngine
from gongkai.query.tree import Query, Term, Terms

MOST = 20
"""Records with one text that are compared; a text with more of them is a form."""


@dataclass(frozen=True, slots=True)
class RankedList:
    """A whole list: its query, and the ids of the records that another order puts first."""

    query: EngineQuery
    first: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Folded:
    """The hits of a page that are shown, and the copies of each by its id."""

    hits: tuple[Hit, ...]
    copies: Mapping[str, Sequence[StoredRecord]]


class CopyFinder:
    """Finds copies in one engine. `decisions` are those of staff about duplicates."""

    def __init__(self, engine: SearchEngine, decisions: Decisions, is_place: IsPlace) -> None:
        self._engine = engine
        self._decisions = decisions
        self._is_place = is_place

    async def find(self, record: StoredRecord) -> list[StoredRecord]:
        """Returns the other public records with the text of a record, newest first."""
        if not await self._find_shared([record.text_key]):
            return []
        query = EngineQuery(Term("text_key", record.text_key), limit=MOST)
        found = await self._read(query)
        others = [each for each in found if each.id != record.id]
        copies = await asyncio.to_thread(lambda: [o for o in others if self.is_copy(record, o)])
        return sorted(copies, key=lambda each: (each.published_on.iso, each.id), reverse=True)

    async def fold(self, hits: Sequence[Hit], ranked: RankedList) -> Folded:
        """Returns the hits of a page of the list without those shown as a copy of another hit.

        The best ranked record of the list is the one shown, on its page, whatever page is asked.
        """
        records = await asyncio.to_thread(lambda: [decode_record(hit.stored) for hit in hits])
        shared = await self._find_shared([each.text_key for each in records])
        if not shared:
            return Folded(tuple(hits), {})
        narrowed: dict[str, Query] = {"copies": Terms("text_key", shared)}
        query = replace(
            ranked.query,
            filters={**ranked.query.filters, **narrowed},
            facets=(),
            offset=0,
            limit=MOST * len(shared),
            after=None,
        )
        found = await self._read(query)
        places = {each: at for at, each in enumerate(ranked.first)}
        ordered = sorted(found, key=lambda each: places.get(each.id, len(places)))
        copies = await asyncio.to_thread(self._group, ordered)
        hidden = {each.id for group in copies.values() for each in group}
        return Folded(tuple(hit for hit in hits if hit.id not in hidden), copies)

    def is_copy(self, one: StoredRecord, other: StoredRecord) -> bool:
        """Whether two records are one document with the same text.

        Records with two document numbers, and those that staff have separated, are none.
        """
        numbers = {one.document_number, other.document_number} - {None}
        if len(numbers) > 1 or self._decisions.are_separate(one.id, other.id):
            return False
        if compare_titles(one.title, other.title, self._is_place).relation is TitleRelation.SAME:
            # Equal keys are equal texts, and reading a law again takes long.
            return one.text_key == other.text_key
        found = classify(Subject.of(one), Subject.of(other), self._is_place)
        return found is not None and found.kind.is_duplicate and Kind.SAME_TEXT in found.evidence

    async def _find_shared(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Returns those of the text keys that a few records have."""
        known = tuple(dict.fromkeys(filter(None, keys)))
        if not known:
            return ()
        counts = await self._engine.count([Term("text_key", each) for each in known])
        pairs = zip(known, counts, strict=True)
        return tuple(key for key, count in pairs if 1 < count <= MOST)

    async def _read(self, query: EngineQuery) -> list[StoredRecord]:
        hits = (await self._engine.search(query)).hits
        return await asyncio.to_thread(lambda: [decode_record(hit.stored) for hit in hits])

    def _group(self, ordered: Iterable[StoredRecord]) -> dict[str, list[StoredRecord]]:
        """Returns the copies of each record that is shown, by its id."""
        shown: defaultdict[str, list[StoredRecord]] = defaultdict(list)
        copies: defaultdict[str, list[StoredRecord]] = defaultdict(list)
        for record in ordered:
            leaders = shown[record.text_key]
            leader = next((each for each in leaders if self.is_copy(each, record)), None)
            if leader is None:
                leaders.append(record)
            else:
                copies[leader.id].append(record)
        return dict(copies)
