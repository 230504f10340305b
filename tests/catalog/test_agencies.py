"""A publisher as written in, the agency out, or nothing where a name could be several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.agencies import LEVELS, Agency, AgencyDirectory
from gongkai.catalog.tables import load_tables

DIRECTORY = load_tables().agencies


def name_of(text: str, place: str = "") -> str | None:
    agency = DIRECTORY.find(text, place)
    return agency.name if agency else None


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("000014349", "国务院办公厅"),
        ("０００014349", "国务院办公厅"),
        ("340800-CZJ", "安庆市财政局"),
        ("安庆市财政局", "安庆市财政局"),
        (" 安庆市 财政局 ", "安庆市财政局"),
        ("市财政局", "安庆市财政局"),
        ("市劳动和社会保障局", "安庆市人力资源和社会保障局"),
        ("安庆市劳动和社会保障局", "安庆市人力资源和社会保障局"),
        ("安庆市人社局", "安庆市人力资源和社会保障局"),
        ("市国土资源局", "安庆市自然资源和规划局"),
        ("安庆市规划局", "安庆市自然资源和规划局"),
        ("原市环境保护局", "安庆市生态环境局"),
        ("市公积金中心", "安庆市住房公积金管理中心"),
        ("宜政办", "安庆市人民政府办公室"),
        ("市人民政府办公室", "安庆市人民政府办公室"),
        ("省环境保护厅", "安徽省生态环境厅"),
        ("原环境保护部", "生态环境部"),
        ("（原）环境保护部", "生态环境部"),
        ("原中华人民共和国农业部", "农业农村部"),
        ("中华人民共和国国务院", "国务院"),
        ("银监会", "国家金融监督管理总局"),
        ("潜山县人民政府", "潜山市人民政府"),
        ("怀宁县人社局", "怀宁县人力资源和社会保障局"),
        ("高河镇", "怀宁县高河镇人民政府"),
        ("桐城市文昌街道", "桐城市文昌街道办事处"),
    ],
)
def test_find_knows_codes_names_former_names_and_short_names(written: str, name: str) -> None:
    assert name_of(written) == name


@pytest.mark.parametrize("written", ["", "原", "县财政局", "财政局", "某某局", "国务院、中央军委"])
def test_find_guesses_nothing(written: str) -> None:
    assert DIRECTORY.find(written) is None


def test_the_place_says_whose_bureau_is_meant() -> None:
    assert name_of("县财政局", "怀宁县") == "怀宁县财政局"
    assert name_of("财政局", "岳西县") == "岳西县财政局"
    assert name_of("市财政局", "桐城市") == "桐城市财政局"
    assert name_of("市财政局", "安庆市") == "安庆市财政局"
    assert name_of("教育部", "怀宁县") == "教育部"


def test_another_places_bureaus_are_not_ours() -> None:
    assert name_of("市财政局", "上海市") is None
    assert name_of("财政局", "上海市") is None
    assert name_of("安庆市人社局", "上海市") == "安庆市人力资源和社会保障局"
    assert name_of("人社部", "上海市") == "人力资源和社会保障部"
    assert name_of("市财政局", "怀宁县") == "安庆市财政局"


def make_agency(code: str, name: str, *short: str, former: tuple[str, ...] = ()) -> Agency:
    return Agency(code, name, short, "国家", "", former, "")


def test_a_current_name_wins_over_a_former_name_and_a_shared_short_name_is_nobodys() -> None:
    directory = AgencyDirectory(
        (
            make_agency("1", "新局", "局", former=("旧局",)),
            make_agency("2", "旧局", "局"),
        )
    )
    found = directory.find("旧局")
    assert found is not None
    assert found.code == "2"
    assert directory.find("局") is None


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_of_administration_is_there(level: str) -> None:
    assert [agency for agency in DIRECTORY.all() if agency.level == level]


def test_every_agency_is_found_by_its_code_its_name_and_its_parents_children() -> None:
    for agency in DIRECTORY.all():
        assert DIRECTORY.find(agency.code) == DIRECTORY.find(agency.name) == agency
        for above in DIRECTORY.above(agency.code)[:1]:
            assert agency in DIRECTORY.children(above)


def test_every_former_name_of_the_shipped_file_leads_to_one_agency() -> None:
    names = [name for agency in DIRECTORY.all() for name in agency.former_names]
    assert len(names) > 80
    assert [name for name in names if DIRECTORY.find(name) is None] == []


def test_every_short_name_of_the_shipped_file_leads_to_one_agency() -> None:
    short = [(agency, name) for agency in DIRECTORY.all() for name in agency.short_names]
    assert len(short) > 150
    assert [name for agency, name in short if DIRECTORY.find(name) != agency] == []


def test_children_come_in_the_order_of_the_file() -> None:
    children = DIRECTORY.children("340822-zf")
    assert {"怀宁县财政局", "怀宁县高河镇人民政府"} <= {agency.name for agency in children}
    assert list(children) == [agency for agency in DIRECTORY.all() if agency in children]
    assert DIRECTORY.children("没有") == ()


def test_an_unknown_code_is_its_own_label() -> None:
    assert DIRECTORY.label_of("000014349") == "国务院办公厅"
    assert DIRECTORY.label_of("某某局") == "某某局"
    assert DIRECTORY.by_code("某某局") is None


@given(st.sampled_from(DIRECTORY.all()), st.sampled_from(["", " ", "\u3000", "原", "(原)"]))
def test_spaces_and_a_leading_former_mark_never_change_who_is_meant(
    agency: Agency, mark: str
) -> None:
    assert DIRECTORY.find(mark + agency.name) == agency
