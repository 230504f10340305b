"""Writes the tables of the annual report as DOCX and XLSX."""

import io

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table

from gongkai.files.workbook import write_workbook
from gongkai.search.annual_tables import AnnualTables, ReportTable

_FONT = "宋体"
NOTE = (
    "数字由系统按已收录的公开信息统计，供填报时核对；空白处由本机关填写。"
    "规章、行政规范性文件按发布年份计，现行有效件数只计目录标注“有效”的。"
)


def name_report(tables: AnnualTables) -> str:
    """Returns the title of the report."""
    return f"{tables.agency.name}{tables.year}年政府信息公开工作年度报告"


def write_report_docx(tables: AnnualTables) -> bytes:
    """Returns the report with its six parts; the parts that are texts are empty."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(name_report(tables))
    run.bold, run.font.size = True, Pt(18)
    document.add_paragraph(NOTE)
    document.add_paragraph("一、总体情况")
    for table in tables.tables:
        document.add_paragraph(table.heading)
        rows, columns = len(table.head) + len(table.rows), len(table.head[0])
        _fill(document.add_table(rows, columns, style="Table Grid"), table)
    document.add_paragraph("五、存在的主要问题及改进情况")
    document.add_paragraph("六、其他需要报告的事项")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def write_report_xlsx(tables: AnnualTables) -> bytes:
    """Returns a workbook with a sheet for each part of the report that consists of tables."""
    disclosed, (applications, reviews) = tables.tables[:-2], tables.tables[-2:]
    first = [row for each in disclosed for row in ((each.heading,), *each.head, *each.rows, ())]
    return write_workbook(
        {
            "主动公开": [(name_report(tables),), (NOTE,), (), *map(_with_numbers, first)],
            "公开申请": [(applications.heading,), *applications.head, *applications.rows],
            "复议诉讼": [(reviews.heading,), *reviews.head, *reviews.rows],
        }
    )


def _with_numbers(row: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(int(cell) if cell.isdecimal() else cell for cell in row)


def _fill(table: Table, content: ReportTable) -> None:
    for at, row in enumerate((*content.head, *content.rows)):
        for cell, text in zip(table.row_cells(at), row, strict=True):
            cell.text = text
    _merge_heads(table, content)


def _merge_heads(table: Table, content: ReportTable) -> None:
    """Joins the cells of a head row that repeat one text, as in 法人或其他组织."""
    if len(content.head) == 1:
        return
    texts, start = content.head[0], 0
    for at in range(1, len(texts) + 1):
        if at == len(texts) or texts[at] != texts[start]:
            if at - start > 1:
                table.cell(0, start).merge(table.cell(0, at - 1)).text = texts[start]
            start = at
