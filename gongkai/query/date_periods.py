"""Reads the period that each form of a date expression means: 去年, 近三年, 2008年以来.

A reader gets a match with named groups and the current day. It returns the first and last date,
with None for an open end, or None where the words mean no period.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from analyzers.numerals import read_numeral
from gongkai.catalog.dates import PartialDate

Span = tuple[PartialDate | None, PartialDate | None]
Reader = Callable[[re.Match[str], date], Span | None]


def read_year(match: re.Match[str], _today: date) -> Span:
    one = PartialDate(_number(match["y"]))
    return one, one


def read_month(match: re.Match[str], _today: date) -> Span:
    one = PartialDate(_number(match["y"]), _number(match["m"]))
    return one, one


def read_day(match: re.Match[str], _today: date) -> Span:
    one = PartialDate(_number(match["y"]), _number(match["m"]), _number(match["d"]))
    return one, one


def read_part(match: re.Match[str], _today: date) -> Span:
    year = _number(match["y"])
    return _months(year, match["part"])


def _months(year: int, part: str) -> Span:
    if part.endswith("半年"):
        first = 1 if part[0] == "上" else 7
        return PartialDate(year, first), PartialDate(year, first + 5)
    quarter = _number(part.removeprefix("第").removesuffix("季度"))
    return PartialDate(year, 3 * quarter - 2), PartialDate(year, 3 * quarter)


def read_since(match: re.Match[str], today: date) -> Span:
    return _written(match, today)[0], None


def read_until(match: re.Match[str], today: date) -> Span | None:
    day = _written(match, today)[0]
    before = day.first_day - timedelta(days=1) if day else None
    if before is None:
        return None
    if day and day.month is None:
        return None, PartialDate(before.year)
    return None, PartialDate(before.year, before.month, before.day)


def _written(match: re.Match[str], today: date) -> Span:
    groups = match.groupdict()
    if groups.get("d"):
        return read_day(match, today)
    return read_month(match, today) if groups.get("m") else read_year(match, today)


def read_range(match: re.Match[str], _today: date) -> Span | None:
    first, last = (_number(match[name]) for name in ("y", "y2"))
    months = [_number(match[name]) if match[name] else None for name in ("m", "m2")]
    if first > last:
        return None
    return PartialDate(first, months[0]), PartialDate(last, months[1])


def read_relative_year(match: re.Match[str], today: date) -> Span:
    back = {"大前年": 3, "前年": 2, "去年": 1, "上年": 1, "明年": -1}.get(match["rel"], 0)
    year = today.year - back
    if month := match.groupdict().get("m"):
        one = PartialDate(year, _number(month))
        return one, one
    if part := match.groupdict().get("part"):
        return _months(year, part)
    return PartialDate(year), PartialDate(year)


def read_relative_month(match: re.Match[str], today: date) -> Span:
    day = today.replace(day=1)
    if match["month"] in ("上个月", "上月"):
        day -= timedelta(days=1)
    one = PartialDate(day.year, day.month)
    return one, one


def read_relative_day(match: re.Match[str], today: date) -> Span:
    back = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}[match["day"]]
    one = _exact(today - timedelta(days=back))
    return one, one


def read_week(match: re.Match[str], today: date) -> Span:
    monday = today - timedelta(days=today.weekday() + (7 if match["week"].startswith("上") else 0))
    return _exact(monday), _exact(monday + timedelta(days=6))


def read_recent(match: re.Match[str], today: date) -> Span | None:
    unit, written = match["unit"], match["count"]
    if written == "半":
        days = {"年": 182, "个月": 15}.get(unit)
        return (_exact(today - timedelta(days=days)), None) if days else None
    count = _number(written.replace("两", "二"))
    if unit == "年":
        months = 12 * count
    elif "月" in unit:
        months = count
    else:
        days = count * (7 if unit in ("周", "个星期") else 1)
        return _exact(today - timedelta(days=days)), None
    return _back(today, months), None


def read_plan(match: re.Match[str], _today: date) -> Span | None:
    number = read_numeral(match["plan"])
    if number is None or not 10 <= number <= 15:
        return None
    first = 2001 + 5 * (number - 10)
    return PartialDate(first), PartialDate(first + 4)


def read_decade(match: re.Match[str], _today: date) -> Span:
    tens = _number(match["tens"])
    first = (2000 if tens < 30 else 1900) + tens
    return PartialDate(first), PartialDate(first + 9)


def _number(written: str) -> int:
    return read_numeral(written) or 0


def _exact(day: date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)


def _back(today: date, months: int) -> PartialDate:
    """Returns the same day that many months earlier, or the last day of that month."""
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    last = PartialDate(years, month + 1).last_day
    return _exact(min(last, last.replace(day=min(today.day, last.day))))
