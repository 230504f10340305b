"""The tables of a city as forms: each column explained, with the rows to start from.

A file in the city's folder replaces the shipped one, so a form contains the shipped rows, except
where they are another city's.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TypeAlias

from gongkai.catalog.fields import COLUMNS, TITLES

Cells: TypeAlias = Sequence[str]
_TABLES, _DICTIONARIES = "gongkai.catalog.data", "analyzers.dictionaries"
_CLASSES = tuple(each.key for each in COLUMNS if each.classified)
_CLASS_COLUMNS = {
    "path": "分类，下级写在上级之后，用 / 隔开，如 财政、金融、审计/财政；上级须另有一行",
    "aliases": "导出文件中的其他写法，多个用分号隔开，没有的留空",
}


@dataclass(frozen=True, slots=True)
class TableTemplate:
    """A table with the explanation of each column, its first rows and examples.

    `is_dictionary` tells the folder that it belongs to: GONGKAI_DICTIONARY_DIR or
    GONGKAI_TABLES_DIR.
    """

    name: str
    purpose: str
    columns: Mapping[str, str]
    rows: tuple[Cells, ...] = ()
    examples: tuple[Cells, ...] = ()
    is_dictionary: bool = False

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


def list_city_templates() -> tuple[TableTemplate, ...]:
    """Returns the tables that differ in every city: agencies, halls and headings."""
    return (_agencies(), _halls(), _headings())


def list_templates() -> tuple[TableTemplate, ...]:
    """Returns all tables that a city can replace."""
    return (
        *list_city_templates(),
        *map(_classification, _CLASSES),
        _places(),
        _page_layouts(),
        _hosts(),
        _duties(),
        _api_keys(),
        _words(),
        _stopwords(),
        _synonyms(),
    )


def _agencies() -> TableTemplate:
    return TableTemplate(
        "agencies",
        "发布机构。本市（县）的机构逐行填写；已列出的国家机构请保留，引用上级文件时要用。",
        {
            "code": "机构代码，不得重复，不得改用于其他机构。"
            "有统一社会信用代码的取第9至17位，没有的填行政区划代码加拼音首字母，如 340800-czj",
            "name": "机构全称，与公章一致",
            "short_names": "常用简称，多个用分号隔开，如 市财政局;财政局",
            "level": "级别，填 国家、省、市、县、乡 之一",
            "parent": "上级机构的代码，没有的留空",
            "former_names": "曾用名，多个用分号隔开；机构改名后把旧名填在这里",
            "place": "所在行政区划的全称，如 安庆市；国家机构留空",
        },
        rows=tuple(_national_agencies()),
        examples=(("340800-czj", "安庆市财政局", "市财政局", "市", "", "", "安庆市"),),
    )


def _halls() -> TableTemplate:
    return TableTemplate(
        "halls",
        "政务服务大厅的触摸屏，每个大厅一行。第一行是默认大厅。",
        {
            "code": "大厅代号，用小写字母和数字，出现在网址里：/kiosk?hall=代号",
            "name": "屏幕上显示的名称",
            "agencies": "排在最前面的机构，填全称或代码，多个用分号隔开",
            "idle_seconds": "无人操作多少秒后回到首页，30 或以上",
            "printer": "大厅有没有打印机，填 有 或 无",
            "tiles": "首页上的常用检索词，多个用分号隔开",
        },
        rows=(("default", "政府信息公开查询", "", "90", "无", "低保;公积金提取;医保报销"),),
    )


def _hosts() -> TableTemplate:
    return TableTemplate(
        "hosts",
        "有自己域名的单位网站。一个域名一行，网站上只有这个单位及其下级单位的信息。",
        {
            "host": "域名，不带 http:// 和端口，如 xxgk.hnx.example.gov.cn",
            "unit": "单位代码，见 agencies.csv",
            "name": "网站名称",
            "accent": "主色，如 #9c1c1c，与白字的对比度不低于 4.5；留空则与主站相同",
            "hall": "触摸屏大厅代号，见 halls.csv；留空则用网站名称",
        },
        examples=(("xxgk.hnx.example.gov.cn", "340822-zf", "怀宁县政府信息公开", "#9c1c1c", ""),),
    )


def _duties() -> TableTemplate:
    columns = {
        "name": "应公开内容的名称",
        "rule": "填 指南（应有一份）、年报（每年一份）或 栏目（不得为空）",
        "category": "组配分类，如 监督保障/政府信息公开指南；属于这一类即可",
        "titles": "标题中的字样，多个用分号隔开；标题含有其一即可",
        "levels": "哪些级别的单位应当公开，如 市;县;乡",
        "due": "年报的截止日期，如 01-31；县级以上人民政府另有期限的写在分号后，如 01-31;03-31",
    }
    return TableTemplate(
        "duties",
        "各单位应当公开的内容，用于单位主页和公开督查。",
        columns,
        rows=_shipped(_TABLES, "duties", columns),
    )


def _api_keys() -> TableTemplate:
    return TableTemplate(
        "api_keys",
        "调用数据接口的程序。每个密钥有自己的频率限制；密钥由 gongkai apikey 生成，表中只有摘要。",
        {
            "name": "程序或者单位的名称",
            "digest": "密钥的摘要，照抄 gongkai apikey 显示的一行",
            "rate": "每秒最多请求多少次，如 50",
        },
    )


def _headings() -> TableTemplate:
    return TableTemplate(
        "headings",
        "本市系统导出文件的列名。gongkai inspect 显示为 ? 的列才需要填写。",
        {
            "heading": "导出文件里的列名，照抄",
            "field": "对应的目录项，如 标题、发文字号、公开方式；不需要的列填 extra",
        },
        examples=(("文件题名", "标题"),),
    )


def _classification(name: str) -> TableTemplate:
    return TableTemplate(
        name,
        f"{TITLES[name]}。已列出自带的分类，可以增删；修改后把导出文件重新索引一遍。",
        _CLASS_COLUMNS,
        rows=_shipped(_TABLES, name, _CLASS_COLUMNS),
    )


def _places() -> TableTemplate:
    columns = {
        "code": "行政区划代码，如 340800",
        "name": "行政区划全称，如 安庆市",
        "level": "级别，填 国家、省、市、县、乡 之一",
        "parent": "上级行政区划的代码",
        "short_names": "简称，多个用分号隔开，如 安庆;宜",
        "former_names": "曾用名，多个用分号隔开",
    }
    return TableTemplate(
        "places",
        "行政区划。已列出自带的各级地名，请补上本市（县）的下级地名。",
        columns,
        rows=_shipped(_TABLES, "places", columns),
    )


def _page_layouts() -> TableTemplate:
    return TableTemplate(
        "page_layouts",
        "本市门户网页的版式。gongkai inspect 不能认出网页各栏时才需要填写。",
        {
            "layout": "版式名称；同一名称的若干行组成一种版式",
            "field": "page、site、remove，或目录项，如 标题、正文、附件；page 和 site 至少一行",
            "selector": "CSS 选择器，取元素的文字；@ 之后写属性名则取属性；site 填网址的主机",
        },
        examples=(("市局", "page", "body.city-x"), ("市局", "标题", ".headline")),
    )


def _words() -> TableTemplate:
    columns = {
        "word": "词，两个以上汉字，检索时不拆开，如 宜城通",
        "frequency": "词频，通常留空，由系统取最小的够用的值",
        "kind": "类别，只供查阅，可以留空",
    }
    return TableTemplate(
        "government",
        "分词用词。已列出自带的词，请补上本市的专名、项目名和简称；"
        "修改后用 gongkai index --rebuild 重建索引。",
        columns,
        rows=_shipped(_DICTIONARIES, "government", columns),
        examples=(("宜城通", "", "本市"),),
        is_dictionary=True,
    )


def _stopwords() -> TableTemplate:
    columns = {
        "word": "检索时不作要求的词，如 的、怎么",
        "kind": "类别；填 疑问 的是提问的词，其他只供查阅",
    }
    return TableTemplate(
        "stopwords",
        "检索时不作要求的词。已列出自带的词，可以增删；修改后重启服务器。",
        columns,
        rows=_shipped(_DICTIONARIES, "stopwords", columns),
        is_dictionary=True,
    )


def _synonyms() -> TableTemplate:
    columns = {
        "term": "群众的说法，如 低保",
        "official": "规范用语，如 最低生活保障",
        "direction": "one：检索前者时也检索后者；both：两者互相检索",
        "kind": "类别，只供查阅，可以留空",
    }
    return TableTemplate(
        "synonyms",
        "通俗说法和规范用语。已列出自带的各行，请补上本市的说法；修改后重启服务器。",
        columns,
        rows=_shipped(_DICTIONARIES, "synonyms", columns),
        examples=(("宜城通", "城市一卡通", "one", "本市"),),
        is_dictionary=True,
    )


def _shipped(package: str, name: str, columns: Mapping[str, str]) -> tuple[Cells, ...]:
    """Returns the rows of a shipped table, cells in the order of `columns`."""
    content = resources.files(package).joinpath(f"{name}.csv").read_text("utf-8-sig")
    rows = csv.DictReader(io.StringIO(content, newline=""))
    return tuple(tuple(row[column] or "" for column in columns) for row in rows)


def _national_agencies() -> Iterator[Cells]:
    """Yields the shipped agencies that every city shares."""
    columns = ("code", "name", "short_names", "level", "parent", "former_names", "place")
    level = columns.index("level")
    shipped = _shipped(_TABLES, "agencies", dict.fromkeys(columns, ""))
    yield from (row for row in shipped if row[level] == "国家")
