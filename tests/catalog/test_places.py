"""The shipped places are sound; a city's own win, and say what is wrong with them."""

from pathlib import Path

import pytest

from analyzers.errors import TableError
from gongkai.catalog.places import check_places, load_places

HEADER = "code,name,level,parent,short_names,former_names\n"


def test_the_shipped_table_is_without_a_problem() -> None:
    assert check_places() == []


def test_shipped_provinces_and_the_citys_counties() -> None:
    places = load_places().places
    assert len([place for place in places if place.level == "省"]) == 34
    (city,) = (place for place in places if place.name == "安庆市")
    counties = {place.name for place in places if place.parent == city.code}
    assert {"迎江区", "怀宁县", "桐城市", "潜山市"} <= counties
    assert "枞阳县" not in counties


def test_names_are_present_short_and_former() -> None:
    names = load_places().names()
    assert {"安徽省", "安徽", "安庆", "广西", "襄阳市", "襄樊市", "恩施州"} <= names
    assert not {name for name in names if len(name) < 2}


def test_single_characters_are_names_too() -> None:
    places = load_places()
    assert places.is_name("皖")
    assert places.is_name("思茅市")
    assert not places.is_name("朝阳区")


def test_former_names_lead_to_present_ones() -> None:
    pairs = load_places().pairs()
    assert {("襄樊市", "襄阳市"), ("桐城县", "桐城市"), ("锦西市", "葫芦岛市")} <= set(pairs)


def test_no_former_name_is_a_name_of_today_or_of_two() -> None:
    places = load_places()
    former = [name for name, _ in places.pairs()]
    today = {name for place in places.places for name in (place.name, *place.short_names)}
    assert len(former) == len(set(former))
    assert not today & set(former)


def test_a_citys_own_table_takes_the_place_of_the_shipped(tmp_path: Path) -> None:
    row = "1,甲市,市,,甲城;小甲,甲县\n"
    (tmp_path / "places.csv").write_bytes((HEADER + row).encode("gb18030"))
    places = load_places(tmp_path)
    assert places.names() == {"甲市", "甲城", "小甲", "甲县"}
    assert places.pairs() == (("甲县", "甲市"),)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2,,市,,,\n", "empty code or name"),
        ("1,乙市,市,,,\n", "the code 1 is on line 2 too"),
        ("2,乙市,国,,,\n", "unknown level '国'"),
        ("2,乙市,市,9,,\n", "the parent 9 has no row"),
    ],
)
def test_says_file_and_line(tmp_path: Path, row: str, words: str) -> None:
    path = tmp_path / "places.csv"
    path.write_text(HEADER + "1,甲市,市,,,\n" + row, "utf-8")
    (problem,) = check_places(tmp_path)
    assert problem.startswith(f"{path}:3: ")
    assert words in problem
    with pytest.raises(TableError) as refused:
        load_places(tmp_path)
    assert str(refused.value) == problem
