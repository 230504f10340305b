"""JSON files: lists, objects around a list, records one after another, and broken elements."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.indexer.sources.files import RECORDS, fields, outline, write
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
    text = '[{"a": 1}, {"a": 1,}, 7, "x]", {"b": [1 2]}, null, {"a": "]}"}]'
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
        ('[{"a": 1}] {"a": 2}', (2, "bad_file")),
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
