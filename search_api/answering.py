"""A checked request in, a SearchAnswer or RecordView out. API, pages and CLI call it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from analyzers.highlight import highlight, snippet
from catalog.fields import FACETS
from engines.opening import Installation
from engines.port import EngineQuery, SearchEngine, SearchResult
from queries.explanation import find_parts
from queries.filters import chosen_values
from queries.knowledge import Knowledge
from queries.relevance import DEFAULT_PROFILE, load_weights
from queries.request import SearchRequest
from queries.spoken_dates import describe
from queries.tree import Everything, Term
from queries.understand import Understanding
from search_api.answer import (
    AttachmentView,
    ClassificationsAnswer,
    DateView,
    HitView,
    PublisherView,
    QueryView,
    RecordView,
    SearchAnswer,
)
from search_api.asking import Asked, Asking
from search_api.facets import build_facet
from search_api.vocabulary import Vocabulary

SNIPPET_LENGTH = 120


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """What one part of a question gave a record; `asks` is what it looked for."""

    name: str
    asks: str
    score: float


class Answering:
    """Holds what an answer is made with; one object serves every request of a process."""

    def __init__(
        self,
        installation: Installation,
        engine: SearchEngine,
        *,
        profile: str = DEFAULT_PROFILE,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._tables = installation.tables
        self._engine = engine
        agencies = installation.tables.agencies
        names = Knowledge(agencies=agencies)
        self.vocabulary = Vocabulary(
            engine,
            installation.analysis,
            lambda text: names.is_name(text) or installation.places.is_name(text),
            {name for pair in installation.synonyms for name in (pair.term, pair.official)},
        )
        knowledge = Knowledge(installation.synonyms, agencies, self.vocabulary.is_prefix)
        weights = load_weights(profile)
        understanding = Understanding(installation.analysis, weights, knowledge, today=today)
        self._asking = Asking(engine, understanding, self.vocabulary, installation.tables)

    async def search(self, request: SearchRequest) -> SearchAnswer:
        """Raises BadRequestError, EngineUnavailableError, IndexMismatchError."""
        started = time.perf_counter()
        asked = await self._asking.ask(request)
        needles = asked.understood.needles if request.highlight else ()
        return SearchAnswer(
            query=_view_query(asked),
            total=asked.result.total,
            page=request.page,
            size=request.size,
            next_cursor=asked.result.next_cursor,
            hits=[self._hit(orjson.loads(h.stored), h.score, needles) for h in asked.result.hits],
            facets=self._facets(request, asked.result),
            took_ms=round((time.perf_counter() - started) * 1000, 2),
        )

    async def explain(self, request: SearchRequest, record_id: str) -> list[ScoredPart]:
        """What each number of relevance.toml gives this record for this question; for staff.

        Of alternatives (title, entry, body of one word) the best counts, so parts do not add up.
        Empty where the record is not found by the question.
        """
        asked = await self._asking.ask(request)
        wanted = {"id": Term("id", record_id)}
        whole = await self._engine.search(EngineQuery(asked.tree, filters=wanted, limit=1))
        if not whole.total:
            return []
        parts = [ScoredPart("total", "", whole.hits[0].score)]
        for part in find_parts(asked.tree):
            found = await self._engine.search(EngineQuery(part.query, filters=wanted, limit=1))
            if found.hits and found.hits[0].score:
                parts.append(ScoredPart(part.name, part.asks, found.hits[0].score))
        return list(dict.fromkeys(parts))

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


def _view_query(asked: Asked) -> QueryView:
    understood = asked.understood
    spoken = understood.spoken
    return QueryView(
        text=understood.text,
        terms=list(understood.terms),
        corrected_from=asked.corrected_from,
        did_you_mean=asked.did_you_mean,
        relaxed=asked.relaxed,
        complete=asked.complete,
        expanded={term: list(others) for term, others in understood.expanded.items()},
        date=DateView(
            label=describe(spoken),
            published_from=spoken.first.iso if spoken.first else None,
            published_to=spoken.last.iso if spoken.last else None,
        )
        if spoken
        else None,
    )


_HIT_KEYS = tuple(
    name
    for name in HitView.model_fields
    if name not in ("score", "title_html", "snippet_html", "publisher")
)
_RECORD_KEYS = tuple(
    name for name in RecordView.model_fields if name not in ("publisher", "attachments")
)
