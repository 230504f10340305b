"""The record as an index stores it, and its codec: JSON under the keys of the public API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from gongkai.catalog.citations import Citation
from gongkai.catalog.dates import PartialDate
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.explained import Explained
from gongkai.catalog.fields import SEVERAL
from gongkai.catalog.record import Attachment, AttachmentText, Record, list_members
from gongkai.catalog.repeals import Repeal
from gongkai.catalog.validity_period import NO_PERIOD, ValidityPeriod

_NOT_STORED = frozenset(("path",))
"""A place on the indexing machine is nothing to show."""
_PERIOD_DAYS = ("effective_on", "expires_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord(Record):
    """A record with the values derived from its text.

    `repeals` are the documents that it repeals, `explained` those that it explains, `cites` those
    that it names besides. `period` is the one that it states for itself. `text_key` and `bands`
    are for comparison with other records (`gongkai.duplicates.comparable_text`), empty for a record
    without text.
    """

    repeals: tuple[Repeal, ...] = ()
    explained: tuple[Explained, ...] = ()
    cites: tuple[Citation, ...] = ()
    period: ValidityPeriod = NO_PERIOD
    text_key: str = ""
    bands: str = ""


def encode_record(record: Record) -> bytes:
    """Returns the stored JSON; `decode_record` reverses it, and encodes to the same bytes again."""
    return orjson.dumps(_members(record), _to_json, orjson.OPT_PASSTHROUGH_DATACLASS)


def decode_record(stored: bytes) -> StoredRecord:
    """Returns the record of a stored JSON. Raises KeyError, TypeError, ValueError for another."""
    values = orjson.loads(stored)
    for name in SEVERAL:
        values[name] = tuple(values[name])
    issued_on = values["issued_on"]
    values["issued_on"] = _read_date(issued_on) if issued_on else None
    values["published_on"] = _read_date(values["published_on"])
    values["disclosure"] = Disclosure(values["disclosure"])
    for name, read in _NESTED.items():
        # Most records have none of these.
        values[name] = tuple(map(read, values[name])) if values[name] else ()
    values["period"] = _read_period(values["period"])
    return StoredRecord(**values)


def _read_attachment(stored: dict[str, Any]) -> Attachment:
    return Attachment(**{**stored, "text_state": AttachmentText(stored["text_state"])})


def _read_period(stored: dict[str, Any]) -> ValidityPeriod:
    if stored == _STORED_NO_PERIOD:
        return NO_PERIOD
    days = {name: _read_date(stored[name]) for name in _PERIOD_DAYS if stored[name]}
    return ValidityPeriod(**{**stored, **days})


_read_date = lru_cache(10_000)(PartialDate.from_iso)
"""A list has few days, and a page of it is read many times."""


def _members(value: object) -> dict[str, object]:
    return {name: each for name, each in list_members(value) if name not in _NOT_STORED}


def _to_json(value: object) -> object:
    """Returns a value that `orjson` does not know in a form that it does."""
    if isinstance(value, PartialDate):
        return value.iso
    if isinstance(value, Attachment | Citation | Explained | Repeal | ValidityPeriod):
        return _members(value)
    raise TypeError(type(value).__name__)


_NESTED: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "attachments": _read_attachment,
    "repeals": lambda stored: Repeal(**stored),
    "explained": lambda stored: Explained(**stored),
    "cites": lambda stored: Citation(**stored),
}
_STORED_NO_PERIOD = _to_json(NO_PERIOD)
