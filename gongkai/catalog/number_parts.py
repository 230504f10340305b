"""Splits document numbers (发文字号) into parts, and finds partial numbers in a query.

宜政办秘 2008 matches every number with that agency code and year.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analyzers.lazy_pattern import lazy_re
from analyzers.numerals import read_numeral
from gongkai.catalog.date_patterns import TYPED_YEAR, WRITTEN_YEAR, YEAR
from gongkai.catalog.document_number import (
    BRACKETS,
    INNER_BRACKETS,
    find_document_numbers,
    parse_document_number,
    read_serial,
)
from gongkai.catalog.genre import DEFAULT_GENRES
from gongkai.catalog.number_prefix import HAN, KINDS, ends_as_code, trim_prefix
from gongkai.catalog.signs import INVISIBLE, fold_signs


@dataclass(frozen=True, slots=True)
class NumberParts:
    """Agency code (机关代字), year and serial as in `DocumentNumber`; None for a missing part."""

    prefix: str | None = None
    year: int | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class FoundParts:
    """Parts at text[start:end], in code points of the searched text."""

    start: int
    end: int
    parts: NumberParts


IsPrefix = Callable[[str], bool]

_LONGEST = 24
_SHORTEST_ALONE = 3
"""国发 and 建房 are codes and also words; alone they are read as words."""
_S = " {0,4}"
_SERIAL = r"[0-9]{1,5}"
_RANGED = rf"{_SERIAL}(?:-[0-9]{{1,4}})?[A-Za-z]?"
_OVER = r"(?=[的和与及是]|文件|全文|原文|[^\w-]|\Z)"
"""Text that may follow a serial without 号; 10 in 2008 10件实事 is no serial."""
_IN_BRACKETS = rf"〔{_S}(?P<bracketed>{TYPED_YEAR}){_S}年?{_S}〕"
_DATE = (
    rf"{TYPED_YEAR}(?:{_S}年{_S}[0-9]{{1,2}}{_S}月|[-./][0-9]{{1,2}}[-./][0-9]"
    rf"|{_S}年?{_S}[-至到~]{_S}{YEAR}(?![0-9]))"
)
_TAIL = lazy_re(
    # 〔2008〕, 〔2008〕8, 2008年, 2008 8号, 第8号; never part of 2008年8月 or 2008-2010年
    rf"{_S}(?:{_IN_BRACKETS}(?:{_S}第?{_S}(?P<serial>{_RANGED})(?![0-9A-Za-z-]){_S}号?)?"
    rf"|(?!{_DATE})(?P<bare>{TYPED_YEAR})(?![0-9])(?:{_S}年度?)?+"
    rf"(?:{_S}[- 第]?{_S}(?P<loose>{_SERIAL})(?:{_S}号|{_OVER}))?"
    rf"|第?{_S}(?P<alone>{_RANGED}){_S}号)"
)
_ORDER_TAIL = lazy_re(rf"{_S}第?{_S}(?P<alone>{_SERIAL}){_OVER}")
_ENDED = lazy_re(rf" |\Z|[^\w〔]|{_S}{_DATE}")
_NO_PREFIX = lazy_re(rf"{_IN_BRACKETS}{_S}第?{_S}(?P<serial>{_RANGED}){_S}号")
_YEAR_BEFORE = lazy_re(rf"(?<![0-9])(?P<bare>{TYPED_YEAR})(?:{_S}年{_S}的?{_S}| {{1,4}})\Z")
_WRITTEN_YEAR = lazy_re(rf"{WRITTEN_YEAR}(?={_S}[年〕])")
_RUN = lazy_re(rf"[{HAN}]+(?:、[{HAN}]+)*(?:〔[{HAN}]{{1,3}}〕[{HAN}]*)?")
_LEAD_IN = lazy_re(
    r"(?:查找|查询|搜索|[查找搜看])一下|查找|查询|搜索|请问|想要|有关|关于|根据|依据|按照"
    r"|[查找搜的年和与及、〕]"
)
_ASKING = lazy_re(r"(?:我?想|我?要|帮我|帮忙)*(?:查找|查询|搜索|[查找搜看])(?:一下)?")
_JOINING = lazy_re(r"年?度?[的和与及]")
_ABOUT = lazy_re(r"(?=的|文件|文号|发文|系列)")
_ABOUT_FILES = lazy_re(r"的?(?:文件|文号|发文)")
_CODES_TOO = ("规范", "指南")
"""沪发改规范 is a code for 规范性文件, although most texts with this ending are titles."""


def split_number(canonical: str) -> NumberParts:
    """Returns the parts of a whole number; no parts for an odd number or empty text."""
    if not canonical.strip():
        return NumberParts()
    number = parse_document_number(canonical)
    return NumberParts(_short(number.prefix) or None, number.year, number.serial)


def find_number_parts(text: str, is_prefix: IsPrefix) -> list[FoundParts]:
    """Returns partial numbers, left to right: a code with year or serial, 〔2008〕8号, or a code.

    `is_prefix` returns whether a published number has this code, in the form of `split_number`. An
    unknown code counts only before a bracketed year and with the ending of a code. A date after a
    code (2008年8月) is not included. `find_document_numbers` finds whole numbers.
    """
    folded = fold_signs(text).translate(BRACKETS)
    shown = [at for at, sign in enumerate(folded) if sign != INVISIBLE]
    plain = _WRITTEN_YEAR.sub(_in_digits, folded.replace(INVISIBLE, ""))
    taken = bytearray(len(text))
    for whole in find_document_numbers(text):
        taken[whole.start : whole.end] = b"\1" * (whole.end - whole.start)
    found: list[FoundParts] = []
    for reading in _scan(plain, is_prefix):
        start, end = shown[reading.start], shown[reading.end - 1] + 1
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(FoundParts(start, end, reading.parts))
    return sorted(found, key=lambda each: each.start)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of Han characters; `leads` are the positions where a code may begin, ascending."""

    start: int
    written: str
    leads: tuple[int, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.written)

    def starts(self, end: int) -> tuple[int, ...]:
        """Returns where a code of two or more characters that ends at written[end] may begin."""
        first = bisect_left(self.leads, end - _LONGEST)
        return self.leads[first : bisect_right(self.leads, end - 2)]


