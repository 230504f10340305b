"""JSON Lines: encodings, hostile lines, rejects files, and that a bad line stops nothing."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.files import limits
from indexer.sources.row import SourceRow, UnreadableRow
from tests.indexer.sources.files import RECORDS, fields, outline, read, write

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
LINES = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS)


@given(st.lists(st.dictionaries(TEXTS, VALUES, max_size=5), max_size=6), st.booleans())
def test_records_written_as_json_lines_come_back_equal(
    records: list[dict[str, object]], packed: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # A Chinese file: some lone letters of other scripts can't be told from GB18030.
        records = [dict[str, object](RECORDS[0]), *records]
        lines = "\n".join(json.dumps(r, ensure_ascii=packed) for r in records)
        path = write(Path(folder) / ("a.jsonl.gz" if packed else "a.ndjson"), lines)
        assert fields(path) == records


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_encodings_are_detected(tmp_path: Path, encoding: str, name: str) -> None:
    assert fields(write(tmp_path / name, LINES, encoding)) == RECORDS


def test_blank_lines_are_passed_over_and_lines_are_physical(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '\n{"a": 1}\r\n  \n{"b": 2}')
    assert outline(path) == [(2, "row"), (4, "row")]


def test_the_source_is_the_path_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.jsonl", "{}")
    monkeypatch.chdir(tmp_path)
    assert read(Path("a.jsonl")) == [SourceRow("a.jsonl", 1, {})]


def test_a_bad_line_stops_nothing_and_is_never_quoted(tmp_path: Path) -> None:
    lines = [b'{"a": "\xb7\xc0"}', '{"a": "机密"'.encode(), b"[1]", b'{"a": "\0"}', b'{"a": nan}']
    good = '{"标题": "关于防汛的通知"}'.encode()
    path = write(tmp_path / "a.jsonl", b"\n".join([*lines, good]))
    reasons = ["bad_encoding", "not_json", "not_an_object", "not_json", "not_json", "row"]
    assert outline(path) == list(enumerate(reasons, 1))
    assert not any("机密" in row.detail for row in read(path) if isinstance(row, UnreadableRow))


def test_one_broken_byte_does_not_turn_a_utf8_file_into_gb18030(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", LINES.encode() + b'{"a": "\xff"}\n' + LINES.encode())
    assert [kind for _, kind in outline(path)] == ["row", "row", "bad_encoding", "row", "row"]


def test_one_broken_byte_in_a_gb18030_file_costs_its_line(tmp_path: Path) -> None:
    good = LINES.encode("gb18030")
    path = write(tmp_path / "a.jsonl", good + b'{"a": "\xff"}\n' + good)
    assert [kind for _, kind in outline(path)] == ["row", "row", "bad_encoding", "row", "row"]


def test_chinese_after_a_mebibyte_of_ascii_still_tells_the_encoding(tmp_path: Path) -> None:
    ascii_lines = '{"a": "%s"}\n' % ("x" * 1000) * 1200
    path = write(tmp_path / "a.jsonl", ascii_lines + LINES, "gb18030")
    assert fields(path)[-2:] == RECORDS


def test_half_a_surrogate_pair_becomes_the_replacement_character(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", r'{"a\udc00": ["\ud800", "\ud83d\ude00"], "b": "\u0000"}')
    assert fields(path) == [{"a\ufffd": ["\ufffd", "\U0001f600"], "b": "\0"}]


def test_an_overlong_line_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.sources.streams.MAX_ROW_BYTES", 1000)
    long = '{"a": "' + "x" * 3_000_000 + '"}'
    path = write(tmp_path / "a.jsonl", f'{{"a": 1}}\n{long}\n{{"a": 2}}\n{long}')
    assert outline(path) == [(1, "row"), (2, "too_long"), (3, "row"), (4, "too_long")]


def test_a_line_as_long_as_allowed_is_read(tmp_path: Path) -> None:
    line = b'{"a": "' + b"x" * (limits.MAX_ROW_BYTES - 9) + b'"}'
    assert outline(write(tmp_path / "a.jsonl", line + b"\n" + line + b"\n")) == [
        (1, "row"),
        (2, "row"),
    ]
    assert outline(write(tmp_path / "b.jsonl", line + b"  \n{}\n")) == [(1, "too_long"), (2, "row")]


def test_deep_nesting_is_a_bad_row(tmp_path: Path) -> None:
    deep = '{"a":' + "[" * 100_000 + "]" * 100_000 + r', "b": "\ud800"}'
    assert outline(write(tmp_path / "a.jsonl", deep + "\n{}")) == [(1, "not_json"), (2, "row")]


def test_two_statements_of_disclosure_are_both_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"公开方式": "不予公开", "公开方式": "主动公开"}')
    assert fields(path) == [{"公开方式": ["不予公开", "主动公开"]}]


def test_a_rejects_file_gives_the_rows_it_holds(tmp_path: Path) -> None:
    entry = {"source": "x.csv", "line": 7, "field": "title", "reason": "missing"}
    entries = [
        entry | {"row": RECORDS[0]},
        entry | {"row": RECORDS[1], "note": "mended"},
        entry | {"row": None},
        entry | {"row": "text"},
        entry | {"row": {}, "other": 1},
    ]
    rows = read(write(tmp_path / "rejects.jsonl", "\n".join(map(json.dumps, entries))))
    assert [r.fields for r in rows if isinstance(r, SourceRow)] == [*RECORDS, entries[4]]
    faults = [(r.line, r.reason) for r in rows if isinstance(r, UnreadableRow)]
    assert faults == [(3, "withheld_row"), (4, "not_an_object")]


def test_lines_that_are_pages_of_a_list(tmp_path: Path) -> None:
    rows = [{**record, "发布日期": "2024-03-01"} for record in RECORDS]
    pages = [{"page": 1, "rows": rows}, {"page": 2, "rows": rows[:1]}]
    path = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, pages)))
    assert fields(path) == [*rows, rows[0]]
    assert [line for line, _ in outline(path)] == [1, 1, 2]


def test_the_empty_cells_of_a_table_program(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"标题": "NaN 的含义", "文号": NaN, "年": -Infinity}')
    assert fields(path) == [{"标题": "NaN 的含义", "文号": None, "年": None}]


def test_a_list_in_a_file_of_lines(tmp_path: Path) -> None:
    assert fields(write(tmp_path / "a.jsonl", json.dumps(RECORDS, indent=1))) == RECORDS
    assert fields(write(tmp_path / "b.ndjson", json.dumps(RECORDS[0], indent=1))) == RECORDS[:1]
