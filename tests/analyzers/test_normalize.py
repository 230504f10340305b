"""The laws of folding: idempotent, one character at a time, with a true way back."""

from importlib import resources

import pytest
from hypothesis import assume, given

from analyzers.normalize import literal, literal_lines, literal_text, normalize, normalize_text
from analyzers.numerals import read_numeral
from tests.analyzers.texts import cuts_a_year, texts


def opencc_rows() -> list[tuple[str, str]]:
    table = resources.files("opencc").joinpath("dictionary", "TSCharacters.txt")
    rows = (line.split("\t") for line in table.read_text("utf-8").splitlines())
    return [(character, forms.split()[0]) for character, forms in rows]


LONG = "中" * 1_000
"""Makes any text long enough for the array of all code points."""


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ１２３，（）", "abc123,()"),
        ("申請住房公積金", "申请住房公积金"),
        ("二○○八年 ○", "2008年 〇"),
        ("二零一零年 3·15", "2010年 3.15"),
        ("İ ß ﬁ K Å", "i ss fi k a"),
        ("café cafe\u0301", "cafe cafe"),
        ("㍻㎡⑴", "平成m2(1)"),
        ("ｶ が か\u3099", "カ が か\u3099"),
        ("政\u200b府\ufeff❤\ufe0f\x00", "政府❤"),
        ("一\u3000二\xa0三\t四\r\n五", "一 二 三 四 \n五"),
        ("牴觸 瞭解 憑藉", "抵触 了解 凭借"),
        ("覆盖 著作权 大阪", "覆盖 著作权 大阪"),
        ("等等……", "等等……"),
        ("⼈⺠政府 ⻓江⼤桥 ⻔前 ⻋辆 ⺟⼦", "人民政府 长江大桥 门前 车辆 母子"),
        ("⻑⻄ 﨑岖", "长西 崎岖"),
        ("\ud800\ue000\U0010ffff", ""),
    ],
)
def test_folds(text: str, folded: str) -> None:
    assert normalize_text(text) == folded


@given(texts)
def test_a_long_text_folds_as_a_short_one(text: str) -> None:
    assume(not cuts_a_year(LONG, text))
    assert normalize_text(LONG + text) == LONG + normalize_text(text)
    assert literal_text(LONG + text) == LONG + literal_text(text)
    lines = f"{LONG}{text}"
    assert literal_lines(lines) == [literal_text(line) for line in lines.split("\n")]


def test_traditional_equals_simplified_throughout_the_table() -> None:
    rows = opencc_rows()
    differing = [row for row in rows if normalize_text(row[0]) != normalize_text(row[1])]
    assert len(rows) > 4000
    assert differing == []


def test_every_character_folds_to_what_stays() -> None:
    folded = "".join(map(normalize_text, map(chr, range(0x30000))))
    assert normalize_text(folded) == folded


@given(texts)
def test_idempotent(text: str) -> None:
    assert normalize_text(normalize_text(text)) == normalize_text(text)
    assert literal_text(normalize_text(text)) == literal_text(text)
    assert literal_text(literal_text(text)) == literal_text(text)


@given(texts, texts)
def test_folds_without_looking_at_neighbours(before: str, after: str) -> None:
    """Only what forms a written year across the border is folded together."""
    assume(not cuts_a_year(before, after))
    assert normalize_text(before + after) == normalize_text(before) + normalize_text(after)
    assert literal_text(before + after) == literal_text(before) + literal_text(after)


def is_written(digit: str, numeral: str) -> bool:
    """Whether the digit of a year is written as this numeral: 2 as 二."""
    if digit == ".":
        return numeral in "·・"
    return digit in "0123456789" and read_numeral(numeral) == int(digit)


@given(texts)
def test_spans_lead_back(text: str) -> None:
    for mapped, fold in ((normalize(text), normalize_text), (literal(text), literal_text)):
        assert mapped.text == fold(text)
        spans = [mapped.original_span(at, at + 1) for at in range(len(mapped.text))]
        assert spans == sorted(spans)
        for character, (start, end) in zip(mapped.text, spans, strict=True):
            assert 0 <= start < end <= len(text)
            assert character in fold(text[start:end]) or is_written(character, text[start:end])


@given(texts)
def test_whole_span_folds_to_whole_text(text: str) -> None:
    mapped = literal(text)
    start, end = mapped.original_span(0, len(mapped.text))
    assert literal_text(text[start:end]) == mapped.text


def test_keeps_no_offsets_where_each_character_maps_to_one() -> None:
    assert normalize("宜政办秘〔２００８〕8号，").offsets is None
    assert normalize("政\u200b府").offsets is not None


def test_span_takes_the_accent_but_not_the_comma() -> None:
    text = "cafe\u0301\u200b，政府"
    assert literal(text).original_span(3, 4) == (3, 5)
    assert literal(text).original_span(4, 6) == (7, 9)
    assert literal(text).original_span(4, 4) == (7, 7)


def test_expanded_character_is_one_span() -> None:
    mapped = normalize("见㍻年")
    assert mapped.text == "见平成年"
    assert mapped.original_span(2, 3) == (1, 2)
