"""Cell values to clean text: nothing unprintable, no markup, nothing lost, no depth too deep."""

import math

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.plain_text import (
    DEPTH_LIMIT,
    clean_line,
    clean_text,
    clean_value,
    reduce_line,
    reduce_markup,
    strings_in,
)

ANY_TEXT = st.text(st.characters(codec=None))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
)


@given(ANY_TEXT)
def test_clean_text_is_utf8_without_controls_and_stays_clean(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode()
    assert not any(ord(sign) < 32 and sign not in "\t\n" for sign in cleaned)
    assert clean_text(cleaned) == cleaned == cleaned.strip()


@given(ANY_TEXT)
def test_a_line_holds_single_spaces_only(text: str) -> None:
    assert clean_line(text) == " ".join(clean_text(text).split())
    assert clean_line(clean_line(text)) == clean_line(text)


def test_line_ends_are_unified_and_kept() -> None:
    assert clean_text("\ufeff一\r\n二\r三\x00\n") == "一\n二\n三"
    assert clean_line("一\r\n 二\u3000三\ud800") == "一 二 三"


@given(VALUES)
def test_a_cleaned_value_is_json_and_cleaning_it_again_changes_nothing(value: object) -> None:
    cleaned = clean_value(value)
    assert orjson.loads(orjson.dumps(cleaned)) == cleaned
    assert clean_value(cleaned) == cleaned


def test_numbers_that_json_lacks_become_text() -> None:
    assert clean_value([2**63, math.inf, -5, 1.5, True]) == [str(2**63), "inf", -5, 1.5, True]
    assert clean_value(10**5000) == ""


def test_a_value_too_deep_is_an_error_and_its_texts_are_found_all_the_same() -> None:
    deep: object = "底"
    for level in range(100_000):
        deep = [deep] if level % 2 else {"k": deep}
    with pytest.raises(RecursionError):
        clean_value(deep)
    assert "底" in strings_in(deep)


def test_a_value_at_the_limit_is_taken() -> None:
    value: object = "底"
    for _ in range(DEPTH_LIMIT):
        value = [value]
    assert clean_value(value) == value


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("无标记 1<2，a<b", "无标记 1<2，a<b"),
        ("<p>一</p><p>二</p>", "一\n二"),
        ("一<br>二<br/>三", "一\n二\n三"),
        ("<div>一<p></p><p> </p>二</div>", "一\n二"),
        ("<p>甲<b>乙</b>丙</p>丁", "甲乙丙\n丁"),
        ("<p>留</p><script>var 去 = '<p>去</p>'</script><style>去</style>", "留"),
        ("<p>留<!-- 去 -->下</p>", "留下"),
        ("<!DOCTYPE html><html><head><title>去</title></head><body><p>留</body></html>", "留"),
        ("</div></body></html><p>后面</p>", "后面"),
        ('<?xml version="1.0" encoding="gb2312"?><p>中文</p>', "中文"),
        ("<p>1&nbsp;&lt;&nbsp;2&#8;&#xFEFF;</p>", "1\u00a0<\u00a02"),
        ("&lt;p&gt;<p>两次</p>&lt;/p&gt;", "两次"),
        ("<table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td></table>", "甲\t1\n乙"),
        ("<p", "<p"),
        ("没有开头</p>", "没有开头"),
        ("<p>当A<B时执行。</p><p>若 n<m 且 m>3 则</p>", "当A<B时执行。\n若 n<m 且 m>3 则"),
        ("<p>AQI<100 优；AQI < 50 良</p>", "AQI<100 优；AQI < 50 良"),
        ("A&lt;B 时执行", "A<B 时执行"),
        ("一\n\n<!-- 表 -->二 a<!--b", "一\n\n二 a<!--b"),
        ("&nbsp;&nbsp;一，&ldquo;双碳&rdquo;。&hellip;\n二", "一，“双碳”。…\n二"),
        ("&amp;nbsp;&amp;amp;lt;", "<"),
        ("AT&T;、R&D、a&copy=1、&无;", "AT&T;、R&D、a&copy=1、&无;"),
    ],
)
def test_markup_is_reduced_to_text(markup: str, text: str) -> None:
    assert reduce_markup(markup) == text


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("安庆市&ldquo;十四五&rdquo;规划", "安庆市“十四五”规划"),
        ("城乡居民&nbsp;&nbsp;医疗保险", "城乡居民 医疗保险"),
        ("关于印发《办法》的<br/>通知", "关于印发《办法》的通知"),
        ("关于印发《办法》的&lt;BR&gt;通知", "关于印发《办法》的通知"),
        ("Notice 1<br>2", "Notice 1 2"),
        ("关于<em class='hl'>房屋</em>征收<o:p></o:p>", "关于房屋征收"),
        ("关于&lt;b&gt;房屋&lt;/b&gt;征收", "关于房屋征收"),
        ("<![CDATA[关于&amp;通知]]>", "关于&通知"),
        ("小区&amp;商铺、A<B>C、《<通知>》、x<y", "小区&商铺、A<B>C、《<通知>》、x<y"),
        ("小区\u200b加装\u00ad电梯\u2060a&#8203;b", "小区加装电梯ab"),
        ("制\t表\n换\u3000行", "制 表 换 行"),
        ("\u0645\u200c\u0645 👨\u200d👩 一\u200d二", "\u0645\u200c\u0645 👨\u200d👩 一二"),
    ],
)
def test_a_line_has_no_markup(title: str, line: str) -> None:
    assert reduce_line(title) == reduce_line(line) == line


@given(
    st.lists(st.sampled_from(["<br>", "&lt;", "<", ">", "b", "/", "&nbsp;", "甲", "\u200d"])
             | st.text(max_size=3)).map("".join)
)  # fmt: skip
def test_any_line_stays_as_reduced(text: str) -> None:
    line = reduce_line(text)
    assert reduce_line(line) == clean_line(line) == line


@pytest.mark.parametrize("tag", ["div", "b", "table"])
def test_text_below_hostile_depth_is_not_lost(tag: str) -> None:
    assert reduce_markup(f"<{tag}>" * 20_000 + "底") == "底"


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<div", ">", "<br/>", "&lt;p&gt;", "甲", "<", "&#0;", "</html>"]
        )
        | st.text(max_size=3)
    ).map("".join)
)
def test_any_text_is_reduced_to_text_that_stays(markup: str) -> None:
    text = reduce_markup(clean_text(markup))
    assert clean_text(text) == text
    assert reduce_markup(text) == text


@given(st.lists(st.text("一二三四五", min_size=1), min_size=1))
def test_no_words_between_tags_are_lost(words: list[str]) -> None:
    markup = "".join(f"<p><span>{word}</span></p>" for word in words)
    assert reduce_markup(markup) == "\n".join(words)
