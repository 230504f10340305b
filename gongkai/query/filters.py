"""Builds unscored filter queries, one per field, from the chosen values and dates of a request."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from gongkai.catalog.agencies import OWN
from gongkai.catalog.classifications import MISSING
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.document_number import parse_document_number
from gongkai.catalog.fields import CLASSIFIED
from gongkai.catalog.tables import Tables
from gongkai.errors import BadRequestError, RefusedValueError
from gongkai.query.request import SearchRequest
from gongkai.query.static_rank import match_ended
from gongkai.query.tree import And, MatchAll, Query, Range, Term, Terms


def build_filters(request: SearchRequest, tables: Tables, today: date) -> dict[str, Query]:
    """Returns the queries that a record must match, by field or `published`, `unit` and so on.

    `today` decides which stated terms have passed.

    Raises BadRequestError for a document number without a visible character or an unknown unit.
    """
    filters: dict[str, Query] = {
        name: Terms(name, tuple(dict.fromkeys(_indexed_values(name, values, tables))))
        for name, values in request.chosen.items()
        if values
    }
    ranges = {
        "published": (request.published_from, request.published_to),
        "issued": (request.issued_from, request.issued_to),
        "effective": (request.effective_from, request.effective_to),
    }
    filters |= {name: dated_between(name, *ends) for name, ends in ranges.items() if any(ends)}
    if request.in_force:
        filters["in_force"] = And((MatchAll(),), exclude=match_ended(today))
    if request.document_number:
        filters["document_number"] = _numbered(request.document_number)
    if request.unit:
        filters["unit"] = _published_below(request.unit, tables)
    return filters


def published_by(code: str, tables: Tables) -> Query:
    """Returns a query for the records of an agency and of all agencies below it."""
    return Terms("publisher", tuple(each.code for each in tables.agencies.branch(code)))


def _published_below(unit: str, tables: Tables) -> Query:
    agency = tables.agencies.find_exactly(unit)
    if agency is None:
        raise BadRequestError("unit", "没有这个单位")
    return published_by(agency.code, tables)


def _indexed_values(name: str, values: Iterable[str], tables: Tables) -> Iterator[str]:
    """Yields the indexed values that match the chosen ones: an agency with those below it."""
    for value in values:
        canonical = canonical_value(name, value, tables)
        if name == "publisher":
            yield canonical.removesuffix(OWN)
            yield from tables.agencies.below(canonical)
        else:
            yield canonical


def canonical_value(name: str, value: str, tables: Tables) -> str:
    """Returns the indexed form of a value: agency name to code, alias to path, else unchanged.

    A short name (市政府) stays as it is. Intake reads it together with the place of its row, so the
    index holds it as a value of its own where it is another city's.
    """
    if value == MISSING:
        return value
    if name == "publisher":
        named = value.removesuffix(OWN)
        agency = tables.agencies.find_exactly(named)
        return agency.code + value[len(named) :] if agency else value
    return tables.tree(name).canonical(value) if name in CLASSIFIED else value


def _numbered(text: str) -> Query:
    try:
        return Term("document_number", parse_document_number(text).canonical)
    except RefusedValueError:
        raise BadRequestError("document_number", "文号不能为空") from None


def published_between(start: PartialDate | None, end: PartialDate | None) -> Query:
    """Returns a query for records that may have been published in the period."""
    return dated_between("published", start, end)


def dated_between(name: str, start: PartialDate | None, end: PartialDate | None) -> Query:
    """Returns a query for records whose date of this name may be in the period.

    Names are `published`, `issued` (成文) and `effective` (施行). A record whose date is a year
    matches any period within that year. A record without the date matches none.
    """
    limits: list[Query] = []
    if start:
        limits.append(Range(f"{name}_last", lower=start.first_day.toordinal()))
    if end:
        limits.append(Range(f"{name}_first", upper=end.last_day.toordinal()))
    return And(tuple(limits))


def chosen_values(request: SearchRequest, tables: Tables) -> Mapping[str, frozenset[str]]:
    """Returns the chosen values in their indexed form, for marking facet values as selected."""
    return {
        name: frozenset(canonical_value(name, value, tables) for value in values)
        for name, values in request.chosen.items()
    }
