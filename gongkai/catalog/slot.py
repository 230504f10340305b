"""A slot: the part of all record ids that one of several indexers owns."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.catalog.closed_row import find_closed_id
from gongkai.catalog.columns import columns_to_judge, nested_columns
from gongkai.catalog.disclosure import Disclosure, settle_disclosure
from gongkai.catalog.headings import gather_by_key
from gongkai.catalog.identity import base_id
from gongkai.catalog.intake import IntakeRules
from gongkai.catalog.plain_text import strings_in
from gongkai.catalog.row_reader import RowReader
from gongkai.errors import RefusedValueError


@dataclass(frozen=True, slots=True)
class Slot:
    """Slot `number` of `total`, counted from 1."""

    number: int
    total: int

    def owns(self, key: str) -> bool:
        """Whether a record id belongs to this slot; an id derived from it has the same slot."""
        raw = hashlib.blake2b(base_id(key).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(raw) % self.total == self.number - 1


def belongs_elsewhere(raw: Mapping[str, object], rules: IntakeRules, slot: Slot) -> bool:
    """Whether a row is certainly public and its record belongs to another slot.

    Much cheaper than reading the whole row: an indexer skips the rows of all other slots with it.
    """
    known, unknown = gather_by_key(raw)
    cells = RowReader(known, rules.today)
    others = {**unknown, **nested_columns(cells)} if "extra" in known else unknown
    own = find_closed_id(cells, others, rules.tables.agencies, rules.source)
    if own is None or slot.owns(own):
        return False
    stated = strings_in(known.get("disclosure", ()))
    try:
        columns = columns_to_judge(raw, known)
        return settle_disclosure(stated, columns, rules.fill_disclosure) is Disclosure.PUBLIC
    except RefusedValueError:
        return False
