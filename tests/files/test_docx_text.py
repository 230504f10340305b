"""A DOCX gives what Word shows, in its order; what Word hides is no text."""

from pathlib import Path

import pytest

from gongkai.catalog.record import AttachmentText
from gongkai.files.attachment_text import read_file
from tests.files.packages import pack_docx, paragraph, run

HIDDEN = "<w:vanish/>"


def read(path: Path, body: str, **parts: str) -> list[str]:
    text, state = read_file(pack_docx(path / "a.docx", body, **parts))
    assert state is AttachmentText.READ
    return text.split("\n") if text else []


def box(text: str) -> str:
    return f"<w:txbxContent>{paragraph(run(text))}</w:txbxContent>"


def field(instruction: str, result: str) -> str:
    char = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    return f"{char('begin')}{instruction}{char('separate')}{result}{char('end')}"


@pytest.mark.parametrize(
    "inner",
    [
        f"<w:ins>{run('柒佰元')}</w:ins>",
        f"<w:ins><w:ins>{run('柒佰')}</w:ins>{run('元')}</w:ins>",
        f"<w:moveTo>{run('柒佰元')}</w:moveTo>",
        f"<w:smartTag><w:smartTagPr/><w:smartTag>{run('柒佰元')}</w:smartTag></w:smartTag>",
        f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{run('柒佰元')}"
        "</w:sdtContent></w:sdt>",
        f"<w:customXml><w:customXmlPr/>{run('柒佰元')}</w:customXml>",
        f"<w:hyperlink>{run('柒佰元')}</w:hyperlink>",
        f"<w:fldSimple w:instr='PAGE'>{run('柒佰元')}</w:fldSimple>",
        field("<w:r><w:instrText>HYPERLINK x</w:instrText></w:r>", run("柒佰元")),
        field(field("<w:r><w:instrText>X</w:instrText></w:r>", run("藏")), run("柒佰元")),
        f"<w:r><w:ruby><w:rt>{run('qi')}</w:rt><w:rubyBase>{run('柒佰元')}</w:rubyBase></w:ruby></w:r>",
        f"<w:bdo>{run('柒佰元')}</w:bdo>",
        "<m:oMath><m:r><m:t>柒佰元</m:t></m:r></m:oMath>",
        run("柒佰元", '<w:vanish w:val="0"/>'),
        run("柒佰元", '<w:vanish w:val="false"/><w:webHidden/>'),
        run("柒佰元", "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>"),
        f"{run('柒佰')}<w:r><w:softHyphen/></w:r>{run('元')}",
    ],
)
def test_text_in_whatever_wraps_it(tmp_path: Path, inner: str) -> None:
    assert read(tmp_path, paragraph(run("每月"), inner, run("整"))) == ["每月柒佰元整"]


@pytest.mark.parametrize(
    "inner",
    [
        "<w:del><w:r><w:delText>机密</w:delText></w:r></w:del>",
        f"<w:del>{run('机密')}</w:del>",
        f"<w:ins><w:del>{run('机密')}</w:del></w:ins>",
        f"<w:moveFrom>{run('机密')}</w:moveFrom>",
        run("机密", HIDDEN),
        run("机密", '<w:b/><w:vanish w:val="true"/>'),
        run("机密", '<w:vanish w:val="1"/>'),
        f"<w:ins>{run('机密', HIDDEN)}</w:ins>",
        f"<w:sdt><w:sdtContent>{run('机密', HIDDEN)}</w:sdtContent></w:sdt>",
        f"<w:smartTag>{run('机密', HIDDEN)}</w:smartTag>",
        f"<m:oMath><m:r><w:rPr>{HIDDEN}</w:rPr><m:t>机密</m:t></m:r></m:oMath>",
        "<w:r><w:instrText>机密</w:instrText></w:r>",
        field("<w:r><w:instrText>IF</w:instrText></w:r>" + run("机密"), ""),
        f"<w:r><w:rPr>{HIDDEN}</w:rPr><w:pict><v:shape><v:textbox>{box('机密')}</v:textbox>"
        "</v:shape></w:pict></w:r>",
        '<w:r><w:drawing><wp:anchor><wp:docPr hidden="1"/><wps:wsp><wps:txbx>'
        f"{box('机密')}</wps:txbx></wps:wsp></wp:anchor></w:drawing></w:r>",
        '<w:r><w:pict><v:shape style="width:9pt; visibility: hidden"><v:textbox>'
        f"{box('机密')}</v:textbox></v:shape></w:pict></w:r>",
        "<w:sdt><w:sdtPr><w:dropDownList><w:t>机密</w:t></w:dropDownList></w:sdtPr></w:sdt>",
        run("机密", '<w:rStyle w:val="Secret"/>'),
        run("机密", '<w:rStyle w:val="Derived"/>'),
        "<w:r><w:t>机密</w:t><w:rPr><w:vanish/></w:rPr></w:r>",
    ],
)
def test_what_is_hidden_is_no_text(tmp_path: Path, inner: str) -> None:
    styles = (
        f'<w:style w:type="character" w:styleId="Secret"><w:rPr>{HIDDEN}</w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Derived"><w:basedOn w:val="Secret"/></w:style>'
    )
    body = paragraph(run("每月"), inner, run("整"))
    assert read(tmp_path, body, styles=styles) == ["每月整"]


