"""The tables that a new city fills in: explained, as CSV and as one workbook for editing."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from gongkai.catalog.table_reader import COMMENT
from gongkai.files.cell_guards import guard_cell
from gongkai.files.durable import make_folder, open_whole, replace_file
from gongkai.files.spreadsheets import BYTE_ORDER_MARK

WORKBOOK = "填表.xlsx"
_WIDTH = 24

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class CityTable:
    """A table with the explanation of each column, and its first rows."""

    name: str
    purpose: str
    columns: Mapping[str, str]
    rows: tuple[Cells, ...] = ()
    examples: tuple[Cells, ...] = ()

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


def list_tables() -> tuple[CityTable, ...]:
    """Returns the tables that differ in every city: agencies, halls and headings."""
    return (
        CityTable(
            "agencies",
            "发布机构。本市（县）的机构逐行填写；已列出的国家机构请保留，引用上级文件时要用。",
            {
                "code": "机构代码，不得重复，不得改用于其他机构。"
                "有统一社会信用代码的取第9至17位，没有的填行政区划代码加拼音首字母，如 340800-czj",
                "name": "机构全称，与公章一致",
                "short_names": "常用简称，多个用分号隔开，如 市财政局;财政局",
                "level": "级别，填 国家、省、市、县、乡 之一",
                "parent": "上级机构的代码，没有的留空",
                "former_names": "曾用名，多个用分号隔开；机构改名后把旧名填在这里",
                "place": "所在行政区划的全称，如 安庆市；国家机构留空",
            },
            rows=tuple(_national_agencies()),
            examples=(
                (
                    "340800-czj",
                    "安庆市财政局",
                    "市财政局",
                    "市",
                    "",
                    "",
                    "安庆市",
                ),
            ),
        ),
        CityTable(
            "halls",
            "政务服务大厅的触摸屏，每个大厅一行。第一行是默认大厅。",
            {
                "code": "大厅代号，用小写字母和数字，出现在网址里：/kiosk?hall=代号",
                "name": "屏幕上显示的名称",
                "agencies": "排在最前面的机构，填全称或代码，多个用分号隔开",
                "idle_seconds": "无人操作多少秒后回到首页，30 或以上",
                "printer": "大厅有没有打印机，填 有 或 无",
                "tiles": "首页上的常用检索词，多个用分号隔开",
            },
            rows=(("default", "政府信息公开查询", "", "90", "无", "低保;公积金提取;医保报销"),),
        ),
        CityTable(
            "headings",
            "本市系统导出文件的列名。gongkai inspect 显示为 ? 的列才需要填写。",
            {
                "heading": "导出文件里的列名，照抄",
                "field": "对应的目录项，如 标题、发文字号、公开方式；不需要的列填 extra",
            },
            examples=(("文件题名", "标题"),),
        ),
    )


def write_tables(folder: Path) -> list[Path]:
    """Writes every table as CSV, and all as one workbook. Returns the paths."""
    make_folder(folder)
    tables = list_tables()
    written = []
    for table in tables:
        path = folder / table.file
        replace_file(path, _write_csv(table).encode())
        written.append(path)
    _write_workbook(folder / WORKBOOK, tables)
    return [*written, folder / WORKBOOK]


def read_workbook(path: Path) -> dict[str, str]:
    """Returns the CSV text of each sheet that is named like a table.

    Raises OSError or zipfile.BadZipFile for a file that is no workbook.
    """
    # Loading openpyxl takes a quarter second, which other commands do not need.
    from openpyxl import load_workbook  # noqa: PLC0415

    names = {table.name for table in list_tables()}
    workbook = load_workbook(path, read_only=True, data_only=True)
    try:
        return {
            sheet.title: _spell_csv(
                [_spell(value) for value in row] for row in sheet.iter_rows(values_only=True)
            )
            for sheet in workbook.worksheets
            if sheet.title in names
        }
    finally:
        workbook.close()


def _national_agencies() -> Iterator[Cells]:
    """Yields the shipped agencies that every city shares."""
    shipped = resources.files("gongkai.catalog").joinpath("data", "agencies.csv")
    rows = list(csv.reader(io.StringIO(shipped.read_text("utf-8-sig"))))
    level = rows[0].index("level")
    yield from (tuple(row) for row in rows[1:] if row[level] == "国家")


def _lay_out(table: CityTable) -> Iterator[Cells]:
    """Yields comments, header, rows and examples; an example is a comment too."""
    yield (f"{COMMENT}{table.purpose}",)
    for column, meaning in table.columns.items():
        yield (f"{COMMENT}{column}：{meaning}",)
    for example in table.examples:
        yield (f"{COMMENT}例：{'，'.join(each or '（空）' for each in example)}",)
    yield tuple(table.columns)
    yield from table.rows


def _write_csv(table: CityTable) -> str:
    return BYTE_ORDER_MARK + _spell_csv(map(list, _lay_out(table)))


def _spell_csv(rows: Iterator[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def _spell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _write_workbook(path: Path, tables: Sequence[CityTable]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for table in tables:
        sheet = workbook.create_sheet(table.name)
        header = 0
        for number, row in enumerate(_lay_out(table), 1):
            header = number if tuple(row) == tuple(table.columns) else header
            for column, text in enumerate(row, 1):
                cell = sheet.cell(number, column, guard_cell(text))
                # As text, so that a code such as 000014349 keeps its zeros.
                cell.number_format = "@"
                if text.startswith(COMMENT):
                    cell.font = Font(italic=True, color="00666666")
        for cell in sheet[header]:
            cell.font = Font(bold=True)
        for column in range(1, len(table.columns) + 1):
            sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
        sheet.freeze_panes = sheet.cell(header + 1, 1)
    with open_whole(path) as file:
        workbook.save(file)
