"""Workbooks that are none: HTML tables under the name .xls, and the XML format of 2003."""

from datetime import datetime
from pathlib import Path

import pytest

from indexer.sources.row import SourceRow
from tests.indexer.sources.files import fields, outline, read, skipped, write

HTML = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="{charset}">
<style>td {{ mso-number-format: "@" }}</style></head><body>{body}</body></html>"""
HEADINGS = "<tr><td>标题</td><td>发布机构</td><td>发布日期</td><td>正文</td></tr>"
SHEET = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel">{sheets}</Workbook>"""
HEADING_ROW = "<Row>{}</Row>".format(
    "".join(
        f'<Cell><Data ss:Type="String">{name}</Data></Cell>'
        for name in ("标题", "发布机构", "发布日期", "备注")
    )
)


def html_table(path: Path, body: str, charset: str = "utf-8") -> Path:
    return write(path, HTML.format(body=body, charset=charset), charset)


def xml_workbook(path: Path, *sheets: str) -> Path:
    tables = "".join(f"<Worksheet ss:Name='a'>{sheet}</Worksheet>" for sheet in sheets)
    return write(path, SHEET.format(sheets=tables))


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.csv", "a.et"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_the_rows_of_a_table_under_the_name_of_a_workbook(
    tmp_path: Path, name: str, charset: str
) -> None:
    body = f"""<table>{HEADINGS}<tr><td>关于甲<br>的通知</td><td>局&nbsp;</td><td>2024-03-01</td>
    <td>="007"</td></tr></table>"""
    assert fields(html_table(tmp_path / name, body, charset)) == [
        {"标题": "关于甲\n的通知", "发布机构": "局", "发布日期": "2024-03-01", "正文": "007"}
    ]


def test_spans_are_filled_as_in_a_workbook(tmp_path: Path) -> None:
    body = f"""<table><caption>目录</caption>
    <thead><tr><th colspan="4">2024年目录</th></tr>{HEADINGS}</thead>
    <tbody><tr><td>甲</td><td rowspan="3">局</td><td rowspan="2">2024-03-01</td><td>一</td></tr>
    <tr><td>乙</td><td>二</td></tr><tr><td>丙</td><td>2024-03-03</td><td>三</td></tr></tbody></table>"""
    rows = [tuple(row.values()) for row in fields(html_table(tmp_path / "a.xls", body))]
    assert rows == [
        ("甲", "局", "2024-03-01", "一"),
        ("乙", "局", "2024-03-01", "二"),
        ("丙", "局", "2024-03-03", "三"),
    ]


def test_every_table_is_read_and_what_is_hidden_is_told(tmp_path: Path) -> None:
    row = "<tr><td>{}</td><td>局</td><td>2024-03-01</td><td>文</td></tr>"
    body = f"""<table><tr><td>说明</td></tr></table>
    <table>{HEADINGS}{row.format("甲")}<tr style="display:none"><td>密</td><td>局</td></tr></table>
    <table><col><col><col><col style='display:none'>{HEADINGS}{row.format("乙")}</table>"""
    path = html_table(tmp_path / "a.xls", body)
    assert [row["标题"] for row in fields(path)] == ["甲", "乙"]
    assert [row.get("正文") for row in fields(path)] == ["文", None]
    assert skipped(path) == {"hidden_rows": 1, "hidden_columns": 1, "extra_sheet": 1}


def test_a_table_inside_a_cell_is_a_table_of_its_own(tmp_path: Path) -> None:
    body = f"""<table><tr><td>外</td><td><table>{HEADINGS}<tr><td>甲</td><td>局</td></tr></table>
    </td></tr></table>"""
    (row,) = fields(html_table(tmp_path / "a.xls", body))
    assert row["标题"] == "甲"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<table><tr><td>甲</td><td>乙</td></tr></table>", [(1, "no_header")]),
        ("<p>没有表格</p>", [(1, "no_header")]),
        (f"<table>{HEADINGS}{'<tr>' + '<td colspan=1000>甲</td>' * 20}</table>", [(1, "bad_file")]),
    ],
)
def test_what_is_no_table_says_so(tmp_path: Path, body: str, told: list[object]) -> None:
    assert outline(html_table(tmp_path / "a.xls", body)) == told


def test_endless_spans_end(tmp_path: Path) -> None:
    row = "<tr>" + "<td rowspan=999999999 colspan=0>甲</td>" * 900 + "</tr>"
    path = html_table(tmp_path / "a.xls", f"<table>{HEADINGS}{row * 60}</table>")
    assert all(not isinstance(item, SourceRow) for item in read(path)[:1])


