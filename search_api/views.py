"""What the index stored of a record in, what readers see of it out. `Answering` calls it.

What is stored is our own and was checked when it was taken in, so it is not validated again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from analyzers.highlight import highlight, snippet
from analyzers.normalize import literal_text
from catalog.tables import Tables
from engines.port import Hit
from search_api.answer import (
    AttachmentView,
    CitedDocument,
    HitView,
    PublisherView,
    RecordView,
)

SNIPPET_LENGTH = 120
Stored = Mapping[str, Any]


class Views:
    """Labels come from the city's tables; the index holds codes."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def hit(self, hit: Hit, needles: Sequence[str] = (), *, related: bool = False) -> HitView:
        """One row of a list, with the words that were looked for marked."""
        stored = orjson.loads(hit.stored)
        return HitView(
            score=round(hit.score, 4),
            title_html=highlight(stored["title"], needles),
            snippet_html=snippet(_passage_source(stored, needles), needles, SNIPPET_LENGTH),
            publisher=self._publisher(stored),
            related=related,
            **{key: stored[key] for key in _HIT_KEYS},
        )

    def record(
        self,
        stored: Stored,
        repeals: Iterable[tuple[Stored, Stored | None]] = (),
        repealing: Iterable[Stored] = (),
    ) -> RecordView:
        """The whole record. `repeals`: each document as cited, with the record that it is."""
        return RecordView(
            publisher=self._publisher(stored),
            attachments=[AttachmentView(**each) for each in stored["attachments"]],
            repeals=[_cite(cited, found) for cited, found in repeals],
            repealed_by=[_cite(each, each) for each in repealing],
            **{key: stored[key] for key in _RECORD_KEYS},
        )

    def _publisher(self, stored: Stored) -> PublisherView:
        code = stored["publisher"]
        return PublisherView(code=code, name=self._tables.agencies.label_of(code))


def _passage_source(stored: Stored, needles: Sequence[str]) -> str:
    """What a passage is taken from: the record's own text, or an attachment that has more of it."""
    summary, body = stored["summary"], stored["body"]
    text = body if summary in body else f"{summary}\n{body}"
    read = [
        f"附件《{each['name']}》：{each['text']}" for each in stored["attachments"] if each["text"]
    ]
    if not read or not needles:
        return text
    return max((text, *read), key=lambda source: _count_found(source, needles))


def _count_found(text: str, needles: Sequence[str]) -> int:
    stream = literal_text(text)
    return sum(needle in stream for needle in needles)


def _cite(cited: Stored, found: Stored | None) -> CitedDocument:
    return CitedDocument(
        title=cited["title"] or (found["title"] if found else None),
        document_number=cited["document_number"] or (found["document_number"] if found else None),
        id=found["id"] if found else None,
    )


_HIT_KEYS = tuple(
    name
    for name in HitView.__dataclass_fields__
    if name not in ("score", "title_html", "snippet_html", "publisher", "related")
)
_RECORD_KEYS = tuple(
    name
    for name in RecordView.__dataclass_fields__
    if name not in ("publisher", "attachments", "repeals", "repealed_by")
)
