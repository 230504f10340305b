"""Counts working days by the State Council's yearly holiday notices.

The notices swap working days and weekends; `chinesecalendar` has them since 2004. Other years are
counted by weekdays.
"""

from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

import chinese_calendar

TERM = 20
"""政府信息公开条例 (2019), article 26: working days from creation to publication."""


def count_working_days(first: date, last: date) -> int:
    """Returns the working days after `first` through `last`; 0 where `last` is not later."""
    if last <= first:
        return 0
    whole = sum(_count_year(year)[-1] for year in range(first.year, last.year))
    return whole + _count_until(last) - _count_until(first)


def _count_until(day: date) -> int:
    """Returns the working days of the year through a day."""
    return _count_year(day.year)[day.timetuple().tm_yday - 1]


@lru_cache(maxsize=400)
def _count_year(year: int) -> tuple[int, ...]:
    """Returns the working days of a year through each of its days."""
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range(date(year, 12, 31).timetuple().tm_yday))
    return tuple(accumulate(map(_is_working_day, days)))


def _is_working_day(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5
