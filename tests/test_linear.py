"""Texts of 200,000 characters that quadratic patterns would take minutes for.

No time is asserted; a run that hangs shows the fault.
"""

from collections.abc import Callable

import pytest

from gongkai.catalog.citations import find_citations
from gongkai.catalog.dates import parse_date
from gongkai.catalog.document_number import find_document_numbers
from gongkai.catalog.number_prefix import trim_prefix
from gongkai.catalog.recipients import holds_recipient
from gongkai.catalog.validity_period import read_validity_period
from gongkai.duplicates.masking import mask
from gongkai.duplicates.titles import read_core
from gongkai.errors import RefusedValueError
from gongkai.staff.audit_subjects import read_subject
from indexer.sources.catalog_block import _split_entries
from search_api.staff.page import label_subject

SIZE = 200_000


def read_day(text: str) -> None:
    with pytest.raises(RefusedValueError):
        parse_date(text, field="published_on")


READERS: tuple[tuple[Callable[[str], object], tuple[str, ...]], ...] = (
    (lambda text: list(_split_entries("来源", text)), ("{} ", "; ", " 甲乙 ", "甲乙：")),
    (read_core, ("转发{《}", "转发{《》}", "关于", "（", "（{ }", "({一}")),
    (trim_prefix, ("与1", "1", "年的", "、", "办公室", "a{与委员会}")),
    (find_document_numbers, ("与〔2008〕", "第1号", "〔", "国发")),
    (lambda text: mask(text, "题"), ("关于", "关于\n", "---{ }", "1", "#\n", "({2008年通过}")),
    (read_subject, ("1", "1 ", "duplicate ")),
    (
        lambda text: find_citations(text, ()),
        (
            "《",
            "《》",
            "《关于",
            "《甲办法》（{ }",
            "《甲办法》宜政发〔2020〕1号",
            "根据",
            "甲局《关于乙》",
        ),
    ),
    (holds_recipient, ("姓名：张三 ", "姓名\t电话\n张三\t1", "户主：李四；住址：{村}", "姓名{1}")),
    (
        lambda text: read_validity_period("某办法", text, None),
        ("本办法", "本办法自2021年", "自2021年1月1日起,", "（", "“", "有效期至", "本{甲}"),
    ),
    (read_day, ("<", " ", "（", "年", "1 ", "来源")),
)


def grow(shape: str) -> str:
    """SIZE characters of a shape; of one with a part in braces only the part is repeated."""
    before, brace, rest = shape.partition("{")
    part, _, after = rest.partition("}")
    if not brace:
        return shape * (SIZE // len(shape))
    part = part or " "
    return before + part * (SIZE // len(part)) + after


@pytest.mark.parametrize(
    ("read", "shape"), [(read, shape) for read, shapes in READERS for shape in shapes]
)
def test_a_hostile_text_is_read_in_its_own_length(
    read: Callable[[str], object], shape: str
) -> None:
    read(grow(shape))


def test_entries_of_one_text_are_split_as_before() -> None:
    text = "2023-05-06  来源：市政府办公室;作者 ： 甲"
    assert list(_split_entries("发布日期", text)) == [
        ("发布日期", "2023-05-06"),
        ("来源", "市政府办公室"),
        ("作者", "甲"),
    ]


def test_a_subject_of_the_audit_log_is_labelled_as_before() -> None:
    assert label_subject(read_subject("120 found")) == "找到 120 条"
