"""Layouts of portals: the text, the title and the files are the article's, and nothing else is.

The layouts are those of the content systems in use; the words are ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from indexer.sources.page_title import strip_site
from tests.indexer.sources.files import fields, write

TITLE = "关于水渠清淤的通知"
SHORT = "渠道清淤期间，东门泵站停水半日。"
LONG = (
    "为保障春灌用水，现就水渠清淤有关事项通知如下，请各灌区管理所遵照执行。",
    "一、清淤范围为干渠和五条支渠，由沿线各管理所分段负责，三月底前完成。",
    "二、清淤期间分时段停水，停水安排应当提前三日在村务公开栏张贴。",
)
PARAGRAPHS = "".join(f"<p>　　{line}</p>" for line in LONG)
TOP = """<div class="top"><a href="/">网站首页</a><a href="/xxgk/">信息公开</a></div>
<div class="weizhi">当前位置：<a href="/">首页</a> &gt; <a href="/tz/">通知</a></div>"""
NEIGHBOURS = """<div class="sxp"><p>上一篇：<a href="1.html">关于堤防巡查的通知</a></p>
<p>下一篇：<a href="2.html">关于抗旱的通知</a></p></div>"""
RELATED = """<div><h4>相关阅读</h4><ul><li><a href="3.html">一图读懂灌区改造</a></li>
<li><a href="gqgz.pdf">灌区改造手册.pdf</a></li></ul></div>"""
BOTTOM = """<div class="foot"><p>主办单位：某县水务局</p><p>皖ICP备00000000号</p>
<a href="/nb.pdf">网站工作年度报表</a></div>"""


@dataclass(frozen=True, slots=True)
class Layout:
    """A page's body, and what has to be read of it besides its title."""

    body: str
    text: Sequence[str] = (SHORT,)
    files: Sequence[str] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    head: str = f"<title>{TITLE}_某县水务局</title>"


