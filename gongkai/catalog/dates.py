"""Parses dates as catalogs write them into dates of year, month or day precision."""

import calendar
import datetime
import math
import re
import unicodedata
from dataclasses import dataclass
from gettext import gettext as _
from typing import Self

from analyzers.lazy_pattern import lazy_re
from analyzers.numerals import CHINESE_NUMERALS, read_numeral
from gongkai.catalog.date_patterns import NUMERAL
from gongkai.catalog.instants import read_count
from gongkai.catalog.program_dates import day_in_china, read_program_date
from gongkai.catalog.signs import INVISIBLE, fold_signs
from gongkai.errors import RefusedValueError

EARLIEST_YEAR = 1840
LATEST_YEAR = 2100
_LONGEST = 64
_LONGEST_WRITTEN = 400
"""Longest text before spaces and invisible characters are removed."""
_LARGEST = 2 * 10**15
_YEAR = rf"(?P<year>[0-9oO{CHINESE_NUMERALS}]{{1,6}})"
_PART = rf"[0-9oO{CHINESE_NUMERALS}]{{1,3}}"
_CLOCK = r"(?P<hour>[01]?[0-9]|2[0-4])"
_MINUTE = r"[0-5]?[0-9]"
_TIME = (
    rf"(?:(?:上午|下午|中午|晚上|凌晨) ?)?{_CLOCK}"
    rf"(?::(?P<minute>{_MINUTE})(?::{_MINUTE}(?:[.,][0-9]+)?)?"
    rf"|[时時点點](?:{_MINUTE}分(?:{_MINUTE}秒)?)?)"
)
_ZONE = (
    r"(?: ?(?P<half>[AaPp][Mm]))?"
    r"(?P<zone> ?(?:Z|UTC|GMT|CST)?(?: ?[+-][0-9]{2}:?(?:[0-9]{2})?)?)(?:\[[A-Za-z/_]+\])?"
)
_WEEKDAY = r" ?\(?(?:星期|周|礼拜)[一二三四五六日天]\)?"
_TAIL = rf"(?:{_WEEKDAY})?(?:[Tt ]?{_TIME}{_ZONE})?"
_WRITTEN = lazy_re(
    rf"{_YEAR}(?:年(?:(?P<month>{_PART}|元)月(?:(?P<day>{_PART})(?:[日号號]{_TAIL})?)?)?)?"
)
_PUNCTUATED = lazy_re(
    rf"(?P<year>[0-9]{{4}})(?P<sign>[-/.])(?P<month>[0-9]{{1,2}})"
    rf"(?:(?P=sign)(?P<day>[0-9]{{1,2}})(?:(?:[Tt ]|{_WEEKDAY} ?){_TIME}{_ZONE}|{_WEEKDAY})?)?"
)
_RUN = lazy_re(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    rf"(?:[Tt ]?(?P<hour>[01][0-9]|2[0-4]):?(?P<minute>[0-5][0-9])(?::?[0-5][0-9](?:[.,][0-9]+)?)?"
    rf"{_ZONE})?"
)
_AMBIGUOUS = lazy_re(
    r"[0-9]{5,7}(?:\.[0-9]+)?|[0-9]{4}\.1|[0-9]{1,2}([-/.])[0-9]{1,2}(?:\1[0-9]{1,4})?(?![0-9:]).*"
)
_ONE_DAY = (
    rf"(?<![0-9])(?:[0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}(?![0-9])"
    rf"|{NUMERAL}{{4}}年{_PART}月{_PART}[日号號]?)"
)
_DAY_INSIDE = lazy_re(_ONE_DAY)
_SPAN = lazy_re(rf"{_ONE_DAY}(?:[-~至到]|起).*{NUMERAL}.*")
_ENCLOSED = lazy_re(r"""[\[({<"'【〔“‘]+ ?(.*?) ?[\])}>"'】〕”’]+""")
_END = lazy_re(r" ?(?:印发|发布|公布|发表|签发)?[.,;。、 ]*\Z")
_RADICAL = lazy_re("[\u2f00-\u2fd5]")
"""2024年3⽉1⽇ as copied from a PDF."""
_LABEL = lazy_re(r"[\u4e00-\u9fff]{0,4}(?:日期|时间|于) ?:? ?")
"""Example: 发布时间：2024-03-01"""
_SAID_AFTER = lazy_re(
    r"(?:[ |]|(?<=[日号號0-9]))[ |]*"
    r"(?:[\u4e00-\u9fff ]{2,10}:|来源|作者|浏览|点击|阅读|字体|字号|打印).*"
)
"""Example: 2024-03-01 10:22 来源：市财政局"""
_LOOSE_SIGN = lazy_re(r" *([年月日号號./-]) *")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date of year, month or day precision; a day implies a month."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def from_iso(cls, text: str) -> Self:
        """Returns the date of an `iso` text. Raises ValueError for another text."""
        return cls(*map(int, text.split("-")))

    def __str__(self) -> str:
        return self.iso

    @property
    def iso(self) -> str:
        """Returns ISO 8601 at the date's own precision: `2008`, `2008-05` or `2009-02-20`."""
        numbers = [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join([f"{self.year:04}", *numbers])

    @property
    def first_day(self) -> datetime.date:
        """Returns the first possible day: 1 January for a year."""
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> datetime.date:
        """Returns the last possible day: 31 December for a year."""
        month = self.month or 12
        return datetime.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def parse_date(
    text: str | int | float | datetime.date | datetime.datetime, *, field: str = "date"
) -> PartialDate:
    """Parses a written date or a date cell; the time of day is dropped.

    Accepts 2009-2-20, 2009/02/20, 2009.2.20, 2009年2月20日 (or 号), 二〇〇九年二月二十日 with any
    zero and 廿 or 卅, 20090220, and a year or a month alone. The text may be full-width, in
    brackets, after a label (发布时间：) or before another one (来源：), or in a format of programs.
    A time of day without a zone never changes the date. A time with a zone is a point in time, and
    its day in China counts: 2024-02-29T16:00Z is 1 March.

    Raises RefusedValueError `ambiguous_date` for texts with more than one reading:

    - 7 digits: 2009219 may be 2009-2-19 or a mistyped 2009-21-9; 2009111 is two real days.
    - 6 digits: 200911 is November 2009, 2009-1-1 or, as YYMMDD, 2020-09-11. Most real months
      (200902) are also a real day in YYMMDD.
    - 5 digits: a day count of a spreadsheet, which depends on its epoch.
    - 2009.1: a spreadsheet turns 2009.10 into the same number.
    - A year of two digits, a day before the year (3/4/2009), several days or a period.

    Raises RefusedValueError `invalid_date` for a day that does not exist, a text that is no date,
    and a year outside 1840–2100: older documents are in archives that a disclosure catalog does not
    list, and later years are typing errors. Blank text is `missing`. No message quotes the value.
    """
    if isinstance(text, datetime.date):
        return _checked(text.year, text.month, text.day, field)
    if isinstance(text, str):
        if len(text) > _LONGEST_WRITTEN:
            raise _invalid(field)
        return _parse_text(_tidy(text), field)
    if isinstance(text, bool) or not math.isfinite(text) or abs(text) > _LARGEST:
        raise _invalid(field)
    return _parse_text(str(int(text) if text == int(text) else text), field)


def _tidy(text: str) -> str:
    if _RADICAL.search(text):
        text = unicodedata.normalize("NFKC", text)
    folded = fold_signs(text).replace(INVISIBLE, "")
    return _LOOSE_SIGN.sub(r"\1", " ".join(folded.split()))


def _parse_text(text: str, field: str) -> PartialDate:
    if not text:
        raise RefusedValueError(field, "missing", _("The {field} is missing."))
    if found := _read_plain(text, field):
        return found
    if _SPAN.fullmatch(text) or len(set(_DAY_INSIDE.findall(text))) > 1:
        raise _ambiguous(field)
    bare = _uncover(text)
    if bare != text and (found := _read_plain(bare, field)):
        return found
    raise _invalid(field)


def _uncover(text: str) -> str:
    """Removes brackets, a label before the date, and a label with its text after it."""
    if match := _ENCLOSED.fullmatch(text):
        text = match[1]
    text = _END.sub("", _SAID_AFTER.sub("", text, count=1))
    label = _LABEL.match(text)
    return text[label.end() :] if label else text


def _read_plain(text: str, field: str) -> PartialDate | None:
    """Returns the date of a text that contains nothing else, or None."""
    if len(text) > _LONGEST:
        return None
    try:
        day = read_count(text)
        parts = (day.year, day.month, day.day) if day else read_program_date(text)
    except ValueError:
        raise _ambiguous(field) from None
    if parts:
        return _checked(*parts, field)
    if _AMBIGUOUS.fullmatch(text):
        raise _ambiguous(field)
    match = _PUNCTUATED.fullmatch(text) or _RUN.fullmatch(text) or _WRITTEN.fullmatch(text)
    if not match:
        return None
    if len(match["year"]) == 2:
        raise _ambiguous(field)
    found = _checked_parts(match["year"], match["month"], match["day"], field)
    return _move_to_china(found, match, field)


def _move_to_china(written: PartialDate, match: re.Match[str], field: str) -> PartialDate:
    """Returns the day in China for a time with a zone."""
    zone = (match["zone"] or "").strip()
    if not zone or not match["hour"]:
        return written
    half, minute = (match["half"] or "").lower(), int(match["minute"] or 0)
    day = day_in_china(written.first_day, int(match["hour"]), minute, half, zone)
    return _checked(day.year, day.month, day.day, field)


def _checked_parts(year: str, month: str | None, day: str | None, field: str) -> PartialDate:
    numbers = [read_numeral(year), _read_month(month), read_numeral(day) if day else None]
    if numbers[0] is None or (month and numbers[1] is None) or (day and numbers[2] is None):
        raise _invalid(field)
    return _checked(numbers[0], numbers[1], numbers[2], field)


def _read_month(month: str | None) -> int | None:
    return 1 if month == "元" else read_numeral(month) if month else None


def _checked(year: int, month: int | None, day: int | None, field: str) -> PartialDate:
    found = PartialDate(year, month, day)
    try:
        exists = EARLIEST_YEAR <= found.first_day.year <= LATEST_YEAR
    except ValueError:
        exists = False
    if not exists or month == 0 or day == 0:
        raise _invalid(field)
    return found


def _invalid(field: str) -> RefusedValueError:
    return RefusedValueError(field, "invalid_date", _("The {field} is not a date that exists."))


def _ambiguous(field: str) -> RefusedValueError:
    message = _("The {field} can be read as more than one date; write it as YYYY-MM-DD.")
    return RefusedValueError(field, "ambiguous_date", message)
