"""The shipped pairs are sound; the longest term wins; a city's own table says what is wrong."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.dictionary import check_dictionary
from analyzers.errors import TableError
from analyzers.normalize import normalize_text
from analyzers.synonyms import (
    BOTH_WAYS,
    ONE_WAY,
    OTHERS_LIMIT,
    Synonym,
    Synonyms,
    check_synonyms,
    load_synonyms,
)

FUND = Synonyms([Synonym("公积金", "住房公积金", BOTH_WAYS), Synonym("老板", "用人单位")])

texts = st.text(alphabet="公积金住房老板低保a5g ", max_size=30)
words = st.text(alphabet="公积金住房老板低保", min_size=2, max_size=4)
pairs = st.lists(st.builds(Synonym, words, words, st.sampled_from([ONE_WAY, BOTH_WAYS])))


def others(synonyms: Synonyms, text: str) -> dict[str, tuple[str, ...]]:
    return {found.term: found.others for found in synonyms.find(text) if found.others}


@pytest.fixture(scope="module")
def shipped() -> Synonyms:
    return Synonyms(load_synonyms())


def test_the_shipped_table_is_without_a_problem() -> None:
    assert check_synonyms() == []
    assert len(load_synonyms()) >= 1200
    assert {pair.direction for pair in load_synonyms()} == {ONE_WAY, BOTH_WAYS}


def test_no_shipped_row_is_left_out_by_the_limit() -> None:
    held = Counter(pair.term for pair in load_synonyms())
    held.update(pair.official for pair in load_synonyms() if pair.direction == BOTH_WAYS)
    assert {term: count for term, count in held.items() if count > OTHERS_LIMIT} == {}


def test_shipped_pairs_say_nothing_twice() -> None:
    listed = {(pair.term, pair.official) for pair in load_synonyms()}
    assert [pair for pair in listed if pair[::-1] in listed] == []


@pytest.mark.parametrize(
    ("question", "official"),
    [
        ("低保怎么申请", "最低生活保障"),
        ("五险一金", "社会保险"),
        ("五险一金", "住房公积金"),
        ("房产证丢了怎么办", "不动产权证书"),
        ("被老板炒鱿鱼", "解除劳动合同"),
        ("没钱打官司", "法律援助"),
        ("租房押金不退", "房屋租赁"),
        ("酒驾怎么处罚", "饮酒后驾驶"),
        ("欠钱不还", "债务"),
        ("老家要拆迁", "房屋征收"),
        ("红头文件", "规范性文件"),
        ("小孩上户口", "出生登记"),
        ("ＰＭ２.５超标", "细颗粒物"),
        ("婚姻法", "民法典"),
    ],
)
def test_plain_words_find_official_ones(shipped: Synonyms, question: str, official: str) -> None:
    found = others(shipped, normalize_text(question))
    assert official in {other for each in found.values() for other in each}


@pytest.mark.parametrize("question", ["用人单位", "居民身份证法", "服务对象", "条件", "单位"])
def test_some_words_bring_no_wrong_ones(shipped: Synonyms, question: str) -> None:
    wrong = {"老板", "身份证", "配偶", "申请条件"}
    assert not wrong & {other for each in others(shipped, question).values() for other in each}


def test_the_longest_term_is_found_and_its_part_is_not() -> None:
    assert others(FUND, "住房公积金") == {"住房公积金": ("公积金",)}
    assert others(FUND, "提取公积金") == {"公积金": ("住房公积金",)}


def test_one_way_is_never_back() -> None:
    (found,) = FUND.find("用人单位")
    assert (found.term, found.others) == ("用人单位", ())
    assert others(FUND, "老板") == {"老板": ("用人单位",)}


def test_traditional_and_full_width_pairs_are_normalized() -> None:
    synonyms = Synonyms([Synonym("ＥＴＣ", "電子不停車收費")])
    assert others(synonyms, "办etc卡") == {"etc": ("电子不停车收费",)}


def test_latin_terms_stand_alone() -> None:
    synonyms = Synonyms([Synonym("5G", "第五代移动通信")])
    assert [found.start for found in synonyms.find("15g 5g网 5gb")] == [4]


def test_no_more_others_than_the_limit() -> None:
    synonyms = Synonyms(Synonym("补贴", f"补助{number}") for number in range(9))
    assert len(synonyms.find("补贴")[0].others) == OTHERS_LIMIT


@given(pairs, texts)
def test_found_terms_lie_in_order_where_the_text_has_them(held: list[Synonym], text: str) -> None:
    known = {side for pair in held for side in (pair.term, pair.official)}
    at = 0
    for found in Synonyms(held).find(text):
        assert at <= found.start < found.end
        assert text[found.start : found.end] == found.term
        assert found.term in known
        assert not [
            term
            for term in known
            if len(term) > len(found.term) and text.startswith(term, found.start)
        ]
        at = found.end


@given(pairs, texts)
def test_nothing_that_is_there_is_missed(held: list[Synonym], text: str) -> None:
    known = {side for pair in held for side in (pair.term, pair.official)}
    covered = {
        place for found in Synonyms(held).find(text) for place in range(found.start, found.end)
    }
    for start in range(len(text)):
        for term in known:
            if text.startswith(term, start):
                assert covered & set(range(start, start + len(term)))


def test_a_citys_own_table_takes_the_place_of_the_shipped(tmp_path: Path) -> None:
    content = "kind,direction,official,term\n出行,both,安庆公交卡,宜城通\n"
    (tmp_path / "synonyms.csv").write_text(content, "gb18030")
    assert load_synonyms(tmp_path) == (Synonym("宜城通", "安庆公交卡", BOTH_WAYS),)


ROWS = "term,official,direction\n低保,最低生活保障,one\n"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("term,official\n", ":1: the header lacks the column direction"),
        (ROWS + "医保,医疗保险,two\n", ":3: the direction is 'two'"),
        (ROWS + "医保,,one\n", ":3: '' is shorter than two"),
        (ROWS + "税,纳税,one\n", ":3: '税' is shorter than two"),
        (ROWS + "税。,纳税,one\n", ":3: '税。' is shorter than two"),
        (ROWS + "醫保,医保,one\n", ":3: 醫保 is its own synonym"),
        (ROWS + "低保,最低生活保障,both\n", ":3: this pair is at "),
        (ROWS + "最低生活保障,低保,both\n", ":3: this pair is at "),
        (ROWS + "医保,医疗保险,one,x,y\n", ":3: has more cells"),
    ],
)
def test_says_file_and_line(tmp_path: Path, content: str, place: str) -> None:
    path = tmp_path / "synonyms.csv"
    path.write_text(content, "utf-8")
    problems = check_synonyms(tmp_path)
    assert problems[0].startswith(f"{path}{place}")
    with pytest.raises(TableError) as refused:
        load_synonyms(tmp_path)
    assert str(refused.value) == problems[0]


def test_every_problem_is_listed(tmp_path: Path) -> None:
    (tmp_path / "synonyms.csv").write_text(ROWS + "税,纳税,one\n医保,医疗保险,no\n", "utf-8")
    assert [problem.split(":")[1] for problem in check_synonyms(tmp_path)] == ["3", "4"]


def test_every_problem_of_the_dictionary_is_listed(tmp_path: Path) -> None:
    assert check_dictionary() == []
    (tmp_path / "government.csv").write_text("word,frequency\nA证,\n宜城通,-1\n宜城通,\n", "utf-8")
    (tmp_path / "stopwords.csv").write_text("word\n的\n的\n", "utf-8")
    places = [problem.split(": ")[0] for problem in check_dictionary(tmp_path)]
    words, stopwords = tmp_path / "government.csv", tmp_path / "stopwords.csv"
    assert places == [f"{words}:2", f"{words}:3", f"{words}:4", f"{stopwords}:3"]


def test_a_folder_that_is_none_is_one_problem(tmp_path: Path) -> None:
    assert len(check_dictionary(tmp_path / "missing")) == 1
    assert len(check_synonyms(tmp_path / "missing")) == 1
