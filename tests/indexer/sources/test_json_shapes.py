"""JSON as programs write it: groups, tables, wrappers of databases, almost valid text."""

import json
from pathlib import Path

import pytest

from indexer.sources.formats import choose_reader
from indexer.sources.json_array import read_json
from indexer.sources.row import SourceRow
from tests.indexer.sources.files import fields, outline, read, write


def record(number: int, **others: object) -> dict[str, object]:
    given = {"标题": f"关于{number}号渡口的通告", "文号": f"示政〔2024〕{number}号"}
    return {**given, "公开方式": "主动公开", **others}


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


ONE, TWO, THREE = record(1), record(2), record(3)


@pytest.mark.parametrize(
    "value",
    [
        {"data": {"list": [ONE, TWO], "total": 2}},
        {"total": 2, "rows": [ONE, TWO]},
        {"result": {"items": [ONE, TWO]}},
        {"classes": [{"className": "甲类", "children": [{"list": [ONE]}, {"list": [TWO]}]}]},
        {"data": [{"info": ONE, "views": {"n": 1}}, {"info": TWO, "views": {"n": 2}}]},
        {"1001": ONE, "1002": TWO},
        {"hits": {"hits": [{"_id": "a", "_source": ONE}, {"_id": "b", "_source": TWO}]}},
        {"code": 0, "data": dump([ONE, TWO])},
    ],
)
def test_records_are_found_at_any_depth(tmp_path: Path, value: object) -> None:
    assert fields(write(tmp_path / "a.json", dump(value))) == [ONE, TWO]


def test_the_list_of_a_record_is_named(tmp_path: Path) -> None:
    (row,) = read(write(tmp_path / "a.json", dump({"data": {"list": [ONE]}, "x": {}})))
    assert isinstance(row, SourceRow)
    assert row.sheet == "data.list"


@pytest.mark.parametrize(
    "text",
    [
        dump({"page": 1, "data": [ONE]}) + dump({"page": 2, "data": [TWO, THREE]}),
        dump([ONE, TWO]) + "\n" + dump([THREE]),
        dump([ONE]) + ",\n" + dump([TWO, THREE]),
        dump({"data": [ONE, TWO, THREE]}) + dump({"page": 3, "data": []}),
    ],
)
def test_pages_one_after_another_are_all_read(tmp_path: Path, text: str) -> None:
    assert fields(write(tmp_path / "a.json", text)) == [ONE, TWO, THREE]


def test_the_agency_of_a_group_is_the_publisher_of_its_records(tmp_path: Path) -> None:
    own = record(2, 发布机构="示例市档案局")
    values = [
        {"示例市财政局": [ONE, own]},
        {"groups": [{"name": "示例市财政局", "records": [ONE, own]}]},
        {"groups": [{"发布机构": "示例市财政局", "records": [ONE, own]}]},
    ]
    for value in values:
        path = write(tmp_path / "a.json", dump(value))
        agencies = [row["发布机构"] for row in fields(path)]
        assert agencies == ["示例市财政局", "示例市档案局"]


def test_the_disclosure_of_a_group_is_added_to_that_of_its_records(tmp_path: Path) -> None:
    value = {"公开方式": "不予公开", "data": {"list": [ONE]}}
    (row,) = fields(write(tmp_path / "a.json", dump(value)))
    assert row["公开方式"] == ["主动公开", "不予公开"]


TABLE = [["标题", "文号", "公开方式"], list(ONE.values()), list(TWO.values())]


@pytest.mark.parametrize(
    "value",
    [
        TABLE,
        {"columns": TABLE[0], "data": TABLE[1:]},
        {"fields": [{"name": each} for each in TABLE[0]], "rows": TABLE[1:]},
        {"result": {"header": TABLE[0], "rows": TABLE[1:]}},
        {name: [ONE[name], TWO[name]] for name in ONE},
        {name: {"0": ONE[name], "1": TWO[name]} for name in ONE},
        [{"attrs": [{"name": k, "value": v} for k, v in each.items()]} for each in (ONE, TWO)],
    ],
)
def test_tables_in_json(tmp_path: Path, value: object) -> None:
    assert fields(write(tmp_path / "a.json", dump(value))) == [ONE, TWO]


def test_lines_of_an_elasticsearch_dump(tmp_path: Path) -> None:
    dumped = [dump({"_index": "gov", "_id": "a", "_source": each}) for each in (ONE, TWO)]
    bulk = [dump({"index": {"_id": 1}}), dump(ONE), dump({"index": {}}), dump(TWO)]
    for name in ("a.jsonl", "a.json"):
        for lines in (dumped, bulk):
            assert fields(write(tmp_path / name, "\n".join(lines))) == [ONE, TWO]


def test_values_of_mongodb_are_unwrapped(tmp_path: Path) -> None:
    lines = [
        record(1, _id={"$oid": "65e1f0"}, 发布日期={"$date": "2024-02-29T16:00:00Z"}),
        record(2, 发布日期={"$date": {"$numberLong": "1709222400000"}}, n={"$numberInt": "7"}),
    ]
    path = write(tmp_path / "a.jsonl", "\n".join(map(dump, lines)))
    first, second = fields(path)
    assert (first["_id"], first["发布日期"]) == ("65e1f0", "2024-02-29T16:00:00Z")
    assert (second["发布日期"], second["n"]) == (1709222400000, 7)


ALMOST = """// 导出
/* 1 */
[ {"标题": "关于1号渡口的通告", "文号": "示政〔2024〕1号", // 行
   "公开方式": "主动公开",},
  {标题: "x", y}, {title: "甲", docNumber: NaN, n: undefined, is: True, 'body': 'it\\'s "so"',},
  {"_id" : ObjectId("65e1"), "标题" : "乙", "日期" : ISODate("2024-03-01T00:00:00Z"),
   "n" : NumberLong(7)},
  {"标题": "第一行
第二行", "文号": "a\\x"},
]"""


def test_text_that_is_almost_json(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", ALMOST)
    assert outline(path) == [(1, "row"), (2, "not_json"), *((n, "row") for n in (3, 4, 5))]
    rows = [row.fields for row in read(path) if isinstance(row, SourceRow)]
    assert rows[0] == ONE
    others = {"n": None, "is": True, "body": 'it\'s "so"'}
    assert rows[1] == {"title": "甲", "docNumber": None, **others}
    assert rows[2] == {"_id": "65e1", "标题": "乙", "日期": "2024-03-01T00:00:00Z", "n": 7}
    assert rows[3] == {"标题": "第一行\n第二行", "文号": "a\\x"}


def test_words_inside_strings_are_not_repaired(tmp_path: Path) -> None:
    text = '[{"标题": "None, NaN // 与 /* 注 */ ,]", "文号": undefined}]'
    assert fields(write(tmp_path / "a.json", text)) == [
        {"标题": "None, NaN // 与 /* 注 */ ,]", "文号": None}
    ]


def test_a_script_with_data_is_read_and_other_code_is_not(tmp_path: Path) -> None:
    data = write(tmp_path / "a.js", f"var list = {dump([ONE])};")
    code = write(tmp_path / "b.js", 'var menu = [{"href": "/", "text": "首页"}];')
    assert fields(data) == [ONE]
    assert (choose_reader(data), choose_reader(code)) == (read_json, None)


def test_separators_between_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", f"\x1e{dump(ONE)}\n\x1e{dump(TWO)},\n")
    assert fields(path) == [ONE, TWO]
