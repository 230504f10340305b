"""The text of documents of all kinds: what is shown is read, what is hidden or deleted is not."""

import io
import zipfile
from pathlib import Path

import pytest
import xlwt
from reportlab.lib import colors
from reportlab.pdfgen import canvas

from gongkai.catalog.record import AttachmentText
from gongkai.files.attachment_text import read_file
from tests.files.compound import pack_compound, pack_doc, pack_ppt
from tests.files.packages import pack_docx, pack_parts, paragraph, run
from tests.files.workbooks import ods_row, pack_ods

READ = AttachmentText.READ
UNREADABLE = AttachmentText.UNREADABLE
DELETED, HIDDEN = 0x0800, 0x083C


def lines_of(path: Path) -> list[str]:
    text, state = read_file(path)
    assert state is READ
    return text.split("\n")


@pytest.mark.parametrize("name", ["a.doc", "a.wps", "a.docx"])
def test_a_word_document_of_old_times(tmp_path: Path, name: str) -> None:
    text = "关于渡口夜航的通告\r第一条\x0b夜间停航。\x13 PAGE \x142\x15\r"
    path = pack_doc(tmp_path / name, text)
    assert lines_of(path) == ["关于渡口夜航的通告", "第一条", "夜间停航。2"]


def test_deleted_and_hidden_text_of_a_word_document_is_not_read(tmp_path: Path) -> None:
    path = pack_doc(tmp_path / "a.doc", "甲乙丙丁\r", marks=[(1, 2, DELETED), (2, 3, HIDDEN)])
    assert lines_of(path) == ["甲丁"]


def test_rows_of_a_word_document_are_lines_with_tabs(tmp_path: Path) -> None:
    text = "前\r区\x07数\x07\x07\x07二\x07\x07后\r"
    path = pack_doc(tmp_path / "a.doc", text, row_ends=[6, 10])
    assert lines_of(path) == ["前", "区\t数\t", "\t二\t", "后"]


def test_notes_and_text_boxes_follow_and_comments_do_not(tmp_path: Path) -> None:
    after = ("脚注\r", "页眉\r", "", "批注\r", "尾注\r", "文本框\r")
    path = pack_doc(tmp_path / "a.doc", "正文\x02\r", after=after)
    assert lines_of(path) == ["正文", "脚注", "尾注", "文本框"]
    path = pack_doc(tmp_path / "b.doc", "正文\x02\r", after=after, marks=[(2, 3, DELETED)])
    assert lines_of(path) == ["正文", "文本框"]


def test_a_word_document_with_a_password_is_unreadable(tmp_path: Path) -> None:
    assert read_file(pack_doc(tmp_path / "a.doc", "甲\r", flags=0x0100)) == ("", UNREADABLE)


def test_slides_of_an_old_presentation(tmp_path: Path) -> None:
    slides = [("第一页\r说明", False), ("隐藏页", True), ("第三页", False)]
    path = pack_ppt(tmp_path / "a.ppt", slides, deleted="早先的文字")
    assert lines_of(path) == ["第一页", "说明", "第三页"]


_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def _slide(content: str, properties: str = "") -> str:
    return f"<p:sld {_SPACES} {properties}><p:cSld><p:spTree>{content}</p:spTree></p:cSld></p:sld>"


def _shape(*texts: str, properties: str = "") -> str:
    named = f'<p:nvSpPr><p:cNvPr id="1" name="x" {properties}/></p:nvSpPr>'
    inner = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts)
    return f"<p:sp>{named}<p:txBody>{inner}</p:txBody></p:sp>"


