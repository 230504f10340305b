"""Chosen values to queries: aliases and names as the index holds them, dates as spans."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.classifications import MISSING
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.tables import Tables
from gongkai.errors import BadRequestError
from gongkai.query.filters import build_filters, canonical_value, chosen_values
from gongkai.query.request import SearchRequest
from gongkai.query.tree import Term, Terms
from tests.query.matching import matches

TODAY = datetime.date(2026, 10, 1)
DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31))
DATES = st.builds(
    lambda day, precision: PartialDate(
        day.year, day.month if precision else None, day.day if precision > 1 else None
    ),
    DAYS,
    st.integers(0, 2),
)


def test_nothing_chosen_filters_nothing(tables: Tables) -> None:
    assert build_filters(SearchRequest(text="公积金"), tables, TODAY) == {}
    assert build_filters(SearchRequest(chosen={"topic": ()}), tables, TODAY) == {}


def test_values_of_one_field_are_alternatives_and_fields_come_apart(tables: Tables) -> None:
    chosen = {"year": ("2008", "2009", "2008"), "validity": ("有效",)}
    assert build_filters(SearchRequest(chosen=chosen), tables, TODAY) == {
        "year": Terms("year", ("2008", "2009")),
        "validity": Terms("validity", ("有效",)),
    }


def test_values_are_those_of_the_index(tables: Tables) -> None:
    agency = tables.agencies.all()[0]
    assert canonical_value("publisher", agency.name, tables) == agency.code
    assert canonical_value("publisher", agency.code, tables) == agency.code
    assert canonical_value("publisher", "没有的机构", tables) == "没有的机构"
    # A short name depends on the place of the row, so it is a value of its own.
    assert canonical_value("publisher", "市政府", tables) == "市政府"
    assert canonical_value("topic", MISSING, tables) == MISSING
    assert canonical_value("year", "2008", tables) == "2008"


@pytest.mark.parametrize(
    "field", ["category", "topic", "audience", "life_event", "genre", "format"]
)
def test_every_alias_of_a_class_chooses_the_class(field: str, tables: Tables) -> None:
    for node in tables.tree(field).nodes:
        for name in (node.path, *node.aliases):
            assert canonical_value(field, name, tables) == tables.tree(field).canonical(name)
    node = next(node for node in tables.tree(field).nodes if node.aliases)
    assert canonical_value(field, node.aliases[0], tables) == node.path


def test_chosen_values_are_marked_as_the_index_has_them(tables: Tables) -> None:
    agency = tables.agencies.all()[0]
    request = SearchRequest(chosen={"publisher": (agency.name, agency.code)})
    assert chosen_values(request, tables) == {"publisher": frozenset({agency.code})}


@pytest.mark.parametrize(
    "typed", ["宜政办秘〔2008〕8号", "宜政办秘[2008]08 号", "宜政办秘（2008）8号"]
)
def test_a_document_number_is_met_however_it_was_typed(typed: str, tables: Tables) -> None:
    filters = build_filters(SearchRequest(document_number=typed), tables, TODAY)
    assert filters == {"document_number": Term("document_number", "宜政办秘〔2008〕8号")}


@pytest.mark.parametrize("typed", [" ", "\u3000", "\u200b"])
def test_a_blank_document_number_is_a_bad_request(typed: str, tables: Tables) -> None:
    with pytest.raises(BadRequestError) as error:
        build_filters(SearchRequest(document_number=typed), tables, TODAY)
    assert error.value.parameter == "document_number"


@given(DATES, st.none() | DATES, st.none() | DATES)
def test_a_date_is_in_the_span_if_some_day_it_may_mean_is(
    tables: Tables, published: PartialDate, start: PartialDate | None, end: PartialDate | None
) -> None:
    filters = build_filters(SearchRequest(published_from=start, published_to=end), tables, TODAY)
    days = {
        "published_first": published.first_day.toordinal(),
        "published_last": published.last_day.toordinal(),
    }
    after = start is None or published.last_day >= start.first_day
    before = end is None or published.first_day <= end.last_day
    assert all(matches(query, days) for query in filters.values()) == (after and before)