@pytest.mark.parametrize("name", ["a.xls", "a.xml"])
def test_the_sheets_of_an_xml_workbook(tmp_path: Path, name: str) -> None:
    rows = """<Row ss:Index="4"><Cell><Data ss:Type="String">关于<B>甲</B>的通知</Data></Cell>
    <Cell ss:MergeDown="1"><Data ss:Type="String">局</Data></Cell>
    <Cell><Data ss:Type="DateTime">2024-03-01T00:00:00.000</Data></Cell>
    <Cell><Data ss:Type="Number">5</Data></Cell></Row>
    <Row><Cell><Data ss:Type="String">乙</Data></Cell>
    <Cell ss:Index="3"><Data ss:Type="String">2024-03-02</Data></Cell></Row>
    <Row ss:Hidden="1"><Cell><Data ss:Type="String">密</Data></Cell></Row>"""
    table = f"<Table>{HEADING_ROW}{rows}</Table>"
    options = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    path = xml_workbook(tmp_path / name, table, table + options)
    first, second = fields(path)
    assert tuple(first.values()) == ("关于甲的通知", "局", datetime.fromisoformat("2024-03-01"), 5)
    assert tuple(second.values())[:3] == ("乙", "局", "2024-03-02")
    assert skipped(path) == {"hidden_rows": 1, "hidden_sheet": 4}
    assert [row.line for row in read(path) if isinstance(row, SourceRow)] == [4, 5]


@pytest.mark.parametrize(
    ("sheets", "told"),
    [
        ("<Worksheet><Table></Worksheet>", [(1, "bad_xml")]),
        ("<Worksheet><Table><Row ss:Index='99999999'/></Table></Worksheet>", [(1, "bad_file")]),
        ("", [(1, "no_header")]),
    ],
)
def test_an_xml_workbook_that_is_damaged_says_so(
    tmp_path: Path, sheets: str, told: list[object]
) -> None:
    assert outline(write(tmp_path / "a.xls", SHEET.format(sheets=sheets))) == told


def test_hidden_columns_of_an_xml_workbook_are_counted_only(tmp_path: Path) -> None:
    row = "<Row><Cell><Data ss:Type='String'>甲</Data></Cell><Cell><Data ss:Type='String'>{}</Data>"
    row += "</Cell><Cell><Data ss:Type='String'>2024-03-01</Data></Cell>"
    row += "<Cell><Data ss:Type='String'>内部意见</Data></Cell></Row>"
    hiding = ('<Column ss:Index="4" ss:Hidden="1"/>', '<Column ss:Span="2"/><Column ss:Width="0"/>')
    path = xml_workbook(
        tmp_path / "a.xls",
        *(f"<Table>{each}{HEADING_ROW}{row.format('局')}</Table>" for each in hiding),
    )
    assert [each.get("备注") for each in fields(path)] == [None, None]
    assert [each["发布机构"] for each in fields(path)] == ["局", "局"]
    assert skipped(path) == {"hidden_columns": 1}


@pytest.mark.parametrize(
    ("kind", "written", "read_as"),
    [
        ("Boolean", "1", True),
        ("Error", "#N/A", None),
        ("Number", "1E400", "1E400"),
        ("Number", "十二", "十二"),
        ("DateTime", "2024年三月", "2024年三月"),
    ],
)
def test_odd_values_of_an_xml_workbook(
    tmp_path: Path, kind: str, written: str, read_as: object
) -> None:
    cells = "".join(f"<Cell><Data ss:Type='String'>{each}</Data></Cell>" for each in "甲乙丙")
    row = f"<Row>{cells}<Cell><Data ss:Type='{kind}'>{written}</Data></Cell></Row>"
    path = xml_workbook(tmp_path / "a.xls", f"<Table>{HEADING_ROW}{row}</Table>")
    (found,) = fields(path)
    assert found.get("备注") == read_as


def test_an_entity_of_an_xml_workbook_brings_nothing_in(tmp_path: Path) -> None:
    sheet = (
        f"<Table>{HEADING_ROW}<Row><Cell><Data ss:Type='String'>甲&x;</Data></Cell></Row></Table>"
    )
    text = SHEET.format(sheets=f"<Worksheet>{sheet}</Worksheet>")
    entity = '<!DOCTYPE Workbook [<!ENTITY x SYSTEM "file:///etc/passwd">]><Workbook'
    path = write(tmp_path / "a.xls", text.replace("<Workbook", entity, 1))
    assert "root:" not in str(read(path))
