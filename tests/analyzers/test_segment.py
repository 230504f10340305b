"""Cuts lose nothing, know the city's words, and are the same with either jieba."""

import logging
import re
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.dictionary import load_dictionary
from analyzers.jieba_dictionary import (
    dictionary_path,
    find_respelled_words,
    read_respelled_words,
)
from analyzers.normalize import normalize_text
from analyzers.segment import Segmenter, name_cuts
from tests.analyzers.texts import texts

WORDS = load_dictionary().words

# Characters that make up many words, so that random runs of them can be cut in many ways.
CROWDED = "中华人民共和国住房公积金管理办法政府信息公开条例行政许可的了不在有一人大会工作委员"
mixtures = st.text(st.sampled_from(CROWDED + "aZ09.-１Ａ 〇，"), max_size=80)


@pytest.fixture(scope="module")
def rust() -> Segmenter:
    return Segmenter(WORDS)


@pytest.fixture(scope="module")
def pure() -> Segmenter:
    return Segmenter(WORDS, pure=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("申请最低生活保障的条件", ["申请", "最低生活保障", "的", "条件"]),
        ("pm2.5浓度3.5，3g网络", ["pm2.5", "浓度", "3.5", "3g", "网络"]),
        ("www.gov.cn 12345热线", ["www", "gov", "cn", "12345", "热线"]),
        ("二〇〇八 𠮷野", ["二", "〇", "〇", "八", "𠮷", "野"]),
        ("한글 c++_x", ["한글", "c", "x"]),
        ("打湿 羅", ["打湿"]),
        ("", []),
    ],
)
def test_cuts(rust: Segmenter, text: str, words: list[str]) -> None:
    assert rust.cut(text)[: len(words)] == words


def test_search_cut_holds_the_words_inside(rust: Segmenter) -> None:
    cut = rust.cut_for_search("城镇职工基本养老保险2009.2.20")
    assert {"养老", "保险", "养老保险", "城镇职工基本养老保险"} <= set(cut)
    assert {"2009", "2", "20", "2009.2.20"} <= set(cut)
    assert {"iso9001", "iso", "9001"} <= set(rust.cut_for_search("iso9001"))
    assert set(rust.cut_for_search("2.5 5g")) == {"2.5", "5g"}


@given(texts)
def test_segments_and_dropped_characters_are_the_text(rust: Segmenter, text: str) -> None:
    normalized = normalize_text(text)
    dropped, done = "", 0
    for word in rust.cut(normalized):
        start = normalized.index(word, done)
        dropped += normalized[done:start]
        done = start + len(word)
    dropped += normalized[done:]
    assert re.search(r"[^\W_]", dropped) is None


@given(texts)
@settings(max_examples=60)
def test_search_cut_holds_the_exact_cut_as_often(rust: Segmenter, text: str) -> None:
    exact = Counter(rust.cut(normalize_text(text)))
    assert exact <= Counter(rust.cut_for_search(normalize_text(text)))


@given(texts)
@settings(max_examples=60)
def test_either_jieba_cuts_alike(rust: Segmenter, pure: Segmenter, text: str) -> None:
    normalized = normalize_text(text)
    assert rust.cut(normalized) == pure.cut(normalized)
    assert rust.cut_for_search(normalized) == pure.cut_for_search(normalized)


@given(mixtures)
def test_either_jieba_decides_alike_between_overlapping_words(
    rust: Segmenter, pure: Segmenter, text: str
) -> None:
    """管管管 is 管 and 管管 in either order: of ways with the same words, rounding chooses."""
    normalized = normalize_text(text)
    assert sorted(rust.cut(normalized)) == sorted(pure.cut(normalized))
    assert sorted(rust.cut_for_search(normalized)) == sorted(pure.cut_for_search(normalized))


def test_either_jieba_cuts_real_text_alike(
    rust: Segmenter, pure: Segmenter, real_text: str
) -> None:
    assert len(real_text.encode()) > 2_000_000
    normalized = normalize_text(real_text)
    # One cut in search mode says it all: it holds the exact cut.
    assert rust.cut_for_search(normalized) == pure.cut_for_search(normalized)


def test_every_word_of_the_dictionary_stays_whole(rust: Segmenter) -> None:
    cut_apart = [word for word, _ in WORDS if rust.cut(word) != [word]]
    assert cut_apart == []


def test_respelt_words_of_jieba_are_known(rust: Segmenter) -> None:
    # jieba has 乾净俐落 and 打溼 only; the folded text says 干净俐落 and 打湿.
    assert rust.cut(normalize_text("乾净俐落")) == ["干净俐落"]


def test_the_name_of_the_cuts_follows_words_not_their_order() -> None:
    assert name_cuts(WORDS) == name_cuts(WORDS[::-1])
    assert name_cuts(WORDS) != name_cuts([*WORDS, ("宜政办", None)])


def test_added_words_stay_with_their_segmenter(rust: Segmenter, pure: Segmenter) -> None:
    word = "滨江新城管委"
    assert Segmenter([(word, None)], pure=True).cut(word) == [word]
    assert pure.cut(word) != [word]
    assert rust.cut(word) != [word]


def test_words_given_with_other_characters_are_taken_in_pieces() -> None:
    segmenter = Segmenter([("滨江新城管委（宜政數據局）Ａ", 5000)])
    assert segmenter.cut("滨江新城管委宜政数据局") == ["滨江新城管委", "宜政数据局"]


def test_is_quiet_under_warnings_as_errors() -> None:
    program = "from analyzers.segment import Segmenter; Segmenter(pure=True).cut('政府信息')"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == ("", "")
    assert logging.getLogger("jieba").level == logging.WARNING


def test_respelled_words_have_the_frequency_of_all_their_spellings() -> None:
    lines = dictionary_path().read_text("utf-8").splitlines()
    counted: dict[str, int] = {}
    folded: set[str] = set()
    changing = {each for each in set("".join(lines)) if normalize_text(each) != each}
    for word, frequency, *_ in (line.split(" ") for line in lines):
        spelled = normalize_text(word) if changing.intersection(word) else word
        counted[spelled] = counted.get(spelled, 0) + int(frequency)
        if spelled != word and re.fullmatch("[\u4e00-\u9fd5]+", spelled):
            folded.add(spelled)
    assert read_respelled_words() == find_respelled_words()
    assert dict(read_respelled_words()) == {word: counted[word] for word in folded}
