"""The query box's operators: every text is a query, and nothing typed goes missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.text_analyzer import TextAnalyzer
from gongkai.query.syntax import Piece, as_phrases, find_emphasis, split_pieces, unquote

QUERIES = st.lists(
    st.sampled_from(
        ['"', "“", "”", "＂", "-", "－", "—", " ", "\u3000", "\n", "公积金", "a", "2008", "的"]
    )
    | st.text(max_size=3)
).map("".join)


def phrase(text: str, *, excluded: bool = False) -> Piece:
    return Piece(text, phrase=True, excluded=excluded)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        (" \u3000\n", ()),
        ("住房 公积金", (Piece("住房"), Piece("公积金"))),
        ('住房 "公积金 提取" 办法', (Piece("住房"), phrase("公积金 提取"), Piece("办法"))),
        ("“双随机、一公开”监管", (Piece("“双随机、一公开”监管"),)),
        ("公积金 -“商业 贷款”", (Piece("公积金"), phrase("商业 贷款", excluded=True))),
        ("＂提取＂", (phrase("提取"),)),
        ("公积金 -贷款", (Piece("公积金"), Piece("贷款", excluded=True))),
        ("公积金 －贷款", (Piece("公积金"), Piece("贷款", excluded=True))),
        ("公积金 –贷款", (Piece("公积金"), Piece("贷款", excluded=True))),
        ("公积金 —贷款", (Piece("公积金"), Piece("贷款", excluded=True))),
        ("公积金 −贷款", (Piece("公积金"), Piece("贷款", excluded=True))),
        ("公积金 NOT 贷款", (Piece("公积金"), Piece("贷款", excluded=True))),
        ('公积金 NOT "商业 贷款"', (Piece("公积金"), phrase("商业 贷款", excluded=True))),
        ('公积金 -"商业 贷款"', (Piece("公积金"), phrase("商业 贷款", excluded=True))),
        ('办法"提取"公积金', (Piece("办法"), phrase("提取"), Piece("公积金"))),
    ],
)
def test_operators_are_read(text: str, pieces: tuple[Piece, ...]) -> None:
    assert split_pieces(text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("2008-05", (Piece("2008-05"),)),
        ("003127334/200902-00019", (Piece("003127334/200902-00019"),)),
        ("- 公积金", (Piece("-"), Piece("公积金"))),
        ("--公积金", (Piece("--公积金"),)),
        ("规划2016 —2018年", (Piece("规划2016"), Piece("—2018年"))),
        ("办法 ——试行", (Piece("办法"), Piece("——试行"))),
        ("办法—试行", (Piece("办法—试行"),)),
        ("公积金 NOT", (Piece("公积金"), Piece("NOT"))),
        ("NOT 公积金", (Piece("NOT"), Piece("公积金"))),
        ("公积金 not 贷款", (Piece("公积金"), Piece("not"), Piece("贷款"))),
        ('"没有收尾 办法', (Piece('"没有收尾'), Piece("办法"))),
        ('""', ()),
        ('公积金 -""', (Piece("公积金"),)),
    ],
)
def test_what_is_no_operator_is_read_as_written(text: str, pieces: tuple[Piece, ...]) -> None:
    assert split_pieces(text) == pieces


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("“老年卡”怎么办理", ("老年卡",)),
        ("”老年卡“怎么办理", ("老年卡",)),
        ("《劳动法》和“五险 一金”", ("劳动法", "五险 一金")),
        ("公积金 -“贷款”", ()),
        ('"老年卡"“”《。》', ()),
    ],
)
def test_chinese_marks_emphasise(text: str, parts: tuple[str, ...]) -> None:
    assert find_emphasis(text) == parts


def test_marks_are_changed_and_taken_off() -> None:
    assert unquote('"老年卡"怎么办理 -"学生 卡"') == '老年卡怎么办理 -"学生 卡"'
    assert as_phrases("“老年卡”怎么办理") == '"老年卡"怎么办理'


@pytest.mark.parametrize("text", ["-公积金", "-公积金 -贷款", '-"公积金 贷款"'])
def test_exclusions_alone_are_taken_as_written(text: str) -> None:
    assert split_pieces(text) == tuple(map(Piece, text.split()))


@given(QUERIES)
def test_no_literal_character_is_lost_or_moved(analyzer: TextAnalyzer, text: str) -> None:
    pieces = split_pieces(text)
    assert "".join(analyzer.letters_only(piece.text) for piece in pieces) == analyzer.letters_only(
        text
    )


@given(QUERIES)
def test_pieces_say_something_and_not_all_are_excluded(text: str) -> None:
    pieces = split_pieces(text)
    assert all(piece.text.strip() for piece in pieces)
    assert not pieces or not all(piece.excluded for piece in pieces)


@given(QUERIES)
def test_words_outside_quotes_hold_no_space(text: str) -> None:
    assert all(piece.phrase or piece.text.split() == [piece.text] for piece in split_pieces(text))


@given(st.lists(st.text("公积金贷款", min_size=1), min_size=1))
def test_a_phrase_comes_back_as_it_was_quoted(words: list[str]) -> None:
    text = " ".join(words)
    assert split_pieces(f'"{text}"') == (phrase(text),)
