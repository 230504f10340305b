"""Parses dates in the formats of programs: English formats and Oracle's."""

import calendar
import datetime
import re

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.instants import chinese_day, read_offset

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?"
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_CLOCK = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
_HALF = r"(?: ?(?P<half>[ap]m))?"
_ZONE = r"(?P<zone>[a-z]{1,5}(?: ?[+-][0-9]{2}:?[0-9]{2})?|[+-][0-9]{2}:?[0-9]{2})"
_TIME = rf"(?:,? {_CLOCK}{_HALF}(?: ?{_ZONE})?(?: \([^()]{{1,30}}\))?)?"
_FORMS = tuple(
    lazy_re(form, re.IGNORECASE)
    for form in (
        # java.util.Date: Fri Mar 01 00:00:00 CST 2024
        rf"{_WEEKDAY}{_MONTH} (?P<day>[0-9]{{1,2}}) {_CLOCK} ?{_ZONE}? (?P<year>[0-9]{{4}})",
        # JavaScript, and the formats of Java and .NET: Mar 1, 2024 12:00:00 AM
        rf"{_WEEKDAY}{_MONTH} (?P<day>[0-9]{{1,2}}),? (?P<year>[0-9]{{4}}){_TIME}",
        # RFC 2822: Fri, 01 Mar 2024 00:00:00 +0800
        rf"{_WEEKDAY}(?P<day>[0-9]{{1,2}})[ -]{_MONTH}[ -](?P<year>[0-9]{{4}}){_TIME}",
        # Oracle's own: 01-MAR-24, in a Chinese session 01-3月 -24
        r"(?P<day>[0-9]{2})-(?P<month>[a-z]{3}|[0-9]{1,2}月)-(?P<year>[0-9]{2}(?:[0-9]{2})?)"
        r"(?: [0-9]{1,2}[.:][0-9]{2}[.:][0-9]{2}(?:[.,][0-9]{1,9})?(?: ?(?:[ap]m|[上下]午))?)?",
    )
)
_LEAST_YEAR = 1000
_LAST_CENTURY = 50
"""Oracle's RR format: two-digit years from this one on belong to the previous century."""


def read_program_date(text: str) -> tuple[int, int, int] | None:
    """Returns year, month and day, in China for a time with a zone; None for other text.

    The day may not exist. Raises ValueError for an unknown zone.
    """
    match = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    month = _read_month(match["month"]) if match else None
    if match is None or not month:
        return None
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 1900 if year >= _LAST_CENTURY else 2000
    parts = match.groupdict()
    is_day = 0 < int(match["day"]) <= calendar.monthrange(year, month)[1]
    if not parts.get("zone") or not is_day or year < _LEAST_YEAR:
        return year, month, int(match["day"])
    day = datetime.date(year, month, int(match["day"]))
    half = (parts.get("half") or "").lower()
    day = day_in_china(day, int(match["hour"]), int(match["minute"]), half, match["zone"])
    return day.year, day.month, day.day


def day_in_china(day: datetime.date, hour: int, minute: int, half: str, zone: str) -> datetime.date:
    """Returns the day in China of a time with a zone. Raises ValueError for an unknown zone."""
    offset = read_offset(zone)
    if offset is None:
        return day
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    there = datetime.datetime.combine(day, datetime.time())
    return chinese_day(there + datetime.timedelta(hours=hour, minutes=minute) - offset)


def _read_month(name: str) -> int | None:
    if name.endswith("月"):
        return int(name[:-1]) if int(name[:-1]) <= len(_MONTHS) else None
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else None
