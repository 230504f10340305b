"""Builds the response views of stored records."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from analyzers.highlight import highlight
from gongkai.catalog.articles import Heading
from gongkai.catalog.record import Record
from gongkai.catalog.repeals import Repeal
from gongkai.catalog.stored_record import StoredRecord, decode_record
from gongkai.catalog.tables import Tables
from gongkai.engines.port import Hit
from gongkai.search.answers import FoundAnswer
from gongkai.search.passages import choose_passage
from gongkai.search.responses import (
    ArticleView,
    AttachmentView,
    CitedDocument,
    HitView,
    PassageView,
    PublisherView,
    RecordView,
)

LIST_CHARACTERS = 400_000
"""Characters read to highlight the hits of one list: 17 ms at 40 ns each."""


class Views:
    """Builds views with the labels of one city's tables; the index holds codes."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def hits(
        self,
        hits: Sequence[Hit],
        highlight_terms: Sequence[str] = (),
        related: Collection[str] = (),
    ) -> list[HitView]:
        """Returns the rows of a list with highlighted terms; `related` are ids of related records.

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
                    related=hit.id in related,
                    **self._shared(record, HitView),
                )
            )
            left -= min(sum(map(len, sources)), share)
        return views

    def record(
        self,
        record: StoredRecord,
        repeals: Iterable[tuple[Repeal, Record | None]] = (),
        repealing: Iterable[Record] = (),
    ) -> RecordView:
        """Returns the whole record; `repeals` pairs each citation with the record it refers to."""
        return RecordView(
            attachments=[
                AttachmentView(name=a.name, url=a.url, text=a.text, text_state=a.text_state)
                for a in record.attachments
            ],
            repeals=[_cite(cited, found) for cited, found in repeals],
            repealed_by=[_cite(each, each) for each in repealing],
            **self._shared(record, RecordView),
        )

    def answer(self, found: FoundAnswer) -> PassageView:
        """Returns the passage that answers a question, with its source."""
        return PassageView(
            text=found.passage,
            article=_view_article(found.article),
            **self._shared(found.record, PassageView),
        )

    def _shared(
        self, record: Record, view: type[HitView | PassageView | RecordView]
    ) -> dict[str, Any]:
        """Returns the members that a view has from the record."""
        name = self._tables.agencies.label_of(record.publisher)
        issued_on = record.issued_on.iso if record.issued_on else None
        return {
            **{key: getattr(record, key) for key in _KEYS[view]},
            "publisher": PublisherView(code=record.publisher, name=name),
            "published_on": record.published_on.iso,
            **({} if view is PassageView else {"issued_on": issued_on}),
        }


def _passage_sources(record: Record) -> list[str]:
    """Returns the texts a snippet may come from: the record's own, then each attachment's."""
    summary, body = record.summary, record.body
    text = body if summary in body else f"{summary}\n{body}"
    read = (f"附件《{each.name}》：{each.text}" for each in record.attachments if each.text)
    return [text, *read]


def _view_article(article: Heading | None) -> ArticleView | None:
    if article is None:
        return None
    return ArticleView(number=article.number, label=article.label, anchor=article.anchor)


def _cite(cited: Repeal | Record, found: Record | None) -> CitedDocument:
    return CitedDocument(
        title=cited.title or (found.title if found else None),
        document_number=cited.document_number or (found.document_number if found else None),
        id=found.id if found else None,
    )


_OWN = frozenset(Record.__dataclass_fields__) - {"attachments"}
_KEYS = {
    view: tuple(key for key in view.__dataclass_fields__ if key in _OWN)
    for view in (HitView, PassageView, RecordView)
}
