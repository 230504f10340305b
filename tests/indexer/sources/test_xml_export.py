"""XML exports: the shapes portals write, encodings, broken and hostile files."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from indexer.sources.row import SourceRow
from tests.indexer.sources.files import FIXTURES, HEADINGS, RECORDS, fields, outline, read, write

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
    [
        ("<r><标题>A </b></标题></r></a>", "bad_xml"),
        ("<r><标题>甲", "truncated"),
        ("", "truncated"),
    ],
)
def test_broken_xml_gives_the_records_before(tmp_path: Path, rest: str, reason: str) -> None:
    text = "<a>" + ROW.format(1) * 5000 + rest
    kinds = [kind for _, kind in outline(write(tmp_path / "a.xml", text))]
    assert (kinds[:5000], kinds[5000:]) == (["row"] * 5000, [reason])


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


ITEM = "<item><标题>第{0}条</标题><发布机构>示例市教育局</发布机构><日>2024-03-0{0}</日></item>"
R1, R2, R3 = (ITEM.format(n) for n in (1, 2, 3))


def titles(path: Path) -> list[str]:
    return [
        str(row.fields["标题"]) if isinstance(row, SourceRow) else row.reason for row in read(path)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<root>{}</root>",
        "<root><head><标题>目录</标题></head><list>{}</list></root>",
        "<root><标题>目录</标题><发布机构>示例市</发布机构><发布日期>2024</发布日期>{}</root>",
        "<s:e xmlns:s='urn:s'><s:b><n:list xmlns:n='urn:n'>{}</n:list></s:b></s:e>",
        "<!DOCTYPE root><root><total>3</total>{}</root>",
    ],
)
@pytest.mark.parametrize(
    ("records", "wanted"),
    [
        (R1 + R2 + R3, ["第1条", "第2条", "第3条"]),
        (R1 + R2.replace("</标题>", "") + R3, ["第1条", "bad_xml", "第3条"]),
        (R1 + R2.replace("</item>", "") + R3, ["第1条", "bad_xml", "第3条"]),
        (R1 + R2.replace("<发布机构>", "<发 布< 机构>") + R3, ["第1条", "bad_xml", "第3条"]),
        (R1.replace("</标题>", "") + R2 + R3, ["bad_xml", "第2条", "第3条"]),
        (R1.replace("第1", "第\x0b\x011&#1;&#x0B;&#xFFFF;") + R2, ["第1条", "第2条"]),
        (R1.replace("第1", "第&nbsp;1&copy;&foo; & ") + R2, ["第\xa01©&foo; & 条", "第2条"]),
        (R1.replace("第1", "<![CDATA[第&nbsp;1 & <]]>") + R2, ["第&nbsp;1 & <条", "第2条"]),
        (f"<g>{R1}</g><g><s>{R2}</s></g>{R3}", ["第1条", "第2条", "第3条"]),
    ],
)
def test_a_broken_record_costs_itself_and_signs_are_repaired(
    tmp_path: Path, text: str, records: str, wanted: list[str]
) -> None:
    assert titles(write(tmp_path / "a.xml", text.format(records))) == wanted


def test_undecodable_bytes_cost_their_record(tmp_path: Path) -> None:
    bad = R2.encode().replace(b"2\xe6", b"\xff\xfe2\xe6", 1)
    path = write(tmp_path / "a.xml", b"<root>" + R1.encode() + bad + R3.encode() + b"</root>")
    assert titles(path) == ["第1条", "bad_encoding", "第3条"]


def test_a_file_of_one_record(tmp_path: Path) -> None:
    assert titles(write(tmp_path / "a.xml", R1)) == ["第1条"]


def test_a_record_keeps_what_lies_in_it(tmp_path: Path) -> None:
    inner = (
        "<相关><file><标题>旧</标题><发布日期>2020</发布日期></file></相关><正文>甲</正文></item>"
    )
    path = write(tmp_path / "a.xml", f"<root>{R1.replace('</item>', inner)}{R2}</root>")
    assert titles(path) == ["第1条", "第2条"]


@pytest.mark.parametrize(
    "text",
    [
        "<root 公开方式='不予公开'><list>{}</list></root>",
        "<root><公开方式>不予公开</公开方式>{}</root>",
        "<root><list><公开方式>不予公开</公开方式>{}</list></root>",
        "<root><list 公开方式='不予公开'>{}</list></root>",
    ],
)
def test_what_is_said_of_disclosure_around_records_counts_for_them(
    tmp_path: Path, text: str
) -> None:
    found = fields(write(tmp_path / "a.xml", text.format(R1 + R2)))
    assert [row["公开方式"] for row in found] == ["不予公开"] * 2


@pytest.mark.parametrize("name", ["attributes", "children"])
def test_a_record_of_too_many_fields_is_refused(tmp_path: Path, name: str) -> None:
    many = "".join(f' a{n}="v"' for n in range(40_000))
    more = "".join(f"<主题词>{n}</主题词>" for n in range(40_000))
    record = f"<item{many}>" if name == "attributes" else f"<item>{more}"
    text = f"<root>{R1}{R2.replace('<item>', record)}{R3}</root>"
    assert titles(write(tmp_path / "a.xml", text)) == ["第1条", "too_many_fields", "第3条"]


def test_a_list_longer_than_a_record_may_be_is_read_as_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.sources.xml_export.MAX_ROW_BYTES", 600_000)
    monkeypatch.setattr("indexer.sources.xml_export.MIB", 10_000)
    text = f"<root><a><list>{R1 * 10_000}</list></a></root>"
    assert titles(write(tmp_path / "a.xml", text)) == ["第1条"] * 10_000


def test_documents_one_after_another_are_all_read(tmp_path: Path) -> None:
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n'
    pages = [
        f"{declared}<list>{ROW.format(1)}{ROW.format(2)}</list>",
        f"<list>{ROW.format(3)}</list>",
    ]
    path = write(tmp_path / "a.xml", f"\n{declared}".join(pages))
    assert [row["文号"] for row in fields(path)] == ["1", "2", "3"]
    path = write(tmp_path / "b.xml", "\n".join(ROW.format(n) for n in (1, 2, 3)))
    assert [row["文号"] for row in fields(path)] == ["1", "2", "3"]


def test_signs_and_tags_of_html_cost_no_record(tmp_path: Path) -> None:
    text = ROW.format("温度<5度") + ROW.format("甲<br>乙<img src='a.png'>") + ROW.format(3)
    path = write(tmp_path / "a.xml", f"<list>{text}</list>")
    assert [row["文号"] for row in fields(path)] == [
        "温度<5度",
        '甲<br/>乙<img src="a.png"/>',
        "3",
    ]


def test_a_prefix_without_a_namespace_costs_nothing(tmp_path: Path) -> None:
    text = ROW.replace("<r>", "<x:r>").replace("</r>", "</x:r>")
    path = write(tmp_path / "a.xml", f"<list>{text.format(1)}{text.format(2)}</list>")
    assert outline(path) == [(1, "row"), (2, "row")]


def test_the_agency_of_a_group_is_the_publisher_of_its_records(tmp_path: Path) -> None:
    named = f'<dept name="示例市财政局">{ROW.format(1)}</dept>'
    stated = f"<dept><发布机构>示例市财政局</发布机构><list>{ROW.format(2)}</list></dept>"
    rows = fields(write(tmp_path / "a.xml", f"<list>{named}{stated}</list>"))
    assert [row["发布机构"] for row in rows] == ["示例市财政局"] * 2
