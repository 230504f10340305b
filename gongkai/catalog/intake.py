"""Intake: turns the raw fields of a source row into a Record, a refusal or a withholding.

Disclosure is determined first, so that no later message can reveal a text that is not public.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import lru_cache, partial
from typing import Any, TypeVar

from gongkai.catalog.addresses import parse_url, read_attachments
from gongkai.catalog.agencies import Agency
from gongkai.catalog.classifications import ClassificationTree, split_values
from gongkai.catalog.columns import (
    BEHIND_REQUEST,
    columns_to_judge,
    drop_other_entries,
    nested_columns,
    tidy_columns,
    warn_of_garbled,
)
from gongkai.catalog.date_cells import check_day, date_text
from gongkai.catalog.dates import PartialDate, parse_date
from gongkai.catalog.disclosure import Disclosure, settle_disclosure
from gongkai.catalog.document_number import DocumentNumber, parse_document_number
from gongkai.catalog.fields import CLASSES
from gongkai.catalog.genre import infer_genre
from gongkai.catalog.headings import gather_by_key
from gongkai.catalog.identity import (
    Particulars,
    document_keys,
    hash_id,
    names_document,
    own_id,
    record_keys,
)
from gongkai.catalog.index_number import parse_index_number
from gongkai.catalog.kept_rows import keep_cells, texts_in_order
from gongkai.catalog.limits import limit_record
from gongkai.catalog.personal_data import holds_personal_number
from gongkai.catalog.placeholders import has_index_serial, is_placeholder
from gongkai.catalog.plain_text import clean_line, reduce_markup, strings_in
from gongkai.catalog.record import Record
from gongkai.catalog.row_reader import RowReader
from gongkai.catalog.tables import Tables
from gongkai.errors import RefusedValueError

TITLE_LIMIT = 500
ID_LIMIT = 200
BODY_LIMIT = 8_000_000
VALIDITY_LIMIT = 40
VALUE_LIMIT = 200
"""Characters shown of a value in a warning."""
_VALIDITY = {
    "有效": "有效",
    "现行有效": "有效",
    "继续有效": "有效",
    "全文有效": "有效",
    "失效": "失效",
    "已失效": "失效",
    "全文失效": "失效",
    "宣布失效": "失效",
    "废止": "废止",
    "已废止": "废止",
    "全文废止": "废止",
    "已修改": "已修改",
    "已被修改": "已修改",
    "已修订": "已修改",
    "尚未生效": "尚未生效",
    "尚未施行": "尚未生效",
    "未生效": "尚未生效",
}
_PLACE_COLUMNS = ("region", "地区", "所属地区", "行政区划")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """The rules of an intake: the city's tables, and the disclosure of a source declared public.

    `source` is the name of the source, which is part of its ids; it may be empty. `today` is the
    day of the run; without it no date is too far in the future.
    """

    tables: Tables
    fill_disclosure: Disclosure | None = None
    source: str = ""
    today: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A record that may be published; `warnings` are (field, code) of values left empty.

    `values` are (field, code, value) of warnings for staff. `headings` are the row's filled columns
    that the catalog does not know. Neither contains anything that is not public.
    """

    record: Record
    warnings: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str, str], ...] = ()
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be indexed until it is corrected; `message` never quotes it.

    `kept` are the cells that may be stored for correction, None for no cell. `id` is the id of its
    record, None where it is unclear.
    """

    field: str
    reason: str
    message: str
    kept: Mapping[str, object] | None = dataclass_field(default=None, repr=False, compare=False)
    id: str | None = dataclass_field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A row that must not be published: `not_public`, or `personal_data` for staff to review.

    `id` and `keys` (`gongkai.catalog.identity`) identify its record, so that an older public
    version can be withdrawn. No message shows them.
    """

    reason: str
    id: str | None = dataclass_field(default=None, repr=False)
    keys: tuple[str, ...] = dataclass_field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names and numbers that identify a row."""

    given: str
    title: str
    publisher: str
    published_on: PartialDate
    index_number: str | None
    number_text: str
    number: DocumentNumber | None

    @property
    def id(self) -> str:
        if self.given or self.index_number:
            return self.given or self.index_number or ""
        number = self.number.canonical if self.number else ""
        number = number if names_document(number) else ""
        return hash_id(self.publisher, number, self.title, self.published_on.iso)


def take_row(raw: Mapping[str, object], rules: IntakeRules) -> Accepted | Refused | Withheld:
    """Applies every rule to one source row. Raises nothing for bad data."""
    known, unknown = gather_by_key(raw)
    cells = RowReader(known)
    disclosure: Disclosure | None = None
    try:
        stated = strings_in(known.get("disclosure", ()))
        others = {**unknown, **nested_columns(cells)} if "extra" in known else unknown
        columns = columns_to_judge(raw, known)
        disclosure = settle_disclosure(stated, columns, rules.fill_disclosure)
        if disclosure is Disclosure.NOT_PUBLIC:
            return Withheld(
                "not_public", _closed_id(cells, rules), _closed_keys(cells, others, rules)
            )
        if disclosure is Disclosure.ON_REQUEST:
            drop_other_entries(known, raw)
        built = disclose(_build_record(cells, others, disclosure, rules))
        record = limit_record(built, lambda key, code: cells.warnings.append((key, code)))
        warn_of_garbled(cells, others, disclosure)
    except RefusedValueError as refusal:
        kept = keep_cells(raw, disclosure)
        return Refused(refusal.field, refusal.reason, str(refusal), kept, _closed_id(cells, rules))
    if holds_personal_data(record):
        return Withheld("personal_data", record.id, record_keys(record))
    is_public = record.disclosure is Disclosure.PUBLIC
    headings = tuple(name for name in others if name not in _PLACE_COLUMNS) if is_public else ()
    warnings = tuple(dict.fromkeys(cells.warnings))
    return Accepted(record, warnings, _values_to_show(cells, record), headings)


def _values_to_show(cells: RowReader, record: Record) -> tuple[tuple[str, str, str], ...]:
    """Returns values of warnings without personal data; on request only those of the entry."""
    hidden = () if record.disclosure is Disclosure.PUBLIC else BEHIND_REQUEST
    return tuple(
        (key, code, value[:VALUE_LIMIT])
        for (key, code), values in cells.values.items()
        for value in dict.fromkeys(values)
        if value and key not in hidden and not holds_personal_number(value)
    )


def disclose(record: Record) -> Record:
    """Returns the part of a record that may be shown: on request (依申请公开) its catalog entry.

    Columns unknown to the catalog may contain anything, so they are not shown either.
    """
    if record.disclosure is Disclosure.PUBLIC:
        return record
    return replace(record, body="", attachments=(), extra={})


def holds_personal_data(record: Record) -> bool:
    """Whether a valid ID-card or bank-card number occurs in anything that would be published.

    The check must be repeated after texts of attachments were added to the record.
    """
    # Separated by a letter, because digits of two fields form no number. Unknown columns are
    # joined, since a number may be spread over them.
    return holds_personal_number("\n文\n".join(_published_texts(record)))


def _build_record(
    cells: RowReader, others: Mapping[str, object], disclosure: Disclosure, rules: IntakeRules
) -> Record:
    names, tables = _read_names(cells, rules), rules.tables
    agency = tables.agencies.find(names.publisher, place=_place(others))
    if agency is None:
        cells.warn("publisher", "unknown_agency", names.publisher)
    issued = _date_text(cells, "issued_on")
    parse_issued = partial(_take_day, key="issued_on", rules=rules)
    issued_on = cells.attempt("issued_on", issued, parse_issued)
    classes = _classes(cells, tables)
    genre, inferred = _genre(cells, names.title, tables.tree("genre"))
    return Record(
        id=own_id(rules.source, names.id),
        title=names.title,
        publisher=agency.code if agency else names.publisher,
        publisher_name=_publisher_name(cells, names.publisher, agency),
        published_on=names.published_on,
        disclosure=disclosure,
        index_number=names.index_number,
        document_number=names.number.canonical if names.number else None,
        document_number_original=_original(
            cells, "document_number", names.number_text, names.number, _parse_number
        ),
        issued_on=issued_on,
        issued_on_original=_original(cells, "issued_on", issued, issued_on, parse_issued),
        **{**classes, "genre": genre, "validity": _validity(cells)},
        genre_inferred=inferred,
        keywords=_keywords(cells),
        summary=reduce_markup("\n".join(cells.texts("summary")[:1])),
        body=_body(cells),
        url=cells.attempt("url", cells.line("url"), parse_url),
        attachments=read_attachments(cells),
        extra=tidy_columns(others),
    )


def _read_names(cells: RowReader, rules: IntakeRules) -> _Names:
    title = _required(cells, "title")
    if len(title) > TITLE_LIMIT:
        raise RefusedValueError("title", "too_long", f"The title is over {TITLE_LIMIT} characters.")
    number = _number_text(cells, "document_number")
    return _Names(
        given=_given_id(cells),
        title=title,
        publisher=_required(cells, "publisher"),
        published_on=_take_day(_date_text(cells, "published_on"), "published_on", rules),
        index_number=_index_number(cells),
        number_text=number,
        number=cells.attempt("document_number", number, _parse_number),
    )


def _closed_id(cells: RowReader, rules: IntakeRules) -> str | None:
    """Returns the id that a closed row had if it was public before; None if that is unclear."""
    try:
        named = _given_id(cells) or _index_number(cells) or _read_names(cells, rules).id
    except RefusedValueError:
        return None
    return own_id(rules.source, named)


def _closed_keys(
    cells: RowReader, others: Mapping[str, object], rules: IntakeRules
) -> tuple[str, ...]:
    """Returns the identity keys of a closed row, from everything in it that can be read."""
    publisher = cells.line("publisher")
    agency = rules.tables.agencies.find(publisher, place=_place(others))
    number = cells.attempt("document_number", _number_text(cells, "document_number"), _parse_number)
    day = cells.attempt("published_on", _date_text(cells, "published_on"), _parse_published)
    given = cells.attempt("id", cells.line("id"), _check_id)
    said = Particulars(
        id=own_id(rules.source, given) if given else "",
        index_number=_index_number(cells) or "",
        document_number=number.canonical if number else "",
        title=cells.line("title"),
        publisher=agency.code if agency else publisher,
        published_on=day.iso if day else "",
        url=cells.attempt("url", cells.line("url"), parse_url) or "",
        text=_closed_text(cells),
    )
    return document_keys(said)


def _closed_text(cells: RowReader) -> str:
    try:
        body = _body(cells)
    except RefusedValueError:
        return ""
    files = (f"{each.name} {each.url or each.path or ''}" for each in read_attachments(cells))
    return "\n".join((body, *files))


def _given_id(cells: RowReader) -> str:
    return _check_id(cells.line("id"))


def _check_id(given: str) -> str:
    if len(given) > ID_LIMIT:
        raise RefusedValueError("id", "too_long", f"The id is over {ID_LIMIT} characters.")
    if not {".", ".."}.isdisjoint(given.split("/")):
        # Browsers resolve dot segments, so the page of the record could not be opened.
        raise RefusedValueError("id", "dot_segment", "The id has a segment of dots alone.")
    return given


def _index_number(cells: RowReader) -> str | None:
    return cells.attempt("index_number", _number_text(cells, "index_number"), _parse_index)


def _place(others: Mapping[str, object]) -> str:
    """Returns the place that the source states: 市政府 is another agency in another city."""
    places = (others[name] for name in _PLACE_COLUMNS if name in others)
    return next((clean_line(place) for place in places if isinstance(place, str)), "")


def _required(cells: RowReader, key: str) -> str:
    text = cells.line(key)
    if not text:
        raise RefusedValueError(key, "missing", f"The {key} is missing.")
    return text


def _date_text(cells: RowReader, key: str) -> str:
    """Returns a date cell as text, or its original where a previous intake could not read it."""
    for cell in cells.known.get(key, ()):
        if text := date_text(cell):
            return text
        cells.warnings.append((key, "not_text"))
    return cells.line(f"{key}_original")


def _number_text(cells: RowReader, key: str) -> str:
    """Returns a number cell as text; empty for a placeholder."""
    text = cells.line(key) or cells.line(f"{key}_original")
    if not text or not is_placeholder(text):
        return text
    is_number = key == "document_number" and parse_document_number(text).form != "odd"
    return text if is_number else ""


@lru_cache(maxsize=16_384)
def _parse_day(text: str, key: str) -> PartialDate:
    return parse_date(text, field=key)


def _take_day(text: str, key: str, rules: IntakeRules) -> PartialDate:
    return check_day(_parse_day(text, key), key, rules.today)


def _parse_published(text: str) -> PartialDate:
    return _parse_day(text, "published_on")


def _parse_number(text: str) -> DocumentNumber:
    if len(text) > ID_LIMIT:
        raise RefusedValueError("document_number", "too_long", "The document number is too long.")
    return parse_document_number(text)


def _parse_index(text: str) -> str:
    if len(text) > ID_LIMIT:
        raise RefusedValueError("index_number", "too_long", "The index number is too long.")
    number = parse_index_number(text)
    if not has_index_serial(number.canonical):
        raise RefusedValueError("index_number", "no_serial", "The index number has no serial.")
    return number.canonical


def _original(
    cells: RowReader, key: str, stated: str, value: _T | None, parse: Callable[[str], _T]
) -> str | None:
    """Returns the cell as published, or the first original of a record that is indexed again."""
    first = cells.line(f"{key}_original")
    if not first or first == stated:
        return stated or None
    try:
        return first if parse(first) == value else stated
    except RefusedValueError:
        return stated


def _publisher_name(cells: RowReader, published: str, agency: Agency | None) -> str:
    """Returns the name as published, or the agency's name where the source gave only a code."""
    if not agency or published != agency.code:
        return published
    return cells.line("publisher_name") or agency.name


