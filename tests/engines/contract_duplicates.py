"""What every engine has to find: the candidates of a draft, and all pairs of an index."""

import orjson
import pytest

from gongkai.catalog.places import load_places
from gongkai.duplicates.candidates import find_candidates
from gongkai.duplicates.clusters import build_clusters
from gongkai.duplicates.comparable_text import Subject
from gongkai.duplicates.draft_check import check_draft
from gongkai.duplicates.evidence import Kind
from gongkai.duplicates.pair_scan import scan
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery
from tests.duplicates.texts import SCHOOL, WATER, make_subject, misread, move_paragraph
from tests.engines.contract import Make, Opened

IS_PLACE = load_places().is_name
TITLE = "关于加强农村饮水安全工作的通知"


class DuplicatesContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    @pytest.fixture
    def published(self, opened: Opened, make: Make) -> Opened:
        opened.index(
            [
                make(id="water", title=TITLE, document_number="宜政发〔2020〕12号", body=WATER),
                make(id="copied", title="饮水安全文件", body=move_paragraph(WATER)),
                make(id="misread", title="通知（扫描件）", body=misread(WATER, 0.02)),
                make(id="renamed", title=f"安庆市水利局{TITLE}", body="详见附件"),
                make(id="school", title="关于做好招生工作的通知", body=SCHOOL),
                make(id="hidden", title="答复", disclosure="依申请公开", body=WATER),
            ]
        )
        return opened

    def test_one_query_finds_what_a_draft_may_duplicate(
        self, published: Opened, fresh: Installation
    ) -> None:
        def found(draft: Subject) -> set[str]:
            query = EngineQuery(find_candidates(draft, fresh.analyzer), limit=50)
            return {hit.id for hit in published.ask(query).hits}

        assert found(make_subject(id="")) == {"water", "copied", "misread", "renamed"}
        assert found(make_subject(id="", title="某事", body=WATER)) == {
            "water",
            "copied",
            "misread",
        }
        assert found(make_subject(id="", title="某事", body="")) == set()
        by_number = make_subject(id="", title="某事", body="", document_number="宜政发〔2020〕12号")
        assert found(by_number) == {"water"}
        assert found(make_subject(id="", title="", body="")) == set()

    def test_a_check_names_each_record_by_its_surest_layer(
        self, published: Opened, fresh: Installation
    ) -> None:
        draft = make_subject(id="", document_number="宜政发〔2020〕12号")
        checked = check_draft(draft, published.engine, fresh.analyzer, IS_PLACE)
        matches = published.run(checked)
        assert {m.record.id: m.finding.kind for m in matches} == {
            "water": Kind.SAME_DOCUMENT_NUMBER,
            "copied": Kind.NEAR_TEXT,
            "misread": Kind.NEAR_TEXT,
            "renamed": Kind.SAME_TITLE,
        }
        assert matches[0].record.id == "water"

    def test_a_scan_finds_all_pairs_and_reads_no_hidden_text(self, published: Opened) -> None:
        pairs = published.run(scan(published.engine, IS_PLACE))
        assert {("copied", "water"), ("misread", "water")} <= {(p.one, p.other) for p in pairs}
        assert [each.members for each in build_clusters(pairs)] == [("copied", "misread", "water")]

    def test_what_is_compared_stands_in_the_record(self, published: Opened) -> None:
        stored = {hit.id: orjson.loads(hit.stored) for hit in published.every()}
        assert len(stored["water"]["bands"]) == 80
        assert stored["hidden"]["bands"] == stored["renamed"]["bands"] == ""
