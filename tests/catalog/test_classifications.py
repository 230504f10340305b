"""Any portal's writing of a class in, one path out: the laws and the shipped trees' own names."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.classifications import (
    MISSING,
    MISSING_LABEL,
    Classification,
    ClassificationTree,
    ancestors_and_self,
    split_path,
    split_values,
)
from gongkai.catalog.fields import CLASSIFIED
from gongkai.catalog.tables import load_tables

TABLES = load_tables()
TOPIC = TABLES.tree("topic")
FINANCE = "财政、金融、审计"

_WRITINGS = sorted(
    {name for node in TOPIC.nodes for name in (node.label, node.path, *node.aliases)}
)
PORTAL_TEXT = st.lists(
    st.one_of(
        st.sampled_from(_WRITINGS),
        st.sampled_from(
            ["/", "／", " > ", "»", "—>", "->", "\\", " ", "\u200b", "，", "-", "其他"]
        ),
        st.text(max_size=4),
    ),
    max_size=7,
).map("".join)


def make_tree(*rows: tuple[str, tuple[str, ...]]) -> ClassificationTree:
    nodes = (
        Classification(path, path.rpartition("/")[2], aliases, order)
        for order, (path, aliases) in enumerate(rows)
    )
    return ClassificationTree("topic", tuple(nodes))


def test_the_state_councils_22_topic_classes_are_the_first_level() -> None:
    labels = [node.label for node in TOPIC.children(None)]
    assert len(labels) == 22
    assert labels[0] == "国务院组织机构"
    assert labels[-1] == "其他"


def test_every_class_observed_on_the_state_councils_portal_is_known(shared_data: Path) -> None:
    text = (shared_data / "tables" / "gov_topic_categories_observed.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    paths = ["/".join(label for label in row[:2] if label) for row in rows]
    assert len(paths) > 60
    assert [path for path in paths if not TOPIC.known(path)] == []


def test_the_ten_categories_of_the_contract_are_the_first_level() -> None:
    expected = "决策 执行 管理 服务 结果 重点领域 政策解读 新闻发布 回应关切 监督保障"
    assert [node.path for node in TABLES.tree("category").children(None)] == expected.split()


def test_the_fifteen_statutory_kinds_are_genres() -> None:
    kinds = "决议 决定 命令（令） 公报 公告 通告 意见 通知 通报 报告 请示 批复 议案 函 纪要"
    assert [kind for kind in kinds.split() if not TABLES.tree("genre").known(kind)] == []


@pytest.mark.parametrize(
    "written",
    [
        f"{FINANCE}/财政",
        f"{FINANCE}／财政",
        f"{FINANCE} > 财政",
        f"{FINANCE}＞财政",
        f"{FINANCE} » 财政",
        f"{FINANCE}—>财政",
        f"{FINANCE}->财政",
        f"{FINANCE}\\财政",
        f" {FINANCE} / 财 政 ",
        "财政，金融，审计/财政",
        "财政",
        "财政管理",
        "\ufeff财政\u200b",
        "财政金融/财政",
    ],
)
def test_canonical_takes_every_writing_of_one_class(written: str) -> None:
    assert TOPIC.canonical(written) == f"{FINANCE}/财政"


@pytest.mark.parametrize(
    ("field", "written", "path"),
    [
        ("topic", "财税金融", FINANCE),
        ("topic", "信息产业(含电信)", "工业、交通/信息产业（含电信）"),
        ("topic", "其它", "其他"),
        ("category", "双随机、一公开", "管理/双随机一公开"),
        ("category", "监督保障>政务公开制度", "监督保障/政务公开制度"),
        ("audience", "面向 事业单位及社会组织", "面向事业单位及社会组织"),
        ("audience", "市民", "面向公民"),
        ("life_event", "公民 > 殡葬", "公民/殡葬"),
        ("life_event", "注销", "企业/破产注销"),
        ("genre", "令", "命令（令）"),
        ("format", "ＰＤＦ", "文本"),
    ],
)
def test_aliases_and_widths_lead_to_the_real_path(field: str, written: str, path: str) -> None:
    assert TABLES.tree(field).canonical(written) == path


def test_what_follows_a_recognised_beginning_is_kept_below_it() -> None:
    assert TOPIC.canonical("财政/预算") == f"{FINANCE}/财政/预算"


def test_an_unknown_class_is_tidied_and_kept() -> None:
    assert TOPIC.canonical("  司法解释 >  2020年 ") == "司法解释/2020年"
    assert TOPIC.canonical(" / ") == ""


def test_a_label_that_two_classes_share_is_not_guessed() -> None:
    tree = make_tree(("甲", ()), ("甲/综合", ()), ("乙", ()), ("乙/综合", ()), ("乙/专项", ()))
    assert tree.canonical("综合") == "综合"
    assert tree.canonical("专项") == "乙/专项"


def test_a_real_path_wins_over_an_alias_and_an_alias_over_a_bare_label() -> None:
    tree = make_tree(("甲", ("丙",)), ("甲/丁", ()), ("乙", ("甲", "丁")), ("丙", ()))
    assert tree.canonical("甲") == "甲"
    assert tree.canonical("丙") == "丙"
    assert tree.canonical("丁") == "乙"


@given(PORTAL_TEXT)
def test_canonical_applied_twice_changes_nothing(text: str) -> None:
    once = TOPIC.canonical(text)
    assert TOPIC.canonical(once) == once


def test_an_alias_that_opens_the_way_to_another_is_followed_to_the_end() -> None:
    tree = make_tree(("甲", ("丙/甲",)), ("乙", ("甲/丙",)))
    assert tree.canonical("丙/甲/丙/丁") == "乙/丁"


@given(st.sampled_from(["甲", "乙", "甲/乙", "乙/甲", "甲/乙/甲", "丙/甲/丙"]), st.data())
def test_canonical_settles_where_aliases_lead_to_each_other(text: str, data: st.DataObject) -> None:
    alias = st.sampled_from(["甲/甲", "乙/乙", "甲/丙", "乙/甲", "丙/甲", "丙/乙"])
    tree = make_tree(
        ("甲", (data.draw(alias),)), ("乙", (data.draw(alias),)), ("甲/乙", (data.draw(alias),))
    )
    once = tree.canonical(text)
    assert tree.canonical(once) == once


@given(PORTAL_TEXT)
def test_the_tidied_path_is_its_labels_joined(text: str) -> None:
    segments = split_path(text)
    assert split_path("/".join(segments)) == segments


@pytest.mark.parametrize("field", CLASSIFIED)
def test_every_class_and_alias_leads_to_its_own_class(field: str) -> None:
    tree = TABLES.tree(field)
    for node in tree.nodes:
        assert tree.canonical(node.path) == node.path
        assert {tree.canonical(alias) for alias in node.aliases} <= {node.path}


@pytest.mark.parametrize("field", CLASSIFIED)
def test_walk_visits_each_class_once_behind_its_parent(field: str) -> None:
    walked = [node.path for node in TABLES.tree(field).walk()]
    assert sorted(walked) == sorted(node.path for node in TABLES.tree(field).nodes)
    for place, path in enumerate(walked):
        assert set(ancestors_and_self(path)) <= set(walked[: place + 1])


def test_ancestors_and_self() -> None:
    assert ancestors_and_self("a/b/c") == ("a", "a/b", "a/b/c")
    assert ancestors_and_self("") == ()


def test_children_come_in_the_order_of_the_file() -> None:
    tree = make_tree(("乙/二", ()), ("乙", ()), ("甲", ()), ("乙/一", ()))
    assert [node.path for node in tree.children(None)] == ["乙", "甲"]
    assert [node.label for node in tree.children("乙")] == ["二", "一"]
    assert tree.children("没有") == ()


def test_order_puts_unknown_paths_behind_known_ones_and_missing_last() -> None:
    tree = make_tree(("乙", ()), ("乙/二", ()), ("甲", ()))
    paths = [MISSING, "无名", "甲", "乙/三", "乙/二", "乙"]
    assert sorted(paths, key=tree.order_of) == ["乙", "乙/二", "乙/三", "甲", "无名", MISSING]


def test_labels() -> None:
    assert TOPIC.label_of(f"{FINANCE}/财政") == "财政"
    assert TOPIC.label_of("无名/甲") == "甲"
    assert TOPIC.label_of(MISSING) == MISSING_LABEL == "未分类"


def test_split_values_keeps_the_marks_that_labels_hold() -> None:
    cell = " 卫生、体育；科技、教育 | 国防;;\n其他\r\n国防 "
    assert split_values(cell) == ("卫生、体育", "科技、教育", "国防", "其他")
    assert split_values(["国防;其他", "国防"]) == ("国防", "其他")
    assert split_values("") == ()


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("卫生、体育，科技、教育", ("卫生、体育", "科技、教育")),
        ("教育,卫生", ("教育", "卫生")),
        ("教育 卫生", ("教育", "卫生")),
        ("财政，金融，审计", ("财政，金融，审计",)),
        ("教育，没有的类", ("教育，没有的类",)),
        ("科技、教育 > 教育", ("科技、教育 > 教育",)),
    ],
)
def test_a_tree_splits_at_doubtful_marks_only_into_known_classes(
    cell: str, values: tuple[str, ...]
) -> None:
    assert TOPIC.split_values(cell) == values


def test_canonical_values_of_a_cell_are_distinct() -> None:
    assert TOPIC.canonical_values("教育；科技、教育/教育；无名") == ("科技、教育/教育", "无名")
