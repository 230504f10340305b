"""XLS, XLSB and ODS: the rows of visible sheets, what is hidden, errors, and passwords."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import xlwt

from gongkai.engines.installation import Installation
from gongkai.settings import Settings
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import survey_sources
from indexer.sources.formats import name_format
from tests.files.compound import pack_compound
from tests.files.workbooks import ods_row, pack_ods, pack_xlsb
from tests.indexer.sources.files import fields, outline, skipped, write

HEADINGS = ("标题", "文号", "发布日期")
ROW = ("关于渡口夜航的通告", "示政〔2024〕7号", "2024-03-05")
RECORD = dict(zip(HEADINGS, ROW, strict=True))


def _sheet(book: xlwt.Workbook, name: str, *rows: tuple[object, ...]) -> xlwt.Worksheet:
    sheet = book.add_sheet(name)
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            style = day if isinstance(cell, date) else xlwt.Style.default_style
            sheet.write(number, column, cell, style)
    return sheet


def test_an_old_workbook_gives_its_rows_dates_and_numbers(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    _sheet(book, "目录", ("示例市目录",), HEADINGS, ("甲", 7, date(2024, 3, 5)), ("合计", 1))
    book.save(str(path := tmp_path / "a.xls"))
    day = datetime(2024, 3, 5)  # noqa: DTZ001 - a spreadsheet knows no time zone
    assert fields(path) == [{"标题": "甲", "文号": 7, "发布日期": day}]
    assert name_format(path) == ("XLS workbook", "")


def test_merged_cells_of_an_old_workbook_are_of_every_row(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = _sheet(book, "目录", HEADINGS, ("甲",), ("乙",))
    sheet.write_merge(1, 2, 1, 1, "示政〔2024〕7号")
    book.save(str(path := tmp_path / "a.xls"))
    assert [row["文号"] for row in fields(path)] == ["示政〔2024〕7号"] * 2


def test_hidden_rows_and_sheets_of_an_old_workbook_are_counted_only(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = _sheet(book, "目录", HEADINGS, ROW, ("未公开的通告", "示政〔2024〕8号", "2024-03-06"))
    sheet.row(2).hidden = True
    sheet.col(1).hidden = True
    _sheet(book, "草稿", HEADINGS, ROW).visibility = 1
    book.save(str(path := tmp_path / "a.xls"))
    assert fields(path) == [{"标题": ROW[0], "发布日期": ROW[2]}]
    assert skipped(path) == {"hidden_columns": 1, "hidden_rows": 1, "hidden_sheet": 2}


def test_a_cell_with_an_error_makes_its_row_unreadable(tmp_path: Path) -> None:
    rows = [(*HEADINGS, "公开方式"), (*ROW, ...), (*ROW, "主动公开")]
    path = pack_xlsb(tmp_path / "a.xlsb", rows)
    assert outline(path)[0] == (2, "uncalculated")
    assert outline(path)[1:] == [(3, "row")]


def test_merged_and_hidden_rows_of_a_binary_workbook(tmp_path: Path) -> None:
    rows = [HEADINGS, ROW, ("乙", None, None), ("丙", "示政〔2024〕9号", 20240306)]
    path = pack_xlsb(tmp_path / "a.xlsb", rows, hidden_rows=[3], merges=[(1, 2, 1, 1)])
    assert [(row["标题"], row["文号"]) for row in fields(path)] == [
        (ROW[0], ROW[1]),
        ("乙", ROW[1]),
    ]
    assert skipped(path) == {"hidden_rows": 1}


def test_an_opendocument_sheet_gives_visible_rows_without_comments(tmp_path: Path) -> None:
    hidden = 'table:visibility="collapse"'
    comment = (
        '<table:table-row><table:table-cell office:value-type="string"><office:annotation>'
        "<text:p>内部批注</text:p></office:annotation><text:p>关于<text:s text:c='1'/>渡口</text:p>"
        '</table:table-cell><table:table-cell office:value-type="float" office:value="7"/>'
        '<table:table-cell office:value-type="date" office:date-value="2024-03-05"/>'
        "</table:table-row>"
    )
    blank = '<table:table-row table:number-rows-repeated="1048000"/>'
    rows = ods_row(*HEADINGS) + ods_row(*ROW) + ods_row(*ROW, properties=hidden) + comment + blank
    whole = ods_row(*HEADINGS) + ods_row(*ROW)
    secret = f'<table:table table:name="草稿" table:style-name="h">{whole}</table:table>'
    style = (
        '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    )
    tables = f'<table:table table:name="目录">{rows}</table:table>{secret}'
    path = pack_ods(tmp_path / "a.ods", tables, style)
    day = datetime(2024, 3, 5)  # noqa: DTZ001 - a spreadsheet knows no time zone
    assert fields(path) == [RECORD, {"标题": "关于 渡口", "文号": 7, "发布日期": day}]
    assert skipped(path) == {"hidden_rows": 1, "hidden_sheet": 2}


def test_a_merged_cell_of_an_opendocument_sheet_is_of_every_row(tmp_path: Path) -> None:
    merged = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>甲</text:p>'
        '</table:table-cell><table:table-cell office:value-type="string" '
        'table:number-rows-spanned="2"><text:p>示政〔2024〕7号</text:p></table:table-cell>'
        "</table:table-row>"
        '<table:table-row><table:table-cell office:value-type="string"><text:p>乙</text:p>'
        "</table:table-cell><table:covered-table-cell/></table:table-row>"
    )
    table = f'<table:table table:name="a">{ods_row("标题", "文号")}{merged}</table:table>'
    path = pack_ods(tmp_path / "a.ods", table)
    assert fields(path) == [{"标题": each, "文号": "示政〔2024〕7号"} for each in "甲乙"]


@pytest.mark.parametrize("name", ["a.xls", "a.xlsb", "a.ods"])
def test_a_damaged_workbook_is_named(tmp_path: Path, name: str) -> None:
    book = xlwt.Workbook()
    _sheet(book, "目录", HEADINGS, ROW)
    book.save(str(tmp_path / "whole.xls"))
    pack_xlsb(tmp_path / "whole.xlsb", [HEADINGS, ROW])
    pack_ods(tmp_path / "whole.ods", f'<table:table table:name="a">{ods_row(*ROW)}</table:table>')
    whole = (tmp_path / f"whole{Path(name).suffix}").read_bytes()
    for size in (40, 600, len(whole) - 700):
        path = write(tmp_path / name, whole[: max(size, 20)])
        survey = survey_sources([tmp_path])
        named = {Path(part.source).name for part in survey.skipped}
        assert name in named or all(reason for _, reason in outline(path))


def test_a_run_names_the_file_and_the_remedy(installation: Installation, tmp_path: Path) -> None:
    fresh = replace(installation, settings=Settings(data_dir=tmp_path / "data"))
    locked = pack_compound(tmp_path / "a.xlsx", {"EncryptedPackage": b"x"})
    summary = publish(IndexJob([locked]), fresh).summary
    (row,) = summary.unreadable
    assert (row.source, row.reason) == (str(locked), "encrypted")
    assert row.detail == "The workbook has a password; save it without one."
