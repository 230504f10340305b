"""What every engine has to do with stated terms, dates of records, scopes and interpretations."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gongkai.catalog.dates import PartialDate
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery
from gongkai.query.filters import build_filters
from gongkai.query.request import Scope, SearchRequest
from gongkai.query.tree import MatchAll
from gongkai.search.service import SearchService
from tests.engines.contract import Make, Opened

PASSED, COMING = date(2026, 10, 1), date(2026, 9, 30)
FIVE_YEARS = "第七条 本办法自2021年10月1日起施行，有效期五年。"


class ValidityContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    @pytest.fixture
    def search(self, opened: Opened, fresh: Installation) -> Any:
        def ids(request: SearchRequest, today: date = PASSED) -> list[str]:
            service = SearchService(fresh, opened.engine, today=lambda: today)
            return [hit.id for hit in opened.run(service.search(request)).hits]

        return ids

    def test_a_term_that_has_passed_sinks_on_its_day(
        self, opened: Opened, make: Make, search: Any
    ) -> None:
        opened.index(
            [
                make(id="old", title="城乡供水管理办法", published_on="2021-09-01",
                     body=FIVE_YEARS),
                make(id="new", title="城乡供水管理办法", published_on="2021-08-01",
                     body=FIVE_YEARS.replace("五", "六")),
            ]
        )  # fmt: skip
        request = SearchRequest("供水管理", semantic=False)
        assert search(request, COMING) == ["old", "new"]
        assert search(request, PASSED) == ["new", "old"]
        in_force = replace(request, in_force=True)
        assert search(in_force, COMING) == ["old", "new"]
        assert search(in_force, PASSED) == ["new"]

    def test_hits_and_records_state_the_term(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        opened.index([make(id="a", title="供水办法（试行）", body=FIVE_YEARS, validity="有效")])
        service = SearchService(fresh, opened.engine, today=lambda: PASSED)
        (hit,) = opened.run(service.search(SearchRequest("供水"))).hits
        record = opened.run(service.record("a"))
        assert record is not None
        for view in (hit, record):
            assert (view.effective_on, view.expires_on) == ("2021-10-01", "2026-09-30")
            assert (view.term_passed, view.validity) == (True, "有效")
        assert (record.term_passage, record.trial) == (FIVE_YEARS.rstrip("。"), True)

    def test_records_are_filtered_by_each_of_their_dates(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        opened.index(
            [
                make(id="day", issued_on="2021-09-15", body=FIVE_YEARS),
                make(id="year", issued_on="2021", body="本办法自2023年1月1日起施行。"),
                make(id="none"),
            ]
        )

        def ids(**dates: PartialDate) -> list[str]:
            filters = build_filters(SearchRequest(**dates), fresh.tables, PASSED)  # type: ignore[arg-type]
            return sorted(hit.id for hit in opened.ask(EngineQuery(MatchAll(), filters)).hits)

        assert ids(issued_from=PartialDate(2021, 9, 15)) == ["day", "year"]
        assert ids(issued_to=PartialDate(2021, 9, 14)) == ["year"]
        assert ids(effective_from=PartialDate(2021)) == ["day", "year"]
        assert ids(effective_from=PartialDate(2022), effective_to=PartialDate(2023)) == ["year"]
        assert ids(issued_from=PartialDate(2021), effective_to=PartialDate(2022)) == ["day"]

    def test_the_scope_of_titles_leaves_texts_out(
        self, opened: Opened, make: Make, search: Any
    ) -> None:
        opened.index(
            [
                make(id="title", title="公积金提取办法", body="全文。"),
                make(id="body", title="办事指南", body="公积金提取的材料。", keywords="公积金"),
                make(id="number", title="供水通知", document_number="宜政办〔2020〕3号"),
            ]
        )

        def titled(text: str) -> list[str]:
            wide = search(SearchRequest(text, semantic=False))
            found: list[str] = search(SearchRequest(text, scope=Scope.TITLE, semantic=False))
            assert set(found) <= set(wide)
            return found

        for text in ("公积金", "公积金提取", "公积金 提取", '"公积金提取"', "提", "公积金怎么提取"):
            assert titled(text) == ["title"], text
        assert titled("材料") == []
        assert titled("宜政办〔2020〕3号") == []
        assert set(titled("办法 指南")) <= {"title", "body"}
        assert titled("公积金 -提取") == []

    def test_documents_and_interpretations_lead_to_each_other(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        opened.index(
            [
                make(id="rule", title="关于印发《某市城乡供水办法》的通知",
                     published_on="2021-01-02", document_number="宜政办〔2021〕3号"),
                make(id="earlier", title="某市城乡供水办法", published_on="2010-01-02"),
                make(id="talk", title="《某市城乡供水办法》政策解读", published_on="2021-01-05"),
                make(id="by number", title="宜政办〔2021〕3号文件解读", published_on="2021-01-06"),
                make(id="other", title="关于学习《某市城乡供水办法》的通知",
                     published_on="2021-02-01"),
            ]
        )  # fmt: skip
        service = SearchService(fresh, opened.engine, today=lambda: PASSED)

        def record(name: str) -> Any:
            return opened.run(service.record(name))

        assert [each.id for each in record("talk").explains] == ["rule"]
        assert [each.id for each in record("by number").explains] == ["rule"]
        assert [each.id for each in record("rule").explained_by] == ["talk", "by number"]
        assert record("other").explains == []
        assert record("rule").explains == []
