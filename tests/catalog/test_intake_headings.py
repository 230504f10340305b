"""Rows under headings of other systems, and texts in a wrong encoding."""

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.intake import Accepted, Withheld, take_row
from tests.catalog.rows import CANARY, ROW, RULES, accept, kept_of, warnings_of, without


def test_headings_of_other_systems_make_a_record() -> None:
    record = accept(
        {
            "DOCTITLE": "关于停车收费的通知",
            "pubOrg": "安庆市城市管理局",
            "display_publish_time": 1709222400000,
            "docNumber": "宜城管[2024]5 号",
            "is_abolished": 1,
            "docHtmlCon": "<p>首三十分钟免费。</p>",
            "公开方式": "主动公开",
            "栏目": "城管",
        }
    )
    assert (record.title, record.document_number) == ("关于停车收费的通知", "宜城管〔2024〕5号")
    assert (record.published_on.iso, record.validity) == ("2024-03-01", "废止")
    assert (record.body, record.extra) == ("首三十分钟免费。", {"栏目": "城管"})


def test_a_heading_nobody_knows_is_named() -> None:
    outcome = take_row({**ROW, "文件名称": "甲", "栏目": "城管", "region": "安庆市"}, RULES)
    assert isinstance(outcome, Accepted)
    assert set(outcome.headings) == {"备注", "栏目", "文件名称"}


def test_an_abstract_of_another_system_stays_behind_a_request() -> None:
    row = {
        **ROW,
        "公开方式": "依申请公开",
        "DOCABSTRACT": CANARY,
        "简介": CANARY,
        "content": CANARY,
    }
    assert CANARY not in repr(accept(row))
    assert accept({**row, "内容概述": "概述"}).summary == "概述"
    assert CANARY not in repr(kept_of({**row, "发布日期": "2009219"}))
    assert accept({**row, "公开方式": "主动公开"}).summary == CANARY


def test_a_heading_with_a_note_closes_as_without() -> None:
    noted = "公开方式（必填，主动公开/不予公开）"
    assert accept({**without("公开方式"), noted: "主动公开"}).disclosure is Disclosure.PUBLIC
    for row in (without("公开方式"), ROW):
        outcome = take_row({**row, noted: "不予公开"}, RULES)
        assert isinstance(outcome, Withheld), outcome


def test_a_column_of_another_system_still_closes() -> None:
    outcome = take_row({**ROW, "效力状态": "不予公开"}, RULES)
    assert not isinstance(outcome, Accepted)


def test_garbled_texts_are_told_by_field() -> None:
    garbled = "关于停车收费的通知".encode().decode("gbk", "replace")
    row = {**ROW, "信息名称": garbled, "备注": {"深": [garbled]}, "正文": f"第一条 {garbled}"}
    told = {(field, code) for field, code in warnings_of(row) if code == "garbled"}
    assert told == {("title", "garbled"), ("body", "garbled"), ("extra", "garbled")}
    on_request = warnings_of({**row, "公开方式": "依申请公开"})
    assert [field for field, code in on_request if code == "garbled"] == ["title"]
