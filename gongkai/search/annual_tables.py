"""The tables of the annual report (政府信息公开工作年度报告) in the State Council's format.

国办公开办函〔2021〕30号, parts 二 to 四. Cells that the index can count are filled, all others stay
empty for the agency.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.catalog.agencies import Agency
from gongkai.catalog.dates import parse_date
from gongkai.catalog.tables import Tables
from gongkai.engines.port import SearchEngine
from gongkai.query.filters import published_between, published_by
from gongkai.query.tree import And, Or, Query, Term

_GOVERNMENT = "人民政府"
_NORMATIVE = Term("category", "决策/行政规范性文件")
_RULES = Term("genre", "规章")
_LICENCES = Or((Term("genre", "行政许可"), Term("category", "管理/行政许可")))
_PENALTIES = Term("genre", "行政处罚")

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table: its heading, the rows of its head, and its rows. An empty cell is to be filled."""

    heading: str
    head: Sequence[Cells]
    rows: Sequence[Cells]


@dataclass(frozen=True, slots=True)
class AnnualTables:
    """The tables of an agency and year; those of a government cover the agencies below it."""

    agency: Agency
    year: int
    covers_below: bool
    tables: Sequence[ReportTable]


async def build_annual_tables(
    engine: SearchEngine, tables: Tables, agency: Agency, year: int
) -> AnnualTables:
    """Returns the tables with what the public records of the year show."""
    covers_below = agency.name.endswith(_GOVERNMENT)
    scope = published_by(agency.code, tables) if covers_below else Term("publisher", agency.code)
    day = parse_date(str(year), field="published_on")
    of_year: Query = And((scope, published_between(day, day)))
    issued = [And((of_year, each)) for each in (_RULES, _NORMATIVE, _LICENCES, _PENALTIES)]
    valid = [And((scope, each, Term("validity", "有效"))) for each in (_RULES, _NORMATIVE)]
    found = list(map(str, await engine.count([*issued, *valid])))
    rules, normative, licences, penalties, valid_rules, valid_normative = found
    disclosed = (
        _disclosed_documents((rules, valid_rules), (normative, valid_normative)),
        ReportTable(
            "第二十条第（五）项",
            [("信息内容", "本年处理决定数量")],
            [("行政许可", licences)],
        ),
        ReportTable(
            "第二十条第（六）项",
            [("信息内容", "本年处理决定数量")],
            [("行政处罚", penalties), ("行政强制", "")],
        ),
        ReportTable(
            "第二十条第（八）项",
            [("信息内容", "本年收费金额（单位：万元）")],
            [("行政事业性收费", "")],
        ),
    )
    return AnnualTables(agency, year, covers_below, (*disclosed, _APPLICATIONS, _REVIEWS))


def _disclosed_documents(rules: Cells, normative: Cells) -> ReportTable:
    return ReportTable(
        "二、主动公开政府信息情况　第二十条第（一）项",
        [("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")],
        [
            ("规章", rules[0], "", rules[1]),
            ("行政规范性文件", normative[0], "", normative[1]),
        ],
    )


_APPLICANTS = (
    "自然人",
    "商业企业",
    "科研机构",
    "社会公益组织",
    "法律服务机构",
    "其他",
    "总计",
)
_OUTCOMES = (
    "一、本年新收政府信息公开申请数量",
    "二、上年结转政府信息公开申请数量",
    "三、本年度办理结果　（一）予以公开",
    "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    "（三）不予公开　1.属于国家秘密",
    "2.其他法律行政法规禁止公开",
    "3.危及“三安全一稳定”",
    "4.保护第三方合法权益",
    "5.属于三类内部事务信息",
    "6.属于四类过程性信息",
    "7.属于行政执法案卷",
    "8.属于行政查询事项",
    "（四）无法提供　1.本机关不掌握相关政府信息",
    "2.没有现成信息需要另行制作",
    "3.补正后申请内容仍不明确",
    "（五）不予处理　1.信访举报投诉类申请",
    "2.重复申请",
    "3.要求提供公开出版物",
    "4.无正当理由大量反复申请",
    "5.要求行政机关确认或重新出具已获取信息",
    "（六）其他处理　1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "3.其他",
    "（七）总计",
    "四、结转下年度继续办理",
)
_APPLICATIONS = ReportTable(
    "三、收到和处理政府信息公开申请情况",
    [
        ("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", "自然人")
        + ("法人或其他组织",) * 5
        + ("总计",),
        ("", *_APPLICANTS),
    ],
    [(outcome, *[""] * len(_APPLICANTS)) for outcome in _OUTCOMES],
)
_RESULTS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
_REVIEWS = ReportTable(
    "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
    [
        ("行政复议",) * 5 + ("行政诉讼　未经复议直接起诉",) * 5 + ("行政诉讼　复议后起诉",) * 5,
        _RESULTS * 3,
    ],
    [("",) * 15],
)
