"""Date cells of any type, and placeholder dates."""

import datetime

import pytest

from gongkai.catalog.date_cells import check_day, date_text
from gongkai.catalog.dates import parse_date
from gongkai.errors import RefusedValueError

TODAY = datetime.date(2024, 3, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-01",
        45352,
        45352.4375,
        1709222400000,
        1709222400.0,
        {"time": 1709222400000, "year": 124, "month": 2, "date": 1},
        {"$date": "2024-02-29T16:00:00Z"},
        {"$date": {"$numberLong": "1709222400000"}},
        {"year": 2024, "monthValue": 3, "dayOfMonth": 1, "month": "MARCH"},
        {"epochSecond": 1709222400, "nano": 0},
        {"date": "2024-03-01 00:00:00.000000", "timezone_type": 3, "timezone": "PRC"},
        [2024, 3, 1, 10, 22],
        [None, "2024-03-01"],
        ["2024-03-01", "2024年3月1日 10:22"],
        datetime.datetime(2024, 3, 1, 9, 30),  # noqa: DTZ001 - as sheets have it
        datetime.datetime(2024, 2, 29, 16, tzinfo=datetime.UTC),
    ],
)
def test_cells_of_a_day(cell: object) -> None:
    text = date_text(cell)
    assert parse_date(text).iso == "2024-03-01"
    assert date_text(text) == text


@pytest.mark.parametrize("cell", ["45352", 2024.1, ["2024-03-01", "2024-03-08"], [2024, "x"]])
def test_cells_of_several_readings(cell: object) -> None:
    with pytest.raises(RefusedValueError):
        parse_date(date_text(cell))


@pytest.mark.parametrize("cell", [{}, {"a": 1}, {"time": {"time": 1}}, {"year": 124}, []])
def test_objects_that_are_no_date(cell: object) -> None:
    assert date_text(cell) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2042-03-01", "future_date"),
        ("2025-03-03", "future_date"),
        ("2026", "future_date"),
        ("1900-01-01 00:00:00", "filler_date"),
        ("1970-01-01 08:00:00", "filler_date"),
        ("1970-01-01T00:00:00Z", "filler_date"),
        ("1899-12-30", "filler_date"),
    ],
)
def test_days_that_stand_for_no_date(text: str, reason: str) -> None:
    with pytest.raises(RefusedValueError) as refusal:
        check_day(parse_date(text), "published_on", TODAY)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("text", ["2025-03-01", "2025", "1970", "1900-01", "1970-01-02"])
def test_days_that_may_be(text: str) -> None:
    found = parse_date(text)
    assert check_day(found, "published_on", TODAY) is found
    assert check_day(parse_date("2042-03-01"), "published_on", None).year == 2042
