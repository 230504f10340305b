"""The disclosure boundary: what columns say, and which of several statements counts."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.disclosure import (
    Disclosure,
    is_way_of_publishing,
    parse_disclosure,
    settle_disclosure,
    strictest,
)
from gongkai.catalog.disclosure_columns import ColumnKind, classify_column
from gongkai.catalog.disclosure_values import Verdict, judge
from gongkai.catalog.intake import Accepted, IntakeRules, Refused, Withheld, take_row
from gongkai.catalog.tables import load_tables
from gongkai.errors import RefusedValueError

PUBLIC, ON_REQUEST, NOT_PUBLIC = Disclosure
_TABLES = load_tables()
DECLARED = IntakeRules(_TABLES, PUBLIC)
UNDECLARED = IntakeRules(_TABLES)
ROW = {
    "id": "a1",
    "标题": "关于农村饮水安全工程的通知",
    "发布机构": "安庆市水利局",
    "发布日期": "2024-03-01",
    "正文": "工程已经完成验收。",
}
CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "exports"

YES_MEANS_OPEN = (
    *(
        "是否公开",
        "公开与否",
        "公开",
        "主动公开",
        "是否可公开",
        "是否發布",
        "是 否 公 开",
        "*是否公开：",
        "【是否公开】",
    ),
    *(
        "是否公开（是/否）",
        "ＩＳＰＵＢＬＩＣ",
        "is_public",
        "isOpen",
        "publicFlag",
        "SFGK",
        "f_sfgk",
        "visible",
    ),
    *("published", "是否发布", "是否上网公开", "是否显示", "IsDisclosed", "shifougongkai"),
)
KINDS = (
    *(
        "公开类型",
        "公开状态",
        "公开程度",
        "公开性质",
        "公开选项",
        "信息公开方式",
        "公开形式",
        "公開類別",
        "拟公开属性",
    ),
    *("openType", "disclosure_type", "gkfs", "gklx", "gongkaifangshi"),
)
AUDIENCES = (
    *(
        "公开范围",
        "可见范围",
        "阅读范围",
        "知悉范围",
        "传播范围",
        "发布范围",
        "权限",
        "访问权限",
        "公開範圍",
    ),
    *("visibility", "accessLevel", "read_scope"),
)
SECRECY = (
    *(
        "密级",
        "秘密等级",
        "涉密",
        "是否涉密",
        "保密期限",
        "定密",
        "文件密级",
        "密 级",
        "密級",
        "[密级]",
    ),
    *(
        "密级（公开/内部/秘密）",
        "secretLevel",
        "security_level",
        "mj",
        "MIJI",
        "is_secret",
        "confidential",
        "sfsm",
    ),
)
STATES = (
    *("状态", "信息状态", "status", "state", "recordStatus", "当前状态", "文件状态", "xxzt"),
    *(
        "发布状态",
        "审核状态",
        "审核意见",
        "流转状态",
        "pubStatus",
        "publication_state",
        "審核狀態",
        "shzt",
        "fbzt",
    ),
)
REMOVALS = (
    *(
        "deleted",
        "is_deleted",
        "isDeleted",
        "delFlag",
        "已删除",
        "是否删除",
        "回收站",
        "hidden",
        "是否隐藏",
    ),
    *("草稿", "是否草稿", "撤销", "撤销标志", "isDraft", "isPrivate", "是否不公开", "不予公开"),
)
OTHERS = (
    *(
        "备注",
        "来源",
        "发布机构",
        "发布日期",
        "公开日期",
        "公开时间",
        "公开责任部门",
        "审核人",
        "审核时间",
        "保密审查人",
    ),
    *(
        "publish_date",
        "open_time",
        "public_id",
        "有效性",
        "是否有效",
        "级别",
        "level",
        "类型",
        "密码",
        "是否加密",
    ),
    *(
        "region",
        "source",
        "url",
        "created_at",
        "浏览次数",
        "开放时间",
        "下线时间",
        "样例说明",
        "审批结果",
    ),
)
CLOSING = {
    YES_MEANS_OPEN: "否 不公开 暂不公开 不宜公开 涉密不公开 内部公开 部分公开 0 0.0 N × "
    "false 不公开（涉及个人隐私） "
    "不公开，内部掌握 依申请 保密 未公开 免予公开 缓公开 不予公開 草稿 内部 待定 另行公开 "
    "有条件公开",
    KINDS: "不公开 不予公开 不宜公开 内部公开 部分公开 涉密 暂缓公开 限制公开 N × 2 拟公开 "
    "摘要公开 删减后公开 "
    "主动公开（不含附件） 主动公开、不予公开 □主动公开☑不予公开 区分处理 内部资料 Private "
    "公开（摘要）",
    AUDIENCES: "本单位内部 本单位 内部 系统内 内网 机关 仅领导可见 登录用户 特定群体 "
    "全体人员 0 internal private "
    "部门内 指定人员 不公开 市直机关",
    SECRECY: "秘密★10年 机密 绝密 秘密 内部 1 是 Y 长期 10年 机密★1年 限制 商密 工作秘密 "
    "三级 內部 confidential 普通商密 不公开",
    STATES: "草稿 已撤销 待审核 未审核 审核中 退回 驳回 下线 已下架 停用 已删除 回收站 隐藏 "
    "待发布 未发布 暂存 不通过 不同意 "
    "draft deleted pending offline rejected 0 2 归档 拟稿 会签 作废 撤回 unpublished private",
    REMOVALS: "1 是 Y true 已删除 √ 2024-01-01 2 yes 张三",
}
OPENING = {
    YES_MEANS_OPEN: "是 1 1.0 true Y yes √ 公开 主动 主动公开 网站公开 全文公开 "
    "主动公开（网站） 对外公开 向社会公开 已发布 正常 "
    "主动公開 ☑主动公开□不予公开 此件公开发布",
    KINDS: "主动公开 主动 网站公开 全文公开 主动公开（网站） 公开 1 是 true √ "
    "主动公开（市政府网站、公报） 政府网站 "
    "主动公开；网站公开 ■主动公开□依申请公开□不予公开 ＯＰＥＮ public 长期公开",
    AUDIENCES: "公开 主动公开 社会公众 全社会 面向社会 所有人 不限 互联网 public everyone all",
    SECRECY: "无 非密 公开 不涉密 — - / 普通 否 0 N false 未定密 无密级 none "
    "不涉及国家秘密、商业秘密",
    STATES: "已发布 发布 正常 已审核 审核通过 通过 published public normal 已公开 同意发布 已上线",
    REMOVALS: "0 否 N false 未删除 正常 无",
}


def list_cells(table: Mapping[tuple[str, ...], str]) -> list[tuple[str, str]]:
    """Every heading of a table with every one of its words."""
    return [
        (heading, word)
        for headings, words in table.items()
        for heading in headings
        for word in words.split()
    ]


def test_the_tables_hold_what_they_are_to_hold() -> None:
    assert len({heading for heading, _ in list_cells(CLOSING)}) >= 80
    assert len({word for _, word in list_cells(CLOSING)}) >= 53


@pytest.mark.parametrize("rules", [DECLARED, UNDECLARED], ids=["declared", "undeclared"])
@pytest.mark.parametrize("stated", [{}, {"公开方式": "主动公开"}], ids=["none", "stated"])
def test_no_row_with_a_closing_value_is_accepted(
    rules: IntakeRules, stated: dict[str, str]
) -> None:
    for heading, word in list_cells(CLOSING):
        for column in (
            {heading: word},
            {"扩展": {heading: word}},
            {"extra": [{"属性": [{heading: [word]}]}]},
        ):
            outcome = take_row({**ROW, **stated, **column}, rules)
            assert isinstance(outcome, Refused | Withheld), (column, outcome)
            assert isinstance(outcome, Withheld) or outcome.kept is None
            if isinstance(outcome, Refused) and outcome.reason == "unknown_disclosure":
                assert outcome.field == heading
                assert word not in outcome.message


def test_open_values_let_a_declared_source_through() -> None:
    for heading, word in list_cells(OPENING):
        outcome = take_row({**ROW, heading: word}, DECLARED)
        assert isinstance(outcome, Accepted), (heading, word, outcome)
        assert outcome.record.disclosure is PUBLIC
        # Such a column alone declares nothing.
        undeclared = take_row({**ROW, heading: word}, UNDECLARED)
        assert isinstance(undeclared, Refused)
        assert undeclared.reason == "missing_disclosure"


@pytest.mark.parametrize("heading", OTHERS)
def test_headings_about_other_matters_say_nothing(heading: str) -> None:
    assert classify_column(heading) is ColumnKind.UNRELATED
    assert judge(classify_column(heading), "张三") is Verdict.SILENT


@pytest.mark.parametrize("heading", ["状态", "status", "信息状态"])
@pytest.mark.parametrize(
    "word",
    [
        "现行有效",
        "已修改",
        "失效",
        "废止",
        "废止或失效",
        "已废止/失效",
        "试行",
        "尚未生效",
        "已办结",
        "有效",
    ],
)
def test_a_state_of_the_document_is_no_state_of_publication(heading: str, word: str) -> None:
    assert isinstance(take_row({**ROW, heading: word}, DECLARED), Accepted)


@pytest.mark.parametrize(
    "column",
    [
        {"备注": "不予公开"},
        {"等级": "机密"},
        {"说明": "密级：机密；份数：2"},
        {"扩展字段": '{"密级": "秘密"}'},
        {"属性": [{"name": "密级", "value": "机密"}]},
        {"附件": [{"name": "表.pdf", "密级": "机密"}]},
        {"眉首": "机密★10年"},
        {"主动公开": "", "不予公开": "√"},
        {"extra": [{"密级": "机密"}, {"密级": "无"}]},
        {"extra": {"密级": "无"}, "密级": "机密"},
    ],
)
def test_a_closing_statement_counts_wherever_it_is(column: dict[str, object]) -> None:
    outcome = take_row({**ROW, "公开方式": "主动公开", **column}, DECLARED)
    assert isinstance(outcome, Withheld), outcome
    assert outcome.reason == "not_public"


@pytest.mark.parametrize("heading", ["公开类型", "公开范围", "是否依申请公开"])
def test_on_request_is_never_opened_by_a_declaration(heading: str) -> None:
    word = "是" if "是否" in heading else "依申请公开（填写申请表）"
    outcome = take_row({**ROW, heading: word}, DECLARED)
    assert isinstance(outcome, Accepted)
    assert (outcome.record.disclosure, outcome.record.body) == (ON_REQUEST, "")


def test_rows_whose_own_column_says_no_are_not_published() -> None:
    path = CASES / "closing_words.jsonl"
    if not path.is_file():
        pytest.skip("SKIPPED LOUDLY: ../shared/cases is not beside this checkout")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    outcomes = [take_row(row, DECLARED) for row in rows]
    assert len(rows) == 13
    assert not any(isinstance(outcome, Accepted) for outcome in outcomes)


@given(
    st.sampled_from(list_cells(CLOSING)),
    st.sampled_from(["{}", " {} ", "{}：", "（{}）", "*{}", "{}\u200b", "\ufeff{}"]),
    st.sampled_from(["{}", " {} ", "{}。", "\u3000{}", "{}\u200b"]),
    st.booleans(),
)
def test_spelling_of_heading_and_value_does_not_matter(
    cell: tuple[str, str], heading_form: str, value_form: str, declared: bool
) -> None:
    column = {heading_form.format(cell[0]): value_form.format(cell[1])}
    outcome = take_row(
        {**ROW, "公开方式": "主动公开", **column}, DECLARED if declared else UNDECLARED
    )
    assert not isinstance(outcome, Accepted)


# --------------------------------------------------------- the catalog's own headings


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("主动公开", PUBLIC),
        (" 主动 公开。", PUBLIC),
        ("主动公开\u200b", PUBLIC),
        ("公开", PUBLIC),
        ("主动", PUBLIC),
        ("网站公开", PUBLIC),
        ("主动公开（网站）", PUBLIC),
        ("1", PUBLIC),
        (True, PUBLIC),
        ("依申请公开", ON_REQUEST),
        ("依申请", ON_REQUEST),
        ("依申请公开（到窗口查阅）", ON_REQUEST),
        ("不予公开", NOT_PUBLIC),
        ("不公开", NOT_PUBLIC),
        ("部分公开", None),
        ("网站", None),
        ("", None),
        ("None", None),
        ("announcement", None),
    ],
)
def test_known_words(cell: object, kind: Disclosure | None) -> None:
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
        *("restricted", False, ["不予公开"], {"不予公开": True}),
    ],
)
def test_what_sounds_closed_is_closed(cell: object) -> None:
    assert parse_disclosure(cell) is NOT_PUBLIC


_NO_FORM = st.text(st.characters(exclude_characters="☑✓✔√■▣●◉⊙⦿✅□☐○◯▢[]()（）［］"), max_size=60)


@given(_NO_FORM, _NO_FORM)
def test_a_cell_that_says_no_is_never_public(before: str, after: str) -> None:
    assert parse_disclosure(f"{before}不公开{after}") is NOT_PUBLIC


@given(st.lists(st.sampled_from(Disclosure), min_size=1))
def test_the_strictest_of_several_statements_counts(kinds: list[Disclosure]) -> None:
    order = [PUBLIC, ON_REQUEST, NOT_PUBLIC]
    assert order.index(strictest(kinds)) == max(map(order.index, kinds))
    assert settle_disclosure([kind.value for kind in kinds], [], PUBLIC) is strictest(kinds)


def test_the_strictest_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        strictest([])


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ([], "missing_disclosure"),
        (["政府网站"], "missing_disclosure"),
        (["另行公开"], "unknown_disclosure"),
        (["主动公开", "别的"], "unknown_disclosure"),
    ],
)
def test_missing_and_unknown_are_refused_without_a_quote(stated: list[str], reason: str) -> None:
    with pytest.raises(RefusedValueError) as refusal:
        settle_disclosure(stated, [], None)
    assert refusal.value.field == "disclosure"
    assert refusal.value.reason == reason
    assert not any(cell in str(refusal.value) for cell in stated)


def test_a_source_declared_public_fills_missing_ones_only() -> None:
    assert settle_disclosure([], [], PUBLIC) is PUBLIC
    assert settle_disclosure(["政府网站"], [], PUBLIC) is PUBLIC
    assert settle_disclosure(["依申请公开"], [], PUBLIC) is ON_REQUEST
    with pytest.raises(RefusedValueError):
        settle_disclosure(["另行公开"], [], PUBLIC)


def test_channels_are_no_kinds() -> None:
    assert is_way_of_publishing(" 政府 公报 ")
    assert is_way_of_publishing("市政府门户网站")
    assert not is_way_of_publishing("主动公开")
    assert not is_way_of_publishing("不公开网站")
    assert not is_way_of_publishing("单位内网")
