"""The real catalog and documents, if they are beside the checkout: facets, and what people type."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from math import inf
from pathlib import Path
from statistics import fmean

import pytest

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.fields import FACETS
from gongkai.engines.installation import open_installation
from gongkai.engines.port import EngineQuery
from gongkai.query.filters import build_filters
from gongkai.query.request import SearchRequest
from gongkai.query.tree import MatchAll
from gongkai.search.facets import FacetBuilder
from gongkai.search.responses import FacetValueView, SearchAnswer
from gongkai.settings import Settings
from indexer.pipeline import IndexJob, publish
from indexer.source_reader import find_sources
from tests.relevance.asker import Asker

pytestmark = pytest.mark.slow
TODAY = date(2023, 11, 25)
"""The catalog ends in 2023."""


CITIZENS = {"found": 0.99, "first": 0.57, "first three": 0.70}
"""Floors of the shares of citizens' titles that find a record, and one titled with their words."""


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    installation = open_installation(Settings(data_dir=tmp_path_factory.mktemp("real")))
    sources = find_sources([shared_data / "catalog", shared_data / "documents"])
    publish(IndexJob(sources, disclosure=Disclosure.PUBLIC), installation)
    asker = Asker(installation, TODAY)
    yield asker
    asker.close()


@pytest.mark.parametrize("facet", FACETS)
def test_every_value_of_a_facet_selects_what_it_counts(real: Asker, facet: str) -> None:
    tables = open_installation(Settings()).tables
    counts = real.run(real.engine.search(EngineQuery(MatchAll(), facets=(facet,), limit=0)))
    shown = list(walk(FacetBuilder(tables).build_whole(facet, counts.facets[facet])))
    wrong = {}
    for each in shown:
        filters = build_filters(SearchRequest(chosen={facet: (each.value,)}), tables, TODAY)
        total = real.run(real.engine.search(EngineQuery(MatchAll(), filters, limit=0))).total
        if total != each.count:
            wrong[each.value] = (each.count, total)
    assert shown
    assert wrong == {}


def walk(values: Iterable[FacetValueView]) -> Iterator[FacetValueView]:
    for each in values:
        yield each
        yield from walk(each.children)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("二〇一〇年政府工作报告", "2010年政府工作报告"),
        ("二零一零年政府工作报告", "2010年政府工作报告"),
        ("劳动法第32条", "劳动法第三十二条"),
        ("劳动法第 32 条", "劳动法第32条"),
        ("劳动法 第 32 条", "劳动法 第三十二条"),
        ("60岁退休", "六十岁退休"),
    ],
)
def test_numbers_find_the_same_however_they_are_written(real: Asker, one: str, other: str) -> None:
    first, second = real.search(one), real.search(other)
    assert first.query.complete == second.query.complete > 0
    assert [hit.id for hit in first.hits] == [hit.id for hit in second.hits]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("二〇一〇年政府工作报告", "2010年中华人民共和国国务院政府工作报告"),
        ("劳动法", "中华人民共和国劳动法"),
        ("劳动法第32条", "中华人民共和国劳动法"),
        ("劳动合同法第三十八条", "中华人民共和国劳动合同法"),
    ],
)
def test_the_record_that_is_named_comes_first(real: Asker, text: str, title: str) -> None:
    assert real.search(text).hits[0].title == title


def test_the_report_of_the_year_is_among_the_first(real: Asker) -> None:
    titles = [hit.title for hit in real.search("2016年工作报告").hits[:3]]
    assert "2016年中华人民共和国国务院政府工作报告" in titles


@pytest.mark.parametrize(
    ("text", "number"), [("劳动法第32条", "32"), ("劳动合同法第三十八条", "38")]
)
def test_the_passage_is_the_named_article(real: Asker, text: str, number: str) -> None:
    first = real.search(text).hits[0]
    assert first.article is not None
    assert first.article.number == number
    assert first.snippet_html.startswith("<mark>第")


@pytest.mark.parametrize("number", ["365", "1640"])
def test_a_number_is_met_as_a_whole_or_in_a_phrase(real: Asker, number: str) -> None:
    inside = real.search(f'"{number}"')
    assert 0 < real.search(number).total < inside.total


def test_a_number_that_is_nowhere_whole_is_found_in_others_and_marked_so(real: Asker) -> None:
    found = real.search("996")
    assert (found.query.complete, found.query.relaxed) == (0, True)
    assert found.total == real.search('"996"').total > 0


def test_a_word_with_a_point_is_marked(real: Asker) -> None:
    hits = real.search("PM2.5").hits
    assert any("<mark>PM2.5</mark>" in hit.snippet_html + hit.title_html for hit in hits)


def test_two_document_numbers_find_both_records(real: Asker) -> None:
    found = {
        hit.document_number for hit in real.search("国发〔2016〕40号 国发〔2016〕3号").hits[:2]
    }
    assert found == {"国发〔2016〕40号", "国发〔2016〕3号"}


@pytest.mark.parametrize(("text", "word"), [("shebaoka", "社保卡"), ("gjj", "公积金")])
def test_pinyin_is_read_as_the_word_of_citizens(real: Asker, text: str, word: str) -> None:
    answer = real.search(text)
    assert (answer.query.text, answer.query.corrected_from) == (word, text)
    assert answer.total


@pytest.mark.parametrize("text", ["最新政策", "近期文件"])
def test_the_newest_come_first(real: Asker, text: str) -> None:
    days = [hit.published_on for hit in real.search(text).hits]
    assert days == sorted(days, reverse=True)
    assert days[0] > "2020"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("近三年环境保护", "2020年11月25日起"),
        ("2016-2018环境保护", "2016年至2018年"),
        ("2016年以来环境保护", "2016年起"),
    ],
)
def test_a_period_restricts_the_dates(real: Asker, text: str, label: str) -> None:
    query = real.search(text).query
    assert query.date is not None
    assert query.date.label == label
    assert query.terms == ["环境保护"]


def test_titles_of_citizens_letters_find_records_titled_with_their_words(
    real: Asker, shared_data: Path
) -> None:
    text = (shared_data / "queries" / "citizen_titles.tsv").read_text(encoding="utf-8")
    answers = [real.search(line.split("\t")[1], highlight=False) for line in text.splitlines()]
    titled = [_count_until_titled(answer) for answer in answers]
    shares = {
        "found": fmean(answer.total > 0 for answer in answers),
        "first": fmean(place == 1 for place in titled),
        "first three": fmean(place <= 3 for place in titled),
    }
    assert len(answers) > 400
    assert not any(answer.query.corrected_from for answer in answers)
    assert {name: share for name, share in shares.items() if share < CITIZENS[name]} == {}


def _count_until_titled(answer: SearchAnswer) -> float:
    """Returns the place of the first title with a term of the query or an official one of it."""
    official = chain.from_iterable(answer.query.expanded.values())
    words = {word for word in (*answer.query.terms, *official) if len(word) > 1}
    titled = (any(word in hit.title for word in words) for hit in answer.hits)
    return next((place for place, is_titled in enumerate(titled, start=1) if is_titled), inf)
