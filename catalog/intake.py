"""Raw fields of a source row in; a publishable Record, a refusal or a withholding out.

The order matters: disclosure is settled first, so that no later message can tell of a text that
is not public. Called by `indexer.ingest` for every row.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import urlsplit

from catalog.agencies import Agency
from catalog.classifications import ClassificationTree, split_values
from catalog.dates import PartialDate, parse_date
from catalog.disclosure import (
    Disclosure,
    is_way_of_publishing,
    parse_disclosure,
    strictest,
)
from catalog.document_number import DocumentNumber, parse_document_number
from catalog.errors import RefusedValueError
from catalog.genre import infer_genre
from catalog.headings import gather_by_key
from catalog.index_number import parse_index_number
from catalog.personal_data import find_personal_data
from catalog.plain_text import clean_line, clean_text, reduce_markup
from catalog.record import Attachment, Record
from catalog.tables import Tables

TITLE_LIMIT = 500
ID_LIMIT = 200
BODY_LIMIT = 8_000_000
_VALIDITY = {
    "有效": "有效",
    "现行有效": "有效",
    "失效": "失效",
    "已失效": "失效",
    "废止": "废止",
    "已废止": "废止",
    "已修改": "已修改",
    "已被修改": "已修改",
    "已修订": "已修改",
    "尚未生效": "尚未生效",
    "尚未施行": "尚未生效",
}
_PLACE_COLUMNS = ("region", "地区", "所属地区", "行政区划")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """What an intake depends on: the city's tables, and the disclosure of a source declared public."""

    tables: Tables
    fill_disclosure: Disclosure | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A record fit to be published; `warnings` are (field, code) of what was left empty."""

    record: Record
    warnings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that can't be taken until it is mended; `message` never quotes it."""

    field: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A row that must not be published: `not_public`, or `personal_data` for staff to look at.

    `id` is what its record is (or would be) known by, so that an older public version can go.
    """

    reason: str
    id: str | None = None


@dataclass(slots=True)
class _Cells:
    """The filled cells of one row by key, with the warnings met on the way."""

    known: Mapping[str, Sequence[object]]
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def first(self, key: str) -> object | None:
        """The first value; a heading that came twice with two values is a list of them."""
        return next(iter(_flattened(self.known.get(key, ()))), None)

    def line(self, key: str) -> str:
        cell = self.first(key)
        return "" if cell is None else clean_line(cell)

    def texts(self, key: str) -> tuple[str, ...]:
        values = (v for cell in self.known.get(key, ()) for v in split_values(_listed(cell)))
        return tuple(dict.fromkeys(clean_line(v) for v in values if clean_line(v)))

    def attempt(self, key: str, parse: Callable[[object], _T]) -> _T | None:
        """Parse an optional cell; what can't be read is left empty with a warning."""
        cell = self.first(key)
        if cell is None:
            return None
        try:
            return parse(cell)
        except RefusedValueError as refusal:
            self.warnings.append((key, refusal.reason))
            return None


def take_row(raw: Mapping[str, object], rules: IntakeRules) -> Accepted | Refused | Withheld:
    """One source row through every rule. Raises nothing for bad data."""
    known, unknown = gather_by_key(raw)
    cells = _Cells(known)
    try:
        disclosure = _settle_disclosure(cells, rules)
    except RefusedValueError as refusal:
        return Refused(refusal.field, refusal.reason, str(refusal))
    try:
        record = disclose(_build_record(cells, unknown, disclosure, rules.tables))
    except RefusedValueError as refusal:
        if disclosure is Disclosure.NOT_PUBLIC:
            return Withheld("not_public", _stated_id(cells))
        return Refused(refusal.field, refusal.reason, str(refusal))
    if disclosure is Disclosure.NOT_PUBLIC:
        return Withheld("not_public", record.id)
    if any(find_personal_data(text) for text in _published_texts(record)):
        return Withheld("personal_data", record.id)
    return Accepted(record, tuple(cells.warnings))


