"""What every engine has to give for lists in which records with the same text are one hit."""

from dataclasses import replace

import pytest

from gongkai.duplicates.decisions import Decision, Decisions, Verdict
from gongkai.duplicates.evidence import Kind
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.query.request import SearchRequest, Sort
from gongkai.search.responses import SearchAnswer
from gongkai.search.service import SearchService
from tests.duplicates.texts import SCHOOL, WATER
from tests.engines.contract import Make, Opened

TITLE = "关于加强农村饮水安全工作的通知"
NUMBER = "宜政发〔2020〕12号"
ASKED = SearchRequest(text="饮水安全", semantic=False)


class CopiesContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    @pytest.fixture
    def copied(self, opened: Opened, make: Make) -> Opened:
        opened.index(
            [
                make(id="city", title=TITLE, document_number=NUMBER, body=WATER),
                make(
                    id="county",
                    title=TITLE,
                    document_number=NUMBER,
                    body=WATER,
                    publisher="怀宁县水利局",
                ),
                make(id="numbered", title=TITLE, document_number="怀水〔2020〕3号", body=WATER),
                make(id="school", title="饮水安全与招生", body=SCHOOL),
                make(id="other", title="饮水安全检查的通报", body=f"{SCHOOL}另行通知饮水安全。"),
                make(id="hidden", title=TITLE, disclosure="依申请公开", body=WATER),
            ]
        )
        return opened

    def ask(self, copied: Opened, fresh: Installation, request: SearchRequest) -> SearchAnswer:
        return copied.run(SearchService(fresh, copied.engine).search(request))

    def folded(self, answer: SearchAnswer) -> dict[str, list[str]]:
        return {hit.id: [copy.id for copy in hit.folded] for hit in answer.hits}

    def test_records_with_the_same_text_are_one_hit_and_all_are_counted(
        self, copied: Opened, fresh: Installation
    ) -> None:
        whole = self.ask(copied, fresh, replace(ASKED, fold=False))
        folded = self.ask(copied, fresh, ASKED)
        assert (folded.total, folded.facets) == (whole.total, whole.facets)
        first, last = sorted(("city", "county"), key=[hit.id for hit in whole.hits].index)
        shown = self.folded(folded)
        assert shown[first] == [last]
        assert last not in shown
        # Another number, another text, and a record without public text stay apart.
        assert {"numbered", "other", "hidden"} <= shown.keys()
        assert {*shown, last} == {hit.id for hit in whole.hits}

    def test_every_record_of_the_list_is_on_exactly_one_page(
        self, copied: Opened, fresh: Installation
    ) -> None:
        for sort in Sort:
            asked = replace(ASKED, sort=sort, size=1)
            total = self.ask(copied, fresh, asked).total
            pages = [
                self.folded(self.ask(copied, fresh, replace(asked, page=page)))
                for page in range(1, total + 1)
            ]
            found = [
                each for page in pages for hit, copies in page.items() for each in (hit, *copies)
            ]
            assert len(found) == len(set(found)) == total

    def test_a_filter_finds_a_copy_without_the_record_that_was_shown(
        self, copied: Opened, fresh: Installation
    ) -> None:
        asked = replace(ASKED, chosen={"publisher": ("怀宁县水利局",)})
        assert self.folded(self.ask(copied, fresh, asked)) == {"county": []}

    def test_versions_are_compared_by_article_while_both_are_public(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        old = f"第一条 {''.join(WATER[60:160].split())}\n第二条 每月检测水质。\n第三条 缴纳水费。"
        title = "安庆市农村供水管理办法"
        opened.index(
            [
                make(id="old", title=f"{title}（试行）", published_on="2010-04-01", body=old),
                make(id="new", title=title, body=old.replace("每月", "每日")),
                make(id="else", title=title, publisher="安庆市财政局", body=f"第一条 {SCHOOL}"),
                make(id="hidden", title=title, disclosure="依申请公开", body=old),
            ]
        )
        service = SearchService(fresh, opened.engine)
        record = opened.run(service.record("old"))
        assert record
        assert [each.id for each in record.versions] == ["new"]
        for one, other in (("old", "new"), ("new", "old")):
            found = opened.run(service.comparison(one, other))
            assert found
            assert (found.earlier.id, found.later.id) == ("old", "new")
            assert found.counts == {"same": 2, "changed": 1, "added": 0, "removed": 0}
        assert opened.run(service.comparison("old", "hidden")) is None
        opened.store.withdraw(["old"], cause=STAFF)
        assert opened.run(service.comparison("new", "old")) is None

    def test_what_is_withdrawn_or_decided_as_distinct_is_no_copy(
        self, copied: Opened, fresh: Installation
    ) -> None:
        service = SearchService(fresh, copied.engine)
        record = copied.run(service.record("city"))
        assert record
        assert [each.id for each in record.copies] == ["county"]
        decisions = Decisions(fresh.settings.data_dir)
        verdict = Verdict(
            "c", Decision.DISTINCT, ("city", "county"), Kind.SAME_TEXT, 1.0, None, "a", "2026-01-01"
        )
        decisions.decide(verdict)
        assert {"city", "county"} <= self.folded(self.ask(copied, fresh, ASKED)).keys()
        decisions.undo("c", by="a")
        copied.store.withdraw(["county"], cause=STAFF)
        assert self.folded(self.ask(copied, fresh, ASKED))["city"] == []
