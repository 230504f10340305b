"""The wall of disclosure: what a row shows, and personal data in it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.intake import IntakeRules, Withheld, take_row
from gongkai.catalog.published_part import disclose, holds_personal_data
from gongkai.catalog.record import Attachment
from gongkai.catalog.tables import Tables
from tests.catalog.rows import (
    BANK_CARD,
    CANARY,
    RESIDENT_ID,
    ROW,
    ROWS,
    RULES,
    accept,
    refuse,
    without,
)


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
    outcome = take_row({**ROW, **cells}, RULES)
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
    outcome = take_row({**row, heading: "不予公开"}, RULES)
    assert isinstance(outcome, Withheld)
    assert outcome.reason == "not_public"
    assert CANARY not in repr(outcome)
    assert CANARY not in str(outcome)


def test_a_closed_row_is_known_by_the_id_it_would_be_published_under() -> None:
    for row in (ROW, without("索引号"), {**ROW, "id": "x"}):
        closed = take_row({**row, "公开方式": "不予公开"}, RULES)
        assert isinstance(closed, Withheld)
        assert closed.id == accept(row).id
    unnamed = take_row({"公开方式": "不予公开", "索引号": "\u2060"}, RULES)
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
        *("发布机构", "组配分类", "主题分类", "信息格式", "有效性"),
    ],
)
def test_personal_data_in_what_would_be_published_is_held(column: str, number: str) -> None:
    value = f"http://a.gov.cn/{number}" if column == "链接" else f"号 {number}"
    outcome = take_row({**ROW, column: value}, RULES)
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
    assert isinstance(take_row({**ROW, **cells}, RULES), Withheld)


def test_personal_data_that_would_not_be_published_holds_nothing_back() -> None:
    row = {**ROW, "公开方式": "依申请公开", "正文": RESIDENT_ID, "备注": RESIDENT_ID}
    assert accept(row).body == ""


def test_the_text_of_an_attachment_counts_once_it_was_read() -> None:
    record = accept(ROW)
    read = replace(record, attachments=(Attachment("x", None, RESIDENT_ID),))
    assert not holds_personal_data(record)
    assert holds_personal_data(read)
