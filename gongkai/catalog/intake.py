"""Intake: turns the raw fields of a source row into a Record, a refusal or a withholding.

Disclosure is determined first, so that no later message can reveal a text that is not public.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from gongkai.catalog.closed_row import find_closed_id, find_closed_keys
from gongkai.catalog.columns import (
    BEHIND_REQUEST,
    columns_to_judge,
    drop_other_entries,
    nested_columns,
    warn_of_garbled,
)
from gongkai.catalog.disclosure import Disclosure, settle_disclosure
from gongkai.catalog.headings import gather_by_key
from gongkai.catalog.identity import record_keys
from gongkai.catalog.kept_rows import keep_cells
from gongkai.catalog.personal_data import holds_personal_number
from gongkai.catalog.plain_text import strings_in
from gongkai.catalog.published_part import disclose, holds_personal_data
from gongkai.catalog.record import Record
from gongkai.catalog.record_builder import build_record
from gongkai.catalog.row_names import PLACE_COLUMNS
from gongkai.catalog.row_reader import RowReader
from gongkai.catalog.tables import Tables
from gongkai.catalog.value_limits import limit_record
from gongkai.errors import RefusedValueError

VALUE_LIMIT = 200
"""Characters shown of a value in a warning."""


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """The rules of an intake: the city's tables, and the disclosure of a source declared public.

    `source` is the name of the source, which is part of its ids; it may be empty. `today` is the
    day of the run; without it no date is too far in the future. `publishers` are the agencies whose
    rows are taken, None for all.
    """

    tables: Tables
    fill_disclosure: Disclosure | None = None
    source: str = ""
    today: datetime.date | None = None
    publishers: frozenset[str] | None = None

    def check_publisher(self, publisher: str) -> None:
        """Raises RefusedValueError for a row of an agency whose rows are not taken."""
        if self.publishers is not None and publisher not in self.publishers:
            message = "The row's agency is none of those whose rows this run takes."
            raise RefusedValueError("publisher", "other_unit", message)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A record that may be published; `warnings` are (field, code) of values left empty.

    `values` are (field, code, value) of warnings for staff. `headings` are the row's filled columns
    that the catalog does not know. Neither contains anything that is not public.
    """

    record: Record
    warnings: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str, str], ...] = ()
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be indexed until it is corrected; `message` never quotes it.

    `kept` are the cells that may be stored for correction, None for no cell. `id` is the id of its
    record, None where it is unclear.
    """

    field: str
    reason: str
    message: str
    kept: Mapping[str, object] | None = dataclass_field(default=None, repr=False, compare=False)
    id: str | None = dataclass_field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A row that must not be published: `not_public`, or `personal_data` for staff to review.

    `id` and `keys` (`gongkai.catalog.identity`) identify its record, so that an older public
    version can be withdrawn. No message shows them.
    """

    reason: str
    id: str | None = dataclass_field(default=None, repr=False)
    keys: tuple[str, ...] = dataclass_field(default=(), repr=False, compare=False)


def take_row(raw: Mapping[str, object], rules: IntakeRules) -> Accepted | Refused | Withheld:
    """Applies every rule to one source row. Raises nothing for bad data."""
    known, unknown = gather_by_key(raw)
    cells = RowReader(known, rules.today)
    disclosure: Disclosure | None = None
    others: Mapping[str, object] = unknown
    agencies = rules.tables.agencies
    try:
        stated = strings_in(known.get("disclosure", ()))
        others = {**unknown, **nested_columns(cells)} if "extra" in known else unknown
        columns = columns_to_judge(raw, known)
        disclosure = settle_disclosure(stated, columns, rules.fill_disclosure)
        if disclosure is Disclosure.NOT_PUBLIC:
            keys = find_closed_keys(cells, others, agencies, rules.source)
            own = find_closed_id(cells, others, agencies, rules.source)
            return Withheld("not_public", own, keys)
        if disclosure is Disclosure.ON_REQUEST:
            drop_other_entries(known, raw)
        built = build_record(cells, others, disclosure, rules.tables, rules.source)
        record = limit_record(disclose(built), lambda key, code: cells.warnings.append((key, code)))
        warn_of_garbled(cells, others, disclosure)
        rules.check_publisher(record.publisher)
    except RefusedValueError as refusal:
        kept = keep_cells(raw, disclosure)
        own = find_closed_id(cells, others, agencies, rules.source)
        return Refused(refusal.field, refusal.reason, str(refusal), kept, own)
    if holds_personal_data(record):
        return Withheld("personal_data", record.id, record_keys(record))
    is_public = record.disclosure is Disclosure.PUBLIC
    headings = tuple(name for name in others if name not in PLACE_COLUMNS) if is_public else ()
    warnings = tuple(dict.fromkeys(cells.warnings))
    return Accepted(record, warnings, _values_to_show(cells, record), headings)


def _values_to_show(cells: RowReader, record: Record) -> tuple[tuple[str, str, str], ...]:
    """Returns values of warnings without personal data; on request only those of the entry."""
    hidden = () if record.disclosure is Disclosure.PUBLIC else BEHIND_REQUEST
    return tuple(
        (key, code, value[:VALUE_LIMIT])
        for (key, code), values in cells.values.items()
        for value in dict.fromkeys(values)
        if value and key not in hidden and not holds_personal_number(value)
    )
