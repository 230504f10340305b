"""Rows to records, refusals and withholdings: contract section 1, and the wall of disclosure."""

import datetime
import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.dates import PartialDate
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.disclosure_columns import ColumnKind, classify_column
from gongkai.catalog.headings import HEADINGS
from gongkai.catalog.intake import (
    BODY_LIMIT,
    Accepted,
    IntakeRules,
    Refused,
    Withheld,
    disclose,
    holds_personal_data,
    take_row,
)
from gongkai.catalog.record import Attachment, Record
from gongkai.catalog.stored_record import stored_form
from gongkai.catalog.tables import Tables, load_tables

ROW = {
    "索引号": "003127334/200902-00019",
    "信息名称": "关于印发《安庆市住房公积金管理办法》的通知",
    "文号": "宜政办秘[2008]08 号",
    "发布机构": "安庆市人民政府",
    "成文日期": "二〇〇八年十二月三十日",
    "发布日期": "2009年2月20日",
    "公开方式": "主动公开",
    "主题分类": "财政、金融、审计/财政",
    "主题词": "公积金;住房",
    "正文": "第一条 为加强住房公积金管理，制定本办法。",
    "链接": "https://www.anqing.gov.cn/a?b=1",
    "备注": "归档",
}
RESIDENT_ID = "11010519491231002X"
BANK_CARD = "6212260000000000000"
CANARY = "金丝雀"

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=20)
    | st.sampled_from(
        ["主动公开", "依申请公开", "不予公开", "2009219", "2009-02-20", "无", "<p>一"]
    )
    | st.dates()
    | st.datetimes()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
COLUMNS = st.sampled_from([*sorted(HEADINGS), "备注", "region", "genre_inferred", "publisher_name"])
ROWS = st.dictionaries(COLUMNS | st.text(), VALUES, max_size=12)
GOOD_ROWS = ROWS.map(lambda cells: {**cells, **ROW})
_RULES = IntakeRules(load_tables())


def accept(row: Mapping[str, object], rules: IntakeRules = _RULES) -> Record:
    outcome = take_row(row, rules)
    assert isinstance(outcome, Accepted), outcome
    return outcome.record


def refuse(row: Mapping[str, object], rules: IntakeRules = _RULES) -> tuple[str, str]:
    outcome = take_row(row, rules)
    assert isinstance(outcome, Refused), outcome
    return outcome.field, outcome.reason


def without(*columns: str) -> dict[str, object]:
    return {name: value for name, value in ROW.items() if name not in columns}


