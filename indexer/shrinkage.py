"""Refuses a switch to a generation that would lose many or all of the live records."""

from gongkai.engines.port import IndexStore
from gongkai.errors import ShrinkingIndexError

LARGEST_LOSS = 0.1
"""Share of the live records that a switch may lose; a truncated export loses more."""


def check_shrink(store: IndexStore, records: int, *, allow: bool) -> None:
    """Raises ShrinkingIndexError if a generation of `records` records would lose too many.

    Apply withdrawals of the same run first: a record that its source closed is not lost.
    """
    live = next((each.records for each in store.generations() if each.live), 0)
    if not allow and (not records or live - records > live * LARGEST_LOSS):
        raise ShrinkingIndexError(live, records)
