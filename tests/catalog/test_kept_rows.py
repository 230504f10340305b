"""What may be kept of a refused row for its correction."""

import pytest

from gongkai.catalog.intake import Withheld, take_row
from tests.catalog.rows import CANARY, RESIDENT_ID, ROW, RULES, kept_of


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
        assert isinstance(take_row({**ROW, **cells}, RULES), Withheld)
