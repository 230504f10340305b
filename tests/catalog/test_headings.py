"""Headings of exports to keys: contract section 1, in any order and however they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.disclosure_columns import ColumnKind, classify_column
from gongkai.catalog.headings import (
    HEADINGS,
    KEYS,
    gather_by_key,
    is_blank,
    is_of_the_catalog,
    key_of,
)
from gongkai.catalog.other_headings import GENERAL, TELLING


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("索引号", "index_number"),
        ("信息索引号", "index_number"),
        ("信息名称", "title"),
        ("发文字号", "document_number"),
        ("公开责任部门", "publisher"),
        ("成文日期", "issued_on"),
        ("公开日期", "published_on"),
        ("组配分类", "category"),
        ("服务对象", "audience"),
        ("生命周期分类", "life_event"),
        ("体裁", "genre"),
        ("信息格式分类", "format"),
        ("公开类别", "disclosure"),
        ("时效性", "validity"),
        ("主题词", "keywords"),
        ("内容概况", "summary"),
        ("信息内容", "body"),
        ("网址", "url"),
        ("附件", "attachments"),
    ],
)
def test_headings_of_the_catalog_are_known(heading: str, key: str) -> None:
    assert key_of(heading) == key


@pytest.mark.parametrize(
    "heading",
    [
        "公开方式：",
        "公 开 方 式",
        "\ufeff公开方式",
        "公开\u200b方式",
        "*公开方式",
        "公开方式＊",
        "Disclosure",
    ],
)
def test_a_heading_for_disclosure_is_known_however_it_was_typed(heading: str) -> None:
    assert key_of(heading) == "disclosure"


@pytest.mark.parametrize(
    "heading", ["", "：", "备注", "标题党", "公开", "附件（份数）", "标题（英文）", "题" * 10_000]
)
def test_other_headings_are_unknown(heading: str) -> None:
    assert key_of(heading) is None


@given(st.sampled_from(sorted(HEADINGS)))
def test_case_width_and_spaces_of_a_heading_make_no_difference(heading: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in heading)
    assert key_of(f" {heading.upper()}: ") == key_of(wide) == HEADINGS[heading]


@given(st.text())
def test_any_text_is_a_heading_known_or_not(heading: str) -> None:
    assert key_of(heading) is None or key_of(heading) in HEADINGS.values() or "_" in heading


def test_cells_are_sorted_and_blank_ones_left_out() -> None:
    known, unknown = gather_by_key(
        {"标题": "甲", "信息名称": "乙", "备注": "丙", "文号": " \u3000", "正文": None, "附件": []}
    )
    assert known == {"title": ["甲", "乙"]}
    assert unknown == {"备注": "丙"}


def test_lists_in_lists_are_laid_flat_in_order() -> None:
    known, unknown = gather_by_key({"主题词": ["a", [None, ["b"], ""], "c"], "备注": ["x", ["y"]]})
    assert known == {"keywords": ["a", "b", "c"]}
    assert unknown == {"备注": ["x", ["y"]]}


@pytest.mark.parametrize("value", [None, "", "  ", "\u00a0\u3000", "\u200b\ufeff", [], {}, ()])
def test_blank_cells(value: object) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, False, 0.0, "0", "无", ["x"], {"a": None}])
def test_filled_cells(value: object) -> None:
    assert not is_blank(value)


def test_every_key_is_its_own_heading() -> None:
    assert [key_of(key) for key in KEYS] == list(KEYS)


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("正文内容", "body"),
        ("效力状态", "validity"),
        ("发文文号", "document_number"),
        ("附件列表", "attachments"),
        ("原文链接", "url"),
        ("发文机构", "publisher"),
        ("印发日期", "issued_on"),
        ("文件名称", "title"),
        ("公布日期：", "published_on"),
        ("DOCTITLE", "title"),
        ("pubDate", "published_on"),
        ("PUB_DATE", "published_on"),
        ("display_publish_time", "published_on"),
        ("docNumber", "document_number"),
        ("is_abolished", "validity"),
        ("发布日期（必填，格式：2024-03-01）", "published_on"),
        ("*文件名称（必填）", "title"),
        ("公开方式【主动公开/依申请公开】", "disclosure"),
    ],
)
def test_headings_of_other_systems_are_known(heading: str, key: str) -> None:
    assert key_of(heading) == key
    assert not is_of_the_catalog(heading)


def test_a_heading_of_another_system_only_fills_what_the_catalog_leaves_empty() -> None:
    row = {
        "文件名称": "甲",
        "标题": "乙",
        "DOCHTMLCON": "<p>丙</p>",
        "DOCCONTENT": "丙",
        "印发日期": "",
    }
    known, unknown = gather_by_key(row)
    assert known == {"title": ["乙"], "body": ["丙"]}
    assert unknown == {"文件名称": "甲", "DOCHTMLCON": "<p>丙</p>"}
    assert gather_by_key({**row, "标题": " "})[0]["title"] == ["甲"]


def test_general_words_name_a_cell_and_no_record() -> None:
    assert gather_by_key({"content": "甲", "link": "乙"})[0] == {"body": ["甲"], "url": ["乙"]}
    assert key_of("content") is key_of("link") is None


@pytest.mark.parametrize(
    ("heading", "value", "validity"),
    [
        ("is_abolished", True, "废止"),
        ("is_abolished", 1, "废止"),
        ("is_abolished", 0, None),
        ("是否废止", "否", None),
        ("是否失效", "是", "失效"),
        ("是否废止（是/否）", "是", "废止"),
        ("是否有效", "否", "失效"),
        ("是否有效", "部分", "部分"),
    ],
)
def test_yes_and_no_about_validity(heading: str, value: object, validity: str | None) -> None:
    known, unknown = gather_by_key({heading: value})
    assert known.get("validity", [None]) == [validity]
    assert unknown == ({} if validity else {heading: value})


def test_no_heading_of_another_system_is_about_disclosure() -> None:
    others = {*TELLING, *GENERAL}
    assert others.isdisjoint(HEADINGS)
    about = {each for each in others if classify_column(each) is not ColumnKind.UNRELATED}
    assert {(TELLING | GENERAL)[each][0] for each in about} <= {"validity"}
    assert not any(key == "disclosure" for key, _ in (TELLING | GENERAL).values())
