"""Reads the names, numbers and dates of a row; the row's id derives from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import gettext as _

from gongkai.catalog.agencies import AgencyDirectory
from gongkai.catalog.date_cells import check_day, date_text
from gongkai.catalog.dates import PartialDate, parse_date
from gongkai.catalog.document_number import DocumentNumber, parse_document_number
from gongkai.catalog.identity import hash_id, names_document
from gongkai.catalog.index_number import parse_index_number
from gongkai.catalog.inferred_publisher import infer_publisher
from gongkai.catalog.placeholders import has_index_serial, is_placeholder
from gongkai.catalog.plain_text import clean_line
from gongkai.catalog.row_reader import RowReader
from gongkai.errors import RefusedValueError, TooLongError

TITLE_LIMIT = 500
ID_LIMIT = 200
PLACE_COLUMNS = ("region", "地区", "所属地区", "行政区划")


@dataclass(frozen=True, slots=True)
class RowNames:
    """The names and numbers that identify a row."""

    given: str
    title: str
    publisher: str
    is_inferred: bool
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


def read_names(cells: RowReader, place: str, agencies: AgencyDirectory) -> RowNames:
    """Reads the names of a row. Raises RefusedValueError where a required one is missing.

    A row without a publisher gets the one that `infer_publisher` finds, by its name.
    """
    title = _required(cells, "title")
    if len(title) > TITLE_LIMIT:
        raise TooLongError("title", TITLE_LIMIT)
    number_text = read_number_text(cells, "document_number")
    number = cells.attempt("document_number", number_text, parse_number)
    stated = cells.line("publisher")
    # An object in the cell is not readable, yet it names a publisher.
    is_named = any(isinstance(cell, Mapping) for cell in cells.known.get("publisher", ()))
    inferred = None if stated or is_named else infer_publisher(number, title, place, agencies)
    return RowNames(
        given=read_given_id(cells),
        title=title,
        publisher=inferred.name if inferred else _required(cells, "publisher"),
        is_inferred=inferred is not None or _was_inferred(cells, stated),
        published_on=take_day(cells, read_date_text(cells, "published_on"), "published_on"),
        index_number=read_index_number(cells),
        number_text=number_text,
        number=number,
    )


def _was_inferred(cells: RowReader, stated: str) -> bool:
    """Whether an export of ours marks the publisher as inferred."""
    return bool(stated) and cells.line("publisher_inferred").lower() in ("true", "1")


def read_given_id(cells: RowReader) -> str:
    return check_id(cells.line("id"))


def check_id(given: str) -> str:
    """Returns the id of a row. Raises RefusedValueError for one that no page can have."""
    if len(given) > ID_LIMIT:
        raise TooLongError("id", ID_LIMIT)
    if not {".", ".."}.isdisjoint(given.split("/")):
        # Browsers resolve dot segments, so the page of the record could not be opened.
        raise RefusedValueError("id", "dot_segment", _("The id has a segment of dots alone."))
    return given


def read_index_number(cells: RowReader) -> str | None:
    return cells.attempt("index_number", read_number_text(cells, "index_number"), _parse_index)


def read_place(others: Mapping[str, object]) -> str:
    """Returns the place that the source states: 市政府 is another agency in another city."""
    places = (others[name] for name in PLACE_COLUMNS if name in others)
    return next((clean_line(place) for place in places if isinstance(place, str)), "")


def _required(cells: RowReader, key: str) -> str:
    text = cells.line(key)
    if not text:
        raise RefusedValueError(key, "missing", _("The {field} is missing."))
    return text


def read_date_text(cells: RowReader, key: str) -> str:
    """Returns a date cell as text, or its original where a previous intake could not read it."""
    for cell in cells.known.get(key, ()):
        if text := date_text(cell):
            return text
        cells.warnings.append((key, "not_text"))
    return cells.line(f"{key}_original")


def read_number_text(cells: RowReader, key: str) -> str:
    """Returns a number cell as text; empty for a placeholder."""
    text = cells.line(key) or cells.line(f"{key}_original")
    if not text or not is_placeholder(text):
        return text
    is_number = key == "document_number" and parse_document_number(text).form != "odd"
    return text if is_number else ""


@lru_cache(maxsize=16_384)
def parse_day(text: str, key: str) -> PartialDate:
    """Returns the date of a cell, even one that no record can have."""
    return parse_date(text, field=key)


def take_day(cells: RowReader, text: str, key: str) -> PartialDate:
    """Returns the date of a cell. Raises RefusedValueError for one that no record can have."""
    return check_day(parse_day(text, key), key, cells.today)


def parse_number(text: str) -> DocumentNumber:
    """Returns the document number of a cell. Raises RefusedValueError if it is too long."""
    if len(text) > ID_LIMIT:
        raise TooLongError("document_number", ID_LIMIT)
    return parse_document_number(text)


def _parse_index(text: str) -> str:
    if len(text) > ID_LIMIT:
        raise TooLongError("index_number", ID_LIMIT)
    number = parse_index_number(text)
    if not has_index_serial(number.canonical):
        raise RefusedValueError("index_number", "no_serial", _("The index number has no serial."))
    return number.canonical
