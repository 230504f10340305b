"""Rows to records: contract section 1."""

import datetime
import json
from dataclasses import replace

import pytest

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.headings import HEADINGS
from gongkai.catalog.intake import Accepted, Refused, take_row
from gongkai.catalog.record import Attachment
from gongkai.catalog.record_builder import BODY_LIMIT
from gongkai.catalog.stored_record import encode_record
from tests.catalog.rows import CANARY, ROW, RULES, accept, refuse, warnings_of, without


def test_a_row_under_chinese_headings_becomes_a_record() -> None:
    record = accept(ROW)
    assert record.id == record.index_number == "003127334/200902-00019"
    assert record.title == "关于印发《安庆市住房公积金管理办法》的通知"
    assert record.document_number == "宜政办秘〔2008〕8号"
    assert record.document_number_original == "宜政办秘[2008]08 号"
    assert record.publisher_name == "安庆市人民政府"
    assert record.issued_on == PartialDate(2008, 12, 30)
    assert record.issued_on_original == "二〇〇八年十二月三十日"
    assert record.published_on == PartialDate(2009, 2, 20)
    assert record.disclosure is Disclosure.PUBLIC
    assert record.topic == ("财政、金融、审计/财政",)
    assert record.keywords == ("公积金", "住房")
    assert (record.genre, record.genre_inferred) == ("通知", True)
    assert record.url == "https://www.anqing.gov.cn/a?b=1"
    assert record.extra == {"备注": "归档"}
    assert warnings_of(ROW) == ()


def test_order_and_language_of_headings_make_no_difference() -> None:
    english = {HEADINGS.get(name, name): value for name, value in reversed(ROW.items())}
    assert accept(english) == accept(ROW)


@pytest.mark.parametrize(
    ("column", "field"),
    [("信息名称", "title"), ("发布机构", "publisher"), ("发布日期", "published_on")],
)
def test_what_is_required_is_refused_when_missing(column: str, field: str) -> None:
    for nothing in (None, "", " \u3000", "\u200b", [], [None, ""], {"k": "v"}):
        # The number would tell the publisher.
        assert refuse({**ROW, "文号": "", column: nothing}) == (field, "missing")


def test_an_ambiguous_date_is_refused_where_required_and_left_empty_where_not() -> None:
    assert refuse({**ROW, "发布日期": "2009219"}) == ("published_on", "ambiguous_date")
    assert refuse({**ROW, "发布日期": 2009219}) == ("published_on", "ambiguous_date")
    record = accept({**ROW, "成文日期": "2009219"})
    assert (record.issued_on, record.issued_on_original) == (None, "2009219")
    assert warnings_of({**ROW, "成文日期": "2009219"}) == (("issued_on", "ambiguous_date"),)


@pytest.mark.parametrize(
    ("cell", "iso"),
    [
        (2008, "2008"),
        (2008.0, "2008"),
        (20090220, "2009-02-20"),
        ("2008-05", "2008-05"),
        (datetime.date(2009, 2, 20), "2009-02-20"),
        (datetime.datetime(2009, 2, 20, 9, 30), "2009-02-20"),  # noqa: DTZ001 - as sheets have it
        ([None, "2009/02/20"], "2009-02-20"),
    ],
)
def test_dates_of_any_cell_type(cell: object, iso: str) -> None:
    assert accept({**ROW, "发布日期": cell}).published_on.iso == iso


def test_a_date_too_far_ahead_or_the_zero_of_a_program_is_left_out_and_told() -> None:
    rules = replace(RULES, today=datetime.date(2024, 3, 1))
    assert refuse({**ROW, "发布日期": "2042-03-01"}, rules) == ("published_on", "future_date")
    assert refuse({**ROW, "发布日期": "1970-01-01 08:00"}) == ("published_on", "filler_date")
    outcome = take_row({**ROW, "成文日期": "1900-01-01 00:00:00"}, rules)
    assert isinstance(outcome, Accepted)
    assert outcome.record.issued_on is None
    assert outcome.values == (("issued_on", "filler_date", "1900-01-01 00:00:00"),)