def _scan(plain: str, is_prefix: IsPrefix) -> Iterator[FoundParts]:
    floor = 0
    for run in _find_runs(plain):
        for reading in _read_run(plain, run, is_prefix):
            if reading.start >= floor:
                whole = _with_year_before(plain, reading, floor)
                yield whole
                floor = whole.end
    for match in _NO_PREFIX.finditer(plain):
        parts = NumberParts(None, read_numeral(match["bracketed"]), read_serial(match["serial"]))
        yield FoundParts(match.start(), match.end(), parts)


def _find_runs(plain: str) -> Iterator[_Run]:
    for match in _RUN.finditer(plain):
        written = match[0]
        written = written.removesuffix("第")
        leads = (0, *(lead.end() for lead in _LEAD_IN.finditer(written)))
        yield _Run(match.start(), written, leads)


def _read_run(plain: str, run: _Run, is_prefix: IsPrefix) -> Iterator[FoundParts]:
    yield from _read_within(run, is_prefix)
    if last := _read_known(plain, run, is_prefix) or _read_shape(plain, run):
        yield last


def _read_within(run: _Run, is_prefix: IsPrefix) -> Iterator[FoundParts]:
    """Finds a known code inside a run, before 的 or 文件: 宜政办秘的文件."""
    for match in _ABOUT.finditer(run.written):
        for start in run.starts(match.start()):
            prefix = _code(run.written[start : match.start()])
            is_sure = len(prefix) >= _SHORTEST_ALONE or (
                ends_as_code(prefix) and _ABOUT_FILES.match(run.written, match.start())
            )
            if is_sure and not _is_word_too(prefix) and _is_known(prefix, is_prefix):
                parts = NumberParts(prefix)
                yield FoundParts(run.start + start, run.start + match.start(), parts)
                break


