"""JSON files: lists, objects around a list, records one after another, and broken elements."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.row import SkippedPart
from tests.indexer.sources.files import RECORDS, fields, outline, read, write
from tests.indexer.sources.test_json_lines import TEXTS, VALUES

PAGED = {
    "code": 0,
    "data": {
        "fields": [{"id": "标题", "type": "text"}],
        "list": [{"标题": r["标题"], "附件": [{"名称": "表", "链接": "u"}], **r} for r in RECORDS],
        "total": 2,
    },
}


@given(st.lists(st.dictionaries(TEXTS, VALUES, max_size=5), max_size=6), st.booleans())
def test_records_written_as_a_list_come_back_equal(
    records: list[dict[str, object]], indented: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        records = [dict[str, object](RECORDS[0]), *records]  # a Chinese file
        text = json.dumps(records, ensure_ascii=False, indent=1 if indented else None)
        assert fields(write(Path(folder) / "a.json", text)) == records


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_detected(tmp_path: Path, encoding: str) -> None:
    text = json.dumps(RECORDS, ensure_ascii=False)
    assert fields(write(tmp_path / "a.json.gz", text, encoding)) == RECORDS


def test_gb18030_characters_with_bracket_bytes_do_not_cut_values(tmp_path: Path) -> None:
    tricky = "乗亄俓儅" * 50  # second bytes 0x5C, 0x7C, 0x5D, 0x7D
    text = json.dumps([{"标题": tricky}, {"标题": "通知"}], ensure_ascii=False)
    found = fields(write(tmp_path / "a.json", text, "gb18030"))
    assert found == [{"标题": tricky}, {"标题": "通知"}]


def test_the_list_of_records_inside_objects_is_found(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps(PAGED))
    assert fields(path) == PAGED["data"]["list"]  # type: ignore[index]


def test_a_record_with_a_list_of_attachments_is_one_record(tmp_path: Path) -> None:
    record = {**RECORDS[0], "附件": [{"名称": "表", "链接": "u"}], "x": [{"标题": 1, "文号": 2}]}
    assert fields(write(tmp_path / "a.json", json.dumps(record))) == [record]


def test_json_lines_in_a_json_file_are_read(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(record, indent=2) for record in RECORDS)
    assert fields(write(tmp_path / "a.json", text)) == RECORDS


def test_a_broken_element_costs_itself(tmp_path: Path) -> None:
    text = '[{"a": 1}, {"a": 1 2}, 7, "x]", {"b": [1 2]}, null, {"a": "]}"}]'
    kinds = ["row", "not_json", *["not_an_object"] * 2, "not_json", "not_an_object", "row"]
    assert outline(write(tmp_path / "a.json", text)) == list(enumerate(kinds, 1))


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ('[{"a": 1}, {"a": ', (2, "truncated")),
        ('[{"a": 1}, {"a": "x', (2, "truncated")),
        ('[{"a": 1}', (2, "truncated")),
        ('[{"a": 1}, }]', (2, "bad_file")),
        ('[{"a": 1} 7, {}]', (2, "bad_file")),
        ('[{"a": 1}, "x\\"', (2, "truncated")),
        ('[{"a": 1}] {"a": 2}', (2, "row")),
        ('{"a": 1} ]', (2, "bad_file")),
    ],
)
def test_a_list_that_breaks_off_gives_what_came_before(
    tmp_path: Path, text: str, last: tuple[int, str]
) -> None:
    assert outline(write(tmp_path / "a.json", text)) == [(1, "row"), last]


def test_a_missing_comma_is_told_and_the_rows_are_read(tmp_path: Path) -> None:
    kinds = [kind for _, kind in outline(write(tmp_path / "a.json", '[{"a": 1} {"a": 2}]'))]
    assert kinds == ["row", "not_json", "row"]


def test_values_longer_than_the_buffer_are_cut_whole(tmp_path: Path) -> None:
    records = [{"a": '\\"]}' * n, "b": n} for n in (1, 200_000, 2, 65_536, 300_000)]
    assert fields(write(tmp_path / "a.json", json.dumps(records))) == records


def test_a_value_past_the_limit_ends_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.sources.json_cutter.MAX_ROW_BYTES", 1000)
    text = json.dumps([{"a": 1}, {"a": "x" * 3_000_000}])
    assert outline(write(tmp_path / "a.json", text)) == [(1, "row"), (2, "too_long")]


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    assert outline(write(tmp_path / "a.json", " \n")) == []
    assert outline(write(tmp_path / "b.json", "[]")) == []


R1, R2, R3 = (
    {"标题": f"关于第{n}件事的通知", "发布机构": "示例市教育局", "发布日期": f"2024-03-0{n}"}
    for n in (1, 2, 3)
)
LINKS = [{"title": "首页", "url": "/"}, {"title": "专题", "url": "/zt"}]
FACETS = [{"name": "教育", "count": 2}, {"name": "财政", "count": 1}]
COLUMNS = [{"id": "标题", "title": "标题", "format": "text"}]


@pytest.mark.parametrize(
    ("data", "wanted", "passed"),
    [
        ({"a": [R1], "b": [R2, R3]}, [R1, R2, R3], 0),
        ({"data": {"list": [R1], "more": {"list": [R2]}}, "top": [R3]}, [R1, R2, R3], 0),
        ({"2023": {"教育": [R1]}, "2024": {"教育": [R2], "财政": [R3]}}, [R1, R2, R3], 0),
        ([{"group": "一", "rows": [R1, R2]}, {"group": "二", "rows": [R3]}], [R1, R2, R3], 0),
        ([[R1], [R2, R3]], [R1, R2, R3], 0),
        ({"facets": FACETS, "columns": COLUMNS, "rows": [R1, R2]}, [R1, R2], 0),
        ({"nav": LINKS, "rows": [R1]}, [R1], 2),
        ({"rows": LINKS}, LINKS, 0),
        ({"title": "目录", "url": "/list", "items": [R1, R2]}, [R1, R2], 0),
        ({"标题": "目录", "发布机构": "示例市教育局", "items": [R1]}, [R1], 0),
        ({"items": [R1, R2], "标题": "目录", "发布日期": "2024-04-01"}, [R1, R2], 0),
        ({"hits": {"hits": [{"_id": "1", "_source": R1}, {"_id": "2", "_source": R2}]}}, [R1, R2], 0),  # noqa: E501
        ({"x1": R1, "x2": R2}, [R1, R2], 0),
        ({"rows": [R1, {"标题": "只有标题"}]}, [R1, {"标题": "只有标题"}], 0),
        ({"content": [R1, R2], "totalElements": 2}, [R1, R2], 0),
    ],
)  # fmt: skip
def test_all_lists_of_records_are_read(
    tmp_path: Path, data: object, wanted: list[object], passed: int
) -> None:
    for text in (json.dumps(data), json.dumps(data, ensure_ascii=False, indent=1)):
        path = write(tmp_path / "a.json", text)
        assert fields(path) == wanted
        parts = [part for part in read(path) if isinstance(part, SkippedPart)]
        assert sum(part.count for part in parts) == passed
        assert {part.reason for part in parts} <= {"second_list"}


def test_a_record_keeps_what_lies_in_it(tmp_path: Path) -> None:
    details = {**R1, "正文": "第一条", "相关": [{"标题": "旧通知", "发布日期": "2020-01-01"}]}
    assert fields(write(tmp_path / "a.json", json.dumps({"rows": [details]}))) == [details]


@pytest.mark.parametrize("between", ["", "\n", ",\n", ";"])
def test_pages_one_after_another(tmp_path: Path, between: str) -> None:
    pages = [{"page": 1, "rows": [R1, R2]}, {"page": 2, "rows": [R3]}]
    text = between.join(json.dumps(page) for page in pages)
    assert fields(write(tmp_path / "a.json", text)) == [R1, R2, R3]
    assert [line for line, _ in outline(tmp_path / "a.json")] == [1, 2, 3]
    lists = between.join(json.dumps(rows) for rows in ([R1], [R2, R3]))
    assert fields(write(tmp_path / "b.json", lists)) == [R1, R2, R3]


@pytest.mark.parametrize("text", ["callback({});", "var list = {};", "jQuery_12.cb( {} )"])
def test_a_script_around_the_data(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "a.json", text.replace("{}", json.dumps([R1, R2])))
    assert fields(path) == [R1, R2]


def test_what_is_said_of_disclosure_around_records_counts_for_them(tmp_path: Path) -> None:
    data = {"公开方式": "不予公开", "rows": [R1, {**R2, "公开方式": "主动公开"}]}
    assert [row["公开方式"] for row in fields(write(tmp_path / "a.json", json.dumps(data)))] == [
        "不予公开",
        ["主动公开", "不予公开"],
    ]


def test_a_broken_record_in_an_inner_list_costs_itself(tmp_path: Path) -> None:
    rows = read(write(tmp_path / "a.json", json.dumps({"rows": [R1, R2]})[:-2] + ", {,}]}"))
    assert [getattr(row, "reason", "row") for row in rows] == ["row", "row", "not_json"]


def test_an_object_too_long_for_a_record_is_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.sources.json_cutter.MAX_ROW_BYTES", 20_000)
    monkeypatch.setattr("indexer.sources.json_cutter._CHUNK", 1000)
    rows = [{**R1, "文号": str(n)} for n in range(2_000)]
    data = {"code": 0, "公开方式": "依申请公开", "data": {"facets": FACETS, "list": rows}}
    found = fields(write(tmp_path / "a.json", json.dumps(data)))
    assert found == [{**row, "公开方式": "依申请公开"} for row in rows]
