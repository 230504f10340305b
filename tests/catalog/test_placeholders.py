"""What stands in a cell for a number and is none, and what only looks so."""

import pytest

from gongkai.catalog.document_number import parse_document_number
from gongkai.catalog.identity import names_document
from gongkai.catalog.index_number import parse_index_number
from gongkai.catalog.intake import Accepted, IntakeRules, take_row
from gongkai.catalog.placeholders import has_index_serial, is_placeholder
from gongkai.catalog.tables import load_tables

RULES = IntakeRules(load_tables())
PLACEHOLDERS = (
    "— —", "—  —", "-", "——", "/", "\\", "***", "？？", "...", "（无）", "【无】", "无", "無",
    "暂无",
    "暂缺", "待补", "待定", "[待编]", "待补充", "尚未编制", "未编号", "没有", "无文号", "空", "略",
    "同上", "同前", "详见附件", "见附件1", "另附", "不详", "不适用", "xxx", "XXXX-XXXX", "×××",
    "0", "000000", "0000-0000", "N/A", "n/a", "NULL", "none...", "nan", "#N/A", "TBD", "unknown",
)  # fmt: skip
WITHOUT_SERIAL = (
    "003127334/", "003127334/2009-", "003127334/2009", "003127334/200903", "003127334/202403-",
    "003127334", "11340800003127334X", "003127334/202403-00000", "003127334/202403-XXXXX",
    "003127334/2024 -", "3.12733E+17", "3.12733e+017", "312733420090200000", "11111111", "123456",
    "2024-03-01", "20240301", "2024年3月1日", "2024",
)  # fmt: skip
NUMBERS = (
    "003127334/200902-00019", "12340800MB1234567X/202003-00001", "GX-2020-0001", "1-2-3",
    "B0010-0101-2017-0012", "宜财2019001", "K12345678", "510000/2018-00019", "20190012345",
    "003127334/2009-2010", "SY-A-2019-0012(1)", "空管〔2019〕12", "014001303/2008-12345",
)  # fmt: skip


def _index_number(text: str) -> str | None:
    row = {"索引号": text, "标题": "关于停车收费的通知", "发布机构": "安庆市城市管理局",
           "发布日期": "2024-03-01", "公开方式": "主动公开"}  # fmt: skip
    outcome = take_row(row, RULES)
    assert isinstance(outcome, Accepted)
    return outcome.record.index_number


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholders_are_no_numbers_of_either_kind(text: str) -> None:
    assert is_placeholder(text)
    assert _index_number(text) is None


@pytest.mark.parametrize("text", WITHOUT_SERIAL)
def test_an_index_number_needs_a_serial(text: str) -> None:
    assert not has_index_serial(parse_index_number(text).canonical)
    assert _index_number(text) is None


@pytest.mark.parametrize("text", NUMBERS)
def test_odd_numbers_of_cities_are_numbers(text: str) -> None:
    assert _index_number(text) == parse_index_number(text).canonical


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("宜政办秘〔2008〕8号", True), ("国务院令第492号", True), ("公告第三号", True),
        ("空管发〔2019〕1号", True), ("同政发〔2019〕5号", True), ("宜政办〔2024〕号", False),
        ("宜政办〔2024〕 号", False), ("宜政办〔2024〕X号", False), ("宜政发", False),
        ("12", False), ("/2024", False), ("3.1E+5", False),
    ],
)  # fmt: skip
def test_a_document_number_without_a_serial_names_no_document(text: str, expected: bool) -> None:
    assert names_document(parse_document_number(text).canonical) is expected


def test_a_number_that_begins_with_a_word_for_nothing_is_kept() -> None:
    row = {"文号": "空管发〔2019〕1号", "标题": "关于空管的通知", "发布机构": "安庆市水利局",
           "发布日期": "2024-03-01", "公开方式": "主动公开"}  # fmt: skip
    outcome = take_row(row, RULES)
    assert isinstance(outcome, Accepted)
    assert outcome.record.document_number == "空管发〔2019〕1号"
