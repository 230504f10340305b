"""Queries understood: every text can be asked, its cost is bounded, and a text finds itself."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analyzers.normalize import normalize_text
from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.fields import FIELDS
from gongkai.catalog.record import Record
from gongkai.query.assembly import WORD_LIMIT
from gongkai.query.interpreter import InterpretedQuery, QueryInterpreter
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
def interpreter(analyzer: TextAnalyzer) -> QueryInterpreter:
    return QueryInterpreter(analyzer)


@pytest.fixture(scope="module")
def fields(analyzer: TextAnalyzer) -> Fields:
    return index(TITLE, BODY, analyzer)


def index(title: str, body: str, analyzer: TextAnalyzer) -> Fields:
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
    return build_document(record, analyzer).fields


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


def cuts_number(text: str, place: int) -> bool:
    """Whether the place lies inside a number or a word with digits: a number is met as a whole."""
    words = re.finditer(r"[0-9a-z]*[0-9][0-9a-z]*(?:\.[0-9]+)*", normalize_text(text))
    return any(word.start() < place < word.end() for word in words)


@given(st.data())
def test_any_run_of_a_text_finds_the_text(
    interpreter: QueryInterpreter, fields: Fields, data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from([TITLE, BODY]))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assume(not any(cuts_number(text, place) for place in (start, end)))
    run = text[start:end]
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
    interpreter: QueryInterpreter, analyzer: TextAnalyzer, text: str
) -> None:
    words = text.split()
    assume(words)
    fields = index("题", text, analyzer)
    assert matches(interpreter.interpret(" ".join(reversed(words))).strict, fields)


def test_a_phrase_has_to_be_met_as_written(
    interpreter: QueryInterpreter, analyzer: TextAnalyzer
) -> None:
    fields = index("题", "管理住房，不管公积金", analyzer)
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
    interpreter: QueryInterpreter, analyzer: TextAnalyzer
) -> None:
    interpreted = interpreter.interpret("国发〔2016〕40号 宜政办秘〔2008〕8号")
    assert interpreted.codes == ("国发〔2016〕40号", "宜政办秘〔2008〕8号")
    assert matches(interpreted.strict, index(TITLE, "", analyzer))


def test_an_index_number_asks_for_its_field(interpreter: QueryInterpreter) -> None:
    terms = leaves(interpreter.interpret("003127334/200902-00019").strict)
    assert Term("index_number", "003127334/200902-00019") in terms


@pytest.mark.parametrize("typed", ["003127334/2009", "003127334/200902-000"])
def test_half_an_index_number_finds_its_record(
    interpreter: QueryInterpreter, fields: Fields, typed: str
) -> None:
    interpreted = interpreter.interpret(typed)
    assert interpreted.codes == (typed,)
    assert matches(interpreted.strict, fields)


def test_a_whole_title_is_named_whatever_operators_it_holds(
    interpreter: QueryInterpreter, analyzer: TextAnalyzer
) -> None:
    title = '关于 "放管服" -改革的通知'
    fields = index(title, "", analyzer)
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
def test_terms_and_highlight_terms_are_shown_once_and_lie_in_the_text(
    interpreter: QueryInterpreter, analyzer: TextAnalyzer, text: str
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
    stream = analyzer.letters_only(text)
    assert all(analyzer.letters_only(term) in stream for term in interpreted.terms)
    assert all(interpreted.highlight_terms)


def test_real_titles_find_themselves(
    interpreter: QueryInterpreter, analyzer: TextAnalyzer, shared_data: Path
) -> None:
    with gzip.open(
        shared_data / "catalog" / "catalog_entries.jsonl.gz", "rt", encoding="utf-8"
    ) as lines:
        titles = [json.loads(line)["title"] for line in lines][::100]
    missed = [
        t for t in titles if not matches(interpreter.interpret(t).strict, index(t, "", analyzer))
    ]
    assert len(titles) > 150
    assert missed == []


@pytest.mark.parametrize(
    ("query", "text", "is_met"),
    [
        ("二〇一〇年政府工作报告", "2010年政府工作报告", True),
        ("2010年政府工作报告", "二○一○年政府工作报告", True),
        ("2010年政府工作报告", "一、二零一零年政府工作报告", True),
        ('"二〇一〇年政府"', "2010年政府工作报告", True),
        ("2016年工作报告", "2016年市政府工作报告", True),
        ("2016年工作报告", "市政府工作报告（2015—2016）", True),
        ("2016年工作报告", "12016年工作报告", False),
        ("2024年度部门决算", "2024年部门决算", True),
        ("60岁退休", "满六十周岁退休", True),
        ("60岁退休", "满160岁退休", False),
        ("3个月内", "三个月以内", True),
        ("8小时", "48小时", False),
        ("8小时", "八小时", True),
        ("第32条", "第三十二条", True),
        ("第 32 条", "第三十二条", True),
        ("第三十二条", "第 32 条", True),
        ("32条", "第三十二条", True),
        ("第32条", "第一百三十二条", False),
        ('"本法第32条"', "本法第三十二条", True),
        ("第2章", "第二章", True),
        ("第二款", "第2款", True),
        ("996", "1996", False),
        ("996", "9、96", False),
        ("996", "996工作制", True),
        ('"996"', "1996", True),
        ("1640", "〔2016〕40号", False),
        ("12345", "拨打12345热线", True),
        ("3.15", "3·15消费者权益日", True),
        ("15", "3.15", False),
        ("PM2.5", "PM 2.5", True),
        ("ISO 9001", "ISO9001认证", True),
        ("5G", "15G", False),
    ],
)
def test_numbers_are_met_as_numbers(
    interpreter: QueryInterpreter, analyzer: TextAnalyzer, query: str, text: str, is_met: bool
) -> None:
    fields = index("公告", text, analyzer)
    assert matches(interpreter.interpret(query).strict, fields) is is_met


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("劳动法第32条", "劳动法第三十二条"),
        ("60岁退休", "六十岁退休"),
        ("二〇一〇年政府工作报告", "2010年政府工作报告"),
        ("3个月内", "三个月内"),
        ("第32条", "第三十二条"),
        ("劳动法 第 32 条", "劳动法 第三十二条"),
        ("60岁", "六十岁"),
    ],
)
def test_the_spelling_of_a_number_changes_no_score(
    interpreter: QueryInterpreter, one: str, other: str
) -> None:
    first, second = interpreter.interpret(one), interpreter.interpret(other)
    assert Counter(scored(first.strict)) == Counter(scored(second.strict))
    assert Counter(scored(first.relaxed)) == Counter(scored(second.relaxed))
    assert first.highlight_terms == second.highlight_terms


def scored(query: Query | None) -> list[Query]:
    """The leaves of a query without the whole title, which is met as it is written."""
    found = leaves(query) if query else []
    return [leaf for leaf in found if getattr(leaf, "field", "") != "title_key"]
