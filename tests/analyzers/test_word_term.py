"""Highlight terms that are words: marked where a text has them as words."""

import pytest

from analyzers.dictionary import load_dictionary
from analyzers.highlight import highlight, snippet
from analyzers.text_analyzer import TextAnalyzer
from analyzers.word_term import WordBounds, WordTerm

BOUNDS = WordBounds.of(TextAnalyzer(load_dictionary()))


@pytest.mark.parametrize(
    ("text", "word", "marked"),
    [
        (
            "人民政府关于民政工作的通知",
            "民政",
            "人民政府关于<mark>民政</mark>工作的通知",
        ),
        ("市政府养护市政设施", "市政", "市政府养护<mark>市政</mark>设施"),
        ("公民、法人和民法典", "民法", "公民、法人和<mark>民法</mark>典"),
        ("工作制度与八小时工作制", "工作制", "工作制度与八小时<mark>工作制</mark>"),
        ("城镇职工基本养老保险", "养老保险", "城镇职工基本<mark>养老保险</mark>"),
    ],
)
def test_words_are_marked_within_their_borders(text: str, word: str, marked: str) -> None:
    term = WordTerm(word, BOUNDS)
    assert highlight(text, [term]) == marked
    assert snippet(text, [term]) == marked


def test_a_mark_never_spans_punctuation() -> None:
    assert "<mark>" not in highlight("公民、法人", [WordTerm("民法")])
    assert highlight("公积\n金", [WordTerm("公积金")]) == "<mark>公积\n金</mark>"
    assert highlight("人民政府", [WordTerm("民政")]) == "人<mark>民政</mark>府"


def test_the_passage_shows_the_word() -> None:
    body = "人民政府应当公布。" * 600 + "民政部门负责审核。" + "人民政府应当公布。" * 600
    shown = snippet(body, [WordTerm("民政", BOUNDS)])
    assert "<mark>民政</mark>部门" in shown
