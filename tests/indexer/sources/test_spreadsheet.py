"""XLSX: the heading row, values as they are typed, several sheets, and damaged or hostile files."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from indexer.sources.row import SourceRow
from tests.indexer.sources.files import HEADINGS, RECORDS, ROWS, fields, outline, read, write
from tests.indexer.sources.files import write_workbook as save

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "标题标题标题标题"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def test_a_title_row_is_passed_over_and_lines_are_spreadsheet_rows(tmp_path: Path) -> None:
    rows = [("示例市政府信息公开目录",), (), HEADINGS, ROWS[0], (), ROWS[1]]
    path = save(tmp_path / "a.xlsx", rows)
    assert fields(path) == RECORDS
    assert [line for line, _ in outline(path)] == [4, 6]


def test_dates_numbers_and_gaps_come_as_they_are(tmp_path: Path) -> None:
    day = datetime(2009, 2, 20)  # noqa: DTZ001 - a spreadsheet knows no time zone
    rows = [("标题", "发布日期", "生成日期", "文号"), ("甲", day, 20090220, None), ("乙",)]
    assert fields(save(tmp_path / "a.xlsx", rows)) == [
        {"标题": "甲", "发布日期": day, "生成日期": 20090220, "文号": None},
        {"标题": "乙", "发布日期": None, "生成日期": None, "文号": None},
    ]


def test_every_sheet_with_headings_is_read(tmp_path: Path) -> None:
    notes = [("填表说明",), ("一", "请逐行填写")]
    path = save(tmp_path / "a.xlsx", notes, [HEADINGS, ROWS[0]], [HEADINGS, ROWS[1]])
    assert fields(path) == RECORDS


def test_a_hidden_sheet_is_told_of_but_not_read(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [HEADINGS, ROWS[0]], [HEADINGS, ROWS[1]])
    book = openpyxl.load_workbook(path)
    book.worksheets[1].sheet_state = "hidden"
    book.save(path)
    assert outline(path) == [(2, "row"), (1, "hidden_sheet")]


def test_a_filled_cell_outside_the_headings_refuses_its_row(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [HEADINGS, (*ROWS[0], "x"), ROWS[1]])
    assert outline(path) == [(2, "column_count"), (3, "row")]


def test_a_workbook_without_headings_says_so(tmp_path: Path) -> None:
    assert outline(save(tmp_path / "a.xlsx", [("甲", "乙")])) == [(1, "no_header")]


def test_a_sheet_that_states_a_wrong_size_is_read_whole(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [HEADINGS, *ROWS])
    _edit_sheet(path, lambda xml: xml.replace('ref="A1:C3"', 'ref="A1"'))
    assert fields(path) == RECORDS


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [("标题", "文号"), ("甲", 1)])
    _edit_sheet(path, lambda xml: BOMB + xml.replace("<v>1</v>", "<v>&c;</v>"))
    assert [kind for _, kind in outline(path)][-1] == "bad_file"


@pytest.mark.parametrize("kept", [10, 2000, -30])
def test_a_cut_workbook_is_one_bad_file(tmp_path: Path, kept: int) -> None:
    path = save(tmp_path / "a.xlsx", [HEADINGS, *ROWS])
    path.write_bytes(path.read_bytes()[:kept])
    assert outline(path) == [(1, "bad_file")]


def test_a_sheet_that_breaks_off_gives_the_rows_before(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [HEADINGS, *ROWS])
    _edit_sheet(path, lambda xml: xml[: xml.index('<c r="B3"')])
    assert outline(path) == [(2, "row"), (3, "bad_file")]


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/sharedStrings.xml", b"\0" * (70 << 20))
    assert outline(write(tmp_path / "a.xlsx", data.getvalue())) == [(1, "unpacks_too_large")]


def test_rows_far_below_do_not_run_on_without_end(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [HEADINGS, *ROWS])
    _edit_sheet(path, lambda xml: xml.replace('<row r="3"', '<row r="99999999999"'))
    assert outline(path) == [(2, "row"), (3, "bad_file")]


def test_cells_far_to_the_right_do_not_run_on_without_end(tmp_path: Path) -> None:
    wide = [*[None] * 16_000, "x"]
    few = save(tmp_path / "few.xlsx", [HEADINGS, *ROWS, wide])
    assert outline(few) == [(2, "row"), (3, "row"), (4, "column_count")]
    many = save(tmp_path / "many.xlsx", [HEADINGS, *ROWS, *[wide] * 150])
    read = outline(many)
    assert read[:2] == [(2, "row"), (3, "row")]
    assert read[-1][1] == "bad_file"
    assert len(read) < 110


def test_a_cell_keeps_its_text(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [("标题", "文号"), (" 甲\n乙 ", "0012")])
    assert read(path) == [SourceRow(str(path), 2, {"标题": " 甲\n乙 ", "文号": "0012"})]


def _edit_sheet(path: Path, edit: "object") -> None:
    """Rewrite the XML of the first sheet."""
    assert callable(edit)
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    changed = edit(members[sheet].decode())
    assert changed != members[sheet].decode()
    members[sheet] = changed.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in members.items():
            book.writestr(name, data)
