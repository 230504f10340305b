"""XML exports: the shapes portals write, encodings, broken and hostile files."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.indexer.sources.files import FIXTURES, HEADINGS, RECORDS, fields, outline, write

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=30)
ROW = "<r><标题>甲</标题><文号>{}</文号></r>"


def export(records: list[dict[str, str]]) -> "etree._Element":
    root = etree.Element("records")
    for record in records:
        row = etree.SubElement(root, "record")
        for heading, value in record.items():
            etree.SubElement(row, heading).text = value
    return root


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(HEADINGS, TEXT)), min_size=1, max_size=6))
def test_records_written_as_xml_come_back_equal(records: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.xml", etree.tostring(export(records), encoding="utf-8"))
        assert fields(path) == records


def test_cdata_repeated_elements_lists_and_markup(tmp_path: Path) -> None:
    first, second = fields(FIXTURES / "records.xml")
    assert first == {
        "索引号": "003127334/200902-00019",
        "标题": "关于<春节>放假的通知 & 说明",
        "附件": [
            {"name": "安排表.pdf", "url": "https://www.example.gov.cn/a.pdf"},
            {"name": "说明.txt", "url": "https://www.example.gov.cn/b.txt"},
        ],
        "主题词": ["春节", "放假"],
        "正文": "前言<p>第一段</p>后语",
    }
    assert second == {"索引号": "003127334/200902-00020", "标题": "关于值班的通知"}


@pytest.mark.parametrize(
    "record",
    [
        '<row 标题="甲" 文号="1"/>',
        '<record><row name="标题">甲</row><row name="文号">1</row></record>',
        '<record><field name="标题" value="甲"/><field name="文号" value="1"/></record>',
        '<r xmlns="urn:x" xmlns:y="urn:y"><y:标题>甲</y:标题><文号>1</文号></r>',
        "<标题组><r><标题>甲</标题><文号>1</文号></r></标题组>",
    ],
)
def test_the_shapes_of_a_record(tmp_path: Path, record: str) -> None:
    path = write(tmp_path / "a.xml", f"<root>{record}{record}</root>")
    assert fields(path) == [{"标题": "甲", "文号": "1"}] * 2


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "gb18030", "utf-8"])
def test_gb18030_is_read_whatever_is_declared(tmp_path: Path, declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><a>{ROW.format("镕㐂")}</a>'
    assert fields(write(tmp_path / "a.xml", text, "gb18030")) == [{"标题": "甲", "文号": "镕㐂"}]


@pytest.mark.parametrize("encoding", ["utf-16", "big5"])
def test_other_declared_encodings(tmp_path: Path, encoding: str) -> None:
    record = '<row title="關於防汛的公告說明" document_number="1"/>'
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>{record}</a>'
    found = fields(write(tmp_path / "a.xml", text, encoding))
    assert found == [{"title": "關於防汛的公告說明", "document_number": "1"}]


LAUGHS = '<!ENTITY l0 "哈">' + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)
)


@pytest.mark.parametrize(
    "text",
    [
        f"<!DOCTYPE a [{LAUGHS}]><a>{ROW.format('&l11;')}</a>",
        f'<!DOCTYPE a [{LAUGHS}]><a><r 标题="&l11;" 文号="1"/></a>',
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>{ROW.format("&x;")}</a>',
        f'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]><a>{ROW.format(1)}</a>',
    ],
)
def test_entities_are_refused_and_never_expanded(tmp_path: Path, text: str) -> None:
    assert outline(write(tmp_path / "a.xml", text)) == [(1, "bad_xml")]


def test_a_doctype_behind_many_comments_is_seen(tmp_path: Path) -> None:
    text = "<!-- -->" * 50_000 + f"<!DOCTYPE a [<!ENTITY x 'y'>]><a>{ROW.format('&x;')}</a>"
    assert outline(write(tmp_path / "a.xml", text)) == [(1, "bad_xml")]


def test_a_doctype_without_entities_does_no_harm(tmp_path: Path) -> None:
    text = f'<!DOCTYPE a SYSTEM "file:///nowhere/a.dtd"><a>{ROW.format(1)}</a>'
    assert fields(write(tmp_path / "a.xml", text)) == [{"标题": "甲", "文号": "1"}]


@pytest.mark.parametrize(
    ("rest", "reason"),
    [("<r><标题>A & B</标题></r></a>", "bad_xml"), ("<r><标题>甲", "truncated"), ("", "truncated")],
)
def test_broken_xml_gives_the_records_before(tmp_path: Path, rest: str, reason: str) -> None:
    text = "<a>" + ROW.format(1) * 5000 + rest
    kinds = [kind for _, kind in outline(write(tmp_path / "a.xml", text))]
    assert kinds == ["row"] * 5000 + [reason]


def test_no_known_headings_is_told(tmp_path: Path) -> None:
    assert outline(write(tmp_path / "a.xml", "<a><b><c>1</c></b></a>")) == [(1, "no_rows")]


def test_endless_nesting_and_endless_records_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outline(write(tmp_path / "a.xml", "<a>" * 100_000)) == [(1, "bad_xml")]
    monkeypatch.setattr("indexer.sources.xml_export.MAX_ROW_BYTES", 100_000)
    text = f"<a>{ROW.format(1)}{ROW.format('x' * 300_000)}</a>"
    assert outline(write(tmp_path / "b.xml", text)) == [(1, "row"), (2, "too_long")]


def test_a_long_text_is_one_value(tmp_path: Path) -> None:
    text = "第一条" * 1_200_000
    found = fields(write(tmp_path / "a.xml", f"<a>{ROW.format(text)}</a>"))
    assert [len(str(row["文号"])) for row in found] == [3_600_000]


def test_many_records_are_each_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", etree.tostring(export(RECORDS * 3000), encoding="utf-8"))
    assert fields(path) == RECORDS * 3000
