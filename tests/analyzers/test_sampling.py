"""Highlighting reads no more of a text, and looks for no more terms, than its limits say."""

from hypothesis import given
from hypothesis import strategies as st

from analyzers.highlight import Marker, choose_source, snippet
from analyzers.sampling import BLOCK, HIGHLIGHT_TERMS_LIMIT, choose_blocks, choose_highlight_terms

LIMIT = 40 * BLOCK
FILLING = "为规范行政审批工作，根据有关规定制定本办法。"
LONG = FILLING * 10_000


def test_highlight_terms_are_the_longest_in_their_order() -> None:
    few = ["公", "公积金", "", "公"]
    assert choose_highlight_terms(few) == ("公", "公积金")
    many = [f"{'长' * (number % 7)}{number}" for number in range(500)]
    chosen = choose_highlight_terms(many)
    assert len(chosen) == HIGHLIGHT_TERMS_LIMIT
    assert list(chosen) == [each for each in many if each in chosen]
    assert min(map(len, chosen)) >= max(len(each) for each in many if each not in chosen)


@given(
    st.integers(0, 20 * BLOCK),
    st.integers(0, 30 * BLOCK),
    st.lists(st.sampled_from(["审批", "有关", "没有", "规范行政", "。"]), max_size=80),
)
def test_blocks_are_within_the_limit(length: int, limit: int, highlight_terms: list[str]) -> None:
    blocks = choose_blocks(LONG[:length], highlight_terms, limit)
    assert blocks == sorted(set(blocks))
    assert len(blocks) * BLOCK <= max(min(limit, length) + BLOCK, BLOCK)
    assert all(0 <= at < max(length, 1) and at % BLOCK == 0 for at in blocks)
    if length <= limit:
        assert len(blocks) == -(-length // BLOCK)


def test_a_place_far_behind_the_limit_is_shown() -> None:
    text = f"{LONG}公积金的提取条件如下。{LONG}"
    assert "<mark>公积金</mark>" in snippet(text, ["公积金", "没有"], limit=LIMIT)
    assert "<mark>" not in snippet(text, ["没有"], limit=LIMIT)


def test_places_in_distant_blocks_are_no_one_passage() -> None:
    text = f"{LONG}公积金{LONG}低保的对象{LONG}"
    cut = snippet(text, ["公积金", "低保"], limit=LIMIT)
    assert len(cut) < 200
    assert cut.count("<mark>") == 1


def test_the_source_with_most_highlight_terms_is_chosen_within_the_limit() -> None:
    texts = [LONG, f"{LONG}公积金", f"{LONG}公积金和低保", FILLING]
    assert choose_source(texts, ["公积金", "低保"], 4 * LIMIT) == 2


def test_marks_of_a_page_stop_at_the_limit() -> None:
    marker = Marker(["公积金"], 1_000)
    line = f"{FILLING}<公積金>"
    shown = [marker.mark(line) for _ in range(100)]
    assert marker.read <= 500
    assert shown[0].endswith("&lt;<mark>公積金</mark>&gt;")
    assert shown[-1].endswith("&lt;公積金&gt;")
    written = [marker.mark(f"{FILLING}公积金") for _ in range(100)]
    assert marker.read <= 1_000
    assert written[0].endswith("<mark>公积金</mark>")
    assert written[-1].endswith("公积金")


def test_a_paragraph_of_any_length_is_whole() -> None:
    shown = Marker(["行政审批"], 10**9).mark(LONG)
    assert shown.replace("<mark>", "").replace("</mark>", "") == LONG
