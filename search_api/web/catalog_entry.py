"""The rows of a record's catalog entry (目录信息), for the record page and the text file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongkai.query.request import SearchRequest
from gongkai.search.facets import TITLES
from gongkai.search.responses import RecordView
from search_api.web.urls import search_url

_EXTRA_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a row. `href` is a search for records with this value, or a web address."""

    text: str
    href: str | None = None
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One heading of the catalog entry with its values. `note` tells how the source differs."""

    heading: str
    values: tuple[Value, ...]
    note: str = ""
    mark: str = ""


def catalog_rows(record: RecordView) -> tuple[Row, ...]:
    """Returns the filled fields of the catalog entry, in the order of printed catalogs."""
    return tuple(row for row in _each_row(record) if row.values)


def extra_rows(record: RecordView) -> Iterable[Row]:
    """Yields source columns without a catalog field. Nested values are left out."""
    for heading, content in record.extra.items():
        items = content if isinstance(content, list) else [content]
        texts = [str(each).strip() for each in items if isinstance(each, str | int | float)]
        values = tuple(Value(_shorten(text)) for text in texts if text)
        if values:
            yield Row(heading, values)


def is_web_address(url: str) -> bool:
    """Returns whether the address is http(s); other addresses are never linked."""
    return url.lower().startswith(("http://", "https://"))


def _each_row(record: RecordView) -> Iterable[Row]:
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
    """Returns values linked to a search for them. An agency shows its name instead of its code."""
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
    return (Value(url, url, is_external=True),) if url and is_web_address(url) else ()


def _number_note(record: RecordView) -> str:
    original = record.document_number_original
    return f"原文写作“{original}”" if original and original != record.document_number else ""


def _name_note(record: RecordView) -> str:
    name = record.publisher_name
    known = (record.publisher.name, record.publisher.code)
    return f"发布时署名“{name}”" if name and name not in known else ""


def _date_note(record: RecordView) -> str:
    return "按原文照录，日期无法确认" if record.issued_on_original and not record.issued_on else ""


def _shorten(text: str) -> str:
    return text if len(text) <= _EXTRA_LONGEST else f"{text[:_EXTRA_LONGEST]}…"
