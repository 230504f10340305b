"""Bodies to what makes them this document: frames go, sentences stay."""

import pytest

from gongkai.duplicates.masking import mask
from tests.duplicates.texts import SCHOOL, WATER

TITLE = "关于加强农村饮水安全工作的通知"


def test_a_notice_loses_letterhead_addressees_and_signature() -> None:
    lines = mask(WATER, TITLE)
    assert lines[0].startswith("为进一步提高农村供水保障水平")
    assert lines[-1] == "本通知自2020年5月1日起施行。"
    assert len(lines) == 7


@pytest.mark.parametrize(
    "line",
    [
        "宜政发〔2020〕12号",
        "中华人民共和国国务院令(第363号)",
        "2020年4月12日",
        "发布日期：2020-04-12",
        "索引号：003127334/202004-00012",
        "来源：市水利局",
        "特急",
        "某市人民政府办公室文件",
        "各县（市、区）人民政府，市政府各部门：",
        "（2002年9月29日国务院令第363号公布 根据2019年3月24日《国务院关于修改的决定》修订）",
        "2018年3月20日第十三届全国人民代表大会第一次会议通过",
    ],
)
def test_a_frame_above_the_text_is_left_out(line: str) -> None:
    assert mask(f"{line}\n{SCHOOL}") == mask(SCHOOL)


@pytest.mark.parametrize(
    "line",
    [
        "某市教育局",
        "某市人民政府办公室（盖章）",
        "二〇二〇年四月十二日",
        "（此件公开发布）",
        "抄送：市委各部门，市人大常委会办公室。",
        "某市人民政府办公室 2020年4月12日印发",
        "联系人：办公室 联系电话：略",
    ],
)
def test_a_frame_below_the_text_is_left_out(line: str) -> None:
    assert mask(f"{SCHOOL}\n{line}") == mask(SCHOOL)


@pytest.mark.parametrize(
    "line",
    [
        "有下列情形之一的，应当公开：",
        "第一条 为了规范供水，制定本办法。",
        "国务院令第363号公布的条例同时废止。",
        "本办法由市水利局负责解释。",
        "自2020年5月1日起施行。",
    ],
)
def test_a_sentence_of_the_text_stays(line: str) -> None:
    assert mask(f"{line}\n{SCHOOL.splitlines()[1]}")[0] == mask(line)[0]
    assert mask(f"{SCHOOL}\n{line}")[-1] == mask(line)[0]


def test_a_history_over_several_lines_and_a_table_of_contents_go() -> None:
    first, second = "第一条 为了规范管理，制定本办法。", "第二条 本办法自公布之日起施行。"
    text = f"第一章 总则\n{first}\n第二章 附则\n{second}"
    history = "（1998年11月4日通过\n2010年10月28日修订\n根据2018年12月29日的决定修正）\n"
    contents = "目　录\n第一章 总则\n第二章 附则\n"
    assert mask(history + contents + text) == mask(text)


@pytest.mark.parametrize(
    "spelled", ["2009年2月20日", "二〇〇九年二月二十日", "2009-02-20", "2009.2.20"]
)
def test_dates_have_one_spelling(spelled: str) -> None:
    assert mask(f"本办法自{spelled}起施行。") == ["本办法自2009年2月20日起施行。"]


def test_nothing_is_left_of_nothing() -> None:
    assert mask("") == []
    assert mask("\n \n") == []
