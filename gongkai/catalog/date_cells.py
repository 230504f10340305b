"""Converts date cells of any type to text, and rejects dates that no record can have."""

import datetime
from collections.abc import Mapping, Sequence
from gettext import gettext as _

from gongkai.catalog.dates import PartialDate, parse_date
from gongkai.catalog.headings import flatten
from gongkai.catalog.plain_text import reduce_line
from gongkai.errors import RefusedValueError

_DAY_ZERO = datetime.date(1899, 12, 30)
_SERIALS = range(29_221, 73_051)
"""Day counts of a spreadsheet from 1980 to 2099; none of them is also a year and month."""
_LONG = "$numberLong"
_INSTANT_KEYS = ("time", "$date", _LONG, "epochSecond", "seconds", "_seconds")
_TEXT = "date"
"""A text in a date object of PHP; a number (the day of the month) in one of Java."""
_PARTS = (("year", "monthValue", "dayOfMonth"), ("year", "month", "day"))
_YEARS = range(1840, 2101)
_NOTHING = frozenset((
    datetime.date(1899, 12, 30),
    datetime.date(1899, 12, 31),
    datetime.date(1900, 1, 1),
    datetime.date(1970, 1, 1),
))  # fmt: skip
"""Dates that spreadsheets, databases and programs show for a missing date."""
_AHEAD = datetime.timedelta(days=366)


def date_text(cell: object) -> str:
    """Returns the text of a cell for `parse_date`; empty for an object that is no date.

    A number may be a day count of a spreadsheet, while a text of five digits may not. An object may
    be a date of Java or Mongo. A list may be a date of Java, or several dates.
    """
    if isinstance(cell, Mapping):
        return _text_of_object(cell)
    if isinstance(cell, list | tuple):
        return _text_of_list([*flatten(cell)])
    if isinstance(cell, int | float) and _SERIALS.start <= cell < _SERIALS.stop:
        return (_DAY_ZERO + datetime.timedelta(days=int(cell))).isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return reduce_line(cell)


def check_day(found: PartialDate, field: str, today: datetime.date | None) -> PartialDate:
    """Returns the date. Raises RefusedValueError for a placeholder date.

    The reason is `filler_date` for a program's zero value, and `future_date` for a date more than a
    year after the run. Without a day of the run, no date is too late.
    """
    if found.day and found.first_day in _NOTHING:
        message = _("The {field} is a value that programs write for a missing date.")
        raise RefusedValueError(field, "filler_date", message)
    if today and found.first_day > today + _AHEAD:
        message = _("The {field} is more than a year after this run.")
        raise RefusedValueError(field, "future_date", message)
    return found


def _text_of_object(cell: Mapping[str, object]) -> str:
    """Reads a date object.

    In {"time": 1709222400000, "year": 124, …} years count from 1900 and months from 0.
    """
    for key in _INSTANT_KEYS:
        inner = cell.get(key)
        inner = inner.get(_LONG) if isinstance(inner, Mapping) else inner
        if inner and isinstance(inner, str | int | float):
            return date_text(inner)
    if isinstance(text := cell.get(_TEXT), str):
        return reduce_line(text)
    parts = (_day_text([cell.get(key) for key in keys]) for keys in _PARTS)
    return next(filter(None, parts), "")


def _text_of_list(cells: Sequence[object]) -> str:
    if day := _day_text(cells):
        return day
    texts = list(dict.fromkeys(filter(None, map(date_text, cells))))
    same = {_read(text) for text in texts}
    return texts[0] if texts and len(same) == 1 and None not in same else "、".join(texts)


def _read(text: str) -> PartialDate | None:
    try:
        return parse_date(text)
    except RefusedValueError:
        return None


def _day_text(parts: Sequence[object]) -> str:
    """Returns a date from numbers; Java programs write [2024, 3, 1, 10, 22]."""
    numbers = [part for part in parts if isinstance(part, int) and not isinstance(part, bool)]
    if len(numbers) != len(parts) or not 3 <= len(parts) <= 7 or numbers[0] not in _YEARS:
        return ""
    return f"{numbers[0]}-{numbers[1]}-{numbers[2]}"
