"""Days and spans of time as rules write them: 2021年10月1日, 二〇二五年底, 五年, 18个月."""

import calendar
import datetime
import re
from collections.abc import Mapping

from analyzers.lazy_pattern import lazy_re
from analyzers.numerals import read_numeral
from gongkai.catalog.date_patterns import NUMERAL
from gongkai.catalog.dates import PartialDate, parse_date
from gongkai.errors import RefusedValueError

DATE = rf"(?:{NUMERAL}{{4}}年(?:{NUMERAL}{{1,3}}月(?:{NUMERAL}{{1,3}}[日号]?|底|末)?|年?底|末)?)"
SPAN = (
    rf"(?:{NUMERAL}{{1,3}}|[两半])(?:[((][0-9]{{1,3}}[))])?"
    r"(?:周年|年半?|个?月|个?(?:自然|工作)?[日天])"
)
_PARTS = lazy_re(
    r"(?P<number>.+?)(?:[((][0-9]{1,3}[))])?(?P<unit>周年|年半|年|个?月|个?(?:自然|工作)?[日天])"
)
_LATEST = 2100


def read_day(text: str | None, *, is_end: bool = False) -> PartialDate | None:
    """Returns a written date, or None; `is_end` makes a month or a year its last day."""
    if not text:
        return None
    at_end = text.endswith(("底", "末"))
    written = text.rstrip("年底末") + "年" if at_end and "月" not in text else text.rstrip("底末")
    if re.search(rf"月{NUMERAL}{{1,3}}\Z", written):
        written += "日"
    try:
        found = parse_date(written.replace("号", "日"))
    except RefusedValueError:
        return None
    if found.day or not (is_end or at_end):
        return found
    last = found.last_day
    return PartialDate(last.year, last.month, last.day)


def read_span(text: str | None) -> Mapping[str, int] | None:
    """Returns a span as `months` or `days`, or None: 一年半 is 18 months."""
    match = _PARTS.fullmatch(text or "")
    if not match:
        return None
    unit = match["unit"]
    number = (
        {"两": 2, "半": 0}.get(match["number"])
        if match["number"] in "两半"
        else read_numeral(match["number"])
    )
    if number is None:
        return None
    if "年" in unit:
        half = 6 if "半" in unit or match["number"] == "半" else 0
        return {"months": 12 * number + half}
    if "月" in unit:
        return {"months": number}
    return None if "工作" in unit else {"days": number}


def add_span(day: PartialDate, *, months: int = 0, days: int = 0) -> PartialDate | None:
    """Returns the day after a span; of a day that the month lacks, the last day of the month."""
    start = day.first_day
    at = start.year * 12 + start.month - 1 + months
    year, month = divmod(at, 12)
    if not 1 <= year <= _LATEST:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    moved = datetime.date(year, month + 1, min(start.day, last)) + datetime.timedelta(days=days)
    return PartialDate(moved.year, moved.month, moved.day)
