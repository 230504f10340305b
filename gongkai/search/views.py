"""Builds the response views of stored records."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any, TypeAlias

from analyzers.highlight import highlight
from gongkai.catalog.articles import Heading
from gongkai.catalog.explained import Explained
from gongkai.catalog.record import Record
from gongkai.catalog.repeals import Repeal
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.catalog.tables import Tables
from gongkai.duplicates.revision import ArticleRevision, RevisionKind
from gongkai.engines.port import Hit
from gongkai.search.answers import FoundAnswer
from gongkai.search.passages import choose_passage
from gongkai.search.responses import (
    ArticleRevisionView,
    ArticleView,
    AttachmentView,
    CitedDocument,
    CitedView,
    ComparisonAnswer,
    CopyView,
    HitView,
    PassageView,
    PieceView,
    PublisherView,
    RecordView,
)

LIST_CHARACTERS = 400_000
"""Characters read to highlight the hits of one list: 17 ms at 40 ns each."""
SHORT_LIST = 60_000
"""Bytes of stored records whose rows are built in about three milliseconds, without a thread."""


Cited: TypeAlias = Repeal | Explained


@dataclass(frozen=True, slots=True)
class Relations:
    """The documents that a record names, each with the record it refers to, and those naming it."""

    repeals: Sequence[tuple[Repeal, Record | None]] = ()
    repealing: Sequence[Record] = ()
    explains: Sequence[tuple[Explained, Record | None]] = ()
    explaining: Sequence[Record] = ()
    copies: Sequence[StoredRecord] = ()
    versions: Sequence[StoredRecord] = ()


NO_RELATIONS = Relations()


@dataclass(frozen=True, slots=True)
class Marks:
    """What a list shows of its rows in addition to the records.

    `related` are ids of records that only the semantic search found, `pinned` of records that staff
    pinned to the query. `copies` are the records shown with a hit instead of a row of their own.
    """

    related: Collection[str] = ()
    pinned: Collection[str] = ()
    copies: Mapping[str, Sequence[StoredRecord]] = field(default_factory=dict)


NO_MARKS = Marks()


class Views:
    """Builds views with the labels of one city's tables; the index holds codes."""

    def __init__(self, tables: Tables, today: Callable[[], date]) -> None:
        self._tables = tables
        self._today = today

    async def read_hits(
        self,
        hits: Sequence[Hit],
        highlight_terms: Sequence[str] = (),
        marks: Marks = NO_MARKS,
    ) -> list[HitView]:
        """Returns `hits`; long texts are read in a thread, so that other requests go on."""
        if sum(len(hit.stored) for hit in hits) <= SHORT_LIST:
            return self.hits(hits, highlight_terms, marks)
        return await asyncio.to_thread(self.hits, hits, highlight_terms, marks)

    def hits(
        self,
        hits: Sequence[Hit],
        highlight_terms: Sequence[str] = (),
        marks: Marks = NO_MARKS,
    ) -> list[HitView]:
        """Returns the rows of a list with highlighted terms.

        All rows share one budget of characters. The unused share of a short text is passed to the
        next rows.
        """
        left, views = LIST_CHARACTERS, []
        for at, hit in enumerate(hits):
            record = decode_record(hit.stored)
            sources, share = _passage_sources(record), left // (len(hits) - at)
            passage = choose_passage(record.title, record.body, sources, highlight_terms, share)
            views.append(
                HitView(
                    score=round(hit.score, 4),
                    title_html=highlight(record.title, highlight_terms),
                    snippet_html=passage.html,
                    article=_view_article(passage.article),
                    related=hit.id in marks.related,
                    pinned=hit.id in marks.pinned,
                    folded=self._copies(marks.copies.get(hit.id, ())),
                    **self._shared(record, HitView),
                )
            )
            left -= min(sum(map(len, sources)), share)
        return views

    def record(
        self,
        record: StoredRecord,
        relations: Relations = NO_RELATIONS,
    ) -> RecordView:
        """Returns the whole record."""
        return RecordView(
            attachments=[
                AttachmentView(name=a.name, url=a.url, text=a.text, text_state=a.text_state)
                for a in record.attachments
            ],
            repeals=[_cite(cited, found) for cited, found in relations.repeals],
            repealed_by=[_cite(each, each) for each in relations.repealing],
            explains=[_cite(cited, found) for cited, found in relations.explains],
            explained_by=[_cite(each, each) for each in relations.explaining],
            copies=self._copies(relations.copies),
            versions=self._copies(relations.versions),
            term_passage=record.period.passage,
            trial=record.period.is_trial,
            **self._shared(record, RecordView),
        )

    def comparison(
        self, earlier: StoredRecord, later: StoredRecord, articles: Sequence[ArticleRevision]
    ) -> ComparisonAnswer:
        """Returns the differences between two versions."""
        old, new = self._copies([earlier, later])
        kinds = Counter(each.kind.value for each in articles)
        return ComparisonAnswer(
            earlier=old,
            later=new,
            counts={kind.value: kinds[kind.value] for kind in RevisionKind},
            articles=[_view_revision(each) for each in articles],
        )

    def answer(self, found: FoundAnswer) -> PassageView:
        """Returns the passage that answers a question, with its source."""
        return PassageView(
            text=found.passage,
            article=_view_article(found.article),
            **self._shared(found.record, PassageView),
        )

    def cited(self, record: StoredRecord, *, is_basis: bool) -> CitedView:
        """Returns a record that cites another one or is cited by it."""
        return CitedView(basis=is_basis, **self._shared(record, CitedView))

    def _copies(self, records: Sequence[StoredRecord]) -> list[CopyView]:
        return [CopyView(**self._shared(each, CopyView)) for each in records]

    def _shared(
        self,
        record: StoredRecord,
        view: type[CitedView | CopyView | HitView | PassageView | RecordView],
    ) -> dict[str, Any]:
        """Returns the members that a view has from the record."""
        name = self._tables.agencies.label_of(record.publisher)
        period = record.period
        days = {
            "issued_on": record.issued_on,
            "effective_on": period.effective_on,
            "expires_on": period.expires_on,
        }
        has_term = view not in (CitedView, CopyView)
        stated = {key: day.iso if day else None for key, day in days.items()}
        return {
            **dict(zip(_KEYS[view], _READERS[view](record), strict=True)),
            "publisher": PublisherView(code=record.publisher, name=name),
            "published_on": record.published_on.iso,
            **({"term_passed": period.is_passed(self._today())} if has_term else {}),
            **(stated if view in (HitView, RecordView) else {}),
        }


