"""Queries understood: every text can be asked, its cost is bounded, and a text finds itself."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.fields import FIELDS
from gongkai.catalog.record import Record
from gongkai.query.interpreter import WORD_LIMIT, InterpretedQuery, QueryInterpreter
from gongkai.query.query_builder import RUN_LIMIT
from gongkai.query.request import TEXT_LIMIT
from gongkai.query.tree import And, MatchAll, Or, Phrase, Query, Term, Terms, count_leaves
from indexer.documents import build_document
from tests.query.matching import Fields, matches, parts_of

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
def interpreter(analysis: TextAnalyzer) -> QueryInterpreter:
    return QueryInterpreter(analysis)


@pytest.fixture(scope="module")
def fields(analysis: TextAnalyzer) -> Fields:
    return index(TITLE, BODY, analysis)


def index(title: str, body: str, analysis: TextAnalyzer) -> Fields:
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
    return [part for part in parts_of(query) if isinstance(part, Term | Terms | Phrase)]


def queries_of(interpreted: InterpretedQuery) -> list[Query]:
    return [interpreted.strict, *([interpreted.relaxed] if interpreted.relaxed else [])]


@given(ANYTHING | ODDITIES)
def test_every_text_is_a_query_of_bounded_size(interpreter: QueryInterpreter, text: str) -> None:
    for query in queries_of(interpreter.interpret(text)):
        assert_bounded(query, text)
        for part in parts_of(query):
            assert not isinstance(part, And) or part.must
            if isinstance(part, Or):
                assert 1 <= part.minimum_should_match <= len(part.any)
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
    interpreter: QueryInterpreter, unit: str
) -> None:
    for length in (TEXT_LIMIT // 100, TEXT_LIMIT // 10, TEXT_LIMIT):
        text = (unit * length)[:length]
        for query in queries_of(interpreter.interpret(text)):
            assert_bounded(query, text)


def test_a_text_without_any_repetition_is_bounded_too(interpreter: QueryInterpreter) -> None:
    characters = [chr(0x4E00 + number) for number in range(TEXT_LIMIT)]
    for text in ("".join(characters), " ".join(characters), " -".join(characters)):
        for query in queries_of(interpreter.interpret(text[:TEXT_LIMIT])):
            assert_bounded(query, text)


def assert_bounded(query: Query, text: str) -> None:
    count = count_leaves(query)
    assert count <= LEAF_LIMIT
    assert count <= LEAVES_A_CHARACTER * len(text) + LEAVES_OF_ALL


def test_of_many_words_only_so_many_have_to_be_met(interpreter: QueryInterpreter) -> None:
    words = [f"{number}a" for number in range(200)]
    interpreted = interpreter.interpret(" ".join(words))
    asked = {part for part in leaves(interpreted.strict) if isinstance(part, Term)}
    assert len(asked & {Term("body_words", word) for word in words}) == WORD_LIMIT
    assert interpreted.is_cut
    assert not interpreter.interpret(" ".join(words[:WORD_LIMIT])).is_cut


@given(ANYTHING | ODDITIES)
def test_leaves_name_fields_of_the_table_and_values_of_their_kind(
    interpreter: QueryInterpreter, text: str
) -> None:
    for leaf in leaves(interpreter.interpret(text).strict):
        assert isinstance(leaf, Term | Phrase | Terms)
        assert leaf.field in FIELDS
        values = [leaf.value] if isinstance(leaf, Term) else leaf.values
        assert all(values)
        if leaf.field.endswith("_grams"):
            assert {len(value) for value in values} == {2}
        if leaf.field == "text_chars":
            assert {len(value) for value in values} == {1}


@pytest.mark.parametrize("text", ["", " \u3000\n"])
def test_an_empty_text_asks_for_everything(interpreter: QueryInterpreter, text: str) -> None:
    assert interpreter.interpret(text) == InterpretedQuery("", (), (), MatchAll())


@given(st.data())
def test_any_run_of_a_text_finds_the_text(
    interpreter: QueryInterpreter, fields: Fields, data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from([TITLE, BODY]))
    start = data.draw(st.integers(0, len(text) - 1))
    run = text[start : data.draw(st.integers(start + 1, len(text)))]
    interpreted = interpreter.interpret(run)
    assert matches(interpreted.strict, fields)
    assert all(matches(query, fields) for query in queries_of(interpreted))


@given(st.data())
def test_a_quoted_run_of_a_text_finds_the_text(
    interpreter: QueryInterpreter, fields: Fields, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(BODY) - 1))
    run = BODY[start : data.draw(st.integers(start + 1, len(BODY)))]
    assume(run.strip())
    assert matches(interpreter.interpret(f'"{run}"').strict, fields)


@given(st.text("公积金住房贷款提取办法，a1 ", min_size=2, max_size=60))
def test_a_made_up_text_is_found_by_its_parts_in_any_order(
    interpreter: QueryInterpreter, analysis: TextAnalyzer, text: str
) -> None:
    words = text.split()
    assume(words)
    fields = index("题", text, analysis)
    assert matches(interpreter.interpret(" ".join(reversed(words))).strict, fields)


def test_a_phrase_has_to_be_met_as_written(
    interpreter: QueryInterpreter, analysis: TextAnalyzer
) -> None:
    fields = index("题", "管理住房，不管公积金", analysis)
    assert matches(interpreter.interpret("住房 公积金").strict, fields)
    assert not matches(interpreter.interpret('"住房公积金"').strict, fields)
    assert not matches(interpreter.interpret("“住房公积金”").strict, fields)
    assert matches(interpreter.interpret('"住房不管"').strict, fields)


def test_an_exclusion_leaves_documents_out(interpreter: QueryInterpreter, fields: Fields) -> None:
    assert matches(interpreter.interpret("公积金 -汽车").strict, fields)
    assert not matches(interpreter.interpret("公积金 -通知").strict, fields)
    assert not matches(interpreter.interpret('公积金 -"本办法 第二条"').strict, fields)


@pytest.mark.parametrize(
    "typed",
    [
        "宜政办秘〔2008〕8号",
        "宜政办秘[2008]8号",
        "宜政办秘（2008） 8 号",
        "查 宜政办秘2008年第8号 全文",
    ],
)
def test_a_document_number_asks_for_its_field(interpreter: QueryInterpreter, typed: str) -> None:
    terms = leaves(interpreter.interpret(typed).strict)
    assert Term("document_number", "宜政办秘〔2008〕8号") in terms


def test_several_numbers_are_alternatives(
    interpreter: QueryInterpreter, analysis: TextAnalyzer
) -> None:
    interpreted = interpreter.interpret("国发〔2016〕40号 宜政办秘〔2008〕8号")
    assert interpreted.codes == ("国发〔2016〕40号", "宜政办秘〔2008〕8号")
    assert matches(interpreted.strict, index(TITLE, "", analysis))


def test_an_index_number_asks_for_its_field(interpreter: QueryInterpreter) -> None:
    terms = leaves(interpreter.interpret("003127334/200902-00019").strict)
    assert Term("index_number", "003127334/200902-00019") in terms


def test_a_whole_title_is_named_whatever_operators_it_holds(
    interpreter: QueryInterpreter, analysis: TextAnalyzer
) -> None:
    title = '关于 "放管服" -改革的通知'
    fields = index(title, "", analysis)
    assert matches(interpreter.interpret(title).strict, fields)


@pytest.mark.parametrize(
    "text",
    ["怎么住房公积金", "怎么 住房公积金"],
)
def test_words_of_asking_need_not_be_met(
    interpreter: QueryInterpreter, fields: Fields, text: str
) -> None:
    interpreted = interpreter.interpret(text)
    assert matches(interpreted.strict, fields)
    assert "怎么" not in interpreted.terms


def test_words_of_asking_alone_have_to_be_met(
    interpreter: QueryInterpreter, fields: Fields
) -> None:
    assert matches(interpreter.interpret("的").strict, fields)
    assert not matches(interpreter.interpret("怎么").strict, fields)


@pytest.mark.parametrize("text", ["-公积金 ，", '-公积金 "。"'])
def test_exclusions_with_nothing_else_said_are_taken_as_written(
    interpreter: QueryInterpreter, fields: Fields, text: str
) -> None:
    assert matches(interpreter.interpret(text).strict, fields)


def test_most_words_are_enough_once_relaxed(interpreter: QueryInterpreter, fields: Fields) -> None:
    interpreted = interpreter.interpret("住房 公积金 管理 火箭")
    assert not matches(interpreted.strict, fields)
    assert interpreted.relaxed is not None
    assert matches(interpreted.relaxed, fields)
    assert interpreter.interpret("公积金").relaxed is None


def test_what_was_read_is_shown_and_what_is_excluded_is_not(interpreter: QueryInterpreter) -> None:
    interpreted = interpreter.interpret('住房 "公积金 提取" -汽车 住房')
    assert interpreted.terms == ("住房", "公积金 提取")
    assert interpreted.highlight_terms == ("住房", "公积金提取")


@given(ANYTHING | ODDITIES)
def test_terms_and_needles_are_shown_once_and_lie_in_the_text(
    interpreter: QueryInterpreter, analysis: TextAnalyzer, text: str
) -> None:
    interpreted = interpreter.interpret(text)
    assert (
        max(
            [
                0,
                *Counter(interpreted.terms).values(),
                *Counter(interpreted.highlight_terms).values(),
            ]
        )
        < 2
    )
    stream = analysis.letters_only(text)
    assert all(analysis.letters_only(term) in stream for term in interpreted.terms)
    assert all(interpreted.highlight_terms)


def test_real_titles_find_themselves(
    interpreter: QueryInterpreter, analysis: TextAnalyzer, shared_data: Path
) -> None:
    with gzip.open(
        shared_data / "catalog" / "catalog_entries.jsonl.gz", "rt", encoding="utf-8"
    ) as lines:
        titles = [json.loads(line)["title"] for line in lines][::100]
    missed = [
        t for t in titles if not matches(interpreter.interpret(t).strict, index(t, "", analysis))
    ]
    assert len(titles) > 150
    assert missed == []
