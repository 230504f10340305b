"""Two titles: the same, of another year or place, one passing the other on, or different."""

import pytest

from gongkai.catalog.places import load_places
from gongkai.duplicates.titles import TitleRelation, compare_titles, read_core

R = TitleRelation
IS_PLACE = load_places().is_name
PAIRS = [
    ("关于加强管理的通知", "关于加强管理的通知", R.SAME),
    ("关于加强管理的通知", "某市人民政府关于加强管理的通知", R.SAME),
    ("国务院关于加强管理的通知", "中华人民共和国国务院关于加强管理的通知", R.SAME),
    ("《供水条例》", "供水条例", R.SAME),
    ("中华人民共和国审计法（2021年修正）", "审计法", R.SAME),
    ("关于“双减”工作的意见", "关于「双减」工作的意见", R.SAME),
    ("关于2020年放假安排的通知", "关于2021年放假安排的通知", R.OTHER_EDITION),
    ("关于第二批名单的公告", "关于第十三批名单的公告", R.OTHER_EDITION),
    ("枣庄市古树名木保护条例", "济宁市古树名木保护条例", R.OTHER_REGION),
    ("山东省土壤污染防治条例", "菏泽市土壤污染防治条例", R.OTHER_REGION),
    ("上海市民政局关于低保工作的通知", "北京市民政局关于低保工作的通知", R.OTHER_REGION),
    ("甲县人民政府关于预算的报告", "乙县人民政府关于预算的报告", R.OTHER_REGION),
    ("关于印发《殡葬管理办法》的通知", "殡葬管理办法", R.PASSED_ON),
    ("某市转发省教育厅关于做好招生工作的通知", "山东省教育厅关于做好招生工作的通知", R.PASSED_ON),
    ("关于公布2020年行政许可事项的公告", "殡葬管理办法", R.DIFFERENT),
    ("关于加强供水管理的通知", "关于加强供电管理的通知", R.DIFFERENT),
    ("殡葬管理办法", "殡葬管理条例", R.DIFFERENT),
]


@pytest.mark.parametrize(("one", "other", "relation"), PAIRS)
def test_how_two_titles_stand_to_each_other(one: str, other: str, relation: TitleRelation) -> None:
    assert compare_titles(one, other, IS_PLACE).relation is relation
    assert compare_titles(other, one, IS_PLACE).relation is relation


def test_likeness_counts_characters() -> None:
    assert compare_titles("供水条例", "供水条例", IS_PLACE).likeness == 1.0
    assert compare_titles("供水条例", "供电条例", IS_PLACE).likeness == pytest.approx(0.75)
    assert compare_titles("供水条例", "关于放假", IS_PLACE).likeness == 0.0


def test_the_core_leaves_out_who_speaks() -> None:
    assert read_core("某市水利局关于供水的通知") == read_core("关于供水的通知")
