"""Document numbers in part: split for the index, and found in what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.number_parts import NumberParts, find_number_parts, split_number

KNOWN = frozenset(
    {
        "宜政办秘",
        "国办发",
        "国发",
        "国务院令",
        "建房",
        "公告",
        "通知",
        "财会",
        "渝府令",
        "法（研）发",
    }
    | {"国务院、中央军委令", "沪发改规范"}
)


def found(text: str) -> list[tuple[str, NumberParts]]:
    return [
        (text[each.start : each.end], each.parts)
        for each in find_number_parts(text, KNOWN.__contains__)
    ]


@pytest.mark.parametrize(
    ("canonical", "parts"),
    [
        ("宜政办秘〔2008〕8号", NumberParts("宜政办秘", 2008, "8")),
        ("中华人民共和国国务院令第711号", NumberParts("国务院令", None, "711")),
        ("财政部公告2015年第3号", NumberParts("财政部公告", 2015, "3")),
        ("无法识别", NumberParts()),
        ("", NumberParts()),
    ],
)
def test_a_whole_number_is_split(canonical: str, parts: NumberParts) -> None:
    assert split_number(canonical) == parts


@pytest.mark.parametrize(
    ("typed", "span", "parts"),
    [
        ("宜政办秘", "宜政办秘", NumberParts("宜政办秘")),
        ("宜政办秘的文件", "宜政办秘", NumberParts("宜政办秘")),
        ("宜政办秘[2008]", "宜政办秘[2008]", NumberParts("宜政办秘", 2008)),
        ("宜政办秘２００８年", "宜政办秘２００８年", NumberParts("宜政办秘", 2008)),
        ("国办发二〇一九年", "国办发二〇一九年", NumberParts("国办发", 2019)),
        ("2008年宜政办秘", "2008年宜政办秘", NumberParts("宜政办秘", 2008)),
        ("宜政办秘 2008 08", "宜政办秘 2008 08", NumberParts("宜政办秘", 2008, "8")),
        ("宜政办秘8号", "宜政办秘8号", NumberParts("宜政办秘", None, "8")),
        ("〔2008〕8号", "〔2008〕8号", NumberParts(None, 2008, "8")),
        ("沪环规〔2023〕", "沪环规〔2023〕", NumberParts("沪环规", 2023)),
        ("国务院令711", "国务院令711", NumberParts("国务院令", None, "711")),
        ("找一下国办发2019年的文件", "国办发2019年", NumberParts("国办发", 2019)),
        ("查宜政办秘〔2008〕", "宜政办秘〔2008〕", NumberParts("宜政办秘", 2008)),
        ("查沪环规〔2023〕", "沪环规〔2023〕", NumberParts("沪环规", 2023)),
        ("宜政办秘第8号", "宜政办秘第8号", NumberParts("宜政办秘", None, "8")),
        ("宜政办秘8-1号", "宜政办秘8-1号", NumberParts("宜政办秘", None, "8-1")),
        ("〔2008〕8a号", "〔2008〕8a号", NumberParts(None, 2008, "8A")),
        ("2008 宜政办秘", "2008 宜政办秘", NumberParts("宜政办秘", 2008)),
        ("法(研)发1987年", "法(研)发1987年", NumberParts("法（研）发", 1987)),
        (
            "国务院、中央军委令583",
            "国务院、中央军委令583",
            NumberParts("国务院、中央军委令", None, "583"),
        ),
        (
            "中华人民共和国国务院令711",
            "中华人民共和国国务院令711",
            NumberParts("国务院令", None, "711"),
        ),
        ("渝府令2012年", "渝府令2012年", NumberParts("渝府令", 2012)),
        ("财会 2019 8", "财会 2019 8", NumberParts("财会", 2019, "8")),
        ("财会8号", "财会8号", NumberParts("财会", None, "8")),
        ("沪发改规范〔2019〕", "沪发改规范〔2019〕", NumberParts("沪发改规范", 2019)),
        ("国发的文件", "国发", NumberParts("国发")),
        ("国办发文件", "国办发", NumberParts("国办发")),
        # What follows counts something else, or is a date: neither is cut in two.
        ("宜政办秘 2008 10件实事", "宜政办秘 2008", NumberParts("宜政办秘", 2008)),
        ("宜政办秘2008年8月8日", "宜政办秘", NumberParts("宜政办秘")),
        ("宜政办秘2008-08-08", "宜政办秘", NumberParts("宜政办秘")),
        ("宜政办秘2008-2010年", "宜政办秘", NumberParts("宜政办秘")),
        ("国务院令 8项规定", "国务院令", NumberParts("国务院令")),
    ],
)
def test_parts_are_found(typed: str, span: str, parts: NumberParts) -> None:
    assert found(typed) == [(span, parts)]


@pytest.mark.parametrize(
    "typed",
    [
        "宜政办秘〔2008〕8号",
        "2008年8号",
        "国发",
        "国发展规划",
        "建房 补贴",
        "农村建房",
        "公告 2019",
        "通知2019年",
        "发改委2008年",
        "12号线",
        "财会 2019",
        "建房 2008 100 平方米",
        "建房的文件",
        "我国发2008年",
        "批复〔2008〕",
    ],
)
def test_what_is_whole_or_only_a_word_is_left(typed: str) -> None:
    assert found(typed) == []


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("国发〔2008〕和国办发〔2009〕", ["国发〔2008〕", "国办发〔2009〕"]),
        ("国发〔2008〕和沪环规〔2009〕", ["国发〔2008〕", "沪环规〔2009〕"]),
        ("国办发2008 宜政办秘", ["国办发2008", "宜政办秘"]),
        ("宜政办秘的文件和国办发2019年", ["宜政办秘", "国办发2019年"]),
        ("宜政办秘[2008]8 号和国办发[2019]", ["国办发[2019]"]),
    ],
)
def test_several_are_found_beside_one_another(typed: str, spans: list[str]) -> None:
    assert [span for span, _ in found(typed)] == spans


_CODES = st.sampled_from(["宜政办秘", "国办发", "国发", "渝府令", "法（研）发"])
_FRAMES = st.sampled_from(["{}", "找一下{}的文件", "请问{}有哪些", "养老 {} 全文", "关于{}，谢谢"])
_PARTED = st.sampled_from(["{}〔{}〕", "{}({})", "{}{}年", "{} {}", "{}　[{}年]"])


@given(_CODES, st.integers(1949, 2035), _PARTED, _FRAMES)
def test_a_code_with_its_year_is_found_in_any_frame(
    code: str, year: int, parted: str, frame: str
) -> None:
    typed = parted.format(code, year)
    assert found(frame.format(typed)) == [(typed, NumberParts(code, year))]


@given(st.text("宜政办秘国发〔〕[]2008年第号 的,\u200b", max_size=40))
def test_spans_lie_in_the_text_and_never_overlap(text: str) -> None:
    parts = find_number_parts(text, KNOWN.__contains__)
    ends = [0, *(each.end for each in parts)]
    assert all(before <= each.start < each.end for before, each in zip(ends, parts, strict=False))
    assert not parts or parts[-1].end <= len(text)
