"""Saved portal pages: three shapes of the catalog block, meta tags, text, encodings, bad files."""

from pathlib import Path

import pytest

from indexer.sources.row import SourceRow
from tests.indexer.sources.files import FIXTURES, fields, outline, read, write

BODY = "".join(
    f"<p>第{n}条　本办法适用于本市行政区域内的城市供水活动，单位和个人应当遵守，名称：水厂。</p>"
    for n in range(1, 12)
)
LIST_PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>示例市城市供水管理办法</title></head><body>
<div class="nav"><ul><li>首页</li><li>信息公开：目录</li></ul></div>
<ul class="catalog"><li><b>索引号：</b>003127334/200902-00019</li>
<li><span>信息分类：</span><span>城乡建设</span></li>
<li><span>发布机构</span><span>示例市住房和城乡建设局</span></li>
<li>发文日期：2009年2月20日</li><li>文号：</li><li>关键词：供水 管理</li></ul>
<div id="zoom">{body}</div></body></html>"""
DIV_PAGE = """<!-- saved from url=(0044)https://www.example.gov.cn/zwgk/t20200501.html -->
<html><head><meta charset="gbk"></head><body>
<div class="head"><h1>示例市关于开展<br>防汛检查的公告</h1>
<div class="info"><p>发布日期：2020-05-01 10:30 来源：示例市应急管理局　浏览次数：12</p>
<p><span>发布机构：示例市应急管理局</span><span>公开方式：主动公开</span></p></div></div>
<div class="article">{body}</div></body></html>"""


def test_a_table_page_with_meta_tags() -> None:
    (found,) = fields(FIXTURES / "table_page.html")
    text = str(found.pop("正文"))
    assert found == {
        "索引号": "003127334/202103-00012",
        "组配分类": "决策",
        "发布机构": "示例市人民政府办公室",
        "发布日期": "2021-03-18",
        "信息名称": "示例市关于做好农村饮水安全工作的通知",
        "文号": "示政办〔2021〕7号",
        "公开方式": "主动公开",
        "阅读次数": "128",
        "链接": "https://www.example.gov.cn/zfxxgk/2021/0318/12.html",
        "附件": [
            {
                "name": "农村饮水安全工作方案",
                "url": "https://www.example.gov.cn/zfxxgk/2021/0318/files/plan.docx",
            }
        ],
        "SiteName": "示例市人民政府",
        "SiteIDCode": "3400000001",
        "ColumnName": "政策文件",
    }
    # An order that changes from run to run would be another revision of the record each time.
    assert [each for each in found if each.isascii()] == ["SiteName", "SiteIDCode", "ColumnName"]
    assert "各县区人民政府" in text
    assert "限期整改到位" in text
    assert "索引号" not in text
    assert "主办" not in text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_list_page(tmp_path: Path, encoding: str) -> None:
    (found,) = fields(write(tmp_path / "a.htm", LIST_PAGE.format(body=BODY), encoding))
    text = str(found.pop("正文"))
    assert found == {
        "索引号": "003127334/200902-00019",
        "信息分类": "城乡建设",
        "发布机构": "示例市住房和城乡建设局",
        "发文日期": "2009年2月20日",
        "关键词": "供水 管理",
        "标题": "示例市城市供水管理办法",
    }
    assert "第1条" in text
    assert "第11条" in text
    assert "003127334" not in text


def test_a_page_of_bare_blocks(tmp_path: Path) -> None:
    (found,) = fields(write(tmp_path / "a.html", DIV_PAGE.format(body=BODY), "gb18030"))
    text = str(found.pop("正文"))
    assert found == {
        "发布日期": "2020-05-01 10:30",
        "来源": "示例市应急管理局",
        "浏览次数": "12",
        "发布机构": "示例市应急管理局",
        "公开方式": "主动公开",
        "标题": "示例市关于开展防汛检查的公告",
        "链接": "https://www.example.gov.cn/zwgk/t20200501.html",
    }
    assert "第11条" in text


def test_a_table_of_labels_above_values_and_a_body_cell(tmp_path: Path) -> None:
    text = """<body>
    <table><tr><td>索引号</td><td>标题</td></tr><tr><td>1</td><td>甲</td></tr></table>
    <table><tr><td>发布机构：</td><td>局</td></tr><tr><td>内容：</td><td><p>一</p>
    <p>二</p></td></tr></table></body>"""
    (found,) = fields(write(tmp_path / "a.html", text))
    assert found == {"索引号": "1", "标题": "甲", "发布机构": "局", "内容": "一\n二"}


def test_a_list_of_labels_and_values(tmp_path: Path) -> None:
    text = "<body><dl><dt>索引号</dt><dd>1</dd><dt>发布机构</dt><dd>局</dd></dl><h1>甲</h1></body>"
    (found,) = fields(write(tmp_path / "a.html", text))
    assert (found["索引号"], found["发布机构"], found["标题"]) == ("1", "局", "甲")


def test_every_statement_of_disclosure_is_kept(tmp_path: Path) -> None:
    block = "<dl><dt>发布机构</dt><dd>局</dd><dt>公开方式</dt><dd>{}</dd></dl>"
    text = f"<body>{block.format('主动公开')}<hr>{block.format('依申请公开')}</body>"
    (found,) = fields(write(tmp_path / "a.html", text))
    assert found["公开方式"] == ["主动公开", "依申请公开"]


def test_meta_tags_stand_in_for_a_missing_block(tmp_path: Path) -> None:
    metas = {"ArticleTitle": "甲", "PubDate": "2020-01-02", "ContentSource": "局", "Keywords": "水"}
    tags = "".join(f'<meta name="{name}" content="{value}">' for name, value in metas.items())
    text = f"<head>{tags}<title>x</title></head><body><div id=zoom><p>第一条</p></div></body>"
    (found,) = fields(write(tmp_path / "a.html", text))
    assert found == {
        "标题": "甲",
        "发布日期": "2020-01-02",
        "发布机构": "局",
        "关键词": "水",
        "正文": "第一条",
    }


def test_a_page_is_one_row_at_line_one(tmp_path: Path) -> None:
    path = write(tmp_path / "a.html", "<title>甲</title>\0<p>乙\xff")
    (row,) = read(path)
    assert isinstance(row, SourceRow)
    assert (row.source, row.line, row.fields["标题"]) == (str(path), 1, "甲")


@pytest.mark.parametrize("data", [b"", b"  \n", b"<!-- -->"])
def test_an_empty_page_is_a_bad_file(tmp_path: Path, data: bytes) -> None:
    assert outline(write(tmp_path / "a.html", data)) == [(1, "bad_file")]


def test_endless_nesting_ends(tmp_path: Path) -> None:
    (line, _) = outline(write(tmp_path / "a.html", "<div>" * 20_000 + "发布机构：局"))[0]
    assert line == 1


def test_a_page_past_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.sources.portal_page.MAX_ROW_BYTES", 1000)
    assert outline(write(tmp_path / "a.html", "<p>" + "x" * 2000)) == [(1, "too_long")]


def test_a_page_of_very_many_elements_gives_the_text_where_portals_put_it(tmp_path: Path) -> None:
    text = "<h1>甲</h1><div id=zoom>" + "<p>条</p>" * 60_000 + "</div><p>页脚</p>"
    (found,) = fields(write(tmp_path / "a.html", text))
    assert str(found["正文"]).split() == ["条"] * 60_000
