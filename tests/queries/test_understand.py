"""Queries understood: every text can be asked, its cost is bounded, and a text finds itself."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analyzers.chains import Analysis
from catalog.dates import PartialDate
from catalog.disclosure import Disclosure
from catalog.fields import FIELDS
from catalog.record import Record
from indexer.documents import build_document
from queries.request import TEXT_LIMIT
from queries.scoring import RUN_LIMIT
from queries.tree import And, AnyTerm, Everything, Or, Phrase, Query, Term, count_leaves
from queries.understand import WORD_LIMIT, Understanding, UnderstoodQuery
from tests.queries.matching import Fields, matches, parts_of

TITLE = "关于印发《安庆市住房公积金管理办法》的通知"
BODY = (
    "第一条 为加强住房公积金管理，根据国务院令第350号和宜政办秘〔2008〕8号，制定本办法。\n"
    "第二条 ＰＭ２．５日均值不超过75μg/m³，2009年2月20日起執行；e-mail：gjj@anqing.gov.cn。"
)
ANYTHING = st.text(st.characters(codec=None), max_size=TEXT_LIMIT)
ODDITIES = st.lists(
    st.sampled_from(
        [
            *'-－"“”＂',
            " ",
            "的",
            "怎么",
            "公积金",
            "住房公积金管理",
            "a",
            "pm2.5",
            "宜政办秘〔2008〕8号",
        ]
    )
    | st.text(st.characters(codec=None), max_size=4),
    max_size=150,
).map(lambda parts: "".join(parts)[:TEXT_LIMIT])
LEAF_LIMIT = 1_500
"""Terms and phrases over one query, whatever it holds."""
LEAVES_A_CHARACTER = 16
"""A short query has fewer: so many for each of its characters, and those of every query."""
LEAVES_OF_ALL = 60


@pytest.fixture(scope="module")
def understanding(analysis: Analysis) -> Understanding:
    return Understanding(analysis)


@pytest.fixture(scope="module")
def fields(analysis: Analysis) -> Fields:
    return index(TITLE, BODY, analysis)


def index(title: str, body: str, analysis: Analysis) -> Fields:
    record = Record(
        id="1",
        title=title,
        publisher="340800-zf",
        publisher_name="安庆市人民政府",
        published_on=PartialDate(2009, 2, 20),
        disclosure=Disclosure.PUBLIC,
        document_number="宜政办秘〔2008〕8号",
        index_number="003127334/200902-00019",
        body=body,
    )
    return build_document(record, analysis).fields


def leaves(query: Query) -> list[Query]:
    return [part for part in parts_of(query) if isinstance(part, Term | AnyTerm | Phrase)]


def queries_of(understood: UnderstoodQuery) -> list[Query]:
    return [understood.strict, *([understood.relaxed] if understood.relaxed else [])]


@given(ANYTHING | ODDITIES)
def test_every_text_is_a_query_of_bounded_size(understanding: Understanding, text: str) -> None:
    for query in queries_of(understanding.understand(text)):
        assert_bounded(query, text)
        for part in parts_of(query):
            assert not isinstance(part, And) or part.must
            if isinstance(part, Or):
                assert 1 <= part.minimum <= len(part.any)
            if isinstance(part, Phrase):
                assert len(part.values) <= RUN_LIMIT


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "a",
            "的 ",
            "-ab ",
            "a -b ",
            '"ab" ',
            '"a',
            "公积金 ",
            "公积金",
            "国发〔2008〕8号 ",
            "的怎么 ",
            "号",
            "〔",
            "ﷺ",
        ),
        *("003127334/200902-00019 ", "住房公积金管理办法关于", "“二字”", "۩", "\ud800", "1 2-"),
    ],
)
def test_the_longest_text_of_one_kind_is_bounded_too(
    understanding: Understanding, unit: str
) -> None:
    for length in (TEXT_LIMIT // 100, TEXT_LIMIT // 10, TEXT_LIMIT):
        text = (unit * length)[:length]
        for query in queries_of(understanding.understand(text)):
            assert_bounded(query, text)


def test_a_text_without_any_repetition_is_bounded_too(understanding: Understanding) -> None:
    characters = [chr(0x4E00 + number) for number in range(TEXT_LIMIT)]
    for text in ("".join(characters), " ".join(characters), " -".join(characters)):
        for query in queries_of(understanding.understand(text[:TEXT_LIMIT])):
            assert_bounded(query, text)


def assert_bounded(query: Query, text: str) -> None:
    count = count_leaves(query)
    assert count <= LEAF_LIMIT
    assert count <= LEAVES_A_CHARACTER * len(text) + LEAVES_OF_ALL


def test_of_many_words_only_so_many_have_to_be_met(understanding: Understanding) -> None:
    words = [f"{number}a" for number in range(200)]
    understood = understanding.understand(" ".join(words))
    asked = {part for part in leaves(understood.strict) if isinstance(part, Term)}
    assert len(asked & {Term("body_words", word) for word in words}) == WORD_LIMIT
    assert understood.is_cut
    assert not understanding.understand(" ".join(words[:WORD_LIMIT])).is_cut


@given(ANYTHING | ODDITIES)
def test_leaves_name_fields_of_the_table_and_values_of_their_kind(
    understanding: Understanding, text: str
) -> None:
    for leaf in leaves(understanding.understand(text).strict):
        assert isinstance(leaf, Term | Phrase | AnyTerm)
        assert leaf.field in FIELDS
        values = [leaf.value] if isinstance(leaf, Term) else leaf.values
        assert all(values)
        if leaf.field.endswith("_grams"):
            assert {len(value) for value in values} == {2}
        if leaf.field == "text_chars":
            assert {len(value) for value in values} == {1}


@pytest.mark.parametrize("text", ["", " \u3000\n"])
def test_an_empty_text_asks_for_everything(understanding: Understanding, text: str) -> None:
    assert understanding.understand(text) == UnderstoodQuery("", (), (), Everything())


@given(st.data())
def test_any_run_of_a_text_finds_the_text(
    understanding: Understanding, fields: Fields, data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from([TITLE, BODY]))
    start = data.draw(st.integers(0, len(text) - 1))
    run = text[start : data.draw(st.integers(start + 1, len(text)))]
    understood = understanding.understand(run)
    assert matches(understood.strict, fields)
    assert all(matches(query, fields) for query in queries_of(understood))


@given(st.data())
def test_a_quoted_run_of_a_text_finds_the_text(
    understanding: Understanding, fields: Fields, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(BODY) - 1))
    run = BODY[start : data.draw(st.integers(start + 1, len(BODY)))]
    assume(run.strip())
    assert matches(understanding.understand(f'"{run}"').strict, fields)


@given(st.text("公积金住房贷款提取办法，a1 ", min_size=2, max_size=60))
def test_a_made_up_text_is_found_by_its_parts_in_any_order(
    understanding: Understanding, analysis: Analysis, text: str
) -> None:
    words = text.split()
    assume(words)
    fields = index("题", text, analysis)
    assert matches(understanding.understand(" ".join(reversed(words))).strict, fields)


def test_a_phrase_has_to_be_met_as_written(
    understanding: Understanding, analysis: Analysis
) -> None:
    fields = index("题", "管理住房，不管公积金", analysis)
    assert matches(understanding.understand("住房 公积金").strict, fields)
    assert not matches(understanding.understand('"住房公积金"').strict, fields)
    assert not matches(understanding.understand("“住房公积金”").strict, fields)
    assert matches(understanding.understand('"住房不管"').strict, fields)


def test_an_exclusion_leaves_documents_out(understanding: Understanding, fields: Fields) -> None:
    assert matches(understanding.understand("公积金 -汽车").strict, fields)
    assert not matches(understanding.understand("公积金 -通知").strict, fields)
    assert not matches(understanding.understand('公积金 -"本办法 第二条"').strict, fields)


@pytest.mark.parametrize(
    "typed",
    [
        "宜政办秘〔2008〕8号",
        "宜政办秘[2008]8号",
        "宜政办秘（2008） 8 号",
        "查 宜政办秘2008年第8号 全文",
    ],
)
def test_a_document_number_asks_for_its_field(understanding: Understanding, typed: str) -> None:
    terms = leaves(understanding.understand(typed).strict)
    assert Term("document_number", "宜政办秘〔2008〕8号") in terms


def test_an_index_number_asks_for_its_field(understanding: Understanding) -> None:
    terms = leaves(understanding.understand("003127334/200902-00019").strict)
    assert Term("index_number", "003127334/200902-00019") in terms


def test_a_whole_title_is_named_whatever_operators_it_holds(
    understanding: Understanding, analysis: Analysis
) -> None:
    title = '关于 "放管服" -改革的通知'
    fields = index(title, "", analysis)
    assert matches(understanding.understand(title).strict, fields)


@pytest.mark.parametrize(
    "text",
    ["怎么住房公积金", "怎么 住房公积金"],
)
def test_words_of_asking_need_not_be_met(
    understanding: Understanding, fields: Fields, text: str
) -> None:
    understood = understanding.understand(text)
    assert matches(understood.strict, fields)
    assert "怎么" not in understood.terms


def test_words_of_asking_alone_have_to_be_met(understanding: Understanding, fields: Fields) -> None:
    assert matches(understanding.understand("的").strict, fields)
    assert not matches(understanding.understand("怎么").strict, fields)


@pytest.mark.parametrize("text", ["-公积金 ，", '-公积金 "。"'])
def test_exclusions_with_nothing_else_said_are_taken_as_written(
    understanding: Understanding, fields: Fields, text: str
) -> None:
    assert matches(understanding.understand(text).strict, fields)


def test_most_words_are_enough_once_relaxed(understanding: Understanding, fields: Fields) -> None:
    understood = understanding.understand("住房 公积金 管理 火箭")
    assert not matches(understood.strict, fields)
    assert understood.relaxed is not None
    assert matches(understood.relaxed, fields)
    assert understanding.understand("公积金").relaxed is None


def test_what_was_read_is_shown_and_what_is_excluded_is_not(understanding: Understanding) -> None:
    understood = understanding.understand('住房 "公积金 提取" -汽车 住房')
    assert understood.terms == ("住房", "公积金 提取")
    assert understood.needles == ("住房", "公积金提取")


@given(ANYTHING | ODDITIES)
def test_terms_and_needles_are_shown_once_and_lie_in_the_text(
    understanding: Understanding, analysis: Analysis, text: str
) -> None:
    understood = understanding.understand(text)
    assert max([0, *Counter(understood.terms).values(), *Counter(understood.needles).values()]) < 2
    stream = analysis.literal(text)
    assert all(analysis.literal(term) in stream for term in understood.terms)
    assert all(understood.needles)


def test_real_titles_find_themselves(
    understanding: Understanding, analysis: Analysis, shared_data: Path
) -> None:
    with gzip.open(
        shared_data / "catalog" / "catalog_entries.jsonl.gz", "rt", encoding="utf-8"
    ) as lines:
        titles = [json.loads(line)["title"] for line in lines][::100]
    missed = [
        t for t in titles if not matches(understanding.understand(t).strict, index(t, "", analysis))
    ]
    assert len(titles) > 150
    assert missed == []
