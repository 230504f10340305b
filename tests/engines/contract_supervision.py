"""What every engine has to count of each agency: one set of records, one set of figures."""

from collections import Counter

from gongkai.engines.installation import Installation
from gongkai.search.annual_tables import build_annual_tables
from gongkai.search.number_series import Gaps, Series, find_gaps, read_series
from gongkai.search.supervision import count_units
from gongkai.search.units import UnitReader
from tests.engines.contract import Make, Opened

BUREAU = "340800-czj"
ROWS = (
    {"id": "guide", "title": "安庆市财政局政府信息公开指南", "category": "监督保障"},
    {
        "id": "report",
        "title": "安庆市财政局2019年政府信息公开工作年度报告",
        "issued_on": "2020-01-10",
        "published_on": "2020-01-20",
        "category": "监督保障/政府信息公开年报",
        "topic": "综合政务/政务公开",
    },
    {
        "id": "old",
        "title": "财政票据管理办法",
        "document_number": "宜财综〔2010〕8号",
        "category": "决策/行政规范性文件",
        "topic": "财政、金融、审计/财政",
        "attachments": "票据式样.xls",
    },
    {
        "id": "new",
        "title": "财政电子票据管理办法",
        "document_number": "宜财综〔2020〕3号",
        "issued_on": "2020-01-02",
        "published_on": "2020-05-06",
        "validity": "有效",
        "category": "决策/行政规范性文件",
        "topic": "财政、金融、审计/财政",
        "body": "本办法自发布之日起施行。《财政票据管理办法》（宜财综〔2010〕8号）同时废止。",
    },
)


class SupervisionContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    def test_an_agencys_figures_are_counted_record_by_record(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        hidden = make(
            id="hidden",
            publisher="安庆市财政局",
            disclosure="依申请公开",
            body="《财政电子票据管理办法》同时废止。",
        )
        own = [make(publisher="安庆市财政局", **row) for row in ROWS]
        opened.index([*own, hidden, make(id="other")])
        units = opened.run(count_units(fresh, opened.engine))
        figures = units[BUREAU]
        assert figures.records == 5
        assert figures.duties["政府信息公开指南"] == 1
        assert figures.reports == {2019: "2020-01-20"}
        assert (figures.numbered, figures.unmarked) == (2, 1)
        assert (figures.attachments, figures.dead) == (1, 1)
        # Only a public text repeals, and only what is not marked is counted.
        assert figures.repealed == 1
        assert (figures.dated, figures.late) == (2, 1)
        assert figures.unclassified == 2
        assert sum(each.records for each in units.values()) == 6
        series = opened.run(read_series(opened.engine))
        assert {key: each.serials for key, each in series.items()} == {
            ("宜财综", 2010): {8},
            ("宜财综", 2020): {3},
        }
        assert find_gaps(series) == []
        (gaps,) = (each for each in find_gaps({("甲", 2020): Series({1, 4}, Counter("a"))}, 2))
        assert gaps == Gaps("甲", 2020, "a", 2, 4, (2, 3))

    def test_the_reports_tables_hold_what_the_index_knows(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        opened.index([make(publisher="安庆市财政局", **row) for row in ROWS])
        agencies = fresh.tables.agencies
        bureau, city = agencies.by_code(BUREAU), agencies.by_code("340800-zf")
        assert bureau is not None
        assert city is not None
        for agency in (bureau, city):
            made = opened.run(build_annual_tables(opened.engine, fresh.tables, agency, 2020))
            assert made.tables[0].rows == [
                ("规章", "0", "", "0"),
                ("行政规范性文件", "2", "", "1"),
            ]
        overview = opened.run(UnitReader(fresh, opened.engine).read(bureau))
        assert (overview.own, overview.total) == (4, 4)
        reports = next(each for each in overview.duties if each.years)
        assert reports.years == [2019]
        above = opened.run(UnitReader(fresh, opened.engine).read(city))
        assert not any(each.is_own for each in above.duties)
        assert (above.own, above.total) == (0, 4)
