"""What is asked for as one: terms of several words, and single characters with their neighbours."""

import pytest

from analyzers.normalize import normalize_text
from analyzers.synonyms import Synonym
from analyzers.text_analyzer import TextAnalyzer
from gongkai.query.expansion import QueryExpander
from gongkai.query.term_groups import TermGroup, group_terms

KNOWLEDGE = QueryExpander([Synonym("没钱打官司", "法律援助"), Synonym("工资", "劳动报酬")])


def units(text: str, analyzer: TextAnalyzer) -> list[TermGroup]:
    tokens = analyzer.tokens(normalize_text(text))
    return group_terms(tokens, KNOWLEDGE.find(text), analyzer.is_stopword)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("公基金", ["公基金"]),
        ("环竟保护", ["环竟", "保护"]),
        ("住房供积金", ["住房", "供积金"]),
        ("医院招聘", ["医院", "招聘"]),
        ("怎么申请", ["怎么", "申请"]),
        ("吃、住、行", ["吃", "住", "行"]),
        ("没钱打官司怎么办", ["没钱打官司", "怎么办"]),
    ],
)
def test_what_belongs_together_is_one(text: str, asked: list[str], analyzer: TextAnalyzer) -> None:
    assert ["".join(unit.words) for unit in units(text, analyzer)] == asked


def test_what_is_bound_asked_for_and_meant_is_told_apart(analyzer: TextAnalyzer) -> None:
    (bound,) = units("公基金", analyzer)
    assert bound.is_bound
    assert not bound.is_question_word
    asking, word = units("怎么申请", analyzer)
    assert asking.is_question_word
    assert not (word.is_question_word)
    assert not (word.is_bound)
    (term, _) = units("没钱打官司怎么办", analyzer)
    assert term.expansion is not None
    assert term.expansion.others == ("法律援助",)


def test_a_term_never_cuts_a_word(analyzer: TextAnalyzer) -> None:
    assert all(unit.expansion is None for unit in units("员工资格", analyzer))
