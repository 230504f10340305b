"""Texts with too few digits are skipped, and nothing that is a chain is skipped with them."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog import digit_chains
from gongkai.catalog.digit_chains import SHORTEST_CHAIN, find_chains

WRITINGS = ("1", "１", "①", "一", "壹", "〇", "O", "l", "٣", "𝟏", "🄂", "ⅹ")
GAPS = ("", " ", "-", "\u200b", "<b>", "&nbsp;", "\n", "年", "甲乙")


def search_all(text: str) -> list[str]:
    """Where chains are by the pattern alone."""
    folded = text.translate(digit_chains._ASTRAL)
    return [found[0] for found in digit_chains._CHAIN.finditer(folded)]


@pytest.mark.parametrize(("sign", "gap"), list(product(WRITINGS[:-1], GAPS[:-2])))
def test_fifteen_digits_of_any_writing_are_a_chain(sign: str, gap: str) -> None:
    assert list(find_chains(f"甲{gap.join([sign] * SHORTEST_CHAIN)}乙"))
    assert not list(find_chains(f"甲{gap.join([sign] * (SHORTEST_CHAIN - 1))}乙"))


@given(
    st.lists(
        st.sampled_from((*WRITINGS, *GAPS)) | st.characters(codec=None), min_size=10, max_size=80
    ).map("".join)
)
def test_what_is_found_is_what_the_pattern_finds(text: str) -> None:
    folded = text.translate(digit_chains._ASTRAL)
    chains = [folded[groups[0].start : groups[-1].end] for groups in find_chains(text)]
    assert chains == search_all(text)
