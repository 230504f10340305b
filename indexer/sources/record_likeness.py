"""Headings of an object or element in, how much it looks like a catalog record out.

The readers of JSON and XML tell records from the objects around them, and from facets, by it.
"""

import re
from collections.abc import Iterable
from enum import IntEnum

from gongkai.catalog.headings import key_of

_TELLING = frozenset(
    (
        *("index_number", "document_number", "publisher", "issued_on", "published_on"),
        *("disclosure", "category", "topic", "audience", "life_event", "genre", "validity"),
        *("summary", "body"),
    )
)
_BODY_COUNTS = 3
_DISCLOSURE = re.compile(
    "公开|密|内部|状态|disclos|public|secre|classif|status|state|visib", re.IGNORECASE
)


class Likeness(IntEnum):
    """RECORD has a title and what only records have; LISTED has two known headings of any kind."""

    NONE = 0
    LISTED = 1
    RECORD = 2


def measure_likeness(keys: Iterable[str]) -> Likeness:
    """`keys` are catalog keys: `{name, count}` of a facet and `{title, url}` of a link are none."""
    known = frozenset(keys)
    telling = len(known & _TELLING)
    if telling >= (1 if "title" in known else 2):
        return Likeness.RECORD
    return Likeness.LISTED if len(known) >= 2 else Likeness.NONE


def weigh(keys: Iterable[str]) -> int:
    """What only records have, counted; a text counts more than what a list says of itself."""
    telling = frozenset(keys) & _TELLING
    return len(telling) + (_BODY_COUNTS - 1) * ("body" in telling)


def is_around(outer: Iterable[str], inner_weight: int) -> bool:
    """Whether an object is the frame around records, not a record with details of its own.

    `{"title": "第一季度目录", "items": [records]}` says less of itself than each record does.
    """
    keys = frozenset(outer)
    return measure_likeness(keys) is not Likeness.RECORD or weigh(keys) <= inner_weight


def holds_value(heading: str) -> bool:
    """Whether what is below a heading is the value of a record, not a list of records.

    Not 内容: `{"content": [records]}` is how some servers name a page of a list.
    """
    return key_of(heading) not in (None, "body")


def states_disclosure(heading: str) -> bool:
    """Whether a heading may be about disclosure, secrecy or publication state: rather too often.

    What an object around records, or a hidden column, says of it counts for the records.
    """
    key = key_of(heading)
    return key == "disclosure" or (key is None and bool(_DISCLOSURE.search(heading)))