@pytest.mark.parametrize(
    "cell",
    [
        2024.1,
        ["2024-03-01", "2024-03-08"],
        "2024-03-01至2024-03-08",
        45352,
        {"time": 1709222400000},
    ],
)
def test_a_date_cell_of_any_type_survives_an_export(cell: object) -> None:
    record = accept({**ROW, "成文日期": cell})
    assert accept(json.loads(encode_record(record))) == record


@pytest.mark.parametrize(
    "cell", [True, float("nan"), float("inf"), 10**400, -1, [[["x"]]], {"a": 1}]
)
def test_what_is_no_date_is_refused(cell: object) -> None:
    assert refuse({**ROW, "发布日期": cell})[0] == "published_on"


def test_default_id_is_the_index_number_else_a_hash_of_what_names_the_document() -> None:
    assert accept({**ROW, "id": "x-1"}).id == "x-1"
    assert accept(ROW).id == "003127334/200902-00019"
    named = without("索引号")
    assert len(accept(named).id) == 24
    assert accept({**named, "文号": "宜政办秘〔2008〕8号", "正文": "另"}).id == accept(named).id
    changes = (
        {"信息名称": "另"},
        {"文号": "另〔2008〕8号"},
        {"发布机构": "另"},
        {"发布日期": "2010"},
    )
    ids = {accept({**named, **change}).id for change in changes} | {accept(named).id}
    assert len(ids) == 5


@pytest.mark.parametrize("nothing", ["无", "-", "——", "/", "暂无", "无文号", "null", "N/A"])
def test_a_sign_for_no_number_is_no_number(nothing: str) -> None:
    record = accept({**ROW, "文号": nothing, "索引号": nothing})
    assert (record.document_number, record.document_number_original) == (None, None)
    assert record.index_number is None
    assert record.id == accept(without("文号", "索引号")).id


def test_lengths_are_limited() -> None:
    assert accept({**ROW, "标题": "题" * 500, "信息名称": ""}).title == "题" * 500
    assert refuse({**ROW, "信息名称": "题" * 501}) == ("title", "too_long")
    assert refuse({**ROW, "id": "x" * 201}) == ("id", "too_long")
    assert refuse({**ROW, "正文": "一" * (BODY_LIMIT + 1)}) == ("body", "too_long")
    assert warnings_of({**ROW, "索引号": "1" * 201}) == (("index_number", "too_long"),)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.gov.cn",
        "HTTPS://a.gov.cn:8080/x?y#z",
        "http://[::1]/x",
        "http://政府.cn/文 件.pdf",
    ],
)
def test_web_addresses_are_kept(url: str) -> None:
    assert accept({**ROW, "链接": f" {url}\n"}).url == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "ftp://a.gov.cn/x",
            "//a.gov.cn",
            "/x.html",
            "http://",
            "http:///x",
        ),
        *("data:text/html,x", "http:\\\\a.gov.cn", "http://[", "https:a.gov.cn", "java\nscript:x"),
    ],
)
def test_other_addresses_are_left_empty_with_a_warning(url: str) -> None:
    assert accept({**ROW, "链接": url}).url is None
    assert warnings_of({**ROW, "链接": url}) == (("url", "not_http"),)


def test_attachments_of_every_shape() -> None:
    entries = [
        {"name": "表.pdf", "url": "https://a.gov.cn/b.pdf"},
        {"name": "坏", "url": "javascript:x"},
        {"url": "https://a.gov.cn/c.pdf"},
        {"name": {"深": 1}},
        "名单.docx",
        "http://a.gov.cn/d.txt",
        None,
    ]
    assert accept({**ROW, "附件": entries}).attachments == (
        Attachment("表.pdf", "https://a.gov.cn/b.pdf"),
        Attachment("坏"),
        Attachment("https://a.gov.cn/c.pdf", "https://a.gov.cn/c.pdf"),
        Attachment("名单.docx"),
        Attachment("http://a.gov.cn/d.txt", "http://a.gov.cn/d.txt"),
    )
    assert ("attachments", "not_http") in warnings_of({**ROW, "附件": entries})


