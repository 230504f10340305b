"""Entries of a city's tables that do not fit each other, and those of another place."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gongkai.catalog.agencies import Agency, AgencyDirectory
from gongkai.catalog.halls import Hall, Halls, load_halls
from gongkai.catalog.places import load_places
from gongkai.catalog.table_consistency import find_inconsistencies
from gongkai.catalog.tables import load_tables

TABLES, PLACES = load_tables(), load_places()


def agency(name: str, place: str, *short_names: str, level: str = "县") -> Agency:
    return Agency(f"c-{name}", name, short_names, level, "", (), place)


def told(agencies: Sequence[Agency], *halls: Hall) -> list[str]:
    tables = replace(TABLES, agencies=AgencyDirectory(tuple(agencies)))
    return list(find_inconsistencies(tables, PLACES, Halls(halls or (Hall("", "查询"),))))


def test_the_shipped_tables_fit_each_other() -> None:
    assert list(find_inconsistencies(TABLES, PLACES, load_halls())) == []


@pytest.mark.parametrize(
    "short", ["市财政局", "安庆市财政局", "桐城市财政局", "省财政局", "镇财政局"]
)
def test_a_short_name_of_another_place_is_told(short: str) -> None:
    (fault,) = told([agency("怀宁县财政局", "怀宁县", short, "财政局")])
    assert fault.startswith(f"agencies.csv: the short name {short} of 怀宁县财政局")


@pytest.mark.parametrize(
    ("name", "place", "short"),
    [
        ("怀宁县财政局", "怀宁县", "县财政局"),
        ("怀宁县财政局", "怀宁县", "财政局"),
        ("怀宁县市场监督管理局", "怀宁县", "市场监管局"),
        ("怀宁县乡村振兴局", "怀宁县", "乡村振兴局"),
        ("安庆市财政局", "安庆市", "安徽省安庆市财政局"),
    ],
)
def test_a_short_name_at_home_is_not(name: str, place: str, short: str) -> None:
    assert told([agency(name, place, short)]) == []


def test_an_unknown_agency_of_a_hall_is_told_with_the_nearest_name() -> None:
    here = agency("怀宁县财政局", "怀宁县")
    (fault,) = told([here], Hall("hn", "怀宁县政务服务中心", ("怀宁县财政厅",)))
    assert fault == (
        "halls.csv: 怀宁县财政厅 of the hall hn is not in agencies.csv; did you mean 怀宁县财政局?"
    )


def test_a_hall_of_another_place_is_told() -> None:
    here = agency("怀宁县财政局", "怀宁县")
    (fault,) = told([here], Hall("zwfw", "桐城市政务服务中心", ("怀宁县财政局",)))
    assert "桐城市" in fault
    assert told([here], Hall("zwfw", "怀宁县政务服务中心")) == []
    assert told([here], Hall("zwfw", "政府信息公开查询")) == []