def test_slides_in_order_without_hidden_ones(tmp_path: Path) -> None:
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    table = f"<a:tbl><a:tr>{cell.format('区')}{cell.format('数')}</a:tr></a:tbl>"
    hidden = _shape("藏", properties='hidden="1"')
    listed = "".join(f'<p:sldId id="{n}" r:id="r{n}"/>' for n in (2, 1, 3))
    related = "".join(
        f'<Relationship Id="r{n}" Type="x/slide" Target="slides/slide{n}.xml"/>' for n in (1, 2, 3)
    )
    parts = {
        "ppt/presentation.xml": f"<p:presentation {_SPACES}><p:sldIdLst>{listed}"
        "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f"<Relationships>{related}</Relationships>",
        "ppt/slides/slide1.xml": _slide(_shape("乙") + hidden + table),
        "ppt/slides/slide2.xml": _slide(_shape("甲", "说明")),
        "ppt/slides/slide3.xml": _slide(_shape("隐"), 'show="0"'),
        "ppt/notesSlides/notesSlide1.xml": _slide(_shape("备注")),
    }
    assert lines_of(pack_parts(tmp_path / "a.pptx", parts)) == ["甲", "说明", "乙", "区\t数"]


RTF = (
    r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}{\f1 Arial;}}"
    r"{\info{\title x}}{\*\generator y;}{\header z}\f0\'bc\'d7\u20057?\uc2\u8220\'a1\'b0\par"
    r"{\v 藏}{\deleted 删}\f1 A\'d2\'d2\par{\pict\bin4 {{{{}"
    r"{\field{\*\fldinst HYPERLINK x}{\fldrslt \'b1\'fb}}\par"
    r"{\listtext 1.\tab}\'ce\'ec\par\trowd {\pard\intbl \'b6\'a1\par}\cell \intbl 7\cell\row}"
)


