"""What every engine has to find: what a record cites, and what cites it, while it is public."""

from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.search.citation_service import CitationsAnswer, CitationService
from gongkai.search.service import SearchService
from tests.duplicates.texts import SCHOOL, WATER
from tests.engines.contract import Make, Opened

RULE = "安庆市农村供水管理办法"
ISSUED = f"安庆市人民政府关于印发《{RULE}》的通知"
NUMBER = "宜政发〔2020〕12号"


class CitationsContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    def read_citations(
        self, opened: Opened, fresh: Installation, record_id: str
    ) -> CitationsAnswer:
        views = SearchService(fresh, opened.engine).views
        found = opened.run(CitationService(fresh, opened.engine, views).answer(record_id, 1, 10))
        assert found
        return found

    def test_citations_lead_both_ways_by_number_and_by_title(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        titled = f"根据《{RULE}》，制定本细则。按照《{ISSUED}》（{NUMBER}）执行。"
        hidden = f"依照《{RULE}》（{NUMBER}）答复。"
        opened.index(
            [
                make(id="rule", title=ISSUED, document_number=NUMBER, body=WATER),
                make(id="titled", title="供水细则", published_on="2021-02-03", body=titled),
                make(id="numbered", title="供水检查", body=f"{NUMBER}文件要求，每月检查。"),
                make(id="other", title="校园供水", body="按照宜政发〔2020〕13号文件执行。"),
                make(id="hidden", title="答复", disclosure="依申请公开", body=hidden),
            ]
        )
        rule = self.read_citations(opened, fresh, "rule")
        assert rule.cites == []
        assert rule.cited_by_total == 2
        assert [(each.id, each.basis) for each in rule.cited_by] == [
            ("titled", True),
            ("numbered", False),
        ]
        titled_one = self.read_citations(opened, fresh, "titled")
        assert [(each.id, each.basis) for each in titled_one.cites] == [("rule", True)]
        assert self.read_citations(opened, fresh, "other").cites == []
        opened.store.withdraw(["titled"], cause=STAFF)
        assert [each.id for each in self.read_citations(opened, fresh, "rule").cited_by] == [
            "numbered"
        ]
        opened.store.withdraw(["rule"], cause=STAFF)
        assert self.read_citations(opened, fresh, "numbered").cites == []

    def test_a_citation_that_may_mean_several_documents_is_not_linked(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        opened.index(
            [
                make(id="old", title=RULE, validity="废止", body=WATER),
                make(id="new", title=f"{RULE}（2020年修订）", body=f"{WATER}每日检测。"),
                make(id="copy", title=RULE, publisher="怀宁县水利局", body=f"{WATER}每日检测。"),
                make(id="one", title="工作要点", publisher="甲局", body=SCHOOL),
                make(id="two", title="工作要点", publisher="乙局", body=f"{SCHOOL}另行通知。"),
                make(id="a", title="甲通知", document_number="宜水〔2020〕1号", body=SCHOOL[:90]),
                make(id="b", title="乙通知", document_number="宜水〔2020〕1号", body=WATER[:90]),
                make(id="citing", body=f"按照《{RULE}》和《工作要点》，依照宜水〔2020〕1号。"),
                make(id="titled", body="按照《乙通知》（宜水〔2020〕1号）执行，抄送甲局和乙局。"),
            ]
        )
        cited = [each.id for each in self.read_citations(opened, fresh, "citing").cites]
        # The version in force, which two agencies published.
        assert cited in (["new"], ["copy"])
        assert [each.id for each in self.read_citations(opened, fresh, "titled").cites] == ["b"]
        citing = {
            each: [found.id for found in self.read_citations(opened, fresh, each).cited_by]
            for each in ("old", "new", "copy", "one", "two", "a", "b")
        }
        assert citing == {
            "old": [], "new": ["citing"], "copy": ["citing"], "one": [], "two": [],
            "a": [], "b": ["titled"],
        }  # fmt: skip
