"""The rows of a record's catalog entry (目录信息), for the record page and the text file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongkai.catalog.fields import CLASSES, TITLES
from gongkai.query.request import SearchRequest
from gongkai.search.responses import RecordView
from search_api.web.urls import search_url

_EXTRA_LONGEST = 500
TERM_HEADING = "文中期限"
_TERM_NOTE = "目录的标注；正文写明的期限已过"
_FIRST = ("validity", "disclosure", "genre")
"""Classes that a reader looks for before the others."""


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
    yield _row("index_number", _plain(record.index_number))
    yield _row("document_number", _plain(record.document_number), _number_note(record))
    agency = _linked("publisher", [record.publisher.code], record)
    yield _row("publisher", agency, _name_note(record), "推定" if record.publisher_inferred else "")
    issued = _plain(record.issued_on or record.issued_on_original)
    yield _row("issued_on", issued, _date_note(record))
    yield _row("published_on", _plain(record.published_on))
    yield from _period_rows(record)
    inferred = {"genre": record.genre_inferred, "validity": record.validity_inferred}
    for name in _FIRST:
        mark = "推断" if inferred.get(name) else ""
        note = _TERM_NOTE if name == "validity" and record.term_passed else ""
        yield _row(name, _linked(name, [getattr(record, name)]), note, mark)
    for column in CLASSES:
        if column.key not in _FIRST:
            stated = getattr(record, column.key)
            values = stated if column.several else [stated]
            yield _row(column.key, _linked(column.key, values))
    yield _row("keywords", tuple(_keyword(word) for word in record.keywords))
    yield _row("url", _web_address(record.url))


def _period_rows(record: RecordView) -> Iterable[Row]:
    """Yields the dates that the text states; the last one has the sentence."""
    passage = f"正文：“{record.term_passage}”" if record.term_passage else ""
    verb = "起试行" if record.trial else "起施行"
    start = f"{spell_date(record.effective_on)}{verb}" if record.effective_on else ""
    yield Row("施行日期", _plain(start), "" if record.expires_on else passage)
    end = f"至{spell_date(record.expires_on)}" if record.expires_on else ""
    yield Row(TERM_HEADING, _plain(end), passage, "已过" if record.term_passed else "")


def spell_date(iso: str) -> str:
    """Returns an ISO date as 2026年9月30日, or less of it."""
    return "".join(
        f"{int(part)}{unit}" for part, unit in zip(iso.split("-"), "年月日", strict=False)
    )


def _row(key: str, values: tuple[Value, ...], note: str = "", mark: str = "") -> Row:
    return Row(TITLES[key], values, note, mark)


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
