"""Converts points in time (Unix time, times with a zone) to days in China."""

import datetime
import re

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.date_patterns import TWO_DIGIT_DAY, TWO_DIGIT_MONTH, YEAR

_CHINA = datetime.timedelta(hours=8)
_SUMMER = datetime.timedelta(hours=1)
# 北京夏令时 (daylight saving time) began and ended at 02:00. Midnight was then 15:00 UTC.
_SUMMERS = tuple(
    (datetime.datetime(year, *first, 2), datetime.datetime(year, *last, 1))  # noqa: DTZ001
    for year, first, last in (
        (1986, (5, 4), (9, 14)),
        (1987, (4, 12), (9, 13)),
        (1988, (4, 17), (9, 11)),
        (1989, (4, 16), (9, 17)),
        (1990, (4, 15), (9, 16)),
        (1991, (4, 14), (9, 15)),
    )
)
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - times here are naive UTC
_COUNTED = lazy_re(
    r"(?:/?date\()?(?P<digits>[0-9]{9}|[12][0-9]{9}|[0-9]{12,13}|1[0-9]{15})(?:\.[0-9]{1,9})?(?:[+-][0-9]{4})?\)?/?",
    re.IGNORECASE,
)
_FIRST_SECOND = 315_504_000
"""The start of 1980. Smaller counts have as many digits as other values in date columns."""
_UNITS = ((15, 1_000_000), (12, 1_000), (0, 1))
"""Digits from which a count is in microseconds, milliseconds or seconds, and its units a second."""
_HOURS = lazy_re(rf"{YEAR}{TWO_DIGIT_MONTH}{TWO_DIGIT_DAY}(?:[01][0-9]|2[0-4])")
_ZONE = lazy_re(r"([A-Z]*) ?(?:([+-])([0-9]{2}):?([0-9]{2})?)?")
_OFFSETS = {"": 0, "Z": 0, "UTC": 0, "GMT": 0}
_CHINESE_ZONES = frozenset(("CST", "CDT", "HKT"))
"""Zone names for the time in China; in these exports CST is not American."""


def read_count(text: str) -> datetime.date | None:
    """Returns the day of a Unix time in seconds, milliseconds or microseconds, or None.

    Also reads `/Date(1709222400000)/`. Raises ValueError for ten digits that are also a day and an
    hour.
    """
    match = _COUNTED.fullmatch(text)
    if not match:
        return None
    digits = match["digits"]
    if _HOURS.fullmatch(digits):
        raise ValueError
    seconds = int(digits) // next(unit for least, unit in _UNITS if len(digits) >= least)
    if seconds < _FIRST_SECOND:
        return None
    return chinese_day(_EPOCH + datetime.timedelta(seconds=seconds))


def read_offset(zone: str) -> datetime.timedelta | None:
    """Returns the offset of a zone from UTC; None for China, where the day stays as written.

    Raises ValueError for an unknown zone name.
    """
    match = _ZONE.fullmatch(zone.strip().upper())
    if not match or (match[1] not in _OFFSETS and match[1] not in _CHINESE_ZONES):
        raise ValueError
    if match[2] is None:
        return None if match[1] in _CHINESE_ZONES else datetime.timedelta(0)
    offset = datetime.timedelta(hours=int(match[3]), minutes=int(match[4] or 0))
    offset = -offset if match[2] == "-" else offset
    return None if offset == _CHINA else offset


def today_in_china() -> datetime.date:
    """Returns the current day in China, whatever the time zone of the machine."""
    return chinese_day(datetime.datetime.now(datetime.UTC))


def show_in_china(moment: str) -> str:
    """Returns an ISO 8601 time with a zone as day and time in China: 2024-03-01 08:30."""
    read = datetime.datetime.fromisoformat(moment).astimezone(datetime.UTC)
    return f"{read + _CHINA:%Y-%m-%d %H:%M}"


def chinese_day(moment: datetime.datetime) -> datetime.date:
    """Returns the day in China (Asia/Shanghai) at a time in UTC."""
    there = moment.replace(tzinfo=None) + _CHINA
    is_summer = there < _SUMMERS[-1][1] and any(first <= there < last for first, last in _SUMMERS)
    return (there + _SUMMER if is_summer else there).date()
