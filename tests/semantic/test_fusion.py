"""Two lists made one: nothing is lost, and what both lists put first stays first."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.stored_record import decode_record
from gongkai.engines.installation import Installation
from gongkai.query.relevance import load_weights
from gongkai.search.coverage import Coverage, Passages, TermWords, cut_passages, measure_coverage
from gongkai.semantic.fusion import (
    Features,
    choose_weights,
    fuse,
    measure_static_rank,
    raise_similar,
)
from tests.engines.records import make_document

FLOOR = 0.4
WEIGHTS = load_weights()
CHOSEN = choose_weights(WEIGHTS)
SCORES = st.one_of(st.none(), st.floats(0.1, 50))
LISTS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.builds(Features, SCORES, st.floats(4, 10), st.floats(0, 1)),
    max_size=8,
)


@given(LISTS)
def test_every_record_is_there_once_with_a_score_up_to_one(features: dict[str, Features]) -> None:
    fused = fuse(features, CHOSEN)
    assert sorted(fused) == sorted(features)
    assert list(fused.values()) == sorted(fused.values(), reverse=True)
    assert all(0 <= score <= 1 for score in fused.values())


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.1, 50), min_size=1))
def test_keyword_order_decides_between_records_as_near(scores: dict[str, float]) -> None:
    order = fuse({each: Features(score, 6.0, 1.0) for each, score in scores.items()}, CHOSEN)
    assert [scores[each] for each in order] == sorted(scores.values(), reverse=True)


def test_what_has_the_words_and_is_near_comes_before_what_has_one_of_the_two() -> None:
    features = {
        "words": Features(30.0, 5.4, 1.0),
        "both": Features(28.0, 7.8, 1.0),
        "few": Features(3.0, 5.4, 0.3),
        "near": Features(None, 8.0, 0.2),
        "far": Features(None, 6.0, 0.0),
    }
    order = list(fuse(features, CHOSEN))
    assert order[0] == "both"
    assert set(order[1:3]) == {"words", "near"}


def test_of_records_as_near_the_one_with_more_of_the_words_comes_first() -> None:
    features = {"without": Features(None, 7.0, 0.0), "with": Features(None, 7.0, 0.5)}
    assert list(fuse(features, CHOSEN)) == ["with", "without"]


def test_what_resembles_the_best_comes_before_what_resembles_nothing() -> None:
    one, other = np.eye(2, dtype=np.float32)
    like_one = (one * 3 + other) / np.float32(np.sqrt(10))
    scores = [1.0, 0.6, 0.6]
    best, alone, alike = raise_similar(scores, np.array([one, other, like_one]), FLOOR, WEIGHTS)
    assert best > alike > alone


@given(st.integers(0, 1_000), st.integers(0, 1_000))
def test_two_that_resemble_each_other_never_change_places(first: int, second: int) -> None:
    """Scores in thousandths: rounding may make two equal whose last bits differ."""
    alike = np.ones((2, 1), np.float32)
    raised = raise_similar([first / 1_000, second / 1_000], alike, FLOOR, WEIGHTS)
    assert (raised[0] >= raised[1]) == (first >= second)


@given(st.lists(st.floats(0, 1), max_size=6))
def test_without_likeness_scores_stay(scores: list[float]) -> None:
    apart = np.eye(len(scores), 8, dtype=np.float32)
    assert raise_similar(scores, apart, FLOOR, WEIGHTS) == pytest.approx(scores)
    assert raise_similar(scores, np.zeros_like(apart), FLOOR, WEIGHTS) == pytest.approx(scores)


def test_a_text_has_the_words_of_a_term_or_one_of_its_names() -> None:
    terms = [TermWords(("低保",), ("低保", "最低生活保障")), TermWords(("申请",), ("申请",))]
    texts = ["最低生活保障申请指南", "低保标准", "护照申请", "招聘"]
    named, typed, other, none = measure_best(texts, terms)
    assert named == 1
    assert typed == pytest.approx(other)
    assert none == 0


def test_rare_words_of_a_query_count_more() -> None:
    terms = [TermWords((word,), (word,)) for word in ("补助", "渡船")]
    common, rare, *_ = measure_best(["补助", "渡船", "补助金", "补助标准"], terms)
    assert rare > common


def test_a_single_character_counts_less_than_a_word() -> None:
    terms = [TermWords((word,), (word,)) for word in ("领", "补助")]
    character, word = measure_best(["领导", "补助"], terms)
    assert word > character


def test_a_law_leads_unless_the_query_asks_how(installation: Installation) -> None:
    def measure(title: str, *, asks_how: bool) -> float:
        record = decode_record(make_document(installation, title=title).stored)
        return measure_static_rank(record, WEIGHTS, date(2024, 1, 1), asks_how=asks_how)

    law, guide = "中华人民共和国社会保险法", "最低生活保障审核确认办事指南"
    assert measure(law, asks_how=False) > measure(guide, asks_how=False)
    assert measure(law, asks_how=True) < measure(guide, asks_how=True)


def test_without_texts_or_words_nothing_is_covered() -> None:
    assert measure_coverage([], [TermWords(("低保",), ("低保",))]) == []
    assert measure_coverage([Passages("低保")], []) == [Coverage(0, 0)]


def test_the_best_passage_of_a_long_record_counts() -> None:
    terms = [TermWords((word,), (word,)) for word in ("工伤", "申请", "期限")]
    body = f"{'第一条' * 200}申请工伤认定的期限为三十日。{'第二条' * 200}"
    long = cut_passages("工伤保险办法", "工伤保险办法", body, 1000, 400)
    short = cut_passages("工伤保险办法", "工伤保险办法", body, 2000, 400)
    found, unread = measure_coverage([long, short], terms)
    assert found.best == pytest.approx(1)
    assert found.first == unread.first == unread.best < 1


@given(st.text("甲乙", max_size=40), st.text("甲乙", min_size=1, max_size=6), st.integers(1, 9))
def test_a_text_is_found_as_if_each_passage_were_read(body: str, text: str, length: int) -> None:
    starts = range(0, len(body), length - length // 4)
    read = ["丙", *(body[start : start + length] for start in starts)]
    expected = sum((text in each) << at for at, each in enumerate(read))
    assert Passages("丙", "丁", body, length).find(text) == expected


@given(st.floats(0, 1), st.floats(0, 1))
def test_nearness_counts_less_where_it_says_less(static: float, estimated: float) -> None:
    chosen = choose_weights(WEIGHTS, static, estimated)
    assert WEIGHTS.fusion_estimated_nearness <= chosen.nearness <= WEIGHTS.fusion_nearness
    assert chosen.keywords >= CHOSEN.keywords


def measure_best(texts: list[str], terms: list[TermWords]) -> list[float]:
    return [each.best for each in measure_coverage([Passages(text) for text in texts], terms)]
