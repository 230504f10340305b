"""A tree without what only scores has the same matches."""

from hypothesis import given
from hypothesis import strategies as st

from gongkai.query.tree import (
    And,
    Boost,
    ConstantScore,
    DisMax,
    MatchAll,
    MatchNone,
    Or,
    Phrase,
    Query,
    Term,
    Terms,
    without_scores,
)
from tests.query.matching import matches, parts_of

WORDS = st.sampled_from("abc")
FIELD = "body_words"


def _above(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    few = st.lists(inner, max_size=2).map(tuple)
    return st.one_of(
        st.builds(And, some, few, few),
        st.builds(Or, some, st.integers(1, 2)),
        st.builds(DisMax, some, st.just(0.1)),
        st.builds(Boost, inner, st.just(2.0)),
        st.builds(ConstantScore, inner, st.just(0.0)),
    )


LEAVES = st.one_of(
    st.just(MatchAll()),
    st.just(MatchNone()),
    st.builds(Term, st.just(FIELD), WORDS),
    st.builds(Terms, st.just(FIELD), st.lists(WORDS, min_size=1, max_size=2).map(tuple)),
    st.builds(Phrase, st.just(FIELD), st.lists(WORDS, min_size=2, max_size=2).map(tuple)),
)
TREES = st.recursive(LEAVES, _above, max_leaves=8)


def test_nested_alternatives_become_one_list() -> None:
    one, other, third = (Term(FIELD, word) for word in "甲乙丙")
    nested = Or((DisMax((Boost(one, 2), other)), Or((And((one, third)), third))))
    assert without_scores(nested) == Or((one, other, third))


@given(TREES, st.lists(WORDS, max_size=4).map(" ".join))
def test_the_same_matches_and_nothing_that_scores(query: Query, text: str) -> None:
    bare = without_scores(query)
    assert matches(bare, {FIELD: text}) == matches(query, {FIELD: text})
    for part in parts_of(bare):
        assert not isinstance(part, DisMax | Boost | ConstantScore)
        assert not isinstance(part, And) or not part.should
