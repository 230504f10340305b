"""The page of a record, with the search terms highlighted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from markupsafe import Markup

from analyzers.highlight import Marker
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.record import AttachmentText
from gongkai.query.request import TEXT_LIMIT, SearchRequest
from gongkai.search.citation_service import CitationsAnswer
from gongkai.search.responses import (
    AttachmentView,
    CitedDocument,
    CopyView,
    HitView,
    RecordView,
)
from search_api.web.badges import IN_FORCE, Badge, build_badges, choose_tone
from search_api.web.body_layout import Kind, Rows, lay_out, split_tables
from search_api.web.catalog_entry import Row, catalog_rows, extra_rows, is_web_address, spell_date
from search_api.web.citation import cite
from search_api.web.citations_page import build_citations
from search_api.web.contents import ContentsEntry, list_contents
from search_api.web.qr import draw_qr
from search_api.web.rendering import PageContext, render, shorten, trusted
from search_api.web.results_page import CopyRow, HitRow, build_copies, build_hit
from search_api.web.site import comparison_path, record_path
from search_api.web.structured_data import describe_record
from search_api.web.urls import apply_url, record_url, search_url

_WARNINGS = {
    "废止": "本文件已经废止，不再作为行政管理的依据。",
    "失效": "本文件已经失效，不再作为行政管理的依据。",
    "已修改": "目录标注本文件已经修改。本页可能不是修改后的文本，请以发布机构公布的现行文本为准。",
    "尚未生效": "目录标注本文件尚未生效，施行日期以文件规定为准。",
}

_TEXT_NOTES: Mapping[str, str] = {
    AttachmentText.NO_TEXT_LAYER: "这个附件是扫描件或者图片，其中的文字不能检索。",
    AttachmentText.MACHINE_READ: "这个附件的文字由机器识别，可能有误，以附件原文为准。",
    AttachmentText.UNREADABLE: "这个附件的内容无法识别，其中的文字不能检索。",
    AttachmentText.TOO_COSTLY: "这个附件结构过于复杂，其中的文字不能检索。",
}
_SUFFIX_LONGEST = 4
MARKED_CHARACTERS = 400_000
"""Characters of one page that are searched for terms to highlight."""


@dataclass(frozen=True, slots=True)
class MarkedParagraph:
    """A paragraph, or a table by its rows, with highlighted search terms."""

    kind: Kind
    text: Markup
    rows: tuple[tuple[Markup, ...], ...] = ()
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A document that repeals or is repealed. `href` is None if it is not a public record."""

    title: str
    number: str
    href: str | None


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """An attachment: name, kind of file (PDF), address, text in parts, and a note on the text."""

    name: str
    kind: str
    href: str | None
    parts: tuple[MarkedParagraph, ...]
    is_found: bool
    """Whether the text contains a search term."""
    note: str


