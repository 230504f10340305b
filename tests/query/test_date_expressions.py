"""Date choices in the words of a query: read where they restrict, left where they name."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.normalize import literal_text
from gongkai.query.date_expressions import describe, find_date_expression

TODAY = date(2026, 11, 25)


def read(text: str) -> tuple[str, str] | None:
    """The words taken for a date, and what they mean."""
    expression = find_date_expression(text, TODAY)
    return (text[expression.start : expression.end], describe(expression)) if expression else None


@pytest.mark.parametrize(
    ("text", "words", "meaning"),
    [
        ("2008年的低保标准", "2008年的", "2008年"),
        ("二〇〇八年的低保标准", "二〇〇八年的", "2008年"),
        ("２００８年的低保", "２００８年的", "2008年"),
        ("2008年5月的通知", "2008年5月的", "2008年5月"),
        ("2008年5月12日的公告", "2008年5月12日的", "2008年5月12日"),
        ("2008年上半年的数据", "2008年上半年的", "2008年1月至2008年6月"),
        ("2008年第二季度的数据", "2008年第二季度的", "2008年4月至2008年6月"),
        ("2008年以来的政策", "2008年以来的", "2008年起"),
        ("2010年以前的文件", "2010年以前的", "2009年止"),
        ("从2008年到2010年的文件", "从2008年到2010年的", "2008年至2010年"),
        ("2008-2010年 补贴", "2008-2010年", "2008年至2010年"),
        ("在2019年发布的公告", "在2019年发布的", "2019年"),
        ("公积金 2019", "2019", "2019年"),
        ("2019 公积金", "2019", "2019年"),
        ("低保 2008年", "2008年", "2008年"),
        ("去年的公积金政策", "去年的", "2025年"),
        ("前年出台的政策", "前年出台的", "2024年"),
        ("去年5月的招聘公告", "去年5月的", "2025年5月"),
        ("公积金 今年", "今年", "2026年"),
        ("上个月发布的通知", "上个月发布的", "2026年10月"),
        ("昨天的公告", "昨天的", "2026年11月24日"),
        ("本周的公告", "本周的", "2026年11月23日至2026年11月29日"),
        ("近三年的低保标准", "近三年的", "2023年11月25日起"),
        ("最近半年的招聘", "最近半年的", "2026年5月27日起"),
        ("最近30天的公告", "最近30天的", "2026年10月26日起"),
        ("十四五期间的规划", "十四五期间的", "2021年至2025年"),
        ("90年代的文件", "90年代的", "1990年至1999年"),
        ("2016-2018环境保护", "2016-2018", "2016年至2018年"),
        ("2016—2018 环境保护", "2016—2018", "2016年至2018年"),
        ("2016至2018年环境状况公报", "2016至2018年", "2016年至2018年"),
        ("二〇一六至二〇一八年环境", "二〇一六至二〇一八年", "2016年至2018年"),
        ("2010-2015年度审计", "2010-2015年度", "2010年至2015年"),
        ("2016年以来通知", "2016年以来", "2016年起"),
        ("2016年至今低保", "2016年至今", "2016年起"),
        ("近三年环境保护", "近三年", "2023年11月25日起"),
        ("去年工作报告", "去年", "2025年"),
        ("今年上半年经济数据", "今年上半年", "2026年1月至2026年6月"),
    ],
)
def test_a_date_is_read(text: str, words: str, meaning: str) -> None:
    assert read(text) == (words, meaning)


@pytest.mark.parametrize(
    "text",
    [
        "2008年",
        "去年的",
        "宜政办秘〔2008〕8号",
        "国办发2008年第8号",
        "2008年度预算",
        "2008年政府工作报告",
        "《2008年的工作要点》",
        "2023年部分节假日安排",
        "关于安庆市2008年政府信息公开年度报告",
        "三年以上有期徒刑",
        "工作满10年",
        "过去年代",
        "近亲属",
        "近三年没有工作的人",
        "去年我办了低保",
        "今年上半年",
        "去年在外地生的孩子今年上户口需要什么材料带什么证件",
        "GB 2760-2014 食品添加剂",
        "质量发展三年行动计划（2016-2018年）",
        "2016-2018",
        "2021-08-01公告",
        "60年代出生的人",
        "核酸检测点延长至2023年1月7日",
        "2008年13月的通知",
        "公积金",
        "",
    ],
)
def test_what_names_or_lasts_is_no_date(text: str) -> None:
    assert read(text) is None


def test_only_a_whole_year_may_stand_in_titles() -> None:
    year = find_date_expression("2008年的低保", TODAY)
    month = find_date_expression("2008年5月的低保", TODAY)
    assert year is not None
    assert year.year_named
    assert month is not None
    assert not month.year_named
    assert (year.titled, month.titled) == (("2008年",), ())


@pytest.mark.parametrize(
    ("text", "is_loose"),
    [("去年的工作报告", False), ("去年工作报告", True), ("近三年环境保护", True)],
)
def test_a_date_without_a_particle_is_loose(text: str, is_loose: bool) -> None:
    expression = find_date_expression(text, TODAY)
    assert expression is not None
    assert expression.is_loose is is_loose


def test_a_span_of_years_may_stand_in_titles_too() -> None:
    span = find_date_expression("2016至2018年环境保护", TODAY)
    assert span is not None
    assert {literal_text(run) for run in span.titled} >= {"20162018", "2016至2018"}


@given(st.text("2008年的去前今到至以来后近三个月 低保公积金[]〔〕号２", max_size=40))
def test_something_is_left_to_look_for(text: str) -> None:
    expression = find_date_expression(text, TODAY)
    if expression:
        assert 0 <= expression.start < expression.end <= len(text)
        assert literal_text(text[: expression.start] + text[expression.end :])
        assert expression.first or expression.last
        if expression.first and expression.last:
            assert expression.first.first_day <= expression.last.last_day