def disclose(record: Record) -> Record:
    """The part of a record that may be shown: on request (依申请公开) that is its catalog entry.

    Columns the contract does not know may hold anything, so they stay behind the wall as well.
    """
    if record.disclosure is Disclosure.PUBLIC:
        return record
    return replace(record, body="", attachments=(), extra={})


def _settle_disclosure(cells: _Cells, rules: IntakeRules) -> Disclosure:
    stated = _flattened(cells.known.get("disclosure", ()))
    kinds = [parse_disclosure(value) for value in stated if not is_way_of_publishing(value)]
    if Disclosure.NOT_PUBLIC in kinds:
        return Disclosure.NOT_PUBLIC
    if None in kinds:
        raise RefusedValueError("disclosure", "unknown_disclosure", "The disclosure is not known.")
    if known := [kind for kind in kinds if kind]:
        return strictest(known)
    if rules.fill_disclosure is None:
        raise RefusedValueError("disclosure", "missing_disclosure", "The disclosure is missing.")
    return rules.fill_disclosure


def _build_record(
    cells: _Cells, unknown: Mapping[str, object], disclosure: Disclosure, tables: Tables
) -> Record:
    title = _required(cells, "title")
    if len(title) > TITLE_LIMIT:
        raise RefusedValueError("title", "too_long", f"The title is over {TITLE_LIMIT} characters.")
    publisher_name = _required(cells, "publisher")
    agency = tables.agencies.find(publisher_name, place=_place(unknown))
    number = cells.attempt("document_number", lambda cell: _parse_number(clean_line(cell)))
    index_number = cells.attempt(
        "index_number", lambda cell: parse_index_number(clean_line(cell)).canonical
    )
    published_on = _required_date(cells, "published_on")
    issued_on = cells.attempt("issued_on", lambda cell: _parse_day(cell, "issued_on"))
    genre, inferred = _genre(cells, title, tables.genre)
    return Record(
        id=_record_id(cells, index_number, publisher_name, number, title, published_on),
        title=title,
        publisher=agency.code if agency else publisher_name,
        publisher_name=_publisher_name(publisher_name, agency),
        published_on=published_on,
        disclosure=disclosure,
        index_number=index_number,
        document_number=number.canonical if number else None,
        document_number_original=cells.line("document_number") or None,
        issued_on=issued_on,
        issued_on_original=cells.line("issued_on") or None,
        category=next(iter(_classes(cells, "category", tables)), None),
        topic=_classes(cells, "topic", tables),
        audience=_classes(cells, "audience", tables),
        life_event=_classes(cells, "life_event", tables),
        genre=genre,
        genre_inferred=inferred,
        format=next(iter(_classes(cells, "format", tables)), None),
        validity=_validity(cells),
        keywords=cells.texts("keywords"),
        summary=reduce_markup(clean_text(cells.first("summary") or "")),
        body=_body(cells),
        url=cells.attempt("url", _parse_url),
        attachments=_attachments(cells),
        extra=_extra(cells, unknown),
    )


def _place(unknown: Mapping[str, object]) -> str:
    """Where the source says it comes from: 市政府 means another agency in another city."""
    return next((clean_line(unknown[name]) for name in _PLACE_COLUMNS if name in unknown), "")


def _required(cells: _Cells, key: str) -> str:
    text = cells.line(key)
    if not text:
        raise RefusedValueError(key, "missing", f"The {key} is missing.")
    return text


def _required_date(cells: _Cells, key: str) -> PartialDate:
    cell = cells.first(key)
    if cell is None:
        raise RefusedValueError(key, "missing", f"The {key} is missing.")
    return _parse_day(cell, key)


def _parse_day(cell: object, key: str) -> PartialDate:
    return parse_date(clean_line(cell) if isinstance(cell, str) else cell, field=key)  # type: ignore[arg-type]


def _parse_number(text: str) -> DocumentNumber:
    if len(text) > ID_LIMIT:
        raise RefusedValueError("document_number", "too_long", "The document number is too long.")
    return parse_document_number(text)