LAYOUTS: Mapping[str, Layout] = {
    "an editor's container in a column": Layout(
        f"""{TOP}<div class="content"><h1>{TITLE}</h1><div class="xx">
        <span>发布时间：2024-03-02</span><span>来源：某县水务局</span></div>
        <div class="view TRS_UEDITOR trs_paper_default"><p>{SHORT}</p></div></div>{BOTTOM}""",
        others={"发布时间": "2024-03-02", "发布机构": "某县水务局"},
    ),
    "a college system with a form around all and downloads behind a script": Layout(
        f"""<form name="_newscontent_fromname">{TOP}<h2>{TITLE}</h2>
        <div id="vsb_content_501"><div class="v_news_content"><p>{SHORT}</p></div></div>
        <ul style="list-style-type:none"><li>附件【<a
        href="/system/download.jsp?owner=7&wbfileid=3">清淤计划表.xls</a>】已下载12次</li></ul>
        <p>上一条：<a href="9.htm">抗旱</a> 下一条：<a href="8.htm">巡查</a></p></form>{BOTTOM}""",
        files=("清淤计划表.xls",),
    ),
    "nested tables": Layout(
        f"""<table><tr><td class="daohang"><a href="/">网站首页</a></td></tr></table>
        <table><tr><td class="title">{TITLE}</td></tr>
        <tr><td>【字体：<a>大</a> <a>中</a> <a>小</a>】</td></tr>
        <tr><td id="zoom" class="bt_content">{PARAGRAPHS}</td></tr></table>
        <table><tr><td>版权所有：某县水务局　<a href="/tj.xls">访问统计</a></td></tr></table>""",
        text=LONG,
    ),
    "a page of the state council's system": Layout(
        f"""{TOP}<div class="article oneColumn"><h1 id="ti">{TITLE}</h1>
        <div class="pages-date">2024-03-02 09:00 来源：某县水务局
        <span>字体：<b>大</b> 中 小</span></div>
        <div class="pages_content" id="UCAP-CONTENT">{PARAGRAPHS}</div>
        <div class="related"><b>相关稿件</b><a href="5.htm">灌区</a></div></div>{BOTTOM}""",
        text=LONG,
    ),
    "a catalog of a description list, the body named by its template": Layout(
        f"""{TOP}<dl class="xxgk_dl"><dt>索引号：</dt><dd>003127334/202403-00031</dd>
        <dt>发布机构：</dt><dd>某县水务局</dd><dt>发布日期：</dt><dd>2024-03-02</dd></dl>
        <h3>{TITLE}</h3><p class="info">发布时间：2024-03-05 来源：某县人民政府</p>
        <div class="xxgk-content">{PARAGRAPHS}</div>
        <div class="fujian"><a href="jh.docx">清淤计划</a></div>{NEIGHBOURS}{BOTTOM}""",
        text=LONG,
        files=("清淤计划",),
        others={"发布日期": "2024-03-02", "发布机构": "某县水务局"},
    ),
    "a catalog of blocks with labels and values": Layout(
        f"""<div class="attrs">
        <div class="row"><label>索引号</label><em>003127334/202403-00031</em></div>
        <div class="row"><label>发布机构</label><em>某县水务局</em></div>
        <div class="row"><label>发布日期</label><em>2024-03-02</em></div></div>
        <div class="artTit">{TITLE}</div><div class="news_cont">{PARAGRAPHS}</div>{RELATED}""",
        text=LONG,
        others={"发布日期": "2024-03-02", "发布机构": "某县水务局"},
    ),
    "a catalog of list entries that spans keep apart": Layout(
        f"""<ul class="mulu">
        <li><span>索引号：003127334/202403-00031</span><span>文号：县水〔2024〕4号</span></li>
        <li><span>发布机构：某县水务局</span><span>发布日期：2024-03-02</span></li></ul>
        <h1>{TITLE}</h1><div class="wzcon j-fontContent">{PARAGRAPHS}</div>{NEIGHBOURS}""",
        text=LONG,
        others={"文号": "县水〔2024〕4号", "发布机构": "某县水务局", "发布日期": "2024-03-02"},
    ),
    "one line of information that runs together": Layout(
        f"""<h1>{TITLE}</h1><div>发布日期：2024-03-02<br>发布机构：某县水务局<br>索引号：003127334/202403-00031
        </div><div class="article-body"><p>{SHORT}</p></div>{NEIGHBOURS}{BOTTOM}""",
        others={"发布日期": "2024-03-02", "发布机构": "某县水务局"},
    ),
    "an article element with everything in it": Layout(
        f"""<nav><a href="/">首页</a></nav><article><header><h1>{TITLE}</h1></header>
        <p>{SHORT}</p><p>附件：<a href="jh.pdf">清淤计划</a></p>
        <div class="bdsharebuttonbox">分享到：<a>微信</a></div>
        <footer>责任编辑：张</footer></article>{BOTTOM}""",
        text=(SHORT, "附件：清淤计划"),
        files=("清淤计划",),
    ),
    "no container that is known": Layout(
        f"""{TOP}<div class="box-a"><h1>{TITLE}</h1><p>{SHORT}</p></div>{NEIGHBOURS}{RELATED}
        <div><p>主办单位：某县水务局　承办单位：信息中心</p><a href="/nb.pdf">年度报表</a></div>""",
    ),
    "a general container that holds it all": Layout(
        f"""<div class="detail">{TOP}<h2>{TITLE}</h2><p>2024-03-02 09:00:00</p><p>{SHORT}</p>
        <p>【打印】【关闭】</p>{NEIGHBOURS}{RELATED}{BOTTOM}</div>""",
    ),
    "pictures alone": Layout(
        f"""{TOP}<h1>{TITLE}</h1><div id="zoom"><p><img src="1.png" alt="示意图"></p></div>
        <div class="share">分享到：<a>微信</a></div>{NEIGHBOURS}{RELATED}{BOTTOM}""",
        text=(),
    ),
    "a document alone, and documents around it": Layout(
        f"""{TOP}<h1>{TITLE}</h1>
        <div class="TRS_Editor"><p><a href="jh.pdf">清淤计划.pdf</a></p></div>
        <div class="sidebar"><a href="sc.pdf">办事手册.pdf</a></div>{RELATED}{BOTTOM}""",
        text=("清淤计划.pdf",),
        files=("清淤计划.pdf",),
    ),
    "buttons that are named like a container": Layout(
        f"""<h1>{TITLE}</h1><span id="zoom">【大 中 小】</span><div class="con_text"><p>{SHORT}</p>
        <p>扫一扫在手机打开当前页</p></div>{BOTTOM}""",
    ),
    "an empty copy for telephones, and parts that are hidden": Layout(
        f"""<div class="TRS_Editor"></div><h1>{TITLE}</h1><div class="TRS_Editor"><p>{SHORT}</p>
        <p style="display: none">草稿：停水三日。</p><script>var a = "x";</script></div>{BOTTOM}""",
    ),
    "utility classes that sound like a frame": Layout(
        f"""<div class="position-relative mt-3"><h1>{TITLE}</h1><div class="print-area">
        <div class="article-content"><p>{SHORT}</p></div></div></div>{NEIGHBOURS}""",
    ),
    "a title behind the names of the site and the column": Layout(
        f"""<div class="logo"><h1>某县水务局</h1></div><div class="detail-title">{TITLE}</div>
        <div class="detail-content"><p>{SHORT}</p></div>{NEIGHBOURS}{BOTTOM}""",
        head=f"<title>某县水务局 - 通知公告 - {TITLE}</title>",
    ),
    "a label for a heading, a title with a dash, a day without a label": Layout(
        f"""<h1>索 引 号：</h1><div class="pages-date">2024-03-02 09:00</div>
        <div class="TRS_Editor"><p>{SHORT}</p></div>{BOTTOM}""",
        others={"发布日期": "2024-03-02"},
        head=f"<title>{TITLE}—某县水务局</title>",
    ),
    "comments around the text, which says what a catalog says": Layout(
        f"""<h1>{TITLE}</h1><p>发布日期：2024-03-02 发布机构：某县水务局</p><div class="a">
        <!--ZJEG_RSS.content.begin--><p>{SHORT}</p><p>发布日期：2024年2月9日</p><p>发布机构：监理单位</p>
        <!--ZJEG_RSS.content.end--></div>{NEIGHBOURS}{BOTTOM}""",
        text=(SHORT, "发布日期：2024年2月9日", "发布机构：监理单位"),
        others={"发布日期": "2024-03-02", "发布机构": "某县水务局"},
    ),
    "a text that begins as a frame does": Layout(
        f"""<h1>{TITLE}</h1><div class="TRS_Editor"><div><p>相关信息公告如下，请各管理所知悉。</p>
        <p>{SHORT}</p><p class="top">主办单位：某县水务局</p><p><a href="jh.pdf">清淤计划</a></p>
        {NEIGHBOURS}</div></div>{BOTTOM}""",
        text=("相关信息公告如下，请各管理所知悉。", SHORT, "主办单位：某县水务局", "清淤计划"),
        files=("清淤计划",),
    ),
    "a menu in the column of the article": Layout(
        f"""<div class="content"><div class="left"><ul><li><a href="/a/">机构职能</a></li>
        <li><a href="/b/">政策文件</a></li><li><a href="/c/">财政资金</a></li></ul></div>
        <div class="right"><h1>{TITLE}</h1><p>{SHORT}</p></div></div>{BOTTOM}""",
    ),
    "a list of documents that is the article": Layout(
        f"""<h1>{TITLE}</h1><div class="wzcon"><ul><li><a href="1.pdf">清淤计划</a></li>
        <li><a href="2.pdf">停水安排</a></li><li><a href="3.pdf">联系方式</a></li></ul></div>
        {RELATED}""",
        text=("清淤计划", "停水安排", "联系方式"),
        files=("清淤计划", "停水安排", "联系方式"),
    ),
    "a document that is shown, under a title that the browser's tab does not have": Layout(
        f"""{TOP}<h2>{TITLE[:4]}<br/>
        {TITLE[4:]}</h2><div id="zoomcon"><iframe src="/pdf/jh.pdf"></iframe></div>{BOTTOM}""",
        text=(),
        files=("jh.pdf",),
        head="<title>某县人民政府</title>",
    ),
    "a title in the browser's tab alone": Layout(
        f"""{TOP}<div class="TRS_Editor"><p>{SHORT}</p></div>{BOTTOM}""",
        head=f"<title>{TITLE}-某县人民政府门户网站</title>",
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_is_read_of_a_page_is_its_article(tmp_path: Path, name: str) -> None:
    layout = LAYOUTS[name]
    page = f"<html><head>{layout.head}</head><body>{layout.body}</body></html>"
    (found,) = fields(write(tmp_path / "a.html", page))
    assert found["标题"] == TITLE
    assert tuple(str(found.get("正文", "")).split("\n")) == (tuple(layout.text) or ("",))
    files = found.get("附件", [])
    assert isinstance(files, list)
    assert [each["name"] for each in files] == list(layout.files)
    assert {key: found[key] for key in layout.others} == layout.others


def test_a_page_of_very_many_names_takes_its_time_once(tmp_path: Path) -> None:
    """Containers in containers, and beside one another: the work stays linear."""
    nested = "<div class='article'>" * 400 + SHORT + "</div>" * 400
    beside = "<div class='article'><p>上一篇：<a>甲</a></p></div>" * 4_000
    lines = "<p><span>发布日期：2024-03-02</span><span>来源：局</span></p>" * 4_000
    (found,) = fields(write(tmp_path / "a.html", f"<h1>{TITLE}</h1>{nested}{beside}{lines}"))
    assert found["正文"] == SHORT


@pytest.mark.parametrize(
    ("shown", "title"),
    [
        ("一图读懂——水渠清淤_某县水务局", "一图读懂——水渠清淤"),
        ("某县2023-2024年水费标准 - 某县人民政府", "某县2023-2024年水费标准"),
        ("关于水渠清淤的公告-通知公告-某县人民政府网站", "关于水渠清淤的公告"),
        ("某县水务局|政务公开|关于水渠清淤的通知", "关于水渠清淤的通知"),
        ("某县水务局", "某县水务局"),
    ],
)
def test_a_title_is_cut_where_the_site_begins(shown: str, title: str) -> None:
    assert strip_site(shown) == title
