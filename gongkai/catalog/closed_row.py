"""Identifies the record of a row that is not published, so that an older version can be closed."""

from collections.abc import Mapping
from functools import partial

from gongkai.catalog.addresses import parse_url, read_attachments
from gongkai.catalog.agencies import AgencyDirectory
from gongkai.catalog.identity import Particulars, document_keys, own_id
from gongkai.catalog.inferred_publisher import infer_publisher
from gongkai.catalog.record_builder import read_body
from gongkai.catalog.row_names import (
    check_id,
    parse_day,
    parse_number,
    read_date_text,
    read_given_id,
    read_index_number,
    read_names,
    read_number_text,
    read_place,
)
from gongkai.catalog.row_reader import RowReader
from gongkai.errors import RefusedValueError


def find_closed_id(
    cells: RowReader, others: Mapping[str, object], agencies: AgencyDirectory, source: str
) -> str | None:
    """Returns the id that a closed row had if it was public before; None if that is unclear."""
    try:
        named = (
            read_given_id(cells) or read_index_number(cells) or _read_id(cells, others, agencies)
        )
    except RefusedValueError:
        return None
    return own_id(source, named)


def _read_id(cells: RowReader, others: Mapping[str, object], agencies: AgencyDirectory) -> str:
    return read_names(cells, read_place(others), agencies).id


def find_closed_keys(
    cells: RowReader, others: Mapping[str, object], agencies: AgencyDirectory, source: str
) -> tuple[str, ...]:
    """Returns the identity keys of a closed row, from everything in it that can be read."""
    publisher, place = cells.line("publisher"), read_place(others)
    agency = agencies.find(publisher, place=place)
    number = cells.attempt(
        "document_number", read_number_text(cells, "document_number"), parse_number
    )
    if not publisher:
        agency = infer_publisher(number, cells.line("title"), place, agencies)
    published = partial(parse_day, key="published_on")
    day = cells.attempt("published_on", read_date_text(cells, "published_on"), published)
    given = cells.attempt("id", cells.line("id"), check_id)
    said = Particulars(
        id=own_id(source, given) if given else "",
        index_number=read_index_number(cells) or "",
        document_number=number.canonical if number else "",
        title=cells.line("title"),
        publisher=agency.code if agency else publisher,
        published_on=day.iso if day else "",
        url=cells.attempt("url", cells.line("url"), parse_url) or "",
        text=_read_text(cells),
    )
    return document_keys(said)


def _read_text(cells: RowReader) -> str:
    try:
        body = read_body(cells)
    except RefusedValueError:
        return ""
    files = (f"{each.name} {each.url or each.path or ''}" for each in read_attachments(cells))
    return "\n".join((body, *files))
