"""Exports as they were met (`../shared/cases/exports`), each indexed as `gongkai index` does it.

What is right is said in `../shared/cases/README.md`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from gongkai.catalog.disclosure import Disclosure
from gongkai.engines.installation import Installation
from gongkai.query.request import SearchRequest
from gongkai.search.service import SearchService
from gongkai.settings import Settings
from indexer.ingest import Summary
from indexer.pipeline import IndexJob, publish
from indexer.review import Finding
from indexer.source_reader import survey_sources
from tests.conftest import SHARED_DATA
from tests.engines.records import read_contents

CASES = SHARED_DATA.parent / "cases" / "exports"


@dataclass(frozen=True, slots=True)
class Indexed:
    """What a run said, and the records that searches show after it."""

    summary: Summary
    records: tuple[Mapping[str, Any], ...]
    installation: Installation

    def values(self, key: str) -> set[object]:
        return {record[key] for record in self.records}

    def by_id(self) -> Mapping[str, Mapping[str, Any]]:
        return {record["id"]: record for record in self.records}

    def first(self, text: str) -> str:
        """The id of the record that a search shows first."""

        async def search() -> str:
            engine = self.installation.open_engine()
            answer = await SearchService(self.installation, engine).search(SearchRequest(text))
            await engine.close()
            return answer.hits[0].id

        return asyncio.run(search())


Index = Callable[..., Indexed]


@pytest.fixture
def index(installation: Installation, tmp_path: Path) -> Index:
    """Index files of the shared cases, by name, into a fresh data folder."""
    if not CASES.is_dir():
        pytest.skip("SKIPPED LOUDLY: ../shared/cases is not beside this checkout")
    fresh = replace(installation, settings=Settings(data_dir=tmp_path / "data"))

    def run(*names: str, disclosure: Disclosure | None = None) -> Indexed:
        survey = survey_sources([CASES / name for name in names])
        order = IndexJob(survey.sources, disclosure=disclosure, skipped=survey.skipped)
        summary = publish(order, fresh).summary
        return Indexed(summary, tuple(map(orjson.loads, read_contents(fresh).values())), fresh)

    return run


def _titles(indexed: Indexed, *expected: str) -> bool:
    return indexed.values("title") == set(expected) and len(indexed.records) == len(expected)


def test_a_declared_disclosure_fills_over_no_closing_word(index: Index) -> None:
    indexed = index("closing_words.jsonl", disclosure=Disclosure.PUBLIC)
    assert indexed.records == ()
    assert indexed.summary.withheld["not_public"] + indexed.summary.refused.total() == 13


def test_other_text_and_address_make_another_document(index: Index) -> None:
    indexed = index("same_title_same_day.jsonl")
    assert len(indexed.records) == len(indexed.values("url")) == 3
    assert indexed.summary.reviews[Finding.SAME_ID] == 2


def test_placeholders_are_no_numbers(index: Index) -> None:
    indexed = index("placeholder_index_numbers.jsonl")
    assert len(indexed.records) == 9
    assert indexed.values("index_number") == {None, "003127334/202403-00021"}
    assert indexed.values("document_number") == {None}
    assert indexed.summary.reviews[Finding.SAME_ID] == 1


def test_ids_of_two_departments_lose_nothing(index: Index) -> None:
    indexed = index("ids_department_a.csv", "ids_department_b.csv")
    assert _titles(indexed, *(f"关于{name}的通知" for name in "甲乙丙丁"))
    assert indexed.summary.reviews[Finding.SAME_ID] == 2


def test_every_list_of_a_file_is_read(index: Index) -> None:
    indexed = index("several_lists.json")
    assert set(indexed.by_id()) == {"g1", "b1", "b2", "o1"}


def test_an_object_around_a_list_is_no_record(index: Index) -> None:
    indexed = index("header_before_list.json")
    assert _titles(indexed, "有头甲", "有头乙")
    assert indexed.summary.read == 2


def test_a_control_character_costs_no_record(index: Index) -> None:
    indexed = index("control_character.xml")
    assert _titles(indexed, "第一条", "第二条含控制符", "第三条")


def test_a_heading_of_two_rows_is_one(index: Index) -> None:
    (record,) = index("two_row_heading.xlsx").records
    assert record["document_number"] == "宜财〔2024〕1号"
    assert (record["publisher_name"], record["published_on"]) == ("安庆市财政局", "2024-03-01")


def test_merged_cells_are_of_every_row(index: Index) -> None:
    indexed = index("merged_cells.xlsx")
    assert len(indexed.records) == 3
    assert indexed.values("publisher_name") == {"安庆市财政局"}
    assert indexed.values("published_on") == {"2024-03-01"}


def test_text_formulas_are_unwrapped(index: Index) -> None:
    indexed = index("text_formula_cells.csv")
    assert _titles(indexed, "关于停车的通知", "关于夜市的通知")
    assert indexed.values("document_number") == {"宜城管〔2024〕12号", "宜城管〔2024〕15号"}
    assert set(indexed.by_id()) == {"003127334/202403-00012", "003127334/202403-00015"}


AMBIGUOUS, NO_DATE = "published_on: ambiguous_date", "published_on: invalid_date"
FILLER, FUTURE = "published_on: filler_date", "published_on: future_date"
OTHER_DATES = {6: AMBIGUOUS, 7: FUTURE, 8: FILLER, 9: FILLER, 11: AMBIGUOUS, 20: NO_DATE,
               21: AMBIGUOUS, 22: AMBIGUOUS, 23: AMBIGUOUS}  # fmt: skip
"""2024.1, 2042, 1900-01-01, 1970-01-01 08:00, 45352 as text, 民国, a span, two days, 3/1/24."""


def test_dates_are_read_in_one_way_or_refused(index: Index) -> None:
    indexed = index("dates.jsonl")
    read = {f"d{n}" for n in range(1, 25) if n not in OTHER_DATES}
    assert set(indexed.by_id()) == read
    assert indexed.values("published_on") == {"2024-03-01"}
    assert indexed.summary.refused == Counter(OTHER_DATES.values())


def test_texts_have_no_entities_tags_or_signs_without_a_width(index: Index) -> None:
    indexed = index("entities_tags_radicals.jsonl")
    titles = {key: record["title"] for key, record in indexed.by_id().items()}
    bodies = {key: record["body"] for key, record in indexed.by_id().items()}
    assert len(titles) == 22
    assert titles["t01"] == "安庆市“十四五”养老服务规划"
    assert titles["t02"] == "关于城乡居民 医疗保险的通知"
    assert titles["t03"] == "关于印发《公共机构节能办法》的通知"
    assert titles["t04"] == "关于房屋征收补偿的公告"
    assert titles["t07"] == "关于老旧小区加装电梯的实施意见"
    assert titles["t12"] == "安 庆 市政务服务大厅搬迁公告"
    assert titles["t16"] == "关于小区&商铺电价的通知"
    assert titles["t22"] == "标题中有 制表符和 换行的通知"
    assert bodies["t07"] == "零宽字符正文：住房公积金"
    assert bodies["t13"] == "为推动绿色低碳转型，“双碳”目标如期实现，制定本意见。……"
    assert bodies["t16"] == "A<B 时执行阶梯电价。"
    assert indexed.summary.warnings == {"title: garbled": 3, "body: garbled": 1}
    assert indexed.summary.refused == {}
    searches = {
        "民政救助": "t09",
        "长江大桥至门前街": "t09",
        "崎岖道路整治": "t14",
        "通知 食堂": "t05",
        "安庆市政务服务大厅": "t12",
        "住房公积金": "t07",
        "台风防御": "t15",
    }
    assert {text: indexed.first(text) for text in searches} == searches


def test_a_page_is_its_article_however_short(index: Index) -> None:
    records = index("page_short_body", disclosure=Disclosure.PUBLIC).records
    found = {each["title"]: (each["body"], len(each["attachments"])) for each in records}
    assert found == {
        "2023年度部门决算公开": ("2023年度部门决算.pdf", 1),
        "一图读懂停车新规": ("", 0),
        "关于停业整顿的通告": ("因设备检修，本窗口3月8日停办一天。", 0),
    }


def test_a_page_of_a_document_alone(index: Index) -> None:
    (record,) = index("page_pdf_only.html", disclosure=Disclosure.PUBLIC).records
    name = "安庆市城市管理局2023年度部门决算.pdf"
    assert record["body"] == name
    assert [each["name"] for each in record["attachments"]] == [name]


def test_the_catalog_table_of_a_page_wins_over_its_spans(index: Index) -> None:
    (record,) = index("page_adjacent_spans.html", disclosure=Disclosure.PUBLIC).records
    assert (record["published_on"], record["publisher_name"]) == ("2024-03-05", "安庆市城市管理局")
    assert record["body"].startswith("为进一步规范")
    assert record["body"].endswith("以本通知为准。")
    assert record["attachments"] == []


def test_the_title_of_a_page_has_no_site_in_it(index: Index) -> None:
    (record,) = index("page_spans_h2_title.html", disclosure=Disclosure.PUBLIC).records
    assert record["title"] == "关于规范城区停车泊位管理的通知"
    assert record["body"].endswith("2024年3月1日")


def test_text_in_smart_tags_and_insertions_is_text(index: Index) -> None:
    texts = {each["attachments"][0]["text"] for each in index("docx").records}
    assert texts == {
        "本办法自2009年10月1日起施行，泊位间距不小于五点五米。",
        "补贴标准为每人每月柒佰贰拾元，按季发放。",
    }


def test_headings_of_other_systems_are_understood(index: Index) -> None:
    indexed = index("other_headings.jsonl")
    (record,) = indexed.records
    assert record["document_number"] == "宜城管〔2024〕5号"
    assert (record["validity"], record["extra"]) == ("废止", {})
    assert record["body"] == "首三十分钟免费，夜间蓝鲸时段减半收取。"
    assert record["url"] == "http://www.example.gov.cn/x.html"
    assert [each["name"] for each in record["attachments"]] == ["收费表.pdf"]
    assert indexed.summary.headings.counts == {}


def test_a_table_under_the_name_of_a_workbook(index: Index) -> None:
    indexed = index("html_table.xls")
    assert _titles(indexed, *(f"网页表格{number}的通知" for number in (1, 2, 3)))
    assert indexed.summary.read == 3


def test_every_file_of_a_folder_is_read_or_named(index: Index) -> None:
    indexed = index("mixed_folder", disclosure=Disclosure.PUBLIC)
    named = {Path(part.source).name for part in indexed.summary.skipped}
    assert named == {"c.ofd", "d.zip", "x11_biff.xls"}
    assert indexed.summary.needs_staff
    assert {f"网页表格{number}的通知" for number in (1, 2, 3)} <= indexed.values("title")
    pages = {
        record["body"]
        for record in indexed.records
        if record["title"] == "安庆市人民政府办公室关于规范城区停车泊位管理的通知"
    }
    assert {text[:6] for text in pages} == {"各县（市、区"}
