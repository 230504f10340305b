"""Mistakes in queries: what is proposed, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.confusion import Confusion, compare
from analyzers.spelling import SpellingCorrector

COUNTS = {
    "公积金": 50, "住房公积金": 30, "住房": 40, "最低生活保障": 20, "义务教育": 15, "招生": 12,
    "政府信息公开": 60, "环境": 30, "保护": 40, "办法": 200, "补助": 25, "安全生产": 18, "居民": 30,
    "医疗保险": 16, "迁移": 6, "户口": 7, "通知": 300, "失业保险金": 5, "基金": 20,
    "证照办理": 9, "流程": 30, "办理": 60, "缴费": 12, "教师资格": 8, "按照": 80,
}  # fmt: skip
WORDS = frozenset({"后果", "如何", "教师", "教室", "补办", "护照", "自助", "产生", "保障", "关雨"})
CORRECTOR = SpellingCorrector(
    COUNTS, WORDS.__contains__, {"的", "关于", "如果", "按照", "自己"}, {"张家港"}.__contains__
)


def best(text: str) -> str | None:
    found = CORRECTOR.correct(text)
    return found[0].text if found else None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("公基金", "公积金"),
        ("住房供积金", "住房公积金"),
        ("最低生活报障", "最低生活保障"),
        ("义务教玉招生", "义务教育招生"),
        ("政俯信息公开", "政府信息公开"),
        ("环竟保护", "环境保护"),
        ("补住办法", "补助办法"),
        ("住房公积", "住房公积金"),
        ("住房公积积金", "住房公积金"),
        ("安全产生", "安全生产"),
        ("户口千移", "户口迁移"),
        ("居民医疗报险", "居民医疗保险"),
        ("2019年环竟保护", "2019年环境保护"),
        ("义务教育的找生通知", "义务教育的招生通知"),
        ("教室资格", "教师资格"),
        ("安召办法", "按照办法"),
    ],
)
def test_what_was_meant_comes_first(written: str, meant: str) -> None:
    assert best(written) == meant


@pytest.mark.parametrize(
    "text", ["公积金", "环境保护办法", "通知", "户口迁移的通知", "", "abc 123"]
)
def test_what_is_well_is_left(text: str) -> None:
    assert best(text) is None


@pytest.mark.parametrize(
    "text", ["护照", "护照办理流程", "补办护照", "自助缴费", "自助机", "教室", "关雨通知"]
)
def test_a_dictionary_word_is_left_although_the_index_lacks_it(text: str) -> None:
    assert best(text) is None


def test_names_of_the_gazetteer_are_left() -> None:
    assert all("张家港" in each.text for each in CORRECTOR.correct("张家港环竟"))


def test_a_change_says_what_was_written_for_what() -> None:
    (found, *_) = CORRECTOR.correct("2019年环竟保护")
    (change,) = found.changes
    assert (change.written, change.meant) == ("环竟", "环境")
    assert (change.start, change.end) == (5, 7)


@pytest.mark.parametrize(
    ("written", "meant", "reason"),
    [
        ("供", "公", Confusion.HOMOPHONE),
        ("组", "主", Confusion.NEAR),
        ("字", "志", Confusion.NEAR),
        ("精", "金", Confusion.NEAR),
        ("难", "兰", Confusion.NEAR),
        ("侍", "待", Confusion.SHAPE),
        ("末", "未", Confusion.SHAPE),
        ("的", "好", Confusion.OTHER),
    ],
)
def test_why_characters_are_mistaken(written: str, meant: str, reason: Confusion) -> None:
    assert compare(written, meant) is reason
    assert compare(meant, written) is reason


@given(st.text("公基积金住房环竟境保护abc12 的", max_size=12))
def test_changes_make_the_text_and_touch_nothing_else(text: str) -> None:
    for found in CORRECTOR.correct(text):
        rebuilt, done = "", 0
        for change in found.changes:
            assert text[change.start : change.end] == change.written != change.meant
            rebuilt += text[done : change.start] + change.meant
            done = change.end
        assert rebuilt + text[done:] == found.text != text
        assert len(found.changes) <= 2
        assert found.gain > 0
        kept = [character for character in text if character.isascii()]
        assert [character for character in found.text if character.isascii()] == kept
