"""Marks fall on what was found, in the original's own spelling, and the HTML is safe."""

import html
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.highlight import best_passage, highlight, mark_spans, snippet, to_html
from analyzers.normalize import literal_text
from tests.analyzers.texts import cuts_a_year, substrings, texts


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("宜政办秘〔2008〕8号", "宜政办秘[2008]8号", "<mark>宜政办秘〔2008〕8号</mark>"),
        ("住房公积金提取", "公積金", "住房<mark>公积金</mark>提取"),
        ("申請公積金", "公积金", "申請<mark>公積金</mark>"),
        ("ＰＭ２．５超标", "PM2.5", "<mark>ＰＭ２．５</mark>超标"),
        ("政府，公开。", "政府", "<mark>政府</mark>，公开。"),
        ("第8号和2008号", "8", "第<mark>8</mark>号和2008号"),
        ("〔2008〕8号", "8", "〔2008〕<mark>8</mark>号"),
        ("it 部门 item", "IT", "<mark>it</mark> 部门 item"),
        ("governments", "gov", "<mark>gov</mark>ernments"),
        ("水，水费", "水", "<mark>水</mark>，<mark>水</mark>费"),
        ("无", "有", "无"),
    ],
)
def test_marks(text: str, query: str, marked: str) -> None:
    assert highlight(text, [literal_text(query)]) == marked


@pytest.mark.parametrize(
    ("text", "term", "marked"),
    [
        ("ＰＭ２．５超标", "pm2.5", "<mark>ＰＭ２．５</mark>超标"),
        ("PM25与PM2.5", "pm2.5", "PM25与<mark>PM2.5</mark>"),
        ("第2.5条、12.5条、25条", "2.5", "第<mark>2.5</mark>条、12.5条、25条"),
    ],
)
def test_a_word_with_points_marks_the_same_points(text: str, term: str, marked: str) -> None:
    assert highlight(text, [term]) == marked
    assert marked in snippet(f"{FILLER * 10}{text}。{FILLER * 10}", [term])


@pytest.mark.parametrize(
    ("text", "term", "marked"),
    [
        ("1996年996人、9、96", "996", "1996年<mark>996</mark>人、9、96"),
        ("48小时和8小时", "8小时", "48小时和<mark>8小时</mark>"),
        ("十八小时和八小时", "八小时", "十八小时和<mark>八小时</mark>"),
        ("二〇一〇年", "2010年", "<mark>二〇一〇年</mark>"),
        ("PM 2.5", "pm2.5", "<mark>PM 2.5</mark>"),
        ("宜政办秘〔2008〕8号", "宜政办秘2008", "<mark>宜政办秘〔2008</mark>〕8号"),
    ],
)
def test_no_mark_begins_or_ends_inside_a_number(text: str, term: str, marked: str) -> None:
    assert highlight(text, [term]) == marked


def test_touching_and_overlapping_marks_are_one() -> None:
    assert mark_spans("最低生活保障金", ["最低生活", "生活保障", "金", ""]) == [(0, 7)]


def test_html_is_escaped_outside_and_inside_marks() -> None:
    text = "<b>政府&\"'信息</b>"
    marked = "&lt;b&gt;<mark>政府&amp;&quot;&#x27;信息</mark>&lt;/b&gt;"
    assert to_html(text, [(3, 10)]) == marked
    assert (
        to_html(text, [(0, 4), (8, 14)], 3, 9)
        == "<mark>政</mark>府&amp;&quot;&#x27;<mark>信</mark>"
    )


@given(substrings())
def test_a_part_of_the_text_is_marked(pair: tuple[str, str]) -> None:
    text, part = pair
    needle = literal_text(part)
    spans = mark_spans(text, [needle])
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] < two[0] for one, two in pairwise(spans))
    start = text.index(part)
    borders = (text[:start], part), (part, text[start + len(part) :])
    is_number_cut = any(cuts_a_year(*border) for border in borders)
    if needle and not is_number_cut and re.fullmatch("[0-9a-z]{1,2}|[0-9]+", needle) is None:
        assert any(needle in literal_text(text[start:end]) for start, end in spans)


@given(texts, st.lists(texts, max_size=4), st.integers(5, 60))
def test_html_holds_the_text_and_no_other_tag(text: str, queries: list[str], length: int) -> None:
    highlight_terms = list(map(literal_text, [*queries, text[3:5], text[10:13]]))
    marked = highlight(text, highlight_terms)
    assert html.unescape(re.sub("</?mark>", "", marked)) == html.unescape(html.escape(text))
    assert "<" not in re.sub("<mark>[^<]+</mark>", "", snippet(text, highlight_terms, length))
    start, end = best_passage(text, highlight_terms, length=length)
    assert 0 <= start <= end <= len(text)
    assert end - start <= length


FILLER = "本办法自发布之日起施行，由市人民政府办公室负责解释。" * 20
BODY = f"{FILLER}申请低保应当提交材料。{FILLER}低保对象的失业保险按规定办理。{FILLER}"


def test_passage_holds_most_different_highlight_terms_and_begins_with_a_sentence() -> None:
    start, end = best_passage(BODY, ["低保", "失业保险"])
    assert BODY[start:end].startswith("低保对象的失业保险")
    assert BODY[end - 1] in "。，"


def test_weights_decide() -> None:
    start, end = best_passage(BODY, ["材料", "低保", "失业保险"], [9.0, 1.0, 1.0])
    assert "材料" in BODY[start:end]


def test_snippet_shows_cuts_and_runs_whitespace_together() -> None:
    cut = snippet(BODY.replace("对象", "\t \u3000对象"), ["失业保险"])
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert "低保 对象的<mark>失业保险</mark>" in cut


def test_snippet_of_a_very_long_text_holds_the_same_highlight_terms() -> None:
    text = FILLER * 40 + "公積金〔2024〕与低保" + FILLER * 40
    cut = snippet(text, ["公积金2024", "低保"])
    assert "<mark>公積金〔2024</mark>〕与<mark>低保</mark>" in cut
    assert cut.startswith("…")
    assert cut.endswith("…")


def test_snippet_of_a_short_text_is_all_of_it() -> None:
    assert snippet(" 政府信息\n公开 ", ["信息"]) == "政府<mark>信息</mark> 公开"
    assert snippet("", ["信息"]) == ""


def test_snippet_without_a_find_is_the_beginning() -> None:
    assert snippet(BODY, ["环境"]).startswith("本办法自发布之日起施行")
