"""Finds a date expression in a query text: 2008年的低保标准, 去年的政策.

A date counts only where it restricts the publication date of the records. A bare year inside a run
of words is part of a name (2008年度报告), and a duration (三年以上) is part of the subject.
"""

import re
from dataclasses import dataclass
from datetime import date

from analyzers.lazy_pattern import lazy_re
from analyzers.normalize import literal_text, normalize
from gongkai.catalog.date_patterns import DAY, MONTH, WRITTEN_YEAR, YEAR
from gongkai.catalog.dates import EARLIEST_YEAR, LATEST_YEAR, PartialDate
from gongkai.catalog.document_number import find_document_numbers
from gongkai.query.date_periods import (
    Reader,
    Span,
    read_day,
    read_decade,
    read_month,
    read_part,
    read_plan,
    read_range,
    read_recent,
    read_relative_day,
    read_relative_month,
    read_relative_year,
    read_since,
    read_until,
    read_week,
    read_year,
)


@dataclass(frozen=True, slots=True)
class DateExpression:
    """The period that text[start:end] restricts the search to; None is open.

    `year_named` is true for one whole year written as a number, which a title may contain too.
    `is_loose` is true without a particle: 今年高考什么时候报名 is also about the last known one.
    """

    start: int
    end: int
    first: PartialDate | None
    last: PartialDate | None
    year_named: bool = False
    is_loose: bool = False

    @property
    def titled(self) -> tuple[str, ...]:
        """Returns the ways in which a title may name the period: 2008年, 2016-2018年."""
        if not self.first or not self.last:
            return ()
        if self.first == self.last:
            return (f"{self.first.year}年",) if self.year_named else ()
        is_years = self.first.month is None and self.last.month is None
        joints = ("", "至", "年至", "到", "年到") if is_years else ()
        return tuple(f"{self.first.year}{joint}{self.last.year}" for joint in joints)


_Y = rf"(?:{YEAR}|{WRITTEN_YEAR})"
_M = rf"(?:{MONTH}|十[一二]?|[一二三四五六七八九])"
_D = rf"(?:{DAY}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_COUNT = r"(?P<count>[0-9]{1,3}|[一二两三四五六七八九十]{1,3}|半)"
_FROM = r"(?:从|自|由)?"
_IN = r"(?:在|于)?"
_ISSUED = r"(?:发布|公布|印发|出台|下发|发出|发的|实施|施行|制定|颁布|公开)"
# Shows that the date restricts the search: 的 with text after it, or a verb of issuing (印发,
# 公布).
_OF = rf"(?:(?:期间|当年|全年)?(?:以?来)?(?:{_ISSUED}(?:过|了)?)?的(?=.)|(?:期间)?{_ISSUED}的?$)"
_EDGE = r"(?=\s|$)"
_OPEN = r"(?<!\S)"
_SHORT = r"(?<!\S)(?=\S{1,20}(?:\s|$))"
"""At the beginning of a few words; a longer text tells a story."""

_AFTER = (
    rf"(?:(?:以来|以后|之后|后|至今|到现在|到目前)(?:{_ISSUED})?(?:的|$|(?=\s))"
    rf"|(?:以来|至今)(?:{_ISSUED})?|起(?:的|$|(?=\s)))"
)
_BEFORE = rf"(?:以前|之前|前)(?:{_ISSUED})?(?:的|$|(?=\s))"
_DAY = rf"(?P<y>{_Y})年(?P<m>{_M})月(?P<d>{_D})[日号]"
_MONTH = rf"(?P<y>{_Y})年(?P<m>{_M})月(?:份)?"
_PART = rf"(?P<y>{_Y})年(?P<part>上半年|下半年|第?[一二三四1-4]季度)"
_YEAR = rf"(?P<y>{_Y})年"
_TO = r"\s?(?:到|至|[-－‐‑‒–—―−~～]{1,2})\s?"
# GB 2760-2014 is a standard, （2016-2018年） part of a name, 2016-2018-5 no years.
_NO_CODE = r"(?<![0-9a-z(（/.\-])(?<![a-z][ /])"
# 近三年环境保护 restricts; 近三年没有工作的人 tells a story.
_SUBJECT = r"(?=[^\W0-9_])(?![的没未不无有曾均都是在连被受才就已刚我他她你])"
_RELATIVE_YEAR = r"(?P<rel>大前年|前年|去年|上年|今年|本年度?|明年)"


