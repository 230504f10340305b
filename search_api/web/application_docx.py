"""Writes a filled application (政府信息公开申请表) as DOCX."""

import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Cell

from search_api.web.application_form import (
    APPLICANTS,
    LABELS,
    PROVIDED,
    RECEIVED,
    ApplicationForm,
)

_TITLE = "政府信息公开申请表"
_CHOICES = {"applicant": APPLICANTS, "provided": PROVIDED, "received": RECEIVED}
_FONT = "宋体"
_LABEL_WIDTH, _VALUE_WIDTH = Cm(4.2), Cm(11.8)


def write_docx(form: ApplicationForm) -> bytes:
    """Returns the document: a title, a table of all fields, room for signature and date."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(_TITLE)
    run.bold, run.font.size = True, Pt(18)
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in form.model_dump().items():
        cells = table.add_row().cells
        _write(cells[0], LABELS[name], _LABEL_WIDTH)
        _write(cells[1], _shown(name, value), _VALUE_WIDTH)
    cells = table.add_row().cells
    _write(cells[0], "申请人签名或者盖章", _LABEL_WIDTH)
    _write(cells[1], "\n　　　　　　　　　　年　　月　　日", _VALUE_WIDTH)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _write(cell: _Cell, text: str, width: Cm) -> None:
    cell.width = width
    cell.text = text


def _shown(name: str, value: str) -> str:
    """Returns the value; a choice is shown with its alternatives, as on paper."""
    choices = _CHOICES.get(name)
    if not choices:
        return _printable(value)
    return "　".join(f"{'☑' if choice == value else '□'} {choice}" for choice in choices)


def _printable(text: str) -> str:
    """Returns the text without characters that XML does not allow."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