def _read_known(plain: str, run: _Run, is_prefix: IsPrefix) -> FoundParts | None:
    """Finds the longest known code at the end of the run, with the year or serial after it."""
    for start in run.starts(len(run.written)):
        prefix = _code(run.written[start:])
        if not _is_known(prefix, is_prefix):
            continue
        tail = _TAIL.match(plain, run.end)
        if not tail and prefix.endswith(KINDS):
            tail = _ORDER_TAIL.match(plain, run.end)
        if tail and (not _is_word_too(prefix) or _is_sure(tail)):
            return _with_tail(run.start + start, prefix, tail)
        may_be_alone = len(prefix) >= _SHORTEST_ALONE and not _is_word_too(prefix)
        if not tail and may_be_alone and _ENDED.match(plain, run.end):
            return FoundParts(run.start + start, run.end, NumberParts(prefix))
    return None


def _read_shape(plain: str, run: _Run) -> FoundParts | None:
    """Finds an unknown code before a bracketed year, 沪环规〔2023〕, without words before it."""
    tail = _TAIL.match(plain, run.end)
    if not tail or not tail["bracketed"]:
        return None
    written = run.written
    lead = _JOINING.match(written) if run.start and _ends_number(plain[run.start - 1]) else None
    written = written[lead.end() :] if lead else written
    asking = _ASKING.match(written)
    written = trim_prefix(written[asking.end() :] if asking else written)
    prefix = _code(written)
    if not 2 <= len(prefix) <= _LONGEST or prefix in DEFAULT_GENRES or not ends_as_code(prefix):
        return None
    return _with_tail(run.end - len(written), prefix, tail)


def _ends_number(sign: str) -> bool:
    return sign == "〕" or sign.isdigit()


def _code(written: str) -> str:
    return _short(written.translate(INNER_BRACKETS))


def _is_known(prefix: str, is_prefix: IsPrefix) -> bool:
    """Whether a code is known; published numbers contain mistakes, such as 通知 for a code."""
    if prefix.endswith(KINDS):
        is_code = len(prefix) > (2 if prefix.endswith("令") else 3)
    else:
        is_code = prefix not in DEFAULT_GENRES
    return is_code and is_prefix(prefix)


def _is_word_too(prefix: str) -> bool:
    """Whether a code is also a common word, such as 会考 and 应急."""
    if prefix.endswith(KINDS) or ends_as_code(prefix):
        return False
    return len(prefix) < _SHORTEST_ALONE or prefix.endswith(DEFAULT_GENRES)


def _is_sure(tail: re.Match[str]) -> bool:
    """Whether only a number can be meant: 2008 100 at the end is, 2008 100 平方米 is not."""
    found = tail.groupdict()
    if found.get("bracketed") or tail[0].endswith("号"):
        return True
    return bool(found.get("loose")) and not tail.string[tail.end() :].strip()


def _with_tail(start: int, prefix: str, tail: re.Match[str]) -> FoundParts:
    found = tail.groupdict()
    year = found.get("bracketed") or found.get("bare")
    serial = found.get("serial") or found.get("loose") or found["alone"]
    parts = NumberParts(
        prefix, read_numeral(year) if year else None, read_serial(serial) if serial else None
    )
    return FoundParts(start, tail.start() + len(tail[0].rstrip()), parts)


def _with_year_before(plain: str, found: FoundParts, floor: int) -> FoundParts:
    """Adds a year before the code: 2008年宜政办秘 is as common as 宜政办秘2008年."""
    parts = found.parts
    if parts.year:
        return found
    match = _YEAR_BEFORE.search(plain, max(floor, found.start - 20), found.start)
    if not match:
        return found
    dated = NumberParts(parts.prefix, read_numeral(match["bare"]), parts.serial)
    return FoundParts(match.start(), found.end, dated)


def _short(prefix: str) -> str:
    """Shortens a prefix: 中华人民共和国国务院令 becomes 国务院令."""
    return prefix.removeprefix("中华人民共和国")


def _in_digits(written: re.Match[str]) -> str:
    """Returns the year in digits, with the same length, so that positions stay valid."""
    return f"{read_numeral(written[0]):04}"