def _record_id(  # noqa: PLR0913 - the parts the contract's rule names
    cells: _Cells,
    index_number: str | None,
    publisher: str,
    number: DocumentNumber | None,
    title: str,
    published_on: PartialDate,
) -> str:
    if given := cells.line("id"):
        if len(given) > ID_LIMIT:
            raise RefusedValueError("id", "too_long", f"The id is over {ID_LIMIT} characters.")
        return given
    if index_number:
        return index_number
    parts = (publisher, number.canonical if number else "", title, published_on.iso)
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def _stated_id(cells: _Cells) -> str | None:
    """What a row that can't be read whole says it is known by."""
    if given := cells.line("id"):
        return given
    stated = cells.line("index_number")
    return parse_index_number(stated).canonical if stated else None


def _publisher_name(published: str, agency: Agency | None) -> str:
    """The name as published; where the source gave only a code, the agency's name."""
    return agency.name if agency and published == agency.code else published


def _classes(cells: _Cells, key: str, tables: Tables) -> tuple[str, ...]:
    tree = tables.tree(key)
    stated = cells.known.get(key, ())
    paths = dict.fromkeys(path for cell in stated for path in tree.canonical_values(_listed(cell)))
    if any(not tree.known(path) for path in paths):
        cells.warnings.append((key, "unknown_class"))
    return tuple(path for path in paths if path)


def _genre(cells: _Cells, title: str, tree: ClassificationTree) -> tuple[str | None, bool]:
    if given := cells.line("genre"):
        return tree.canonical(given), False
    inferred = infer_genre(title)
    return (tree.canonical(inferred), True) if inferred else (None, False)


def _validity(cells: _Cells) -> str | None:
    stated = cells.line("validity")
    if not stated:
        return None
    known = _VALIDITY.get(stated)
    if known is None:
        cells.warnings.append(("validity", "unknown_validity"))
    return known


def _body(cells: _Cells) -> str:
    text = clean_text("\n".join(str(cell) for cell in _flattened(cells.known.get("body", ()))))
    if len(text) > BODY_LIMIT:
        raise RefusedValueError("body", "too_long", f"The body is over {BODY_LIMIT} characters.")
    return reduce_markup(text)


def _parse_url(cell: object) -> str:
    text = clean_line(cell)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        raise RefusedValueError("url", "not_http", "The address is not an http(s) one.")
    return text


def _attachments(cells: _Cells) -> tuple[Attachment, ...]:
    taken = (_attachment(entry) for entry in _flattened(cells.known.get("attachments", ())))
    return tuple(attachment for attachment in taken if attachment)


def _attachment(entry: object) -> Attachment | None:
    if isinstance(entry, Mapping):
        name, url = clean_line(entry.get("name") or ""), entry.get("url")
    else:
        name, url = clean_line(entry), None
    try:
        address = _parse_url(url) if url else None
    except RefusedValueError:
        address = None
    return Attachment(name or address or "", address) if name or address else None


def _extra(cells: _Cells, unknown: Mapping[str, object]) -> dict[str, object]:
    """Unknown columns as they came, and those a record of ours was exported with."""
    kept = {clean_line(name): _cleaned(value) for name, value in unknown.items()}
    nested = cells.first("extra")
    if isinstance(nested, Mapping):
        kept.update((clean_line(name), _cleaned(value)) for name, value in nested.items())
    return kept


def _cleaned(value: object) -> object:
    if isinstance(value, Mapping):
        return {clean_line(key): _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float) else clean_text(value)


def _published_texts(record: Record) -> Iterable[str]:
    yield record.title
    yield record.summary
    yield record.body
    yield from record.keywords
    yield from (attachment.name for attachment in record.attachments)
    yield from (attachment.text for attachment in record.attachments)
    yield from _strings_in(record.extra)


def _strings_in(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _strings_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings_in(inner)
    elif value is not None:
        yield str(value)


def _listed(cell: object) -> str | list[str]:
    return [str(v) for v in cell if v is not None] if isinstance(cell, list | tuple) else str(cell)


def _flattened(cells: Iterable[object]) -> list[object]:
    flat: list[object] = []
    for cell in cells:
        flat.extend(cell if isinstance(cell, list | tuple) else [cell])
    return flat
