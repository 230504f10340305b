"""Finds the public records that a record cites, and those that cite it (依据, 引用, 被引用).

A citation is linked where exactly one public document is meant: copies of a text are one document,
and of several versions of a title the only one in force counts. Both directions follow the same
rules. They are resolved for each request, so that a withdrawn record disappears at once.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.citations import Citation
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.engines.port import EngineQuery, SearchEngine
from gongkai.query.citation_marks import marks_of, numbered_mark, title_key, title_keys
from gongkai.query.request import Sort
from gongkai.query.similarity import title_mark
from gongkai.query.tree import And, Term, Terms
from gongkai.search.related import first_day

SHOWN = 50
"""Citations of one record that are looked up."""
CANDIDATES = 12
"""Records with one title or number that are considered; a title with more of them is recurring."""
_ENDED = frozenset(("失效", "废止", "已修改"))
_Found = Mapping[str, Sequence[StoredRecord]]


@dataclass(frozen=True, slots=True)
class CitedRecord:
    """A record that cites or is cited; `is_basis` tells that the text states it as its basis."""

    record: StoredRecord
    is_basis: bool


@dataclass(frozen=True, slots=True)
class Citing:
    """One page of the public records that cite a record, newest first, and their number."""

    total: int
    records: Sequence[CitedRecord]


class CitationFinder:
    """Finds citations in one engine; keeps no state between requests."""

    def __init__(self, engine: SearchEngine, analyzer: TextAnalyzer) -> None:
        self._engine = engine
        self._analyzer = analyzer

    async def cited(self, record: StoredRecord) -> list[CitedRecord]:
        """Returns the records that a record cites, in the order of its text."""
        citations = record.cites[:SHOWN]
        titles = {self._key(each) for each in citations if not each.document_number}
        numbers = {each.document_number for each in citations if each.document_number}
        titled, numbered = await asyncio.gather(
            self._find("title_base", titles - {""}), self._find("document_number", numbers)
        )
        found: dict[str, CitedRecord] = {}
        for each in citations:
            target = self._resolve(each, titled, numbered)
            if target and not _is_same(target, record):
                known = found.get(target.id)
                is_basis = each.is_basis or bool(known and known.is_basis)
                found[target.id] = CitedRecord(target, is_basis)
        return list(found.values())

    async def citing(self, record: StoredRecord, page: int, size: int) -> Citing:
        """Returns a page of the records that cite a record."""
        marks = await self._marks(record)
        if not marks:
            return Citing(0, ())
        # Copies of the record are the record itself.
        own = [Term("id", record.id)]
        own += [Term("text_key", record.text_key)] if record.text_key else []
        tree = And((Terms("cites", tuple(marks)),), exclude=tuple(own))
        query = EngineQuery(tree, sort=Sort.NEWEST, offset=(page - 1) * size, limit=size)
        result = await self._engine.search(query)
        records = await asyncio.to_thread(lambda: [decode_record(h.stored) for h in result.hits])
        found = [CitedRecord(each, self._is_basis(each, marks)) for each in records]
        return Citing(result.total, found)

    def _is_basis(self, citing: StoredRecord, marks: Iterable[str]) -> bool:
        """Whether a record states one of these marks as its basis."""
        stated = {
            m for each in citing.cites if each.is_basis for m in marks_of(each, self._analyzer)
        }
        return not stated.isdisjoint(marks)

    async def _marks(self, record: StoredRecord) -> list[str]:
        """Returns the marks of the citations that mean this record."""
        keys, number = title_keys(record.title, self._analyzer), record.document_number
        titled, numbered = await asyncio.gather(
            self._find("title_base", keys),
            self._find("document_number", [number] if number else []),
        )
        marks = [title_mark(key) for key in keys if _is_meant(record, titled.get(key, ()))]
        if not number:
            return marks
        alike = numbered.get(number, ())
        if _choose(alike):
            return [*marks, number] if _is_meant(record, alike) else marks
        named = (key for key in keys if _is_meant(record, self._with_key(alike, key)))
        return [*marks, *(numbered_mark(key, number) for key in named)]

    def _resolve(self, citation: Citation, titled: _Found, numbered: _Found) -> StoredRecord | None:
        """Returns the record that a citation means: a number decides, else the title."""
        key, number = self._key(citation), citation.document_number
        if number is None:
            return _choose(titled.get(key, ()))
        alike = numbered.get(number, ())
        return _choose(alike) or (_choose(self._with_key(alike, key)) if key else None)

    def _key(self, citation: Citation) -> str:
        return title_key(citation.title, self._analyzer) if citation.title else ""

    def _with_key(self, records: Sequence[StoredRecord], key: str) -> list[StoredRecord]:
        return [each for each in records if key in title_keys(each.title, self._analyzer)]

    async def _find(self, field: str, values: Iterable[str]) -> _Found:
        """Returns the records with each value of a field; none for a value with too many."""
        wanted = tuple(values)
        if not wanted:
            return {}
        counts = await self._engine.count([Term(field, each) for each in wanted])
        few = {v: n for v, n in zip(wanted, counts, strict=True) if 0 < n <= CANDIDATES}
        if not few:
            return {}
        query = EngineQuery(Terms(field, tuple(few)), limit=sum(few.values()))
        hits = (await self._engine.search(query)).hits
        return await asyncio.to_thread(
            lambda: self._arrange(field, few, [decode_record(each.stored) for each in hits])
        )

    def _arrange(
        self, field: str, values: Iterable[str], records: Iterable[StoredRecord]
    ) -> _Found:
        found: dict[str, list[StoredRecord]] = {each: [] for each in values}
        for record in records:
            is_titled = field == "title_base"
            own = (
                title_keys(record.title, self._analyzer) if is_titled else [record.document_number]
            )
            for value in own:
                if value in found:
                    found[value].append(record)
        return found


def _choose(candidates: Sequence[StoredRecord]) -> StoredRecord | None:
    """Returns the one document among the candidates, or None where several may be meant."""
    documents = _group(candidates)
    if len(documents) > 1:
        documents = [each for each in documents if each[0].validity not in _ENDED]
    return documents[0][0] if len(documents) == 1 else None


def _is_meant(record: StoredRecord, candidates: Sequence[StoredRecord]) -> bool:
    """Whether the one document among the candidates is this record."""
    target = _choose(candidates)
    return target is not None and _is_same(target, record)


def _group(candidates: Sequence[StoredRecord]) -> list[list[StoredRecord]]:
    """Returns the documents with their records; first the one to show: numbered, then earliest."""
    documents: list[list[StoredRecord]] = []
    for each in sorted(candidates, key=lambda r: (not r.document_number, first_day(r), r.id)):
        known = next((group for group in documents if _is_same(group[0], each)), None)
        if known is None:
            documents.append([each])
        else:
            known.append(each)
    return documents


def _is_same(one: StoredRecord, other: StoredRecord) -> bool:
    """Whether two records are one document: the same text, or the same entry without a text."""
    if one.id == other.id or (one.text_key and one.text_key == other.text_key):
        return True
    is_entry = not (one.text_key and other.text_key) and one.document_number is not None
    return is_entry and (one.document_number, one.title) == (other.document_number, other.title)