def warnings_of(row: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    outcome = take_row(row, _RULES)
    assert isinstance(outcome, Accepted)
    return outcome.warnings


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
        assert refuse({**ROW, column: nothing}) == (field, "missing")


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
    rules = replace(_RULES, today=datetime.date(2024, 3, 1))
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
    assert accept(json.loads(json.dumps(stored_form(record)))) == record


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
    assert CANARY not in repr(take_row({**ROW, "备注": deep, "公开方式": "不予公开"}, _RULES))


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
    outcome = take_row({**ROW, "文件名称": "甲", "栏目": "城管", "region": "安庆市"}, _RULES)
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
        outcome = take_row({**row, noted: "不予公开"}, _RULES)
        assert isinstance(outcome, Withheld), outcome


def test_a_column_of_another_system_still_closes() -> None:
    outcome = take_row({**ROW, "效力状态": "不予公开"}, _RULES)
    assert not isinstance(outcome, Accepted)


def test_garbled_texts_are_told_by_field() -> None:
    garbled = "关于停车收费的通知".encode().decode("gbk", "replace")
    row = {**ROW, "信息名称": garbled, "备注": {"深": [garbled]}, "正文": f"第一条 {garbled}"}
    told = {(field, code) for field, code in warnings_of(row) if code == "garbled"}
    assert told == {("title", "garbled"), ("body", "garbled"), ("extra", "garbled")}
    on_request = warnings_of({**row, "公开方式": "依申请公开"})
    assert [field for field, code in on_request if code == "garbled"] == ["title"]


# ------------------------------------------------------------------- the wall


def test_missing_or_unknown_disclosure_is_refused_unless_declared(tables: Tables) -> None:
    declared = IntakeRules(tables, Disclosure.PUBLIC)
    assert refuse(without("公开方式")) == ("disclosure", "missing_disclosure")
    assert refuse({**ROW, "公开方式": "另行公开"}) == ("disclosure", "unknown_disclosure")
    assert refuse({**ROW, "公开方式": "另行公开"}, declared) == ("disclosure", "unknown_disclosure")
    assert accept(without("公开方式"), declared).disclosure is Disclosure.PUBLIC
    assert accept({**ROW, "公开方式": "依申请公开"}, declared).disclosure is Disclosure.ON_REQUEST


@pytest.mark.parametrize(
    "cells",
    [
        {"公开方式": "主动公开", "公开属性": "不予公开"},
        {"公开类别": "不公开", "公开方式": "主动公开"},
        {"公开方式": ["主动公开", "不予公开"]},
        {"公开方式": [["主动公开"], [["不予公开"]]]},
        {"公开方式": "主动公开", "disclosure": "不予公开"},
        {"公开方式": "主动公开", "公开\u200b属性": "不 予 公 开"},
        {"公开方式": {"名称": "不予公开"}},
    ],
)
def test_of_several_statements_the_strictest_counts(cells: dict[str, object]) -> None:
    outcome = take_row({**ROW, **cells}, _RULES)
    assert outcome == Withheld("not_public", "003127334/200902-00019")


def test_on_request_shows_its_catalog_entry_only() -> None:
    row = {
        **ROW,
        "公开属性": "依申请公开",
        "内容概述": "概述",
        "附件": [{"name": "x", "url": "http://a.cn"}],
    }
    record = accept(row)
    assert record.disclosure is Disclosure.ON_REQUEST
    assert (record.body, record.attachments, record.extra) == ("", (), {})
    assert (record.title, record.summary) == (ROW["信息名称"], "概述")
    assert disclose(record) == record


@given(ROWS, st.sampled_from(["公开方式", "公开属性", "disclosure"]), st.data())
def test_no_column_of_a_closed_row_is_told(
    cells: dict[str, object], heading: str, data: st.DataObject
) -> None:
    row = {**ROW, **cells} if data.draw(st.booleans()) else dict(cells)
    column = data.draw(st.sampled_from(sorted({*row, "id", "索引号", "标题", "备注"} - {heading})))
    row[column] = data.draw(
        st.sampled_from([CANARY, [CANARY], {CANARY: CANARY}, CANARY * 300, f"<p>{CANARY}"])
    )
    outcome = take_row({**row, heading: "不予公开"}, _RULES)
    assert isinstance(outcome, Withheld)
    assert outcome.reason == "not_public"
    assert CANARY not in repr(outcome)
    assert CANARY not in str(outcome)


def test_a_closed_row_is_known_by_the_id_it_would_be_published_under() -> None:
    for row in (ROW, without("索引号"), {**ROW, "id": "x"}):
        closed = take_row({**row, "公开方式": "不予公开"}, _RULES)
        assert isinstance(closed, Withheld)
        assert closed.id == accept(row).id
    unnamed = take_row({"公开方式": "不予公开", "索引号": "\u2060"}, _RULES)
    assert unnamed == Withheld("not_public", None)


@pytest.mark.parametrize("number", [RESIDENT_ID, BANK_CARD])
@pytest.mark.parametrize(
    "column",
    [
        *(
            "信息名称",
            "正文",
            "内容概述",
            "主题词",
            "备注",
            "文号",
            "链接",
            "体裁",
            "成文日期",
            "id",
        ),
        *("发布机构", "组配分类", "主题分类", "信息格式"),
    ],
)
def test_personal_data_in_what_would_be_published_is_held(column: str, number: str) -> None:
    value = f"http://a.gov.cn/{number}" if column == "链接" else f"号 {number}"
    outcome = take_row({**ROW, column: value}, _RULES)
    assert isinstance(outcome, Withheld)
    assert outcome.reason == "personal_data"
    assert number not in repr(outcome)


@pytest.mark.parametrize(
    "cells",
    [
        {"正文": f"<p><span>{RESIDENT_ID[:6]}</span><span>{RESIDENT_ID[6:]}</span></p>"},
        {"附件": [{"name": f"{RESIDENT_ID}.pdf"}]},
        {"附件": [{"name": "x", "url": f"http://a.cn/{RESIDENT_ID}.pdf"}]},
        {"备注": {"深": [{"号": RESIDENT_ID}]}},
        {"备注": {RESIDENT_ID: 1}},
        {"备注": int(BANK_CARD)},
    ],
)
def test_personal_data_is_found_in_every_shape(cells: dict[str, object]) -> None:
    assert isinstance(take_row({**ROW, **cells}, _RULES), Withheld)


def test_personal_data_that_would_not_be_published_holds_nothing_back() -> None:
    row = {**ROW, "公开方式": "依申请公开", "正文": RESIDENT_ID, "备注": RESIDENT_ID}
    assert accept(row).body == ""


def test_the_text_of_an_attachment_counts_once_it_was_read() -> None:
    record = accept(ROW)
    read = replace(record, attachments=(Attachment("x", None, RESIDENT_ID),))
    assert not holds_personal_data(record)
    assert holds_personal_data(read)


# ----------------------------------------------------------------------- laws


@given(ROWS | GOOD_ROWS)
def test_any_row_is_accepted_refused_or_withheld(row: dict[str, object]) -> None:
    outcome = take_row(row, _RULES)
    assert isinstance(outcome, Accepted | Refused | Withheld)
    if isinstance(outcome, Accepted):
        assert json.loads(json.dumps(stored_form(outcome.record), allow_nan=False))["id"]
        assert all(warning[1].isascii() for warning in outcome.warnings)


@given(ROWS)
def test_a_refusal_names_a_field_and_quotes_nothing(row: dict[str, object]) -> None:
    outcome = take_row({**row, "标题": CANARY * 200, "公开方式": "主动公开"}, _RULES)
    if isinstance(outcome, Refused):
        is_about = classify_column(outcome.field) is not ColumnKind.UNRELATED
        assert outcome.field in HEADINGS or is_about
        assert CANARY not in repr(outcome)


def test_an_attachment_named_as_a_column_survives_an_export() -> None:
    record = accept({**ROW, "attachments": "公开"})
    assert accept(json.loads(json.dumps(stored_form(record)))) == record


@given(
    st.dictionaries(COLUMNS | st.text(), VALUES, max_size=8),
    st.sampled_from(["主动公开", "依申请公开"]),
)
def test_an_exported_record_is_taken_in_again_as_it_was(
    cells: dict[str, object], disclosure: str
) -> None:
    # Such a word closes the row wherever the export writes it.
    kept = {name: value for name, value in cells.items() if "公开" not in f"{name}{value}"}
    kept.pop("disclosure", None)
    outcome = take_row({**ROW, **kept, "公开方式": disclosure, "region": "安庆市"}, _RULES)
    if isinstance(outcome, Accepted):
        exported = json.loads(json.dumps(stored_form(outcome.record)))
        assert accept(exported) == outcome.record


@pytest.mark.parametrize(
    "cells",
    [
        {"成文日期": "2009219"},
        {"文号": "国务院第492号令"},
        {"文号": "x" * 300},
        {"文号": "某字第八号"},
        {"发布机构": "原农业部"},
        {"发布机构": "市政府", "region": "上海市"},
        {"体裁": "办法"},
        {"体裁": "/"},
        {"正文": "<p>a &lt;p&gt; b</p>"},
        {"extra": "文字"},
        {"extra": {"a": 1}},
        {"发布日期": "2008"},
    ],
)
def test_originals_survive_an_export(cells: dict[str, object]) -> None:
    record = accept({**ROW, **cells})
    assert accept(json.loads(json.dumps(stored_form(record)))) == record


def test_an_export_that_was_mended_by_hand_follows_its_new_value() -> None:
    exported = stored_form(accept(ROW)) | {
        "document_number": "国发〔2020〕1号",
        "issued_on": "2020",
    }
    record = accept(exported)
    assert record.document_number == record.document_number_original == "国发〔2020〕1号"
    assert record.issued_on_original == "2020"


def test_real_entries_are_taken(shared_data: Path) -> None:
    with gzip.open(
        shared_data / "catalog" / "catalog_entries.jsonl.gz", "rt", encoding="utf-8"
    ) as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(3_000), strict=False)]
    records = [o.record for o in (take_row(row, _RULES) for row in rows) if isinstance(o, Accepted)]
    refused = [refuse(row) for row in rows if not isinstance(take_row(row, _RULES), Accepted)]
    assert len(records) > 2_000
    assert {reason for _, reason in refused} <= {"missing"}
    assert all(accept(json.loads(json.dumps(stored_form(r)))) == r for r in records[:300])


