"""Headings of exports to keys: contract section 1, in any order and however they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.headings import HEADINGS, KEYS, gather_by_key, is_blank, key_of


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


@pytest.mark.parametrize("heading", ["", "：", "备注", "标题党", "公开", "题" * 10_000])
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
