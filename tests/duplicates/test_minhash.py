"""Shingles and bands: exact sets, and agreement as often as the law of MinHash says."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.duplicates.minhash import (
    BANDS,
    ROWS,
    find_bands,
    find_bands_of,
    pack_bands,
    unpack_bands,
)
from gongkai.duplicates.shingles import SHINGLE, cut_shingles, measure_overlap

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
FEW = st.text("甲乙丙丁", max_size=60)


def cut_plainly(text: str) -> set[str]:
    if not text:
        return set()
    return {text[at : at + SHINGLE] for at in range(max(len(text) - SHINGLE + 1, 1))}


@given(TEXTS | FEW, TEXTS | FEW)
def test_overlap_is_that_of_the_sets_of_strings(one: str, other: str) -> None:
    a, b = cut_plainly(one), cut_plainly(other)
    jaccard, containment = measure_overlap(cut_shingles(one), cut_shingles(other))
    shared = len(a & b)
    assert len(cut_shingles(one)) == len(a)
    assert jaccard == pytest.approx(shared / len(a | b) if a and b else 0.0)
    assert containment == pytest.approx(shared / min(len(a), len(b)) if a and b else 0.0)


@given(TEXTS)
def test_bands_are_packed_and_unpacked(text: str) -> None:
    bands = find_bands(cut_shingles(text))
    assert len(bands) == (BANDS if text else 0)
    assert unpack_bands(pack_bands(bands)) == bands
    assert len(set(bands)) == len(bands)


@given(st.lists(TEXTS | FEW, max_size=6))
def test_bands_of_several_texts_are_those_of_each(texts: list[str]) -> None:
    assert find_bands_of(texts) == [find_bands(cut_shingles(each)) for each in texts]


@pytest.mark.parametrize("jaccard", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("size", [60, 400, 3000])
def test_two_sets_agree_in_a_band_as_often_as_their_likeness_says(
    jaccard: float, size: int
) -> None:
    """Short sets leave bins empty: what they borrow must not bend the estimate."""
    draw = np.random.default_rng(7)
    shared = round(2 * size * jaccard / (1 + jaccard))
    agreed = 0
    rounds = 300
    for _ in range(rounds):
        pool = draw.integers(0, 2**64, 2 * size - shared, dtype=np.uint64)
        one, other = np.sort(pool[:size]), np.sort(pool[size - shared :])
        agreed += len(set(find_bands(one)) & set(find_bands(other)))
    expected = (shared / (2 * size - shared)) ** ROWS
    assert agreed / (rounds * BANDS) == pytest.approx(expected, abs=0.035)


def test_texts_with_nothing_in_common_share_no_band() -> None:
    draw = random.Random(3)
    texts = ["".join(chr(draw.randint(0x4E00, 0x9FA5)) for _ in range(300)) for _ in range(200)]
    bands = [set(find_bands(cut_shingles(text))) for text in texts]
    shared = sum(len(bands[a] & bands[b]) for a in range(200) for b in range(a))
    assert shared <= 2
