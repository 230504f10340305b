"""What every engine has to find: what a record repeals, what repeals it, what is like it."""

import pytest

from analyzers.text_analyzer import TextAnalyzer
from gongkai.engines.installation import Installation
from gongkai.engines.port import EngineQuery
from gongkai.query.relevance import load_weights
from gongkai.query.similarity import Subject, find_repealed, find_repealing, find_similar
from gongkai.query.tree import Query
from tests.engines.contract import Make, Opened


def ids(opened: Opened, query: Query) -> list[str]:
    return [hit.id for hit in opened.ask(EngineQuery(query)).hits]


class RelationsContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    @pytest.fixture
    def analyzer(self, fresh: Installation) -> TextAnalyzer:
        return fresh.analyzer

    def test_repeals_lead_both_ways(self, opened: Opened, make: Make) -> None:
        old = make(id="old", title="农村供水办法", document_number="宜水〔2008〕8号")
        new = make(
            id="new",
            title="城乡供水办法",
            body="本办法自2021年起施行。《农村供水办法》（宜水〔2008〕8号）同时废止。",
        )
        by_number = make(id="third", title="清理文件的决定", body="宜水〔2008〕8号文件予以废止。")
        opened.index([old, new, by_number])
        assert ids(opened, find_repealed(["农村供水办法"], [])) == ["old"]
        assert ids(opened, find_repealed([], ["宜水〔2008〕8号"])) == ["old"]
        assert set(ids(opened, find_repealing("农村供水办法", "宜水〔2008〕8号"))) == {
            "new",
            "third",
        }
        assert ids(opened, find_repealing("城乡供水办法", None)) == []
        assert ids(opened, find_repealed([], [])) == []

    def test_a_hidden_text_repeals_nothing(self, opened: Opened, make: Make) -> None:
        text = "《农村供水办法》同时废止。"
        opened.index([make(id="a", title="答复", disclosure="依申请公开", body=text)])
        assert ids(opened, find_repealing("农村供水办法", None)) == []

    def test_the_like_of_a_record_shares_its_rare_words(
        self, opened: Opened, make: Make, analyzer: TextAnalyzer
    ) -> None:
        opened.index(
            [
                make(id="a", title="农村饮水安全工程建设管理办法"),
                make(id="b", title="农村饮水安全工程验收办法"),
                make(id="c", title="城市公交线路调整的通知", keywords="公交"),
                make(id="d", title="关于印发工作规则的通知"),
            ]
        )
        subject = Subject("农村饮水安全工程建设管理办法")
        found = ids(opened, find_similar(subject, analyzer, load_weights()))
        assert found[:2] == ["a", "b"]
        assert "c" not in found
        assert ids(opened, find_similar(Subject("通知"), analyzer, load_weights())) == []