_PATTERNS: tuple[tuple[re.Pattern[str], Reader, bool], ...] = tuple(
    (lazy_re(pattern), reader, named)
    for pattern, reader, named in (
        (
            rf"{_FROM}{_NO_CODE}(?P<y>{_Y})(?:年(?:(?P<m>{_M})月(?:份)?)?)?{_TO}(?P<y2>{_Y})"
            rf"(?:年(?:(?P<m2>{_M})月(?:份)?)?(?:期?间|以?来)?(?:{_OF}|{_EDGE})"
            rf"|\s?年?{_EDGE}|年度?(?:期间)?(?=[^\W0-9_])|(?=[^\W0-9_年]))",
            read_range,
            False,
        ),
        (rf"{_FROM}{_DAY}{_AFTER}", read_since, False),
        (rf"{_FROM}{_MONTH}{_AFTER}", read_since, False),
        (rf"{_FROM}{_YEAR}{_AFTER}", read_since, False),
        (rf"{_IN}{_DAY}{_BEFORE}", read_until, False),
        (rf"{_IN}{_MONTH}{_BEFORE}", read_until, False),
        (rf"{_IN}{_YEAR}{_BEFORE}", read_until, False),
        (rf"(?<![至到]){_IN}{_DAY}(?:{_OF}|{_EDGE})", read_day, False),
        (rf"{_IN}{_MONTH}(?:{_OF}|{_EDGE})", read_month, False),
        (rf"{_IN}{_PART}(?:{_OF}|{_EDGE})", read_part, False),
        (rf"{_IN}{_YEAR}{_OF}", read_year, True),
        (rf"{_OPEN}(?P<y>{_Y})年?(?=\s+\S)", read_year, True),
        (rf"(?<=\s)(?P<y>{_Y})年?$", read_year, True),
        (
            rf"{_IN}{_RELATIVE_YEAR}(?:(?P<m>{_M})月(?:份)?|(?P<part>上半年|下半年|第?[一二三四1-4]季度))?"
            rf"(?:{_OF}|{_EDGE}|(?<=年)(?=最新|新出|新的))",
            read_relative_year,
            False,
        ),
        (rf"(?P<month>上个月|上月|本月|这个月)(?:{_OF}|{_EDGE})", read_relative_month, False),
        (rf"(?P<day>今天|今日|昨天|昨日|前天)(?:{_OF}|{_EDGE})", read_relative_day, False),
        (rf"(?P<week>上周|上星期|本周|这周|这星期)(?:{_OF}|{_EDGE})", read_week, False),
        (
            rf"(?:最近|近|过去)(?:这)?{_COUNT}(?P<unit>年|个月|月|周|个星期|天|日)(?:内|里|以来|来)?"
            rf"(?:{_OF}|{_EDGE}|(?<=[内里来]))",
            read_recent,
            False,
        ),
        (r"[“\"]?(?P<plan>十[一二三四五]?)五[”\"]?(?:期间|时期)的?", read_plan, False),
        (
            rf"(?<![0-9])(?:上世纪|20世纪|二十世纪|19)?(?P<tens>[五六七八九]十|[5-9]0)年代(?:的(?=.)|{_EDGE})",
            read_decade,
            False,
        ),
    )
)
_LOOSE_PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (
        lazy_re(
            rf"{_SHORT}{_RELATIVE_YEAR}(?:(?P<m>{_M})月(?:份)?"
            rf"|(?P<part>上半年|下半年|第?[一二三四1-4]季度))?+{_SUBJECT}"
        ),
        read_relative_year,
    ),
    (
        lazy_re(
            rf"{_SHORT}(?:最近|近|过去)(?:这)?{_COUNT}(?P<unit>年|个月|月|周|个星期|天|日)"
            rf"{_SUBJECT}"
        ),
        read_recent,
    ),
)
_ALL_PATTERNS = (
    *((pattern, reader, named, False) for pattern, reader, named in _PATTERNS),
    *((pattern, reader, False, True) for pattern, reader in _LOOSE_PATTERNS),
)
_QUOTED = lazy_re(r"《[^》]*》|“[^”]*”|\"[^\"]*\"")


def find_date_expression(text: str, today: date) -> DateExpression | None:
    """Returns the first date expression in a query with its particles, or None.

    `start` and `end` are code points of `text`. A year inside a document number, quotation marks or
    《》 does not count, nor does a date that is the whole query.
    """
    folded = normalize(text)
    closed = [(number.start, number.end) for number in find_document_numbers(text)]
    closed += [match.span() for match in _QUOTED.finditer(text)]
    for pattern, reader, named, loose in _ALL_PATTERNS:
        for match in pattern.finditer(folded.text):
            if match.start() == match.end():
                continue
            start, end = folded.original_span(match.start(), match.end())
            span = reader(match, today) if _is_free(start, end, closed) else None
            if span and _exists(span) and literal_text(text[:start] + text[end:]):
                return DateExpression(start, end, *span, year_named=named, is_loose=loose)
    return None


def describe(expression: DateExpression) -> str:
    """Returns the period in Chinese for a filter chip: 2008年, 2019年起, 2008年至2010年."""
    first, last = expression.first, expression.last
    if first and first == last:
        return _say(first)
    if first and last:
        return f"{_say(first)}至{_say(last)}"
    return f"{_say(first)}起" if first else f"{_say(last)}止" if last else ""


def _say(day: PartialDate) -> str:
    parts = ((day.year, "年"), (day.month, "月"), (day.day, "日"))
    return "".join(f"{number}{unit}" for number, unit in parts if number is not None)


def _is_free(start: int, end: int, closed: list[tuple[int, int]]) -> bool:
    return not any(start < last and first < end for first, last in closed)


def _exists(span: Span) -> bool:
    try:
        days = [each.first_day for each in span if each]
    except ValueError:
        return False
    in_reach = all(EARLIEST_YEAR <= day.year <= LATEST_YEAR for day in days)
    return in_reach and (len(days) < 2 or days[0] <= days[1])
