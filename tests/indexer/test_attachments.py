"""Texts of files beside the input: found, flagged, bounded, never from elsewhere, never hidden."""

import io
import os
import random
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from fastapi.testclient import TestClient
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from gongkai.catalog.record import Attachment, AttachmentText
from gongkai.engines.installation import Installation
from gongkai.files import attachment_text
from gongkai.files.attachment_text import read_file
from gongkai.files.documents import SUFFIXES
from gongkai.files.extraction import TextExtractor
from gongkai.files.extraction_worker import ExtractionLimits
from indexer.attachments.lookup import find_file
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import survey_sources
from search_api.app import create_app
from tests.files.compound import pack_doc
from tests.indexer.hostile import HARMS, Harm
from tests.indexer.sources.files import write_workbook
from tests.journeys.command import plain_row, write_rows

FONT = "STSong-Light"
LINES = ("提取申请表填写说明", "申请人应当携带居民身份证原件和", "不动产权证书到窗口办理。")


def make_pdf(path: Path, *lines: str, encrypt: StandardEncryption | None = None) -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), encrypt=encrypt)
    canvas.setFont(FONT, 14)
    for at, line in enumerate(lines):
        canvas.drawString(72, 760 - 24 * at, line)
    canvas.rect(72, 100, 200, 300, fill=1)
    canvas.save()
    return path


def make_spanning_docx(path: Path) -> Path:
    """A cell that says it spans a thousand million columns."""
    whole = make_docx(path.with_name("whole.docx"))
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as packed:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                span = b'<w:tcPr><w:gridSpan w:val="1000000000"/>'
                content = content.replace(b"<w:tcPr>", span, 1)
            packed.writestr(name, content)
    return path


def make_docx(path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph("第一段：材料清单")
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "户口簿复印件"
    table.cell(0, 1).text = "两份"
    table.cell(1, 0).merge(table.cell(1, 1)).text = "合并的单元格"
    document.add_paragraph("最后一段")
    document.save(str(path))
    return path


def test_a_pdf_with_a_text_layer(tmp_path: Path) -> None:
    text, state = read_file(make_pdf(tmp_path / "a.pdf", *LINES))
    assert state is AttachmentText.READ
    assert all(line in text for line in LINES)


def test_a_pdf_of_pictures_is_flagged(tmp_path: Path) -> None:
    assert read_file(make_pdf(tmp_path / "a.pdf")) == ("", AttachmentText.NO_TEXT_LAYER)
    text, state = read_file(make_pdf(tmp_path / "b.pdf", "第1页"))
    assert (text, state) == ("第1页", AttachmentText.NO_TEXT_LAYER)


def test_a_docx_with_its_tables_in_order(tmp_path: Path) -> None:
    text, state = read_file(make_docx(tmp_path / "a.docx"))
    assert state is AttachmentText.READ
    rows = ["户口簿复印件\t两份", "合并的单元格"]
    assert text.split("\n") == ["第一段：材料清单", *rows, "最后一段"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_txt_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("低保申请须知：请携带户口簿。\n第二行".encode(encoding))
    assert read_file(path) == ("低保申请须知：请携带户口簿。\n第二行", AttachmentText.READ)


def truncated(folder: Path) -> Path:
    path = make_pdf(folder / "a.pdf", *LINES)
    path.write_bytes(path.read_bytes()[:300])
    return path


def encrypted(folder: Path) -> Path:
    return make_pdf(folder / "a.pdf", *LINES, encrypt=StandardEncryption("secret", "owner"))


def random_bytes(folder: Path) -> Path:
    path = folder / "a.pdf"
    path.write_bytes(bytes(range(256)) * 20)
    return path


def empty(folder: Path) -> Path:
    path = folder / "a.docx"
    path.touch()
    return path


def bomb(folder: Path) -> Path:
    path = make_docx(folder / "a.docx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.bin", bytes(120_000_000))
    return path


def entities(folder: Path) -> Path:
    path = make_docx(folder / "whole.docx")
    broken = folder / "a.docx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                head = (
                    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                )
                content = head + content.partition(b"?>")[2].replace(b"</w:t>", b"&a;</w:t>", 1)
            target.writestr(name, content)
    return broken


@pytest.mark.parametrize("make", [truncated, encrypted, random_bytes, empty, bomb])
def test_what_cannot_be_read_says_so(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    assert read_file(make(tmp_path)) == ("", AttachmentText.UNREADABLE)


def test_a_cell_that_says_it_is_endless_is_read_once(tmp_path: Path) -> None:
    text, state = read_file(make_spanning_docx(tmp_path / "a.docx"))
    assert state is AttachmentText.READ
    assert text.count("户口簿复印件") == 1


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".txt"])
def test_a_harmed_file_is_read_or_says_that_it_cannot_be(tmp_path: Path, suffix: str) -> None:
    """Harms to the file, and to what is packed inside of a DOCX."""
    whole = {
        ".docx": lambda path: make_docx(path).read_bytes(),
        ".pdf": lambda path: make_pdf(path, *LINES).read_bytes(),
        ".txt": lambda _: "\n".join(LINES).encode(),
    }[suffix](tmp_path / f"whole{suffix}")
    states = set()
    for number in range(120):
        chance = random.Random(f"{suffix} {number}")
        harm = HARMS[2:][number % len(HARMS[2:])]
        path = tmp_path / f"harmed{suffix}"
        is_inside = suffix == ".docx" and chance.random() < 0.6
        path.write_bytes(harm_inside(whole, harm, chance) if is_inside else harm(whole, chance))
        states.add(read_file(path)[1])
    assert states & {AttachmentText.READ, AttachmentText.NO_TEXT_LAYER, AttachmentText.UNREADABLE}
    assert len(states) > 1 or suffix == ".txt"


