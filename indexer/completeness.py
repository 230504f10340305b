"""Finds and withdraws public records that a source's full export no longer contains."""

from dataclasses import dataclass

from gongkai.catalog.identity import source_key
from gongkai.engines.port import DISCLOSURE, IndexStore
from gongkai.errors import ShrinkingSourceError
from indexer.run_register import RunRegister
from indexer.shrinkage import LARGEST_LOSS


@dataclass(frozen=True, slots=True)
class Missing:
    """`ids` are the live records of a source missing in its export, out of `total` records."""

    ids: tuple[str, ...]
    total: int


NOTHING_MISSING = Missing((), 0)


def find_missing(store: IndexStore, register: RunRegister, source: str) -> Missing:
    """Compares the live records of a source with the rows of a run over its full export.

    `source` is the name under which its records were indexed, or empty.
    """
    live = {record_id for record_id, _ in store.find_identities([source_key(source)], live=True)}
    missing = sorted(each for each in live if not register.has_seen(each))
    return Missing(tuple(missing), len(live))


def withdraw_missing(store: IndexStore, missing: Missing, *, allow: bool) -> int:
    """Withdraws the records and returns their number. An export that has them restores them.

    Raises ShrinkingSourceError if this removes more than a tenth of the source.
    """
    if not allow and len(missing.ids) > missing.total * LARGEST_LOSS:
        raise ShrinkingSourceError(len(missing.ids), missing.total)
    return sum(store.withdraw(missing.ids, cause=DISCLOSURE).values())