def test_rich_text_without_hidden_and_deleted_text(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(RTF.encode("gb18030"))
    assert lines_of(path) == ["甲乙“", "A乙", "丙", "1. 戊", "丁\t7"]
    named = tmp_path / "b.doc"
    named.write_bytes(RTF.encode("gb18030"))
    assert lines_of(named) == lines_of(path)


def _ofd(texts: str, template: str = "") -> dict[str, str]:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    common = '<ofd:TemplatePage ID="9" BaseLoc="Tpls/T.xml"/>' if template else ""
    used = '<ofd:Template TemplateID="9"/>' if template else ""
    page = "<ofd:Page {}>{}<ofd:Content><ofd:Layer>{}</ofd:Layer></ofd:Content></ofd:Page>"
    return {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData>{common}</ofd:CommonData>"
        '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
        "</ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": page.format(space, used, texts),
        "Doc_0/Tpls/T.xml": page.format(space, "", template),
    }


def _object(text: str, x: float, y: float, more: str = "") -> str:
    return (
        f'<ofd:TextObject ID="3" Boundary="{x} {y} {4 * len(text)} 5" Size="4" {more}>'
        f'<ofd:TextCode X="0" Y="4">{text}</ofd:TextCode></ofd:TextObject>'
    )


def test_pages_of_an_ofd_document_from_top_to_bottom(tmp_path: Path) -> None:
    texts = _object("第二行的文字", 10, 40) + _object("标题", 30, 20)
    texts += (
        _object("区", 10, 60) + _object("数量", 60, 60) + _object("隐", 10, 80, 'Visible="false"')
    )
    parts = _ofd(texts, _object("示例市人民政府文件", 20, 5))
    path = pack_parts(tmp_path / "a.ofd", parts)
    assert lines_of(path) == ["示例市人民政府文件", "标题", "第二行的文字", "区\t数量"]


def test_an_ofd_document_of_pictures_and_a_damaged_one(tmp_path: Path) -> None:
    path = pack_parts(tmp_path / "a.ofd", _ofd('<ofd:ImageObject ID="4" Boundary="0 0 9 9"/>'))
    assert read_file(path) == ("", AttachmentText.NO_TEXT_LAYER)
    path = pack_parts(tmp_path / "b.ofd", {"OFD.xml": "<ofd"})
    assert read_file(path) == ("", UNREADABLE)


def test_sheets_of_workbooks_without_hidden_parts(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("收费")
    for number, row in enumerate([("区", "元"), ("北", 7.5), ("密", 9)]):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    sheet.row(2).hidden = True
    book.add_sheet("草稿").write(0, 0, "草稿")
    book.get_sheet(1).visibility = 1
    book.save(str(path := tmp_path / "a.xls"))
    assert lines_of(path) == ["收费", "区\t元", "北\t7.5"]
    table = f'<table:table table:name="表">{ods_row("甲", "乙")}</table:table>'
    assert lines_of(pack_ods(tmp_path / "a.ods", table)) == ["表", "甲\t乙"]


def test_members_of_an_archive_below_their_names(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("x.txt", "里层")
    docx = pack_docx(tmp_path / "x.docx", paragraph(run("附件正文"))).read_bytes()
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("说明.txt", "夜间停航")
        packed.writestr("表/附件.docx", docx)
        packed.writestr("里.zip", inner.getvalue())
        packed.writestr("图.png", b"\x89PNG")
        packed.writestr("__MACOSX/说明.txt", "x")
    expected = ["说明.txt", "夜间停航", "附件.docx", "附件正文", "里.zip", "图.png"]
    assert lines_of(path) == expected


def test_names_of_members_in_gbk(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    name = "通告.txt".encode("gb18030")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("x" * len(name), "夜间停航")
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    assert lines_of(path) == ["通告.txt", "夜间停航"]


def test_an_archive_that_unpacks_to_too_much_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", bytes(64 << 20))
    assert read_file(path) == ("", UNREADABLE)


def test_a_page_named_as_a_word_document(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    path.write_text("<html><body><p>夜间停航</p><table><tr><td>区<td>元</table></body></html>")
    assert lines_of(path) == ["夜间停航", "区\t元"]


@pytest.mark.parametrize("suffix", [".doc", ".ppt", ".xls", ".ofd", ".rtf", ".zip", ".pptx"])
def test_what_is_no_document_is_unreadable(tmp_path: Path, suffix: str) -> None:
    for number, content in enumerate((b"\x89PNG\r\n", bytes(600), b"PK\x03\x04" + bytes(90))):
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(content)
        assert read_file(path) == ("", UNREADABLE)
    path = pack_compound(tmp_path / f"c{suffix}", {"Other": b"x"})
    assert read_file(path) == ("", UNREADABLE)


def test_a_table_of_a_pdf_keeps_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    page = canvas.Canvas(str(path))
    page.setStrokeColor(colors.black)
    page.drawString(60, 780, "Parking fees of the districts")
    for number, row in enumerate((("District", "Fee"), ("North side", "7.5"), ("South", "9"))):
        for column, cell in enumerate(row):
            page.rect(60 + 120 * column, 700 - 20 * number, 120, 20)
            page.drawString(64 + 120 * column, 705 - 20 * number, cell)
    page.save()
    assert lines_of(path) == [
        "Parking fees of the districts",
        "District\tFee",
        "North side\t7.5",
        "South\t9",
    ]


def test_headers_with_a_document_number_are_read(tmp_path: Path) -> None:
    related = (
        '<Relationships><Relationship Id="r1" Type="x/header" Target="header1.xml"/>'
        '<Relationship Id="r2" Type="x/header" Target="header2.xml"/></Relationships>'
    )
    headers = {
        "hdr1": paragraph(run("示政〔2024〕7号")),
        "hdr2": paragraph(run("第 1 页")),
    }
    path = pack_docx(tmp_path / "a.docx", paragraph(run("正文")))
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("word/_rels/document.xml.rels", related)
        for number, content in enumerate(headers.values(), 1):
            packed.writestr(f"word/header{number}.xml", f"<w:hdr {space}>{content}</w:hdr>")
    assert lines_of(path) == ["示政〔2024〕7号", "正文"]