def harm_inside(content: bytes, harm: Harm, chance: random.Random) -> bytes:
    """The document itself harmed, packed again as if nothing were wrong."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as packed:
        for name in source.namelist():
            inner = source.read(name)
            packed.writestr(name, harm(inner, chance) if name.endswith("document.xml") else inner)
    return out.getvalue()


def test_an_entity_brings_no_file_in(tmp_path: Path) -> None:
    assert "root:" not in read_file(entities(tmp_path))[0]


def test_a_file_beyond_the_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("饮水安全" * 10, encoding="utf-8")
    with closing(TextExtractor(ExtractionLimits(characters=8))) as extractor:
        assert read_file(path, extractor) == ("饮水安全饮水安全", AttachmentText.READ)
    monkeypatch.setattr(attachment_text, "MAX_TEXT_FILE_BYTES", 8)
    assert read_file(path) == ("", AttachmentText.UNREADABLE)


@pytest.mark.parametrize(
    ("attachment", "file"),
    [
        (Attachment("清单", path="files/a.txt"), "files/a.txt"),
        (Attachment("清单", path="files\\a.txt"), "files/a.txt"),
        (Attachment("清单", path="files/%E8%A1%A8.TXT"), "files/表.TXT"),
        (Attachment("清单", url="https://a.gov.cn/x/b.txt?v=1"), "b.txt"),
        (Attachment("b.txt"), "b.txt"),
        (Attachment("b.txt", path="files/gone.txt"), "b.txt"),
    ],
)
def test_files_beside_the_input_are_found(
    tmp_path: Path, attachment: Attachment, file: str
) -> None:
    (tmp_path / "files").mkdir()
    for name in ("files/a.txt", "files/表.TXT", "b.txt"):
        (tmp_path / name).touch()
    assert find_file(tmp_path, attachment, SUFFIXES) == (tmp_path / file).resolve()


@pytest.mark.parametrize(
    "named",
    [
        "../secret.txt",
        "files/../../secret.txt",
        "..\\secret.txt",
        "%2E%2E/secret.txt",
        "link.txt",
        "linked/secret.txt",
        "pipe.txt",
        ".hidden.txt",
        "C:secret.txt",
        "a\0.txt",
        "x" * 5_000 + ".txt",
        "folder.txt",
        "program.exe",
    ],
)
def test_nothing_is_read_from_elsewhere(tmp_path: Path, named: str) -> None:
    outside = tmp_path / "outside"
    inside = tmp_path / "inside"
    for folder in (outside, inside, inside / "files", inside / "folder.txt"):
        folder.mkdir()
    for file in (tmp_path / "secret.txt", outside / "secret.txt", inside / ".hidden.txt"):
        file.write_text("机密", encoding="utf-8")
    (inside / "program.exe").touch()
    (inside / "link.txt").symlink_to(tmp_path / "secret.txt")
    (inside / "linked").symlink_to(outside)
    os.mkfifo(inside / "pipe.txt")
    absolute = str(tmp_path / "secret.txt")
    for each in (named, absolute):
        for attachment in (Attachment("x", path=each), Attachment(each)):
            assert find_file(inside, attachment, SUFFIXES) is None


def published(
    installation: Installation, folder: Path, *rows: dict[str, object]
) -> tuple[TestClient, dict[str, int]]:
    settings = installation.settings.model_copy(update={"data_dir": folder / "data"})
    served = replace(installation, settings=settings)
    summary = publish(IndexJob([write_rows(folder / "rows.jsonl", rows)]), served).summary
    return TestClient(create_app(served)), {**summary.warnings, **summary.withheld}


def test_a_phrase_of_a_pdf_finds_its_record(installation: Installation, tmp_path: Path) -> None:
    make_pdf(tmp_path / "说明.pdf", *LINES)
    make_pdf(tmp_path / "扫描.pdf")
    attached = [{"name": "填写说明", "url": "说明.pdf"}, {"name": "扫描.pdf"}]
    client, counted = published(installation, tmp_path, plain_row(1, attachments=attached))
    with client:
        # The sentence is broken at the end of a line of the page.
        answer = client.get("/api/v1/search", params={"q": '"身份证原件和不动产权证书"'}).json()
        assert [hit["id"] for hit in answer["hits"]] == ["r1"]
        assert "附件《填写说明》" in answer["hits"][0]["snippet_html"]
        assert "<mark>" in answer["hits"][0]["snippet_html"]
        files = client.get("/api/v1/records/r1").json()["attachments"]
        assert [each["text_state"] for each in files] == ["read", "no_text_layer"]
        assert [each["url"] for each in files] == [None, None]
        page = client.get("/records/r1", params={"q": "不动产权证书"}).text
        assert "<mark>不动产权证书</mark>到窗口办理" in page
        assert "这个附件是扫描件或者图片" in page
    assert counted == {"attachments: no_text_layer": 1}


def test_a_file_of_an_entry_on_request_is_not_opened(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("仅供申请人查阅的内容", encoding="utf-8")
    row = plain_row(1, disclosure="依申请公开", attachments=[{"name": "a.txt"}])
    client, _ = published(installation, tmp_path, row)
    with client:
        assert client.get("/api/v1/search", params={"q": "仅供申请人查阅"}).json()["total"] == 0
        assert client.get("/api/v1/records/r1").json()["attachments"] == []


def test_personal_data_in_a_file_holds_the_record(
    installation: Installation, tmp_path: Path
) -> None:
    make_pdf(tmp_path / "a.pdf", "救助对象名单", "11010519491231002X")
    row = plain_row(1, attachments=[{"name": "a.pdf"}])
    client, counted = published(installation, tmp_path, row, plain_row(2))
    with client:
        assert client.get("/api/v1/records/r1").status_code == 404
        assert client.get("/api/v1/search").json()["total"] == 1
    assert counted == {"personal_data": 1}


def test_a_changed_file_is_a_changed_record(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    row = plain_row(1, attachments=[{"name": "a.txt"}])
    for text in ("旧的说明", "新的说明"):
        file.write_text(text, encoding="utf-8")
        client, _ = published(installation, tmp_path, row)
    with client:
        assert client.get("/api/v1/search", params={"q": "新的说明"}).json()["total"] == 1
        assert client.get("/api/v1/search", params={"q": '"旧的"'}).json()["total"] == 0


def test_lists_and_old_documents_beside_the_export_are_attachments(
    installation: Installation, tmp_path: Path
) -> None:
    """A workbook with headings such as 名称 is no catalog, so its rows are not refused."""
    rows = [("名称", "停靠费"), ("龙眼渡", "每次七元")]
    write_workbook(tmp_path / "收费.xlsx", rows)
    pack_doc(tmp_path / "说明.doc", "渡口夜航须提前报备\r")
    write_workbook(tmp_path / "无人.xlsx", rows)
    attached = [{"name": "收费.xlsx"}, {"name": "说明.doc"}]
    assert [path.name for path in survey_sources([tmp_path]).sources] == ["收费.xlsx", "无人.xlsx"]
    export = write_rows(tmp_path / "rows.jsonl", [plain_row(1, attachments=attached)])
    survey = survey_sources([tmp_path])
    assert list(survey.sources) == [export]
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    served = replace(installation, settings=settings)
    summary = publish(IndexJob(survey.sources, skipped=survey.skipped), served).summary
    assert [Path(part.source).name for part in summary.skipped] == ["无人.xlsx"]
    with TestClient(create_app(served)) as client:
        for text in ("龙眼渡", "渡口夜航须提前报备"):
            assert client.get("/api/v1/search", params={"q": text}).json()["total"] == 1
        page = client.get("/records/r1", params={"q": "龙眼渡"}).text
        assert "<td data-read><mark>龙眼渡</mark></td><td data-read>每次七元</td>" in page


def test_a_list_of_a_closed_row_is_read_by_no_record(
    installation: Installation, tmp_path: Path
) -> None:
    write_workbook(tmp_path / "名单.xlsx", [("名称", "停靠费"), ("龙眼渡", "每次七元")])
    attached = [{"name": "名单.xlsx"}]
    closed = plain_row(2, disclosure="不予公开", attachments=attached)
    client, _ = published(installation, tmp_path, plain_row(1, attachments=attached), closed)
    with client:
        assert client.get("/api/v1/search", params={"q": "龙眼渡"}).json()["total"] == 0


def test_a_list_is_no_attachment_of_its_own_rows(
    installation: Installation, tmp_path: Path
) -> None:
    """Its other rows need not be public."""
    heads = ("标题", "发布机构", "发布日期", "公开方式", "正文", "附件")
    public = ("收费公示", "安庆市水利局", "2020-05-06", "主动公开", "见附件。", "名单.xlsx")
    closed = ("内部事项", "安庆市水利局", "2020-05-06", "不予公开", "龙眼渡每次七元", "")
    source = write_workbook(tmp_path / "名单.xlsx", [heads, public, closed])
    settings = installation.settings.model_copy(update={"data_dir": tmp_path / "data"})
    served = replace(installation, settings=settings)
    assert publish(IndexJob([source]), served).summary.indexed == 1
    with TestClient(create_app(served)) as client:
        assert client.get("/api/v1/search", params={"q": "龙眼渡"}).json()["total"] == 0


def test_a_table_of_a_body_is_shown_as_one(installation: Installation, tmp_path: Path) -> None:
    table = "<table><tr><th>区</th><th>元</th></tr><tr><td>大观区</td><td>7</td></tr></table>"
    client, _ = published(installation, tmp_path, plain_row(1, body=f"<p>收费表</p>{table}"))
    with client:
        page = client.get("/records/r1").text
        assert "<tr><td data-read>大观区</td><td data-read>7</td></tr>" in page
        assert client.get("/api/v1/records/r1").json()["body"] == "收费表\n区\t元\n大观区\t7"
