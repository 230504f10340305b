"""Rejects: readable by people, whole or missing, and the same rows when they are given back."""

import csv
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.headings import gather_by_key, is_blank
from gongkai.staff.reject_sheets import COLUMNS, LONGEST_CELL
from indexer.rejects import OverwritingError, RejectsFile, check_rejects_path
from indexer.source_reader import read_source
from indexer.sources.row import SourceRow, UnreadableRow

ROW: Mapping[str, object] = {
    "标题": "关于印发《管理办法》的通知",
    "发布机构": "安庆市水利局",
    "发布日期": "2009219",
    "公开方式": "主动公开",
    "主题分类": ["财政/预算", "水利"],
    "正文": '第一段\n第二段，引号"和逗号,',
    "附件": [{"name": "附表", "url": "附表.pdf"}, "甲.pdf"],
    "电话": "05565551234",
    "编号甲": "0012",
    "金额": 12.5,
    "份数": 3,
    "嵌套": {"甲": [1, {"乙": None}]},
    "像列表": "[2009]",
    "像文本": '"引用"',
}
FILES = (".jsonl", ".csv", ".xlsx")


def write(path: Path, *rows: Mapping[str, object] | None, reason: str = "ambiguous_date") -> Path:
    with RejectsFile(path) as rejects:
        for number, row in enumerate(rows, 1):
            rejects.add("导出.jsonl", number, "published_on", reason, row)
    assert rejects.path == path
    return path


def fields_of(path: Path) -> list[dict[str, object]]:
    rows = [row for row in read_source(path) if isinstance(row, SourceRow)]
    return [dict(row.fields) for row in rows]


def test_people_can_read_the_lines(tmp_path: Path) -> None:
    text = write(tmp_path / "r.jsonl", ROW).read_text(encoding="utf-8")
    assert "关于印发《管理办法》的通知" in text
    assert "\\u" not in text
    assert "“发布日期”有两种以上读法，请写成 2009-02-20 的形式。" in text
    assert json.loads(text)["row"] == ROW


@pytest.mark.parametrize("suffix", FILES)
def test_each_file_gives_the_row_back(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / "r.jsonl", ROW).with_suffix(suffix)
    (given_back,) = fields_of(path)
    known, unknown = gather_by_key(ROW)
    known_again, unknown_again = gather_by_key(given_back)
    if suffix == ".csv":
        # CSV has no numbers and guards digits that spreadsheets would change.
        known_again["topic"] = known["topic"]
        assert str(unknown_again.pop("金额")) == str(unknown.pop("金额"))
        assert str(unknown_again.pop("份数")) == str(unknown.pop("份数"))
        assert str(unknown_again.pop("编号甲")).strip() == unknown.pop("编号甲")
        assert str(unknown_again.pop("电话")).strip() == unknown.pop("电话")
    elif suffix == ".xlsx":
        known_again["topic"] = known["topic"]
    assert known_again == known
    assert unknown_again == unknown
    assert not set(COLUMNS) & set(given_back)


def test_a_sheet_has_our_columns_then_those_of_the_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", {"标题": "甲"}, {"标题": "乙", "文号": "宜政〔2009〕1号"})
    with path.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == [*COLUMNS, "标题", "文号"]
    assert lines[1][:4] == ["导出.jsonl", "1", "published_on", "ambiguous_date"]
    assert lines[1][4].endswith("的形式。")
    sheet = openpyxl.load_workbook(path.with_suffix(".xlsx")).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == lines[0]


def test_formulas_are_text_in_every_file(tmp_path: Path) -> None:
    row = {"标题": '=HYPERLINK("http://example.invalid")', "正文": "+1-1", "文号": "@SUM(1)"}
    path = write(tmp_path / "r.jsonl", row)
    text = path.with_suffix(".csv").read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ",'+1-1" in text
    sheet = openpyxl.load_workbook(path.with_suffix(".xlsx")).active
    assert sheet is not None
    assert {cell.data_type for cell in sheet[2]} <= {"s", "n"}
    assert fields_of(path.with_suffix(".xlsx")) == [row]


@pytest.mark.parametrize("suffix", FILES)
def test_a_row_whose_text_is_not_kept_says_so_when_it_comes_back(
    tmp_path: Path, suffix: str
) -> None:
    path = write(tmp_path / "r.jsonl", None, reason="personal_data").with_suffix(suffix)
    (row,) = read_source(path)
    assert isinstance(row, UnreadableRow)
    assert row.reason == "withheld_row"


