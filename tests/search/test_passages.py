"""The passage of a hit: the article that answers, that is named, or the best part of a text."""

import pytest

from gongkai.search.passages import choose_passage

LAW = """目录
第一章 总则
第一章 总则
第一条 为了保护劳动者，制定本法。
第二条 试用期内，用人单位应当支付工资。
第二章 劳动合同
第三条 劳动合同期限三个月以上的，试用期不得超过一个月；同一用人单位只能约定一次试用期。
第四条 用人单位违反本法第三条的，由劳动行政部门责令改正。
"""
FULL = 100_000


def passage_of(*terms: str, title: str = "劳动合同法", body: str = LAW) -> tuple[str | None, str]:
    passage = choose_passage(title, body, [body], terms, FULL)
    return passage.article.anchor if passage.article else None, passage.html


@pytest.mark.parametrize(
    ("terms", "anchor"),
    [
        (("试用期",), "article-3"),
        (("试用期", "工资"), "article-2"),
        (("劳动合同法", "用人单位", "责令"), "article-4"),
        (("劳动合同法", "第3条", "第三条"), "article-3"),
        (("劳动合同法",), None),
        (("火箭",), None),
        ((), None),
    ],
)
def test_the_article_with_most_of_the_terms_is_shown(
    terms: tuple[str, ...], anchor: str | None
) -> None:
    assert passage_of(*terms)[0] == anchor


def test_a_named_article_of_another_law_is_where_it_is_cited() -> None:
    body = "第一条 甲。\n第二条 依照劳动合同法第三条处理。\n第三条 丙。"
    anchor, html = passage_of("劳动合同法", "第3条", "第三条", title="某某解释", body=body)
    assert anchor == "article-2"
    assert "<mark>劳动合同法第三条</mark>" in html


def test_the_passage_begins_with_its_article() -> None:
    long = LAW.replace("试用期不得", "约定的内容应当明确，" * 30 + "试用期不得")
    anchor, html = passage_of("试用期", "一个月", body=long)
    assert anchor == "article-3"
    assert html.startswith("第三条…")
    assert len(html) < 200


def test_a_long_text_is_read_as_written() -> None:
    body = LAW + "附件：" + "无关的内容。" * 1_000
    passage = choose_passage("劳动合同法", body, [body], ("试用期",), len(LAW))
    assert passage.article is not None
    assert passage.article.number == "3"


def test_an_attachment_with_more_terms_has_no_article() -> None:
    passage = choose_passage(
        "劳动合同法",
        LAW,
        [LAW, "附件《表》：试用期 申请表 试用期登记表"],
        ("试用期", "申请表"),
        FULL,
    )
    assert passage.article is None
    assert "<mark>申请表</mark>" in passage.html


def test_an_annex_with_more_terms_has_no_article() -> None:
    anchor, html = passage_of("试用期", "申请表", body=LAW + "附：\n试用期申请表由双方填写。\n")
    assert anchor is None
    assert "<mark>试用期申请表</mark>" in html


def test_a_text_without_articles_has_none() -> None:
    assert passage_of("试用期", body="关于试用期的通知。第三条规定的除外。")[0] is None
