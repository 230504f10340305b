"""A RecordView in, the rows and parts of its page out. `rendering` calls it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.disclosure import Disclosure
from queries.request import SearchRequest
from search_api.answer import AttachmentView, RecordView
from search_api.facets import TITLES
from search_api.pages.badges import IN_FORCE, Badge, build_badges
from search_api.pages.body_layout import Paragraph, lay_out
from search_api.pages.links import search_url

_EXTRA_LONGEST = 500
_WARNINGS = {
    "废止": "本文件已经废止，不再作为行政管理的依据。",
    "失效": "本文件已经失效，不再作为行政管理的依据。",
    "已修改": "目录标注本文件已经修改。本页可能不是修改后的文本，请以发布机构公布的现行文本为准。",
    "尚未生效": "目录标注本文件尚未生效，施行日期以文件规定为准。",
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a row, and where it leads: a search for the like of it, or a web address."""

    text: str
    href: str | None = None
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One heading of the catalog entry with its values; `note` says how it differs as published."""

    heading: str
    values: tuple[Value, ...]
    note: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """All that the page of one record shows. A record 依申请公开 has no text and no files here."""

    title: str
    publisher: str
    badges: tuple[Badge, ...]
    warning: str
    rows: tuple[Row, ...]
    extra: tuple[Row, ...]
    is_on_request: bool
    summary: str
    body: tuple[Paragraph, ...]
    attachments: tuple[AttachmentView, ...]


def build_record_page(record: RecordView) -> RecordPage:
    """The wall is kept here once more: whatever the record holds, 依申请公开 shows its entry."""
    is_on_request = record.disclosure != Disclosure.PUBLIC
    return RecordPage(
        title=record.title,
        publisher=record.publisher.name,
        badges=build_badges(record.disclosure, record.validity),
        warning=_warning(record.validity),
        rows=tuple(row for row in _catalog_rows(record) if row.values),
        extra=() if is_on_request else tuple(_extra_rows(record)),
        is_on_request=is_on_request,
        summary=_summary(record),
        body=() if is_on_request else lay_out(record.body),
        attachments=() if is_on_request else tuple(map(_checked, record.attachments)),
    )


def _warning(validity: str | None) -> str:
    if not validity or validity == IN_FORCE:
        return ""
    other = f"目录标注本文件的有效性为“{validity}”，请向发布机构核实后使用。"
    return _WARNINGS.get(validity, other)


def _catalog_rows(record: RecordView) -> Iterable[Row]:
    yield Row("索引号", _plain(record.index_number))
    yield Row("文号", _plain(record.document_number), _number_note(record))
    yield Row("发布机构", _linked("publisher", [record.publisher.code], record), _name_note(record))
    yield Row("成文日期", _plain(record.issued_on or record.issued_on_original), _date_note(record))
    yield Row("发布日期", _plain(record.published_on))
    yield Row("有效性", _linked("validity", [record.validity]))
    yield Row("公开方式", _linked("disclosure", [record.disclosure]))
    mark = "推断" if record.genre_inferred else ""
    yield Row("体裁", _linked("genre", [record.genre]), mark=mark)
    for name in ("category", "topic", "audience", "life_event"):
        stated = getattr(record, name)
        yield Row(TITLES[name], _linked(name, [stated] if isinstance(stated, str) else stated))
    yield Row("信息格式", _linked("format", [record.format]))
    yield Row("关键词", tuple(_keyword(word) for word in record.keywords))
    yield Row("原文网址", _web_address(record.url))


def _plain(text: str | None) -> tuple[Value, ...]:
    return (Value(text),) if text else ()


def _linked(
    name: str, values: Sequence[str | None] | None, record: RecordView | None = None
) -> tuple[Value, ...]:
    """Values that lead to the records that share them; an agency shows its name, not its code."""
    return tuple(
        Value(
            record.publisher.name if record else value.replace("/", " › "),
            search_url(SearchRequest(chosen={name: (value,)})),
        )
        for value in values or ()
        if value
    )


def _keyword(word: str) -> Value:
    return Value(word, search_url(SearchRequest(text=word)))


def _web_address(url: str | None) -> tuple[Value, ...]:
    return (Value(url, url, is_external=True),) if url and _is_web(url) else ()


def _checked(attachment: AttachmentView) -> AttachmentView:
    """An address that is not http(s) is not linked: the name alone is shown."""
    url = attachment.url if attachment.url and _is_web(attachment.url) else None
    return AttachmentView(name=attachment.name, url=url)


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _number_note(record: RecordView) -> str:
    original = record.document_number_original
    return f"原文写作“{original}”" if original and original != record.document_number else ""


def _name_note(record: RecordView) -> str:
    name = record.publisher_name
    known = (record.publisher.name, record.publisher.code)
    return f"发布时署名“{name}”" if name and name not in known else ""


def _date_note(record: RecordView) -> str:
    return "按原文照录，日期无法确认" if record.issued_on_original and not record.issued_on else ""


def _summary(record: RecordView) -> str:
    """Not where the text itself holds it."""
    summary = record.summary.strip()
    repeats = record.disclosure == Disclosure.PUBLIC and summary in record.body
    return "" if repeats else summary


def _extra_rows(record: RecordView) -> Iterable[Row]:
    """Columns of the source that the catalog has no field for; nested ones are for programs."""
    for heading, content in record.extra.items():
        items = content if isinstance(content, list) else [content]
        texts = [str(each).strip() for each in items if isinstance(each, str | int | float)]
        values = tuple(Value(_shorten(text)) for text in texts if text)
        if values:
            yield Row(heading, values)


def _shorten(text: str) -> str:
    return text if len(text) <= _EXTRA_LONGEST else f"{text[:_EXTRA_LONGEST]}…"