def test_what_a_cell_cannot_hold_stays_in_the_lines(tmp_path: Path) -> None:
    long = {"标题": "长文", "正文": "长" * (LONGEST_CELL + 1)}
    path = write(tmp_path / "r.jsonl", long, {"标题": "短文"})
    for suffix in (".csv", ".xlsx"):
        assert fields_of(path.with_suffix(suffix)) == [{"标题": "短文"}]
    assert "请在同名的 .jsonl 文件中修改" in path.with_suffix(".csv").read_text("utf-8-sig")
    assert fields_of(path)[0] == long


@pytest.mark.parametrize(
    "value",
    [
        "半个\ud800字",
        float("nan"),
        float("inf"),
        10**400,
        -(10**30),
        True,
        "\x00\x07控制符",
        {"\ud800": "\udfff"},
        "😀" * 10,
        ["\ufffe", None, [[]]],
        object(),
    ],
)
def test_odd_values_break_nothing(tmp_path: Path, value: object) -> None:
    path = write(tmp_path / "r.jsonl", {"标题": "甲", "值": value}, {"标题": "乙"})
    for suffix in FILES:
        titles = [fields["标题"] for fields in fields_of(path.with_suffix(suffix))]
        assert titles == ["甲", "乙"], suffix


def test_a_row_nested_beyond_reason_breaks_nothing(tmp_path: Path) -> None:
    deep: object = "甲"
    for _ in range(5000):
        deep = [deep]
    path = write(tmp_path / "r.jsonl", {"标题": "甲", "值": deep})
    assert [fields["标题"] for fields in fields_of(path)] == ["甲"]


_texts = st.text(max_size=20)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)


_headings = _texts.filter(lambda text: not is_blank(text))


@given(st.lists(st.dictionaries(_headings, _values, max_size=4), min_size=1, max_size=4))
def test_any_rows_can_be_written_and_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = write(folder / "r.jsonl", *({**row, "标题": "甲"} for row in rows))
    for suffix in FILES:
        read = list(read_source(path.with_suffix(suffix)))
        assert len([row for row in read if isinstance(row, SourceRow)]) == len(rows), suffix


def test_a_stopped_run_leaves_nothing(tmp_path: Path) -> None:
    with suppress(KeyboardInterrupt), RejectsFile(tmp_path / "r.jsonl") as rejects:
        rejects.add("a", 1, "title", "missing", {})
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_not_ours_are_never_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "export.csv"
    source.write_text("标题,发布日期\n甲,2009219\n", encoding="utf-8")
    with pytest.raises(OverwritingError, match="is read by this run"):
        check_rejects_path(tmp_path / "export.jsonl", [source])
    with pytest.raises(OverwritingError, match="is there already"):
        check_rejects_path(tmp_path / "export.jsonl", [])
    with pytest.raises(OverwritingError, match=r"name a \.jsonl file"):
        check_rejects_path(tmp_path / "r.csv", [])
    workbook = openpyxl.Workbook()
    workbook.save(tmp_path / "r.xlsx")
    with pytest.raises(OverwritingError, match="is there already"):
        check_rejects_path(tmp_path / "r.jsonl", [])
    (tmp_path / "r.xlsx").unlink()
    # Those of an earlier run with the same name are.
    check_rejects_path(write(tmp_path / "r.jsonl", ROW), [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_saved_again_without_some_columns_is_still_ours(
    tmp_path: Path, encoding: str
) -> None:
    head = "退回原因,标题,退回来源,发布日期,退回代码\r\n"
    line = "日期,关于防汛的通知,导出.csv,2009-02-19,ambiguous_date\r\n"
    path = tmp_path / "fixed.csv"
    path.write_bytes((head + line).encode(encoding))
    assert fields_of(path) == [{"标题": "关于防汛的通知", "发布日期": "2009-02-19"}]


def test_columns_of_a_source_that_are_named_like_others_stay(tmp_path: Path) -> None:
    row = {
        "标题": "甲",
        "source": "网站",
        "line": "3",
        "reason": "无",
        "来源": "市政府",
        "说明": "好",
    }
    path = write(tmp_path / "r.jsonl", row)
    for suffix in FILES:
        assert fields_of(path.with_suffix(suffix)) == [row]