@dataclass(frozen=True, slots=True)
class Downloads:
    """Addresses of the record's downloads."""

    text: str
    data: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The content of the page.

    A record on request (依申请公开) has no text and no attachments here.
    """

    plain_title: str
    title: Markup
    publisher: str
    key_facts: tuple[str, ...]
    badges: tuple[Badge, ...]
    warning: str
    tone: str
    """The colour of the warning, see Badge."""
    rows: tuple[Row, ...]
    extra: tuple[Row, ...]
    is_on_request: bool
    summary: Markup
    body: tuple[MarkedParagraph, ...]
    contents: Sequence[ContentsEntry]
    attachments: tuple[AttachedFile, ...]
    repeals: tuple[Relation, ...]
    repealed_by: tuple[Relation, ...]
    explains: tuple[Relation, ...]
    explained_by: tuple[Relation, ...]
    copies: tuple[CopyRow, ...]
    versions: tuple[tuple[CopyView, str, str], ...]
    similar: tuple[HitRow, ...]
    citation: str
    address: str
    apply: str
    downloads: Downloads


@dataclass(frozen=True, slots=True)
class Found:
    """The query that found a record, and the terms to highlight."""

    text: str = ""
    highlight_terms: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """The answers about other records that the page shows."""

    similar: Sequence[HitView]
    citations: CitationsAnswer


def render_record(
    record: RecordView,
    beside: Beside,
    found: Found,
    context: PageContext,
    today: date,
) -> str:
    """Renders the page. `found.text` builds the link back to the list."""
    text = found.text.strip()[:TEXT_LIMIT]
    shown = build_record_page(record, beside.similar, found, context.base, today)
    return render(
        "record.html",
        context,
        record=shown,
        citations=build_citations(beside.citations, record.id),
        structured=describe_record(record, shown.address, context.site.name),
        back=search_url(SearchRequest(text=text)) if text else None,
        qr=draw_qr(shown.address),
        text=text,
        shown_text=shorten(text),
    )


def build_record_page(
    record: RecordView, similar: Sequence[HitView], found: Found, base: str, today: date
) -> RecordPage:
    """Returns the content of the page. A record on request (依申请公开) shows only its entry.

    The disclosure boundary is enforced here a second time, whatever the record contains.
    """

    marker = Marker(found.highlight_terms, MARKED_CHARACTERS)

    def mark(text: str) -> Markup:
        return trusted(marker.mark(text))

    is_on_request = record.disclosure != Disclosure.PUBLIC
    address = base + record_path(record.id)
    path = record_path(record.id)
    return RecordPage(
        plain_title=record.title,
        title=mark(record.title),
        publisher=record.publisher.name,
        key_facts=tuple(_key_facts(record)),
        badges=build_badges(record.disclosure, record.validity, term_passed=record.term_passed),
        warning=_warning(record),
        tone=_choose_tone(record),
        rows=catalog_rows(record),
        extra=() if is_on_request else tuple(extra_rows(record)),
        is_on_request=is_on_request,
        summary=mark(_summary(record)),
        body=() if is_on_request else _mark_body(record.body, mark),
        contents=() if is_on_request else list_contents(record.body),
        attachments=()
        if is_on_request
        else tuple(_attach(each, mark) for each in record.attachments),
        repeals=() if is_on_request else _relate(record.repeals),
        repealed_by=_relate(record.repealed_by),
        explains=_relate(record.explains),
        explained_by=_relate(record.explained_by),
        copies=build_copies(record.copies),
        versions=tuple(
            (each, record_url(each.id), comparison_path(record.id, each.id))
            for each in record.versions
        ),
        similar=tuple(map(build_hit, similar)),
        citation=cite(record, address, today),
        address=address,
        apply=apply_url(record_id=record.id),
        downloads=Downloads(text=f"/text{path}", data=f"/api/v1{path}"),
    )


def _key_facts(record: RecordView) -> Iterator[str]:
    yield record.publisher.name
    if record.document_number:
        yield record.document_number
    yield f"{record.published_on} 发布"


def _mark_body(body: str, mark: Callable[[str], Markup]) -> tuple[MarkedParagraph, ...]:
    return tuple(
        MarkedParagraph(each.kind, mark(each.text), _mark_rows(each.rows, mark), each.anchor)
        for each in lay_out(body)
    )


def _mark_rows(rows: Rows, mark: Callable[[str], Markup]) -> tuple[tuple[Markup, ...], ...]:
    return tuple(tuple(map(mark, row)) for row in rows)


def _warning(record: RecordView) -> str:
    validity = record.validity
    if validity and validity != IN_FORCE:
        other = f"目录标注本文件的有效性为“{validity}”，请向发布机构核实后使用。"
        return _WARNINGS.get(validity, other)
    if record.repealed_by:
        return (
            "其他文件的正文写明本文件已经废止（见下方“被下列文件废止”），使用前请向发布机构核实。"
        )
    if record.term_passed and record.expires_on:
        day = spell_date(record.expires_on)
        return f"正文写明的有效期到{day}为止，现已届满。是否继续执行，请向发布机构核实。"
    return ""


def _choose_tone(record: RecordView) -> str:
    is_open = record.validity in (None, IN_FORCE)
    has_ended = record.repealed_by or (record.term_passed and is_open)
    return "ended" if has_ended else choose_tone(record.validity or "")


def _relate(cited: Sequence[CitedDocument]) -> tuple[Relation, ...]:
    return tuple(
        Relation(
            title=_quote(each.title or ""),
            number=each.document_number or "",
            href=record_url(each.id) if each.id else None,
        )
        for each in cited
    )


def _quote(title: str) -> str:
    """Returns a title in 《》, which are not nested."""
    return f"《{title}》" if title and "《" not in title else title


def _attach(attachment: AttachmentView, mark: Callable[[str], Markup]) -> AttachedFile:
    """Returns the attachment. An address that is not http(s) is not linked."""
    url = attachment.url if attachment.url and is_web_address(attachment.url) else None
    note = _TEXT_NOTES.get(attachment.text_state, "")
    parts = tuple(_mark_parts(attachment.text, mark))
    is_found = any("<mark>" in text for part in parts for text in (part.text, *chain(*part.rows)))
    kind = _kind_of(attachment.name) or _kind_of(urlsplit(attachment.url or "").path)
    return AttachedFile(attachment.name, kind, url, parts, is_found, note)


def _mark_parts(text: str, mark: Callable[[str], Markup]) -> Iterator[MarkedParagraph]:
    """Yields the tables of an attachment's text, and the lines between them as one text."""
    for is_table, blocks in groupby(split_tables(text), lambda block: isinstance(block, tuple)):
        if is_table:
            yield from (
                MarkedParagraph("table", Markup(), _mark_rows(block, mark))
                for block in blocks
                if isinstance(block, tuple)
            )
        else:
            yield MarkedParagraph("text", mark("\n".join(map(str, blocks))))


def _kind_of(name: str) -> str:
    """Returns the suffix of a file name in capitals, or "" if it has none."""
    suffix = PurePosixPath(name).suffix[1:]
    return suffix.upper() if suffix.isascii() and 2 <= len(suffix) <= _SUFFIX_LONGEST else ""


def _summary(record: RecordView) -> str:
    """Returns the summary, or nothing if the public text already contains it."""
    summary = record.summary.strip()
    repeats = record.disclosure == Disclosure.PUBLIC and summary.rstrip("。") in record.body
    return "" if repeats else summary
