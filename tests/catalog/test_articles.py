"""The structure of laws and rules: headings where they are, no references, no list of contents."""

import gzip
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.numerals import write_numeral
from gongkai.catalog.articles import Heading, Level, find_articles, find_headings

RULES = """安庆市停车场管理办法
目　录
第一章　总　则
第二章　管　理
第一章　总　则
　　第一条　为了方便停车，根据本市有关规定，制定本办法。
　　第二条　本办法适用于市区。本办法第三条
第四条规定的停车场除外。
## 第二章 管理
第三条 管理单位应当遵守下列规定：
（一）公布价格；
（二）第一条所列的事项。
第三条之一 夜间停车另行规定。
第四条
停车场应当有照明。
第五条违反第三条、第四条的，责令改正。
第二节 略
"""


def labels(text: str) -> list[str]:
    return [each.label for each in find_headings(text)]


def test_headings_are_found_and_references_are_not() -> None:
    assert labels(RULES) == [
        "第一章 总则",
        "第一条",
        "第二条",
        "第二章 管理",
        "第三条",
        "第三条之一",
        "第四条",
        "第五条",
        "第二节 略",
    ]


def test_an_article_ends_where_the_next_heading_begins() -> None:
    texts = {each.number: RULES[each.start : each.end] for each in find_articles(RULES)}
    assert texts["2"].endswith("第四条规定的停车场除外。")
    assert texts["3"] == (
        "第三条 管理单位应当遵守下列规定：\n（一）公布价格；\n（二）第一条所列的事项。"
    )
    assert texts["4"] == "第四条\n停车场应当有照明。"
    assert texts["3-1"].startswith("第三条之一")


def test_levels_and_anchors() -> None:
    found = {each.anchor: each.level for each in find_headings(RULES)}
    assert found["chapter-2"] is Level.CHAPTER
    assert found["section-2"] is Level.SECTION
    assert found["article-3-1"] is Level.ARTICLE


@pytest.mark.parametrize(
    "text",
    [
        "为了规范，制定本规定。第一条 本规定适用于全市。第二条 根据第一条 规定执行。第三条 施行。",
        "第一条 甲。\n第二条 乙。\n第三条 丙。",
        "第1条 甲。\n第2条 乙。\n第3条 丙。",
        "第一条甲。\n第二条中华人民共和国公民乙。\n第三条以丙为准。",
        "\u2002\u2002第一条\u3000甲。\n\u2003第二条\u3000乙。\n\xa0第三条\u3000丙。",
    ],
)
def test_each_layout_has_three_articles(text: str) -> None:
    assert [each.number for each in find_articles(text)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "text",
    [
        "根据本法第三条、第四条的规定，现予公告。",
        "依照《办法》\n第三条规定的情形办理。",
        "一、将第十二条修改为：“第十二条 停车应当付费。”",
        "第三产业发展规划",
        "",
    ],
)
def test_an_article_that_is_only_mentioned_is_no_heading(text: str) -> None:
    assert find_articles(text) == ()


def test_an_article_ends_before_an_annex() -> None:
    text = "第一条 甲。\n第二条 乙。\n（附：常见问题）\n问：丙。\n附件：1. 丁"
    assert [text[each.start : each.end] for each in find_articles(text)] == [
        "第一条 甲。",
        "第二条 乙。",
    ]


def test_a_notice_with_two_rules_has_distinct_anchors() -> None:
    text = "第一条 甲。\n第二条 乙。\n附件二\n第一条 丙。\n第二条 丁。"
    assert [each.anchor for each in find_articles(text)] == [
        "article-1",
        "article-2",
        "article-1_2",
        "article-2_2",
    ]


@given(st.integers(1, 300), st.sampled_from(["　", " ", "\n", ""]))
def test_every_article_of_a_long_law_is_found(count: int, gap: str) -> None:
    lines = [f"第{write_numeral(n)}条{gap}违反规定的，处以罚款。" for n in range(1, count + 1)]
    text = "\n".join(lines)
    found = find_articles(text)
    assert [each.number for each in found] == [str(n) for n in range(1, count + 1)]
    assert "\n".join(text[each.start : each.end] for each in found) == text


@given(st.text("第一二三十条章节之 \n，。规定", max_size=80))
def test_headings_are_in_order_and_apart(text: str) -> None:
    found = find_headings(text)
    assert len({each.anchor for each in found}) == len(found)
    assert [each.start for each in found] == sorted({each.start for each in found})
    assert all(text[each.start] == "第" and each.start < each.end for each in found)


def follow(headings: tuple[Heading, ...]) -> bool:
    """Whether the articles are numbered one after another."""
    numbers = [int(each.number.split("-")[0]) for each in headings]
    return all(after in (before, before + 1, 1) for before, after in pairwise(numbers))


def test_articles_of_real_laws_follow_one_another(shared_data: Path) -> None:
    begun = re.compile(r"^\s*第[一二三四五六七八九十百千零〇]+条[ \u3000]", re.MULTILINE)
    broken, lost, laws = 0, 0, 0
    with gzip.open(shared_data / "documents" / "laws.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            body = json.loads(line)["body"]
            articles = find_articles(body)
            laws += bool(articles)
            broken += not follow(articles)
            lost += len(begun.findall(body)) > len(articles)
    assert laws > 3_000
    # Excerpts and amendments number articles of another law.
    assert broken <= 0.01 * laws
    assert lost <= 0.002 * laws
