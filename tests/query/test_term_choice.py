"""Which terms decide: by what tells documents apart, and in messages by what they ask."""

import pytest

from gongkai.query.clauses import ReadTerm
from gongkai.query.questions import asks_how, find_asking
from gongkai.query.relevance import load_weights
from gongkai.query.term_choice import choose_terms
from gongkai.query.word_counts import WordCount, WordCounts

COUNTS = WordCounts(
    {
        "低保": WordCount(20, 15),
        "条件": WordCount(600, 100),
        "失业金": WordCount(5, 3),
        "乡下": WordCount(3, 0),
        "老伴": WordCount(0, 0),
    },
    total=1_000,
)
STORY = tuple(ReadTerm((word,), counted=((word,),)) for word in ("乡下", "老伴", "条件") * 8)


def names(terms: tuple[ReadTerm, ...]) -> set[str]:
    return {term.words[0] for term in terms}


def test_a_word_of_most_records_finds_none_by_itself() -> None:
    terms = [ReadTerm((word,), counted=((word,),)) for word in ("失业金", "条件", "老伴")]
    choice = choose_terms(terms, COUNTS, load_weights())
    assert names(choice.deciding) == {"失业金", "老伴"}
    assert names(choice.further) == {"条件"}


@pytest.mark.parametrize("place", [0, 12, 24])
def test_narrative_words_never_decide(place: int) -> None:
    asked = ReadTerm(("低保",), ("最低生活保障",), is_asked=True, counted=(("低保",),))
    choice = choose_terms((*STORY[:place], asked, *STORY[place:]), COUNTS, load_weights())
    assert choice.is_message
    assert names(choice.deciding) == {"低保"}


def test_a_term_tells_no_more_than_its_most_frequent_name() -> None:
    common = ReadTerm(("要什么条件",), ("条件",), counted=(("老伴",), ("条件",), ("失业金",)))
    rare = ReadTerm(("低保",), counted=(("低保", "条件"),))
    choice = choose_terms([common, rare], COUNTS, load_weights())
    assert choice.deciding == (rare,)


def test_without_counts_every_term_decides() -> None:
    choice = choose_terms(STORY[:5], WordCounts(), load_weights())
    assert choice.deciding == STORY[:5]
    assert choose_terms(STORY, WordCounts(), load_weights()).deciding


def test_clauses_that_ask_are_found() -> None:
    text = "老伴走了，想问一下怎么申请低保，谢谢。住房有吗？今年七十岁"
    spans = find_asking(text, {"怎么", "想问"})
    assert [text[start:end] for start, end in spans] == ["想问一下怎么申请低保，", "住房有吗？"]
    assert find_asking("", {"怎么"}) == ()


@pytest.mark.parametrize("text", ["低保怎么申请", "护照在哪儿办", "落户 材料", "离婚手续"])
def test_a_text_asks_how_something_is_done(text: str) -> None:
    assert asks_how(text)
    assert not asks_how("低保标准")