def _passage_sources(record: Record) -> list[str]:
    """Returns the texts a snippet may come from: the record's own, then each attachment's."""
    summary, body = record.summary, record.body
    text = body if summary in body else f"{summary}\n{body}"
    read = (f"附件《{each.name}》：{each.text}" for each in record.attachments if each.text)
    return [text, *read]


def _view_revision(article: ArticleRevision) -> ArticleRevisionView:
    return ArticleRevisionView(
        kind=article.kind.value,
        earlier_label=article.old_label,
        later_label=article.new_label,
        moved=article.is_moved,
        pieces=[
            PieceView(earlier=each.one, later=each.other, equal=each.is_equal)
            for each in article.pieces
        ],
    )


def _view_article(article: Heading | None) -> ArticleView | None:
    if article is None:
        return None
    return ArticleView(number=article.number, label=article.label, anchor=article.anchor)


def _cite(cited: Cited | Record, found: Record | None) -> CitedDocument:
    return CitedDocument(
        title=cited.title or (found.title if found else None),
        document_number=cited.document_number or (found.document_number if found else None),
        id=found.id if found else None,
    )


_OWN = frozenset(Record.__dataclass_fields__) - {"attachments"}
_KEYS = {
    view: tuple(key for key in view.__dataclass_fields__ if key in _OWN)
    for view in (CitedView, CopyView, HitView, PassageView, RecordView)
}
_READERS = {view: attrgetter(*keys) for view, keys in _KEYS.items()}