def test_a_validity_of_the_citys_own_is_kept_and_told() -> None:
    outcome = take_row({**ROW, "有效性": "部分失效"}, _RULES)
    assert isinstance(outcome, Accepted)
    assert outcome.record.validity == "部分失效"
    assert ("validity", "unknown_validity") in outcome.warnings


@pytest.mark.parametrize("given", ["../../etc/x", "./z", "a/..", "."])
def test_an_id_no_browser_could_open_is_refused(given: str) -> None:
    outcome = take_row({**ROW, "id": given}, _RULES)
    assert isinstance(outcome, Refused)
    assert (outcome.field, outcome.reason) == ("id", "dot_segment")


# -------------------------------------------- what may be kept of a refused row


def kept_of(row: Mapping[str, object]) -> Mapping[str, object] | None:
    outcome = take_row(row, _RULES)
    assert isinstance(outcome, Refused), outcome
    return outcome.kept


def test_a_public_row_with_a_fault_is_kept_whole() -> None:
    row = {**ROW, "发布日期": "2009219"}
    assert kept_of(row) == row


def test_of_a_row_on_request_the_catalog_entry_is_kept() -> None:
    row = {
        **ROW,
        "公开方式": "依申请公开",
        "发布日期": "2009219",
        "附件": ["名单.docx"],
        "内容概述": ["概述", {"深": CANARY}],
        "备注": CANARY,
        "正文": CANARY,
        "extra": {"x": CANARY},
    }
    kept = kept_of(row)
    assert kept is not None
    assert CANARY not in repr(kept)
    assert kept["信息名称"] == ROW["信息名称"]
    assert {"正文", "附件", "内容概述", "备注", "extra"}.isdisjoint(kept)


@pytest.mark.parametrize(
    "cells",
    [
        {"公开方式": ""},
        {"公开方式": "另行公开"},
        {"是否公开": "部分公开"},
        {"状态": "2"},
    ],
)
def test_nothing_is_kept_of_a_row_of_unsettled_disclosure(cells: dict[str, object]) -> None:
    assert kept_of({**ROW, "正文": CANARY, **cells}) is None


@pytest.mark.parametrize(
    "cells",
    [
        {"正文": RESIDENT_ID},
        {"备注": {"深": [RESIDENT_ID]}},
        {"公开方式": "依申请公开", "正文": RESIDENT_ID},
        {"号码一": RESIDENT_ID[:6], "号码二": RESIDENT_ID[6:14], "号码三": RESIDENT_ID[14:]},
        {"正文": "".join(f"<td>{sign}</td>" for sign in RESIDENT_ID)},
    ],
)
def test_nothing_is_kept_of_a_row_with_personal_data(cells: dict[str, object]) -> None:
    assert kept_of({**ROW, "发布日期": "2009219", **cells}) is None
    if "公开方式" not in cells:
        assert isinstance(take_row({**ROW, **cells}, _RULES), Withheld)
