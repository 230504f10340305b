"""What every engine has to find for words: words as words, phrases as written."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations

import pytest

from gongkai.engines.installation import Installation
from gongkai.query.request import SearchRequest, Sort
from gongkai.search.responses import SearchAnswer
from gongkai.search.service import SearchService
from tests.engines.contract import Make, Opened

GOVERNMENT = "安庆市人民政府办公室关于市政府工作制度的通知"
CIVIL = "安庆市民政局关于提高低保标准的通知"
CITIZENS = "公民、法人和其他组织申请信息公开的说明"
CODE = "贯彻实施民法典工作方案"
WORKS = "市政设施养护管理办法"
HOURS = "关于八小时工作制的规定"
TITLES = {"a": GOVERNMENT, "b": CIVIL, "c": CITIZENS, "d": CODE, "e": WORKS, "f": HOURS}


class WordsContract:
    """A mixin beside EngineContract: it needs the fixtures `opened`, `make` and `fresh`."""

    @pytest.fixture
    def service(self, opened: Opened, make: Make, fresh: Installation) -> SearchService:
        opened.index([make(id=name, title=title) for name, title in TITLES.items()])
        return SearchService(fresh, opened.engine)

    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ("民政", ["b"]),
            ("民法", ["d"]),
            ("市政", ["e"]),
            ("工作制", ["f"]),
            ("政府", ["a"]),
            ('"民政"', ["a", "b"]),
            ('"民法"', ["c", "d"]),
            ('"市政"', ["a", "e"]),
            ('"工作制"', ["a", "f"]),
        ],
    )
    def test_a_word_is_met_as_a_word_and_a_phrase_as_written(
        self, opened: Opened, service: SearchService, text: str, ids: Sequence[str]
    ) -> None:
        for sort in Sort:
            answer = ask(opened, service, text, sort=sort)
            assert sorted(hit.id for hit in answer.hits) == list(ids)
            assert answer.total == len(ids) == sum(v.count for v in answer.facets["year"])

    def test_marks_are_where_a_word_is_met(self, opened: Opened, service: SearchService) -> None:
        titles = {hit.id: hit.title_html for hit in ask(opened, service, "民政 办公室 通知").hits}
        assert "<mark>民政</mark>局" in titles["b"]
        assert "人民政府<mark>办公室</mark>" in titles["a"]

    def test_a_word_of_no_record_is_found_as_written(
        self, opened: Opened, service: SearchService
    ) -> None:
        (hit,) = ask(opened, service, "庆市").hits[:1]
        assert hit.id in "ab"
        assert "<mark>庆市</mark>" in hit.title_html

    def test_every_fragment_of_several_words_finds_its_record(
        self, opened: Opened, service: SearchService
    ) -> None:
        for name, title in TITLES.items():
            for start, end in combinations(range(0, len(title) + 1, 2), 2):
                if 5 <= end - start <= 9:
                    answer = ask(opened, service, title[start:end], size=20)
                    assert name in {hit.id for hit in answer.hits}, title[start:end]

    def test_a_law_is_named_without_its_country_and_the_later_version_leads(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        versions = {"old": "1994-07-05", "new": "2018-12-29"}
        law = "中华人民共和国劳动法"
        opened.index(
            [
                *(make(id=name, title=law, published_on=day) for name, day in versions.items()),
                make(id="other", title="中华人民共和国劳动合同法", published_on="2012-12-28"),
            ]
        )
        service = SearchService(fresh, opened.engine, today=lambda: date(2026, 11, 27))
        found = [hit.id for hit in ask(opened, service, "劳动法").hits]
        assert found[:2] == ["new", "old"]

    def test_a_law_with_few_of_the_words_does_not_lead(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        body = "在中国领海停留的船舶，应当遵守有关规定。"
        opened.index(
            [
                make(id="law", title="中华人民共和国领海法", body=body),
                make(id="rules", title="历史建筑保护办法", body="保护现存的清代建筑。"),
            ]
        )
        service = SearchService(fresh, opened.engine)
        answer = ask(opened, service, "希望有关部门保护现存清代建筑")
        assert [hit.id for hit in answer.hits] == ["rules"]
        law = opened.run(service.explain(SearchRequest("船舶应当停留在领海"), "law"))
        assert sum(part.score for part in law if part.name == "static_rank.law") > 0

    def test_words_of_official_terms_find_records_where_no_wording_does(
        self, opened: Opened, make: Make, fresh: Installation
    ) -> None:
        opened.index([make(id="a", title="机动车停放服务收费管理办法"), make(id="b")])
        answer = ask(opened, SearchService(fresh, opened.engine), "换驾照")
        assert [hit.id for hit in answer.hits] == ["a"]
        assert answer.query.complete == 0


def ask(opened: Opened, service: SearchService, text: str, **options: object) -> SearchAnswer:
    return opened.run(service.search(SearchRequest(text, **options)))  # type: ignore[arg-type]