def test_styles_of_paragraphs(tmp_path: Path) -> None:
    styles = (
        f'<w:style w:type="paragraph" w:styleId="A"><w:rPr>{HIDDEN}</w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="C"><w:basedOn w:val="B"/>'
        '<w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="L1"><w:basedOn w:val="L2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="L2"><w:basedOn w:val="L1"/></w:style>'
        f'<w:style w:type="table" w:styleId="T"><w:rPr>{HIDDEN}</w:rPr></w:style>'
    )
    body = "".join(
        paragraph(run(f"文字{name}"), properties=f'<w:pStyle w:val="{name}"/>')
        for name in ("A", "B", "C", "L1", "L2", "gone")
    )
    shown = run("明示", '<w:vanish w:val="0"/>')
    body += paragraph(run("藏"), shown, properties='<w:pStyle w:val="A"/>')
    body += (
        '<w:tbl><w:tblPr><w:tblStyle w:val="T"/></w:tblPr><w:tr><w:tc>'
        f"{paragraph(run('表'))}</w:tc></w:tr></w:tbl>"
    )
    assert read(tmp_path, body, styles=styles) == ["文字C", "文字L1", "文字L2", "文字gone", "明示"]


def test_a_default_style_that_hides(tmp_path: Path) -> None:
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="N">'
        f"<w:rPr>{HIDDEN}</w:rPr></w:style>"
        '<w:style w:type="paragraph" w:styleId="V"><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
    )
    body = paragraph(run("藏")) + paragraph(run("明"), properties='<w:pStyle w:val="V"/>')
    assert read(tmp_path, body, styles=styles) == ["明"]
    defaults = f"<w:rPrDefault><w:rPr>{HIDDEN}</w:rPr></w:rPrDefault>"
    assert read(tmp_path, paragraph(run("藏")), styles=defaults) == []


def test_hidden_paragraph_marks(tmp_path: Path) -> None:
    """A mark hides the paragraph, but for a style separator within a heading."""
    hidden = paragraph(run("藏"), properties=f"<w:rPr>{HIDDEN}</w:rPr>")
    heading = paragraph(run("标题"), properties=f"<w:rPr>{HIDDEN}<w:specVanish/></w:rPr>")
    deleted = paragraph(run("正文"), properties="<w:rPr><w:del/></w:rPr>")
    assert read(tmp_path, hidden + heading + deleted) == ["标题", "正文"]


def test_rows_and_cells(tmp_path: Path) -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text))}</w:tc>"

    def row(*cells: str, properties: str = "") -> str:
        return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"

    body = paragraph(run("前"))
    body += "<w:tbl>"
    body += row(cell("甲"), f"<w:sdt><w:sdtContent>{cell('乙')}</w:sdtContent></w:sdt>")
    body += row(cell("藏"), properties="<w:hidden/>")
    body += row(cell("明"), properties='<w:hidden w:val="0"/>')
    body += row(cell("删"), properties="<w:del/>")
    body += row(cell("增"), properties="<w:ins/>")
    body += row(cell("合", '<w:vMerge w:val="restart"/>'), cell("并", "<w:vMerge/>"))
    body += row(cell("删", "<w:cellDel/>"), cell("留", "<w:cellIns/>"))
    body += "<w:sdt><w:sdtContent>" + row(cell("控")) + "</w:sdtContent></w:sdt>"
    body += f"</w:tbl>{paragraph(run('后'))}"
    lines = ["前", "甲\t乙", "明", "增", "合\t", "留", "控", "后"]
    assert read(tmp_path, body) == lines


def test_text_boxes_are_read_once(tmp_path: Path) -> None:
    inner = (
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wp:anchor><wp:docPr/><wps:wsp>"
        f"<wps:txbx>{box('框内')}</wps:txbx></wps:wsp></wp:anchor></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box('框内')}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    assert read(tmp_path, paragraph(run("前"), inner, run("后"))) == ["前", "框内", "后"]
    old = f"<w:r><w:pict><v:shape><v:textbox>{box('旧框')}</v:textbox></v:shape></w:pict></w:r>"
    assert read(tmp_path, paragraph(old)) == ["旧框"]


def test_notes_of_visible_references(tmp_path: Path) -> None:
    def note(number: int, kind: str = "") -> str:
        return f'<w:footnote w:id="{number}" {kind}>{paragraph(run(f"注{number}"))}</w:footnote>'

    def refer(number: int, properties: str = "") -> str:
        return f'<w:r><w:rPr>{properties}</w:rPr><w:footnoteReference w:id="{number}"/></w:r>'

    notes = "".join(map(note, (1, 2, 3, 4))) + note(0, 'w:type="separator"')
    deleted = f"<w:del>{refer(3)}</w:del>"
    body = paragraph(run("文"), refer(2), refer(1), deleted, refer(4, HIDDEN), refer(0))
    assert read(tmp_path, body, footnotes=notes) == ["文", "注2", "注1"]
    comments = f"<w:comment>{paragraph(run('批注'))}</w:comment>"
    assert read(tmp_path, body, comments=comments) == ["文"]


def test_a_field_that_never_ends_loses_nothing(tmp_path: Path) -> None:
    opened = '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText></w:r>'
    assert read(tmp_path, paragraph(opened, run("正文")) + paragraph(run("第二段"))) == [
        "正文",
        "第二段",
    ]


def test_spaces_tabs_and_lines(tmp_path: Path) -> None:
    inner = "<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:noBreakHyphen/></w:r>"
    tabs = "<w:tabs><w:tab w:val='left'/></w:tabs>"
    assert read(tmp_path, paragraph(inner, properties=tabs)) == ["甲\t乙", "丙-"]


def test_the_strict_namespace_is_the_same(tmp_path: Path) -> None:
    path = pack_docx(tmp_path / "a.docx", paragraph(run("明"), run("藏", HIDDEN)))
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    from tests.files.test_extraction import replace_part

    body = f'<w:document xmlns:w="{strict}"><w:body>{paragraph(run("明"), run("藏", HIDDEN))}'
    replace_part(path, "word/document.xml", f"{body}</w:body></w:document>".encode())
    assert read_file(path) == ("明", AttachmentText.READ)
