"""Counts working days by the State Council's yearly holiday notices.

The notices swap working days and weekends; `chinesecalendar` has them since 2004. Other years are
counted by weekdays.
"""

from datetime import date, timedelta

import chinese_calendar

TERM = 20
"""政府信息公开条例 (2019), article 26: working days from creation to publication."""


def count_working_days(first: date, last: date) -> int:
    """Returns the working days after `first` through `last`; 0 where `last` is not later."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(map(_is_working_day, days))


def _is_working_day(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5