def test_a_stated_genre_is_not_marked_as_inferred() -> None:
    record = accept({**ROW, "体裁": "公告"})
    assert (record.genre, record.genre_inferred) == ("公告", False)
    assert accept({**ROW, "信息名称": "安庆"}).genre is None


def test_unknown_classes_and_validity_warn() -> None:
    row = {**ROW, "主题分类": "没有的类/下级", "有效性": "怪"}
    assert accept(row).topic == ("没有的类/下级",)
    assert set(warnings_of(row)) == {("topic", "unknown_class"), ("validity", "unknown_validity")}
    assert accept({**ROW, "时效性": "现行有效"}).validity == "有效"


def test_unknown_columns_are_kept_whatever_they_hold() -> None:
    row = {**ROW, "深": {"a": [1, None, "二"]}, "大": 2**70, "extra": "一列也叫这个"}
    assert accept(row).extra == {
        "备注": "归档",
        "深": {"a": [1, None, "二"]},
        "大": str(2**70),
        "extra": "一列也叫这个",
    }


def test_a_column_too_deep_is_refused() -> None:
    deep: object = CANARY
    for _ in range(5_000):
        deep = [{"k": deep}]
    for column in ("备注", "extra"):
        assert refuse({**ROW, column: {"k": deep}}) == ("extra", "too_deep")
    assert CANARY not in repr(take_row({**ROW, "备注": deep, "公开方式": "不予公开"}, RULES))


def test_an_object_where_text_belongs_is_left_empty_with_a_warning() -> None:
    assert accept({**ROW, "正文": {"a": "b"}, "文号": {"a": "b"}}).body == ""
    noted = warnings_of({**ROW, "正文": {"a": "b"}, "文号": {"a": "b"}})
    assert noted == (("document_number", "not_text"), ("body", "not_text"))


def test_html_bodies_are_reduced() -> None:
    assert (
        accept({**ROW, "正文": "<p>第一条</p><script>x</script><p>第二条"}).body == "第一条\n第二条"
    )


def test_entities_and_tags_are_resolved_in_every_text() -> None:
    record = accept(
        {
            **ROW,
            "信息名称": "关于小区&amp;商铺<br/>电价的<em>通知</em>",
            "主题词": "电价&ldquo;阶梯&rdquo;<br>商铺",
            "内容概述": "A&lt;B 时",
            "链接": "http://a.gov.cn/?b=1&amp;c=2",
            "备注": "<p>见&nbsp;表</p>",
            "附件": ["表&nbsp;一.pdf"],
            "发布机构": "安庆市&nbsp;财政局",
            "发布日期": "2024-03-01&nbsp;10:22",
        }
    )
    assert record.title == "关于小区&商铺电价的通知"
    assert record.keywords == ("电价“阶梯”", "商铺")
    assert (record.summary, record.url) == ("A<B 时", "http://a.gov.cn/?b=1&c=2")
    assert (record.publisher_name, record.published_on.iso) == ("安庆市 财政局", "2024-03-01")
    assert record.extra == {"备注": "见\u00a0表"}
    assert record.attachments == (Attachment("表 一.pdf"),)


def test_a_validity_of_the_citys_own_is_kept_and_told() -> None:
    outcome = take_row({**ROW, "有效性": "部分失效"}, RULES)
    assert isinstance(outcome, Accepted)
    assert outcome.record.validity == "部分失效"
    assert ("validity", "unknown_validity") in outcome.warnings


@pytest.mark.parametrize("given", ["../../etc/x", "./z", "a/..", "."])
def test_an_id_no_browser_could_open_is_refused(given: str) -> None:
    outcome = take_row({**ROW, "id": given}, RULES)
    assert isinstance(outcome, Refused)
    assert (outcome.field, outcome.reason) == ("id", "dot_segment")
