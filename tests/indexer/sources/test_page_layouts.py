"""Layouts of portal pages that a city declares, and pages saved as one file."""

import base64
import quopri
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzers.errors import TableError
from gongkai.catalog.page_layouts import (
    check_page_layouts,
    load_page_layouts,
    use_page_layouts,
)
from indexer.sources.formats import name_format
from tests.indexer.sources.files import fields, write

PAGE = """<html><head><title>信息公开</title><meta name="GenDate" content="2024-03-05"></head>
<body class="city-x"><div class="big">关于渡口夜航的通告</div>
<p class="who">示例市交通局（港航处）</p><span class="open">主动公开</span>
<div class="t">夜间停航。<div class="ad">扫码关注</div>
<table><tr><td>区</td><td>元</td></tr></table></div>
<div class="t">请改走上游大桥。</div>
<div class="dl"><a href="get?id=7">收费表.xlsx</a></div>
<div class="dl2"><a href="x.pdf">无关</a></div>
</body></html>"""
TABLE = """layout,field,selector
市局,page,body.city-x
市局,remove,.ad
市局,title,.big
市局,发布机构,.none
市局,发布机构,.who
市局,published_on,meta[name=GenDate] @content
市局,disclosure,.open
市局,body,div.t
市局,attachments,.dl
"""


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "tables"
    folder.mkdir()
    yield folder
    use_page_layouts(())


def declare(tables: Path, text: str) -> None:
    write(tables / "page_layouts.csv", text)
    use_page_layouts(load_page_layouts(tables))


def test_a_declared_layout_names_every_field(tables: Path, tmp_path: Path) -> None:
    declare(tables, TABLE)
    path = write(tmp_path / "a.html", PAGE)
    assert fields(path) == [
        {
            "title": "关于渡口夜航的通告",
            "publisher": "示例市交通局（港航处）",
            "published_on": "2024-03-05",
            "disclosure": "主动公开",
            "body": "夜间停航。\n区\t元\n请改走上游大桥。",
            "attachments": [{"name": "收费表.xlsx", "url": "get?id=7"}],
        }
    ]
    assert name_format(path) == ("HTML page (layout 市局)", "UTF-8")


def test_a_layout_applies_to_its_pages_only(tables: Path, tmp_path: Path) -> None:
    declare(tables, TABLE)
    path = write(tmp_path / "a.html", PAGE.replace("city-x", "city-y"))
    assert fields(path)[0].get("published_on") is None
    assert name_format(path)[0] == "HTML page"


def test_a_layout_of_a_site(tables: Path, tmp_path: Path) -> None:
    declare(tables, TABLE.replace("page,body.city-x", "site,example.gov.cn"))
    saved = "<!-- saved from url=(0034)http://{}/a/b.html -->"
    inside = write(tmp_path / "a.html", saved.format("jt.example.gov.cn") + PAGE)
    outside = write(tmp_path / "b.html", saved.format("badexample.gov.cn") + PAGE)
    (row,) = fields(inside)
    assert row["attachments"] == [
        {"name": "收费表.xlsx", "url": "http://jt.example.gov.cn/a/get?id=7"}
    ]
    assert name_format(outside)[0] == "HTML page"


def test_the_stricter_disclosure_of_page_and_layout_counts(tables: Path, tmp_path: Path) -> None:
    declare(tables, TABLE)
    cells = "<tr><td>索引号</td><td>1</td></tr><tr><td>公开方式</td><td>不予公开</td></tr>"
    block = f"<table>{cells}</table>"
    (row,) = fields(write(tmp_path / "a.html", PAGE.replace("<p ", f"{block}<p ")))
    assert {row["disclosure"], row["公开方式"]} == {"主动公开", "不予公开"}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("甲,titel,.a", "unknown field 'titel'"),
        ("甲,title,..a", "the selector is not CSS"),
        ("甲,title,", "the selector is empty"),
        (",title,.a", "has no layout"),
        ("乙,title,.a", "the layout 乙 has no row with the field page or site"),
    ],
)
def test_faulty_rows_are_named(tables: Path, row: str, problem: str) -> None:
    write(tables / "page_layouts.csv", f"layout,field,selector\n甲,page,.p\n{row}\n")
    (found,) = check_page_layouts(tables)
    assert f"page_layouts.csv:3: {problem}" in found
    with pytest.raises(TableError):
        load_page_layouts(tables)


def archive(html: bytes, coding: str, charset: str = "utf-8") -> bytes:
    packed = base64.encodebytes(html) if coding == "base64" else quopri.encodestring(html)
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: http://www.example.gov.cn/a.html\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n'
        b'\tboundary="--x"\r\n\r\n\r\n----x\r\nContent-Type: text/html; charset='
        + charset.encode()
        + b"\r\nContent-Transfer-Encoding: "
        + coding.encode()
        + b"\r\nContent-Location: http://www.example.gov.cn/a.html\r\n\r\n"
        + packed
        + b"\r\n----x\r\nContent-Type: image/png\r\n\r\nx\r\n----x--\r\n"
    )


RECORD = """<html><head><title>关于渡口夜航的通告</title></head><body><table><tr><td>文号</td>
<td>示政〔2024〕7号</td><td>发布日期</td><td>2024-03-05</td></tr></table>
<div id="zoom"><p>夜间停航，请改走上游大桥。</p></div></body></html>"""


@pytest.mark.parametrize("coding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_page_saved_as_one_file(tmp_path: Path, coding: str, encoding: str) -> None:
    data = archive(RECORD.encode(encoding), coding, encoding)
    for name in ("a.mht", "a.mhtml", "a.txt"):
        (row,) = fields(write(tmp_path / name, data))
        assert (row["文号"], row["正文"]) == ("示政〔2024〕7号", "夜间停航，请改走上游大桥。")
        assert row["链接"] == "http://www.example.gov.cn/a.html"


def test_html_and_tables_under_other_names(tmp_path: Path) -> None:
    (row,) = fields(write(tmp_path / "a.mht", RECORD))
    assert row["文号"] == "示政〔2024〕7号"
    table = "<html><table><tr><th>标题<th>文号</tr><tr><td>甲<td>7</tr></table></html>"
    path = write(tmp_path / "a.xls", archive(table.encode(), "base64"))
    assert fields(path) == [{"标题": "甲", "文号": "7"}]
