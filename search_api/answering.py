"""A checked request in, a SearchAnswer or RecordView out. API, pages and CLI call it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from analyzers.highlight import highlight, snippet
from catalog.fields import FACETS
from engines.opening import Installation
from engines.port import EngineQuery, SearchEngine, SearchResult
from queries.filters import build_filters, chosen_values
from queries.request import SearchRequest, Sort
from queries.tree import Everything, Query
from queries.understand import Understanding, UnderstoodQuery
from search_api.answer import (
    AttachmentView,
    ClassificationsAnswer,
    HitView,
    PublisherView,
    QueryView,
    RecordView,
    SearchAnswer,
)
from search_api.facets import build_facet

SNIPPET_LENGTH = 120


class Answering:
    """Holds what an answer is made with; one object serves every request of a process."""

    def __init__(self, installation: Installation, engine: SearchEngine) -> None:
        self._tables = installation.tables
        self._engine = engine
        self._understanding = Understanding(installation.analysis)

    async def search(self, request: SearchRequest) -> SearchAnswer:
        """Raises BadRequestError, EngineUnavailableError, IndexMismatchError."""
        started = time.perf_counter()
        understood = self._understanding.understand(request.text)
        result, relaxed = await self._ask(request, understood)
        needles = understood.needles if request.highlight else ()
        return SearchAnswer(
            query=QueryView(text=understood.text, terms=list(understood.terms), relaxed=relaxed),
            total=result.total,
            page=request.page,
            size=request.size,
            next_cursor=result.next_cursor,
            hits=[self._hit(orjson.loads(h.stored), h.score, needles) for h in result.hits],
            facets=self._facets(request, result),
            took_ms=round((time.perf_counter() - started) * 1000, 2),
        )

    async def record(self, record_id: str) -> RecordView | None:
        """One record, or None where no public record has this id."""
        stored = await self._engine.fetch(record_id)
        return self._record(orjson.loads(stored)) if stored is not None else None

    async def is_withdrawn(self, record_id: str) -> bool:
        """Whether the record was published once and taken off since."""
        return await self._engine.is_withdrawn(record_id)

    async def classifications(self) -> ClassificationsAnswer:
        """Every class of every tree, and every agency, with the records below it."""
        result = await self._engine.search(EngineQuery(Everything(), facets=FACETS, limit=0))
        trees = {
            name: build_facet(name, result.facets[name], frozenset(), self._tables, whole=True)
            for name in FACETS
        }
        return ClassificationsAnswer(trees=trees)

    async def _ask(
        self, request: SearchRequest, understood: UnderstoodQuery
    ) -> tuple[SearchResult, bool]:
        """All words first; most of them only where no record at all has every one."""
        asked = self._engine_query(request, understood.strict)
        result = await self._engine.search(asked)
        if result.total or understood.relaxed is None or request.chosen:
            return result, False
        loose = await self._engine.search(replace(asked, query=understood.relaxed))
        return (loose, True) if loose.total else (result, False)

    def _engine_query(self, request: SearchRequest, query: Query) -> EngineQuery:
        return EngineQuery(
            query=query,
            filters=build_filters(request, self._tables),
            facets=request.facets,
            sort=_order(request),
            offset=(request.page - 1) * request.size,
            limit=request.size,
            after=request.cursor,
        )

    def _facets(self, request: SearchRequest, result: SearchResult) -> dict[str, Any]:
        chosen = chosen_values(request, self._tables)
        return {
            name: build_facet(name, counts, chosen.get(name, frozenset()), self._tables)
            for name, counts in result.facets.items()
        }

    def _hit(self, stored: Mapping[str, Any], score: float, needles: Sequence[str]) -> HitView:
        """`stored` is our own; it was checked when it was taken in."""
        summary, body = stored["summary"], stored["body"]
        text = body if summary in body else f"{summary}\n{body}"
        return HitView.model_construct(
            score=round(score, 4),
            title_html=highlight(stored["title"], needles),
            snippet_html=snippet(text, needles, SNIPPET_LENGTH),
            publisher=self._publisher(stored),
            **{key: stored[key] for key in _HIT_KEYS},
        )

    def _record(self, stored: Mapping[str, Any]) -> RecordView:
        return RecordView.model_construct(
            publisher=self._publisher(stored),
            attachments=[AttachmentView.model_construct(**each) for each in stored["attachments"]],
            **{key: stored[key] for key in _RECORD_KEYS},
        )

    def _publisher(self, stored: Mapping[str, Any]) -> PublisherView:
        code = stored["publisher"]
        return PublisherView.model_construct(code=code, name=self._tables.agencies.label_of(code))


def _order(request: SearchRequest) -> Sort:
    """Without words nothing is more relevant than anything else: the newest come first."""
    if request.sort is Sort.RELEVANCE and not request.text.strip():
        return Sort.NEWEST
    return request.sort


_HIT_KEYS = tuple(
    name
    for name in HitView.model_fields
    if name not in ("score", "title_html", "snippet_html", "publisher")
)
_RECORD_KEYS = tuple(
    name for name in RecordView.model_fields if name not in ("publisher", "attachments")
)
