"""Rows for the tests of the intake, and what becomes of them."""

from collections.abc import Mapping

from hypothesis import strategies as st

from gongkai.catalog.headings import HEADINGS
from gongkai.catalog.intake import Accepted, IntakeRules, Refused, take_row
from gongkai.catalog.record import Record
from gongkai.catalog.tables import load_tables

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
RULES = IntakeRules(load_tables())


def accept(row: Mapping[str, object], rules: IntakeRules = RULES) -> Record:
    outcome = take_row(row, rules)
    assert isinstance(outcome, Accepted), outcome
    return outcome.record


def refuse(row: Mapping[str, object], rules: IntakeRules = RULES) -> tuple[str, str]:
    outcome = take_row(row, rules)
    assert isinstance(outcome, Refused), outcome
    return outcome.field, outcome.reason


def without(*columns: str) -> dict[str, object]:
    return {name: value for name, value in ROW.items() if name not in columns}


def warnings_of(row: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    outcome = take_row(row, RULES)
    assert isinstance(outcome, Accepted)
    return outcome.warnings


def kept_of(row: Mapping[str, object]) -> Mapping[str, object] | None:
    outcome = take_row(row, RULES)
    assert isinstance(outcome, Refused), outcome
    return outcome.kept
