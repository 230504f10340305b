"""Laws of folded signs."""

from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalog.signs import fold_signs, tidy_signs


@given(st.text())
def test_folding_keeps_every_offset_and_is_idempotent(text: str) -> None:
    folded = fold_signs(text)
    assert len(folded) == len(text)
    assert fold_signs(folded) == folded
    assert tidy_signs(tidy_signs(text)) == tidy_signs(text)
