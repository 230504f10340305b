"""The substring law, and what no token may hold."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given

from analyzers.dictionary import load_dictionary
from analyzers.normalize import normalize_text
from analyzers.numerals import fold_years
from analyzers.text_analyzer import TextAnalyzer
from tests.analyzers.texts import cuts_a_year, substrings, texts

ANALYSIS = TextAnalyzer(load_dictionary())

# White space to Python, to Unicode or to Rust's char::is_whitespace.
WHITE_SPACE = re.compile(r"[\s\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


@given(substrings())
def test_grams_of_a_part_follow_one_another_in_the_grams_of_the_text(
    pair: tuple[str, str],
) -> None:
    text, part = pair
    start = text.index(part)
    assume(not cuts_a_year(text[:start], part))
    assume(not cuts_a_year(part, text[start + len(part) :]))
    stream = ANALYSIS.letters_only(part)
    assert stream in ANALYSIS.letters_only(text)
    if len(stream) >= 2:
        wanted, grams = ANALYSIS.grams(part), ANALYSIS.grams(text)
        assert wanted == [stream[at : at + 2] for at in range(len(stream) - 1)]
        places = range(len(grams) - len(wanted) + 1)
        assert any(grams[at : at + len(wanted)] == wanted for at in places)


@given(texts)
def test_tokens_survive_a_whitespace_tokenizer(text: str) -> None:
    for tokens, joined in (
        (ANALYSIS.grams(text), ANALYSIS.gram_text(text)),
        (ANALYSIS.tokenize_for_search(text), ANALYSIS.word_text(text)),
    ):
        assert joined.split() == joined.encode().decode().split(" ") == tokens or not tokens
    for tokens in (
        ANALYSIS.grams(text),
        ANALYSIS.tokenize_for_search(text),
        ANALYSIS.tokenize(text),
    ):
        assert all(token and not WHITE_SPACE.search(token) for token in tokens)
    assert all(len(char) == 1 and not WHITE_SPACE.match(char) for char in ANALYSIS.chars(text))
    assert all(len(gram) == 2 for gram in ANALYSIS.grams(text))


@given(texts)
def test_literal_keeps_letters_numbers_marks_and_symbols_only(text: str) -> None:
    kept = [
        character
        for character in normalize_text(text)
        if unicodedata.category(character)[0] in "LNMS" or character >= "\U00020000"
    ]
    assert ANALYSIS.letters_only(text) == fold_years("".join(kept))


@given(texts)
def test_tokens_lie_where_they_say(text: str) -> None:
    tokens = ANALYSIS.tokens(text)
    assert [token.text for token in tokens] == ANALYSIS.tokenize(text)
    for token in tokens:
        assert token.text in normalize_text(text[token.start : token.end])


@given(texts)
def test_chars_are_normalized_one_by_one(text: str) -> None:
    chars = ANALYSIS.chars(text)
    assert chars == sorted(set(chars))
    assert set(chars) == {each for char in text for each in "".join(normalize_text(char).split())}


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("宜政办秘〔2008〕8号", ["宜政", "政办", "办秘", "秘2", "20", "00", "08", "88", "8号"]),
        ("申請，公 積", ["申请", "请公", "公积"]),
        ("水", []),
        ("，。", []),
        ("", []),
    ],
)
def test_grams(text: str, grams: list[str]) -> None:
    assert ANALYSIS.grams(text) == grams


def test_names_are_words_and_leave_the_fingerprint() -> None:
    named = TextAnalyzer(load_dictionary(), ["滨江新城管委（政数局）"])
    assert named.tokenize("滨江新城管委政数局") == ["滨江新城管委", "政数局"]
    assert named.fingerprint == ANALYSIS.fingerprint


def test_fingerprint_follows_the_dictionary_not_the_stopwords_or_the_engine(tmp_path: Path) -> None:
    (tmp_path / "stopwords.csv").write_text("word\n办理\n", "utf-8")
    other = TextAnalyzer(load_dictionary(tmp_path), pure=True)
    assert other.fingerprint == ANALYSIS.fingerprint
    assert other.is_stopword("办理")
    assert not ANALYSIS.is_stopword("办理")
    (tmp_path / "government.csv").write_text("word\n宜城通\n", "utf-8")
    assert TextAnalyzer(load_dictionary(tmp_path)).fingerprint != ANALYSIS.fingerprint


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("低保怎么申请", ["低保", "申请"]),
        ("社保咨询在哪里", ["社保", "咨询"]),
        ("请问公租房的申请条件是什么", ["公租房", "申请", "条件"]),
    ],
)
def test_a_question_keeps_its_content(question: str, content: list[str]) -> None:
    words = ANALYSIS.tokenize(question)
    assert [word for word in words if not ANALYSIS.is_stopword(word)] == content
