"""Laws of folded signs and of numerals written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.numerals import fold_signs, read_numeral, tidy_signs

DIGITS = "〇一二三四五六七八九"


def _in_words(number: int) -> str:
    words = ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        count, number = divmod(number, unit)
        if count:
            words += DIGITS[count] + sign
        elif words and number and not words.endswith("零"):
            words += "零"
    return words


@given(st.text())
def test_folding_keeps_every_offset_and_is_idempotent(text: str) -> None:
    folded = fold_signs(text)
    assert len(folded) == len(text)
    assert fold_signs(folded) == folded
    assert tidy_signs(tidy_signs(text)) == tidy_signs(text)


@given(st.integers(1, 9999))
def test_a_number_is_read_however_it_is_written_out(number: int) -> None:
    written = [str(number), _in_words(number), "".join(DIGITS[int(c)] for c in str(number))]
    assert [read_numeral(text) for text in written] == [number] * 3


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("廿一", 21), ("卅", 30), ("二00八", 2008), ("二○○八", 2008), ("一百零八", 108)],
)
def test_short_and_mixed_forms(text: str, number: int) -> None:
    assert read_numeral(text) == number


@pytest.mark.parametrize("text", ["", "百", "十百", "两", "1.5", "-1", "零百", "一十百"])
def test_what_is_no_number(text: str) -> None:
    assert read_numeral(text) is None
