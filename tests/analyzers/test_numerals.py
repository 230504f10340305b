"""Laws of numerals written out, and numbers with their units in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.numerals import (
    close_up,
    find_quantities,
    fold_years,
    name_quantities,
    read_numeral,
    respell,
    write_numeral,
)

DIGITS = "〇一二三四五六七八九"


def _in_words(number: int) -> str:
    words = ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        count, number = divmod(number, unit)
        if count:
            words += DIGITS[count] + sign
        elif words and number and not words.endswith("零"):
            words += "零"
    return words


@given(st.integers(1, 9999))
def test_a_number_is_read_however_it_is_written_out(number: int) -> None:
    written = [str(number), _in_words(number), "".join(DIGITS[int(c)] for c in str(number))]
    assert [read_numeral(text) for text in written] == [number] * 3


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("廿一", 21), ("卅", 30), ("二00八", 2008), ("二○○八", 2008), ("一百零八", 108)],
)
def test_short_and_mixed_forms(text: str, number: int) -> None:
    assert read_numeral(text) == number


@pytest.mark.parametrize("text", ["", "百", "十百", "两", "1.5", "-1", "零百", "一十百"])
def test_what_is_no_number(text: str) -> None:
    assert read_numeral(text) is None


@given(st.integers(0, 9999))
def test_a_number_that_is_written_is_read(number: int) -> None:
    assert read_numeral(write_numeral(number)) == number


@pytest.mark.parametrize(
    ("number", "written"), [(10, "十"), (32, "三十二"), (110, "一百一十"), (1005, "一千零五")]
)
def test_numbers_are_written_as_in_a_law(number: int, written: str) -> None:
    assert write_numeral(number) == written


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("二〇一〇年政府工作报告", "2010年政府工作报告"),
        ("二零一零年", "2010年"),
        ("一九九八年", "1998年"),
        ("一、二〇〇八年主要工作", "一、2008年主要工作"),
        ("一二〇〇八年主要工作", "一2008年主要工作"),
        ("二00八年", "2008年"),
        ("一二三产业", "一二三产业"),
        ("五险一金", "五险一金"),
    ],
)
def test_written_years_are_digits(text: str, folded: str) -> None:
    assert fold_years(text) == folded
    assert fold_years(folded) == folded


@given(st.text("一二三八九十〇零0128年第条，", max_size=30))
def test_folding_years_is_idempotent_and_keeps_every_offset(text: str) -> None:
    assert len(fold_years(text)) == len(text)
    assert fold_years(fold_years(text)) == fold_years(text)


@pytest.mark.parametrize(
    ("texts", "terms"),
    [
        (("第32条", "第三十二条", "第 32 条", "第三十二 条"), ["第32条", "32条"]),
        (("第二章", "第2章"), ["第2章", "2章"]),
        (("60岁", "六十岁", "60周岁", "六十周岁"), ["60岁"]),
        (("3个月", "三个月"), ["3个月"]),
        (("2个月", "两个月"), ["2个月"]),
        (("8小时", "八小时"), ["8小时"]),
        (("2024年", "2024年度"), ["2024年"]),
        (("2.5米",), ["2.5米"]),
        (("48小时",), ["48小时"]),
        (("996", "PM2.5", "五险一金", "统一"), []),
    ],
)
def test_a_number_with_a_unit_has_one_form(texts: tuple[str, ...], terms: list[str]) -> None:
    for text in texts:
        assert name_quantities(text) == terms
        for quantity in find_quantities(text):
            assert quantity.end == len(text)


def test_only_a_year_of_the_calendar_is_one() -> None:
    years = {q.term: q.is_year for q in find_quantities("2016年，16年，第2016年，3000年")}
    assert years == {"2016年": True, "16年": False, "第2016年": True, "3000年": False}


def test_spaces_inside_ordinals_are_closed_up() -> None:
    assert close_up("劳动法 第 32 条 60 岁 退休") == "劳动法 第32条 60 岁 退休"
    assert close_up("2008 8号 第 一 期") == "2008 8号 第一期"


def test_a_phrase_is_spelled_both_ways() -> None:
    assert respell("劳动法第32条") == ("劳动法第32条", "劳动法第三十二条")
    assert respell("劳动法第三十二条") == ("劳动法第三十二条", "劳动法第32条")
    assert respell("劳动法") == ("劳动法",)
