"""Refuses to switch to a generation that would lose many of the live records, or all of them."""

from gongkai.engines.port import IndexStore
from gongkai.errors import ShrinkingIndexError

LARGEST_LOSS = 0.1
"""Share of the live records that a switch may lose; an export cut short loses more."""


def check_shrink(store: IndexStore, records: int, *, allow: bool) -> None:
    """Raise ShrinkingIndexError if going live with `records` records loses too many.

    Withdrawals of the same run must be settled before: a record that its source closed is not lost.
    """
    live = next((each.records for each in store.generations() if each.live), 0)
    if not allow and (not records or live - records > live * LARGEST_LOSS):
        raise ShrinkingIndexError(live, records)
