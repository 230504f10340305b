"""The wall: what a cell says of disclosure, and which of several statements counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.disclosure import (
    Disclosure,
    is_way_of_publishing,
    parse_disclosure,
    settle_disclosure,
    strictest,
)
from catalog.errors import RefusedValueError

PUBLIC, ON_REQUEST, NOT_PUBLIC = Disclosure


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("主动公开", PUBLIC),
        (" 主动 公开。", PUBLIC),
        ("主动公开\u200b", PUBLIC),
        ("依申请公开", ON_REQUEST),
        ("依申请", ON_REQUEST),
        ("不予公开", NOT_PUBLIC),
        ("不公开", NOT_PUBLIC),
        ("公开", None),
        ("网站", None),
        ("", None),
        ("None", None),
        ("announcement", None),
    ],
)
def test_known_words(cell: str, kind: Disclosure | None) -> None:
    assert parse_disclosure(cell) is kind


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "暂不公开",
            "免予公开",
            "主动公开;不予公开",
            "国家秘密",
            "涉密",
            "内部",
            "否",
            "暂缓公开",
        ),
        *("拒绝公开", "不 予 公 开", "不\u200b公开", "not public", "Non-public", "no", "SECRET"),
        *("restricted", False, ["不予公开"]),
    ],
)
def test_what_sounds_closed_is_closed(cell: object) -> None:
    assert parse_disclosure(cell) is NOT_PUBLIC


@given(st.text(), st.text())
def test_a_cell_that_says_no_is_never_public(before: str, after: str) -> None:
    assert parse_disclosure(f"{before}不公开{after}") is NOT_PUBLIC


@given(st.lists(st.sampled_from(Disclosure), min_size=1))
def test_the_strictest_of_several_statements_counts(kinds: list[Disclosure]) -> None:
    order = [PUBLIC, ON_REQUEST, NOT_PUBLIC]
    assert order.index(strictest(kinds)) == max(map(order.index, kinds))
    assert settle_disclosure([kind.value for kind in kinds], {}, PUBLIC) is strictest(kinds)


def test_the_strictest_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        strictest([])


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ([], "missing_disclosure"),
        (["政府网站"], "missing_disclosure"),
        (["公开"], "unknown_disclosure"),
        (["主动公开", "未知".replace("未", "别")], "unknown_disclosure"),
    ],
)
def test_missing_and_unknown_are_refused_without_a_quote(stated: list[str], reason: str) -> None:
    with pytest.raises(RefusedValueError) as refusal:
        settle_disclosure(stated, {}, None)
    assert refusal.value.field == "disclosure"
    assert refusal.value.reason == reason
    assert not any(cell in str(refusal.value) for cell in stated)


def test_a_source_declared_public_fills_missing_ones_only() -> None:
    assert settle_disclosure([], {}, PUBLIC) is PUBLIC
    assert settle_disclosure(["政府网站"], {}, PUBLIC) is PUBLIC
    assert settle_disclosure(["依申请公开"], {}, PUBLIC) is ON_REQUEST
    with pytest.raises(RefusedValueError):
        settle_disclosure(["公开"], {}, PUBLIC)


def test_an_unknown_heading_about_disclosure_makes_a_filled_one_stricter() -> None:
    assert settle_disclosure([], {"是否公开": "不予公开"}, PUBLIC) is NOT_PUBLIC
    assert settle_disclosure([], {"是否公开": "否"}, PUBLIC) is NOT_PUBLIC
    assert settle_disclosure([], {"公开形式": ["依申请公开"]}, PUBLIC) is ON_REQUEST
    assert settle_disclosure([], {"是否公开": "不予公开"}, None) is NOT_PUBLIC
    assert settle_disclosure([], {"公开形式": "关于不公开审理的规定"}, PUBLIC) is PUBLIC
    with pytest.raises(RefusedValueError):
        settle_disclosure([], {"公开形式": "主动公开"}, None)


def test_channels_are_no_kinds() -> None:
    assert is_way_of_publishing(" 政府 公报 ")
    assert not is_way_of_publishing("主动公开")
