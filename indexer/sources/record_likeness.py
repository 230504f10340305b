"""Measures how much an object or element looks like a catalog record.

It separates records from enclosing objects and from facets.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

from gongkai.catalog.fields import CLASSIFIED, TELLING
from gongkai.catalog.headings import is_added_by_city, is_blank, key_of
from indexer.sources.row import gather_cells

_TELLING = TELLING | {"summary", "body"}
_BODY_COUNTS = 3
_SHARED = TELLING.intersection(("publisher", *CLASSIFIED))
_GROUP = re.compile("name|title|label|dept|agency|org|unit|部门|单位|机构", re.IGNORECASE)
_AGENCY = re.compile(
    r"[\u4e00-\u9fff]{1,20}(?:局|委|委员会|办公室|政府|[省市]?厅|法院|检察院|管委会|街道|办事处|中心|[^乡]镇|乡)"
)
_DISCLOSURE = re.compile(
    "公开|密|内部|状态|disclos|public|secre|classif|status|state|visib", re.IGNORECASE
)


class Likeness(IntEnum):
    """RECORD has a title and a key that only records have; LISTED has any two known headings."""

    NONE = 0
    LISTED = 1
    RECORD = 2


def measure_likeness(keys: Iterable[str]) -> Likeness:
    """Returns the likeness for catalog keys.

    A facet `{name, count}` or link `{title, url}` has none.
    """
    known = frozenset(keys)
    telling = len(known & _TELLING)
    if telling >= (1 if "title" in known else 2):
        return Likeness.RECORD
    return Likeness.LISTED if len(known) >= 2 else Likeness.NONE


def weigh(keys: Iterable[str]) -> int:
    """Returns the number of keys that only records have. A body counts more."""
    telling = frozenset(keys) & _TELLING
    return len(telling) + (_BODY_COUNTS - 1) * ("body" in telling)


def is_around(outer: Iterable[str], inner_weight: int) -> bool:
    """Returns whether an object encloses records, instead of being a record with details.

    `{"title": "第一季度目录", "items": [records]}` has fewer record keys than each of its records.
    """
    keys = frozenset(outer)
    return measure_likeness(keys) is not Likeness.RECORD or weigh(keys) <= inner_weight


def holds_value(heading: str) -> bool:
    """Returns whether the content below a heading is a record's value instead of a list of records.

    内容 is excluded: some servers name a page of a list `{"content": [records]}`.
    """
    return key_of(heading) not in (None, "body")


def states_disclosure(heading: str) -> bool:
    """Returns whether a heading may state disclosure, secrecy or publication state.

    It errs on the side of yes. Such a field in an enclosing object or a hidden column applies to
    the records.
    """
    key = key_of(heading)
    is_open = key is None or is_added_by_city(heading)
    return key == "disclosure" or (is_open and bool(_DISCLOSURE.search(heading)))


def applies_to_records(heading: str) -> bool:
    """Returns whether a value of an enclosing object applies to each of its records.

    The publisher or the category of a group fills what its records leave empty.
    """
    return states_disclosure(heading) or key_of(heading) in _SHARED


def names_group(heading: str) -> bool:
    """Returns whether a value may name the agency of a group: `name`, 部门."""
    return _GROUP.search(heading) is not None


def is_agency_name(name: str) -> bool:
    """Returns whether the name of a group is that of an agency: 市财政局."""
    return key_of(name) is None and _AGENCY.fullmatch(name) is not None


def add_stated(
    fields: Mapping[str, object], stated: Sequence[tuple[str, object]]
) -> dict[str, object]:
    """Returns the fields with those around the record.

    Of several values of a disclosure field all are kept, so that the strictest can win. Other
    fields are added where the record has none of their key; the nearest value wins.
    """
    pairs = [*fields.items()]
    filled = {key_of(heading) for heading, value in pairs if not is_blank(value)}
    for heading, value in stated:
        if states_disclosure(heading):
            pairs.append((heading, value))
        elif (key := key_of(heading)) not in filled:
            pairs = [pair for pair in pairs if key_of(pair[0]) != key or not is_blank(pair[1])]
            pairs.append((heading, value))
            filled.add(key)
    return gather_cells(pairs)
