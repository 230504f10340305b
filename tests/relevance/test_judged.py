"""The shipped sample against judged queries: a floor for each kind, on the product's own way."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.engines.installation import Installation
from gongkai.evaluation.metrics import JudgedQuery, measure, read_judgements, read_queries
from search_api.commands.evaluate import rank
from tests.relevance.asker import Asker

HERE = Path(__file__).parent
QUERIES = read_queries(HERE / "queries.jsonl")
JUDGEMENTS = read_judgements(HERE / "qrels.tsv")
FLOORS = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))
BY_WORDS = [kind for kind in FLOORS if kind not in ("meaning", "answers_right", "answers_shown")]


@pytest.fixture(scope="module")
def asker(sampled: Installation) -> Iterator[Asker]:
    asked = Asker(sampled)
    yield asked
    asked.close()


def of_kind(kind: str) -> list[JudgedQuery]:
    return [query for query in QUERIES if query.kind == kind]


def test_there_are_enough_queries_of_every_kind_and_each_is_judged() -> None:
    assert len(QUERIES) >= 350
    assert {query.kind for query in QUERIES} == {*BY_WORDS, "none"}
    assert len({query.id for query in QUERIES}) == len(QUERIES)
    assert {q.id for q in QUERIES if q.kind != "none"} == JUDGEMENTS.keys()


@pytest.mark.parametrize("kind", BY_WORDS)
def test_each_kind_reaches_its_floor(asker: Asker, kind: str) -> None:
    ranked = asker.run(rank(asker.service, of_kind(kind), "text", JUDGEMENTS))
    low = [
        (query.texts["text"], round(measure([each]).ndcg, 2))
        for query, each in zip(of_kind(kind), ranked, strict=True)
        if measure([each]).ndcg < 0.7
    ]
    assert measure(ranked).ndcg >= FLOORS[kind], low


@pytest.mark.parametrize("query", of_kind("none"), ids=lambda query: query.texts["text"])
def test_where_nothing_answers_no_record_is_said_to(asker: Asker, query: JudgedQuery) -> None:
    answer = asker.search(query.texts["text"])
    assert answer.query.complete == 0
    assert answer.query.corrected_from is None
    assert answer.total == 0 or answer.query.relaxed


@pytest.mark.parametrize("kind", ["word", "plain", "question", "agency", "title", "number"])
def test_right_queries_are_never_corrected(asker: Asker, kind: str) -> None:
    texts = [query.texts["text"] for query in of_kind(kind)]
    assert [text for text in texts if asker.search(text).query.corrected_from] == []


@pytest.mark.parametrize(
    ("text", "word"),
    [("shebaoka", "社保卡"), ("she bao ka", "社保卡"), ("gjj", "公积金"), ("gongjijin", "公积金")],
)
def test_pinyin_finds_the_word_that_people_use(asker: Asker, text: str, word: str) -> None:
    answer = asker.search(text)
    assert answer.query.corrected_from == text
    assert answer.query.text == word
    assert answer.total


@pytest.mark.parametrize("text", ["最新政策", "最新通知", "近期文件", "最近的公告"])
def test_the_newest_come_first_where_the_words_ask_for_them(asker: Asker, text: str) -> None:
    answer = asker.search(text)
    days = [hit.published_on for hit in answer.hits]
    assert answer.query.newest
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("护照办理流程", "护照"),
        ("补办护照", "护照"),
        ("护照怎么办", "护照"),
        ("自助缴费", "自助"),
        ("自助机", "自助"),
        ("驾校 投诉", "驾校"),
        ("彩礼返还", "彩礼"),
        ("宠物托运", "宠物"),
    ],
)
def test_a_word_that_the_index_lacks_is_not_replaced(asker: Asker, text: str, word: str) -> None:
    query = asker.search(text).query
    assert query.corrected_from is None
    assert word in (query.did_you_mean or text)


def test_a_word_in_no_record_is_named(asker: Asker) -> None:
    assert asker.search("护照办理流程").query.missing == ["护照"]
    assert asker.search("公积金提取").query.missing == []


@pytest.mark.parametrize(
    "text", ["最新政策", "政策 最新", "最新发布的通知", "新出台的办法", "近期的公告"]
)
def test_words_that_ask_for_the_newest_order_by_date(asker: Asker, text: str) -> None:
    answer = asker.search(text)
    days = [hit.published_on for hit in answer.hits]
    assert answer.query.newest
    assert days == sorted(days, reverse=True)
    assert answer.total > len(days) > 1
    assert not asker.search(text, dates=False).query.newest


def test_the_newest_of_few_records_are_the_best_ones(asker: Asker) -> None:
    assert not asker.search("最新").query.newest
    assert not asker.search("最新加装电梯 公积金").query.newest


@pytest.mark.parametrize(
    ("quoted", "plain"),
    [
        ("“老年卡”怎么办理", "老年卡怎么办理"),
        ("“五险一金”怎么交", "五险一金怎么交"),
        ("“一件事”是什么", "一件事是什么"),
        ("《住房公积金》怎么提取", "住房公积金怎么提取"),
    ],
)
def test_chinese_quotation_marks_lift_and_loosen(asker: Asker, quoted: str, plain: str) -> None:
    answer = asker.search(quoted)
    assert answer.total == asker.search(plain).total > 0
    assert bool(answer.query.emphasized) == quoted.startswith("“")


def test_straight_quotation_marks_are_strict_and_offer_the_words(asker: Asker) -> None:
    strict = asker.search('"老年卡怎么办理"')
    assert strict.total == 0
    assert strict.query.loosened == "老年卡怎么办理"
    assert asker.search('"住房公积金"').query.loosened is None


def test_every_dash_and_the_word_not_exclude(asker: Asker) -> None:
    totals = {asker.search(f"公积金 {sign}贷款").total for sign in ("-", "－", "–", "—", "NOT ")}
    assert len(totals) == 1
    assert totals.pop() < asker.search("公积金").total


@pytest.mark.parametrize("kind", ["typo", "pinyin"])
def test_what_was_corrected_is_said_and_can_be_taken_back(asker: Asker, kind: str) -> None:
    texts = [query.texts["text"] for query in of_kind(kind)]
    corrected = [text for text in texts if asker.search(text).query.corrected_from]
    assert len(corrected) > len(texts) / 2
    for text in corrected:
        answer = asker.search(text)
        assert answer.query.corrected_from == text != answer.query.text
        typed = asker.search(text, correct=False)
        assert typed.query.corrected_from is None
        assert typed.query.text == text
        assert typed.query.complete == 0


def test_official_words_are_shown_and_can_be_switched_off(asker: Asker) -> None:
    plain = asker.search("低保")
    assert "最低生活保障" in plain.query.expanded["低保"]
    assert asker.search("低保", expand=False).query.expanded == {}
    assert asker.search("低保", expand=False).total < plain.total


def test_a_date_in_the_words_is_shown_and_can_be_taken_off(asker: Asker) -> None:
    dated = asker.search("2023年的低保标准")
    assert dated.query.date is not None
    assert dated.query.date.label == "2023年"
    assert all(hit.published_on[:4] == "2023" or "2023年" in hit.title for hit in dated.hits)
    free = asker.search("2023年的低保标准", dates=False)
    assert free.query.date is None


def test_traditional_characters_mark_the_original_ones(asker: Asker) -> None:
    titles = [hit.title_html for hit in asker.search("煙花爆竹").hits]
    assert any("<mark>烟花爆竹</mark>" in title for title in titles)


def test_what_is_out_of_force_sinks(asker: Asker) -> None:
    for text in ("拆迁", "房屋征收 拆迁"):
        found = asker.search(text).hits
        repealed = [place for place, hit in enumerate(found) if hit.validity in ("废止", "失效")]
        valid = [place for place, hit in enumerate(found) if hit.validity == "有效"]
        assert repealed
        assert min(valid) < min(repealed)


def test_sounds_complete_and_never_match(asker: Asker) -> None:
    assert asker.search("景点").query.corrected_from is None
    assert not any("经典" in hit.title for hit in asker.search("景点").hits)
