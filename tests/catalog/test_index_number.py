"""Laws of index numbers (索引号)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.index_number import (
    IndexNumber,
    find_index_numbers,
    parse_index_number,
)
from gongkai.errors import RefusedValueError

SLASHES = ["/", "／", "∕", "⁄"]
DASHES = ["-", "－", "—", "–", "‐", "−", "——", "一"]
SPACES = ["", " ", "\u3000", "\u200b"]
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

agencies = st.from_regex(r"[0-9]{8}[0-9X]", fullmatch=True)
periods = st.from_regex(r"20[0-9]{2}(0[1-9]|1[0-2])?", fullmatch=True)
tails = st.from_regex(r"[0-9]{5}", fullmatch=True)


@given(st.data(), agencies, periods, tails)
def test_any_spelling_has_one_canonical_form(
    data: st.DataObject, agency: str, period: str, serial: str
) -> None:
    gap = st.sampled_from(SPACES)
    slash, dash = data.draw(st.sampled_from(SLASHES)), data.draw(st.sampled_from(DASHES))
    parts = [agency, slash, period, dash, serial]
    typed = "".join(part + data.draw(gap) for part in parts)
    if data.draw(st.booleans()):
        typed = typed.translate(WIDE)
    number = parse_index_number(typed.lower())
    canonical = f"{agency}/{period}-{serial}"
    assert number == IndexNumber(canonical, agency, period, serial, "catalog")


@pytest.mark.parametrize(
    ("typed", "canonical", "form"),
    [
        ("003127334/200902-00019", "003127334/200902-00019", "catalog"),
        ("000014349／2018－00204", "000014349/2018-00204", "catalog"),
        ("11340800003108221a/202103-00012", "11340800003108221A/202103-00012", "credit"),
        ("003127334/200913-00019", "003127334/200913-00019", "odd"),
        ("ga000－0201－2009—00012", "GA000-0201-2009-00012", "odd"),
        ("无", "无", "odd"),
    ],
)
def test_shapes(typed: str, canonical: str, form: str) -> None:
    number = parse_index_number(typed)
    assert (number.canonical, number.form) == (canonical, form)


@pytest.mark.parametrize("blank", ["", " \u3000", "\u200b"])
def test_only_blank_text_is_refused(blank: str) -> None:
    with pytest.raises(RefusedValueError) as refusal:
        parse_index_number(blank)
    assert (refusal.value.field, refusal.value.reason) == ("index_number", "missing")


@given(st.one_of(st.text(max_size=40), st.text("019一-—ー/／xX \u200b", max_size=20)))
def test_canonical_of_canonical_is_itself(text: str) -> None:
    try:
        number = parse_index_number(text)
    except RefusedValueError:
        return
    assert parse_index_number(number.canonical) == number


@given(
    agencies, periods, tails, st.sampled_from(SLASHES), st.sampled_from(["", "查索引号：", "看 "])
)
def test_an_index_number_is_found_inside_a_sentence(
    agency: str, period: str, serial: str, slash: str, before: str
) -> None:
    typed = f"{agency}{slash}{period}－{serial}"
    text = f"{before}{typed}是什么"
    (found,) = find_index_numbers(text)
    assert text[found.start : found.end] == typed
    assert found.number == parse_index_number(typed)


@pytest.mark.parametrize(
    "text", ["1003127334/200902-00019", "003127334/200902", "A003127334/2009-00019", "2009/02-19"]
)
def test_parts_of_longer_numbers_are_not_found(text: str) -> None:
    assert find_index_numbers(text) == []
