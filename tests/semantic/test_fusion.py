"""Two lists made one: nothing is lost, and what both lists put first stays first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.query.relevance import load_weights
from gongkai.semantic.fusion import fuse, regularize_scores

FLOOR = 0.4
WEIGHTS = load_weights()
WEIGHT = WEIGHTS.hybrid_nearness
LISTS = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.1, 50), max_size=8)


@given(LISTS, LISTS)
def test_every_record_of_either_list_is_there_once(
    scores: dict[str, float], nearness: dict[str, float]
) -> None:
    order = fuse(scores, nearness, WEIGHT)
    assert sorted(order) == sorted(scores.keys() | nearness.keys())


@given(LISTS.filter(bool))
def test_one_list_alone_keeps_its_order(scores: dict[str, float]) -> None:
    for order in (fuse(scores, {}, WEIGHT), fuse({}, scores, WEIGHT)):
        assert [scores[each] for each in order] == sorted(scores.values(), reverse=True)


def test_what_has_the_words_and_is_near_comes_before_what_has_one_of_the_two() -> None:
    scores = {"words": 30.0, "both": 28.0, "few": 3.0}
    order = list(fuse(scores, {"near": 0.8, "both": 0.78, "far": 0.4}, WEIGHT))
    assert order[0] == "both"
    assert set(order[1:3]) == {"words", "near"}


def test_what_resembles_the_best_comes_before_what_resembles_nothing() -> None:
    one, other = np.eye(2, dtype=np.float32)
    like_one = (one * 3 + other) / np.float32(np.sqrt(10))
    scores = [1.0, 0.6, 0.6]
    best, alone, alike = regularize_scores(scores, np.array([one, other, like_one]), FLOOR, WEIGHTS)
    assert best >= alike > alone


@given(st.lists(st.floats(-1, 2), max_size=6))
def test_without_likeness_scores_stay(scores: list[float]) -> None:
    apart = np.eye(len(scores), 8, dtype=np.float32)
    assert regularize_scores(scores, apart, FLOOR, WEIGHTS) == pytest.approx(scores)
    assert regularize_scores(scores, np.zeros_like(apart), FLOOR, WEIGHTS) == pytest.approx(scores)
