"""Differences to the character: the pieces are the texts, and equal pieces are equal."""

from hypothesis import given
from hypothesis import strategies as st

from analyzers.normalize import literal_text
from gongkai.duplicates.differences import list_passages, mark_differences

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60) | st.text("甲乙丙，（2é", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_joined_are_both_texts(one: str, other: str) -> None:
    pieces = mark_differences(one, other)
    assert "".join(piece.one for piece in pieces) == one
    assert "".join(piece.other for piece in pieces) == other
    for piece in pieces:
        if piece.is_equal:
            assert literal_text(piece.one) == literal_text(piece.other)


def test_punctuation_and_line_breaks_do_not_differ() -> None:
    assert list_passages("第一条　办法（试行）。\n第二条", "第一条 办法(试行) 第二条") == []


def test_a_passage_stands_with_its_context() -> None:
    passages = list_passages("罚款三千元以下，并责令改正。", "罚款五千元以下，并责令改正。")
    assert [(p.before, p.one, p.other, p.after) for p in passages] == [
        ("罚款", "三", "五", "千元以下，并责令改正。")
    ]


def test_edits_side_by_side_are_one_passage() -> None:
    passages = list_passages("由水利局会同发改委组织实施", "由水务局会同财政局组织实施")
    assert [(p.one, p.other) for p in passages] == [("利局会同发改委", "务局会同财政局")] or [
        (p.one, p.other) for p in passages
    ] == [("利", "务"), ("发改委", "财政局")]
