"""Public records of a source that its full export no longer holds."""

from dataclasses import dataclass

from gongkai.catalog.identity import source_key
from gongkai.engines.port import DISCLOSURE, IndexStore
from gongkai.errors import ShrinkingSourceError
from indexer.run_register import RunRegister
from indexer.shrinkage import LARGEST_LOSS


@dataclass(frozen=True, slots=True)
class Missing:
    """`ids` of the live records of a source that its export lacks, of `total` records of it."""

    ids: tuple[str, ...]
    total: int


NOTHING_MISSING = Missing((), 0)


def find_missing(store: IndexStore, register: RunRegister, source: str) -> Missing:
    """Compare the live records of a source with the rows of a run over its full export.

    `source` is the name that its records were indexed under; empty for those without one.
    """
    live = {record_id for record_id, _ in store.find_identities([source_key(source)], live=True)}
    missing = sorted(each for each in live if not register.has_seen(each))
    return Missing(tuple(missing), len(live))


def withdraw_missing(store: IndexStore, missing: Missing, *, allow: bool) -> int:
    """Withdraw them; how many. Each returns by itself with an export that holds it.

    Raises ShrinkingSourceError if that takes more than a tenth of the source.
    """
    if not allow and len(missing.ids) > missing.total * LARGEST_LOSS:
        raise ShrinkingSourceError(len(missing.ids), missing.total)
    return sum(store.withdraw(missing.ids, cause=DISCLOSURE).values())