def _classes(cells: RowReader, tables: Tables) -> dict[str, Any]:
    """Returns the values of the columns that classify a record, and have no rule of their own."""
    classes: dict[str, Any] = {}
    for column in CLASSES:
        if column.key not in ("genre", "validity"):
            stated = cells.values_of(column.key)
            tree = tables.tree(column.key) if column.classified else None
            values = _find_classes(cells, tree, stated) if tree else split_values(stated)
            classes[column.key] = values if column.several else next(iter(values), None)
    return classes


def _find_classes(
    cells: RowReader, tree: ClassificationTree, stated: Sequence[str]
) -> tuple[str, ...]:
    paths = tree.canonical_values(stated) if stated else ()
    if unknown := [path for path in paths if not tree.known(path)]:
        cells.warn(tree.field, "unknown_class", *unknown)
    return paths


def _keywords(cells: RowReader) -> tuple[str, ...]:
    return split_values(cells.values_of("keywords"))


def _genre(cells: RowReader, title: str, tree: ClassificationTree) -> tuple[str | None, bool]:
    """Returns the genre, and whether it was inferred from the title."""
    ending = infer_genre(title)
    inferred = tree.canonical(ending) if ending else None
    given = tree.canonical(cells.line("genre"))
    if not given:
        return inferred, inferred is not None
    is_marked = cells.line("genre_inferred").lower() in ("true", "1")
    return given, is_marked and given == inferred


def _validity(cells: RowReader) -> str | None:
    stated = cells.line("validity")
    if not stated:
        return None
    known = _VALIDITY.get(stated)
    if known is None:
        # Kept: without 部分失效 the record would look valid.
        cells.warn("validity", "unknown_validity", stated)
        return stated[:VALIDITY_LIMIT]
    return known


def _body(cells: RowReader) -> str:
    text = "\n".join(cells.texts("body"))
    if len(text) > BODY_LIMIT:
        raise RefusedValueError("body", "too_long", f"The body is over {BODY_LIMIT} characters.")
    return reduce_markup(text)


def _published_texts(record: Record) -> Iterable[str]:
    for value in (
        record.id,
        record.title,
        record.publisher_name,
        record.index_number,
        record.document_number_original,
        record.issued_on_original,
        record.summary,
        record.body,
        record.url,
    ):
        if value:
            yield value
    for column in CLASSES:
        stated = getattr(record, column.key)
        yield from stated if column.several else filter(None, (stated,))
    yield "\n".join(record.keywords)
    for attachment in record.attachments:
        yield from (attachment.name, attachment.url or "", attachment.text)
    yield "\n".join(texts_in_order(record.extra))
