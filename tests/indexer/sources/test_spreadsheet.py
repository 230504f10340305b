"""XLSX: the heading row, values as they are typed, several sheets, and damaged or hostile files."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from indexer.sources.row import SkippedPart, SourceRow
from tests.indexer.sources.files import (
    HEADINGS,
    RECORDS,
    ROWS,
    fields,
    outline,
    read,
    skipped,
    write,
)
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


def test_day_counts_from_1904_come_as_text_and_as_dates_where_they_are_dates(
    tmp_path: Path,
) -> None:
    day = datetime(2009, 2, 20)  # noqa: DTZ001 - a spreadsheet knows no time zone
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(("标题", "发布日期", "生成日期"))
    book.active.append(("甲", day, 38402))
    book.save(path := tmp_path / "a.xlsx")
    assert fields(path) == [{"标题": "甲", "发布日期": day, "生成日期": "38402"}]


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
    parts = [part for part in read(path) if isinstance(part, SkippedPart)]
    assert [part.count for part in parts] == [2]


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
    few = save(tmp_path / "few.xlsx", [HEADINGS, *ROWS])
    _edit_sheet(few, lambda text: text.replace("</sheetData>", _wide_rows(1)))
    assert outline(few) == [(2, "row"), (3, "row"), (4, "column_count")]
    many = save(tmp_path / "many.xlsx", [HEADINGS, *ROWS])
    _edit_sheet(many, lambda text: text.replace("</sheetData>", _wide_rows(150)))
    read = outline(many)
    assert read[:2] == [(2, "row"), (3, "row")]
    assert read[-1][1] == "bad_file"
    assert len(read) < 110


def test_a_cell_keeps_its_text(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [("标题", "文号"), (" 甲\n乙 ", "0012")])
    assert read(path) == [SourceRow(str(path), 2, {"标题": " 甲\n乙 ", "文号": "0012"})]


def _wide_rows(count: int) -> str:
    """Rows below the others with one cell each, in column 16,001; and the end of the sheet."""
    rows = (
        f'<row r="{row}"><c r="WQK{row}" t="inlineStr"><is><t>x</t></is></c></row>'
        for row in range(len(ROWS) + 2, len(ROWS) + 2 + count)
    )
    return "".join(rows) + "</sheetData>"


def _edit_sheet(path: Path, edit: Callable[[str], str]) -> None:
    """Rewrite the XML of the first sheet."""
    _edit_part(path, "xl/worksheets/sheet1.xml", edit)


def _edit_part(path: Path, sheet: str, edit: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    changed = edit(members[sheet].decode())
    assert changed != members[sheet].decode()
    members[sheet] = changed.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in members.items():
            book.writestr(name, data)


def change(path: Path, edit: Callable[[Any, Any], object]) -> Path:
    """Open a workbook, edit it and its first sheet, save it."""
    book = openpyxl.load_workbook(path)
    edit(book, book.worksheets[0])
    book.save(path)
    return path


def test_hidden_rows_and_columns_are_counted_and_not_read(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [HEADINGS, *ROWS, *ROWS])

    def hide(_book: Any, sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["C"].hidden = True

    kept = {"标题": ROWS[0][0], "发布机构": ROWS[0][1]}
    change(path, hide)
    assert fields(path)[0] == kept
    assert len(fields(path)) == 2
    assert skipped(path) == {"hidden_rows": 2, "hidden_columns": 1}


@pytest.mark.parametrize("heading", ["公开方式", "密级", "是否公开", "发布状态"])
def test_a_hidden_column_that_closes_a_record_still_counts(tmp_path: Path, heading: str) -> None:
    path = save(tmp_path / "a.xlsx", [(*HEADINGS, heading), (*ROWS[0], "不予公开")])
    change(path, lambda _, sheet: setattr(sheet.column_dimensions["D"], "hidden", True))
    assert fields(path) == [{**RECORDS[0], heading: "不予公开"}]


def test_columns_hidden_to_the_end_of_the_sheet_are_no_matter(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [HEADINGS, *ROWS])
    edit = '<cols><col min="4" max="16384" width="9" hidden="1"/></cols><sheetData>'
    _edit_sheet(path, lambda xml: xml.replace("<sheetData>", edit))
    assert fields(path) == RECORDS
    assert skipped(path) == {}


def test_a_sheet_without_headings_is_named_where_another_has_them(tmp_path: Path) -> None:
    notes = [("填表说明",), ("请逐行填写",), ()]
    path = save(tmp_path / "a.xlsx", [HEADINGS, *ROWS], notes, [])
    assert fields(path) == RECORDS
    assert skipped(path) == {"extra_sheet": 2}


def test_cells_merged_downwards_count_for_each_row(tmp_path: Path) -> None:
    top = [("标题", "发布机构", "发布日期"), ("甲", "示例市教育局", "2024-03-01")]
    rows = [*top, ("乙",), (), ("丙",)]
    path = save(tmp_path / "a.xlsx", rows)

    def merge(_book: Any, sheet: Any) -> None:
        sheet.merge_cells("B2:B5")
        sheet.merge_cells("C2:C3")

    found = fields(change(path, merge))
    assert [tuple(row.values()) for row in found] == [
        ("甲", "示例市教育局", "2024-03-01"),
        ("乙", "示例市教育局", "2024-03-01"),
        ("丙", "示例市教育局", None),
    ]


@pytest.mark.parametrize("is_merged", [True, False])
def test_headings_below_group_headings(tmp_path: Path, is_merged: bool) -> None:
    rows = [
        ("示例市信息公开目录",),
        ("标题", "发布", None, "分类", None, "公开方式"),
        (None, "机构", "日期", "主题分类", "体裁分类", None),
        ("甲", "示例市教育局", "2024-03-01", "教育", "通知", "主动公开"),
    ]
    path = save(tmp_path / "a.xlsx", rows)

    def merge(_book: Any, sheet: Any) -> None:
        for area in ("A1:F1", "A2:A3", "B2:C2", "D2:E2", "F2:F3") if is_merged else ():
            sheet.merge_cells(area)

    assert fields(change(path, merge)) == [
        {
            "标题": "甲",
            "发布机构": "示例市教育局",
            "发布日期": "2024-03-01",
            "主题分类": "教育",
            "体裁分类": "通知",
            "公开方式": "主动公开",
        }
    ]


def test_escaped_characters_are_decoded(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [("标题", "文号"), ("甲_x000D_\n乙_x005F_x000D_", "_xD800_")])
    assert fields(path) == [{"标题": "甲\r\n乙_x000D_", "文号": "\ufffd"}]


def test_a_formula_without_a_value_or_an_error_refuses_its_row(tmp_path: Path) -> None:
    rows = [("标题", "公开方式"), ("甲", '=IF(1,"不予公开")'), ("乙", "主动公开"), ("丙", "#REF!")]
    path = save(tmp_path / "a.xlsx", rows)
    assert outline(path) == [(2, "uncalculated"), (3, "row"), (4, "uncalculated")]


def test_workbooks_that_are_not_read_say_why(tmp_path: Path) -> None:
    strict = save(tmp_path / "strict.xlsx", [HEADINGS, *ROWS])
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    _edit_part(strict, "xl/workbook.xml", lambda x: x.replace(main, "http://purl.oclc.org/ooxml/x"))
    assert outline(strict) == [(1, "strict_workbook")]
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
    locked = compound + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    assert outline(write(tmp_path / "locked.xlsx", locked)) == [(1, "encrypted")]
    assert outline(write(tmp_path / "old.xlsx", compound)) == [(1, "old_workbook")]


def test_a_title_that_is_read_as_a_workbook_whatever_its_suffix(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xls", [HEADINGS, *ROWS])
    assert fields(path) == RECORDS
    assert fields(path.rename(tmp_path / "a.csv")) == RECORDS


def test_notes_below_a_table_are_no_rows(tmp_path: Path) -> None:
    notes = [("备注：本表由办公室填报",), ("制表人：甲", None, "日期：2024-03-05")]
    record = ("备注：栏的填写说明", "示例市水利局", "第三条")
    path = save(tmp_path / "a.xlsx", [HEADINGS, *ROWS, record, *notes])
    assert [row["标题"] for row in fields(path)] == [*(row[0] for row in ROWS), record[0]]
