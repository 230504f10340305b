"""Completions of what is being typed, in characters, in pinyin and in both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.completion import CompletionIndex, MatchKind
from analyzers.pinyin import is_latin, parse_latin, read_word

COUNTS = {
    "公积金": 50, "住房公积金": 30, "重庆": 9, "行长": 2, "银行": 20, "住房": 40, "政府": 90,
    "景点": 3, "经典": 2, "律师": 4, "西安": 5, "长沙": 3, "公司": 8, "ppp": 3, "国家级": 400,
}  # fmt: skip
LEXICON = CompletionIndex(COUNTS, {"公积金"})


def complete(typed: str) -> list[str]:
    return [each.text for each in LEXICON.complete(typed)]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("公积", "公积金"),
        ("gongjijin", "公积金"),
        ("gong ji jin", "公积金"),
        ("gongjij", "公积金"),
        ("gjj", "公积金"),
        ("GJJ", "公积金"),
        ("gongjj", "公积金"),
        ("公ji", "公积金"),
        ("公积j", "公积金"),
        ("gong积金", "公积金"),
        ("zfgjj", "住房公积金"),
        ("zhufang", "住房"),
        ("chongqing", "重庆"),
        ("hangzhang", "行长"),
        ("yinhang", "银行"),
        ("changsha", "长沙"),
        ("lvshi", "律师"),
        ("lüshi", "律师"),
        ("xi'an", "西安"),
        ("gonsi", "公司"),
        ("pp", "ppp"),
    ],
)
def test_the_word_comes_first(typed: str, word: str) -> None:
    assert complete(typed)[0] == word


@pytest.mark.parametrize("typed", ["公ji", "gongji"])
def test_a_whole_syllable_comes_before_the_beginning_of_one(typed: str) -> None:
    both = CompletionIndex({"公积金": 6, "公交": 8}, {"公积金", "公交"})
    assert [each.text for each in both.complete(typed)] == ["公积金", "公交"]
    assert both.complete("gongjia")[0].text == both.complete("gongjiao")[0].text == "公交"


def test_what_goes_on_and_what_holds_it_follow() -> None:
    assert complete("公积金") == ["公积金", "住房公积金"]
    assert complete("zf")[:2] == ["政府", "住房"]


def test_words_that_people_look_for_come_before_more_frequent_ones() -> None:
    assert complete("gjj")[:2] == ["公积金", "国家级"]
    unaware = CompletionIndex(COUNTS).complete("gjj")
    assert unaware[0].text == "国家级"


def test_sounds_that_nothing_has_complete_nothing() -> None:
    assert complete("bubucunzai") == []
    assert complete("") == []
    assert complete("。，") == []


def test_how_it_was_found_is_said() -> None:
    assert LEXICON.complete("gjj")[0].kind is MatchKind.PINYIN
    assert LEXICON.complete("公积")[0].kind is MatchKind.TEXT
    assert LEXICON.complete("gjj")[0].count == 50


@given(st.sampled_from([word for word in COUNTS if read_word(word)]))
def test_every_word_is_found_by_its_sounds(word: str) -> None:
    reading = read_word(word)[0]
    for typed in ("".join(reading), "".join(each[0] for each in reading)):
        found = [each.text for each in LEXICON.complete(typed, len(COUNTS))]
        assert word in found


@given(st.text("gongjizhufavü公积金房 '", max_size=14), st.integers(1, 10))
def test_completions_are_known_words_said_once(typed: str, size: int) -> None:
    found = [each.text for each in LEXICON.complete(typed, size)]
    assert len(found) <= size
    assert len(set(found)) == len(found)
    assert set(found) <= COUNTS.keys()


def test_polyphones_are_read_as_their_word_is() -> None:
    assert read_word("行长")[0] == ("hang", "zhang")
    assert read_word("重庆")[0] == ("chong", "qing")
    assert ("zhong", "qing") in read_word("重庆")


def test_letters_that_can_be_parted_in_many_ways_and_end_in_none_are_no_trouble() -> None:
    assert parse_latin("nang" * 22 + "i") == ()
    assert len(parse_latin("na" * 45)) == 64
    assert not is_latin("nang" * 22 + "i")


def test_letters_are_told_from_other_text() -> None:
    assert all(map(is_latin, ("gjj", "gongjijin", "公ji", "xi'an")))
    assert not any(map(is_latin, ("5g", "pm2.5", "wifi", "公积金", "", "gjj8")))
    assert parse_latin("gongjijin")[0] == ("gong", "ji", "jin")
