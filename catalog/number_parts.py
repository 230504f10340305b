"""Parts of document numbers (发文字号): of a whole one, and those typed alone in a query.

`indexer.documents` splits, query understanding finds: 宜政办秘 2008 names every number of that code
and year.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from catalog.document_number import BRACKETS, find_document_numbers, parse_document_number
from catalog.genre import DEFAULT_GENRES
from catalog.number_prefix import HAN, KINDS, ends_as_code
from catalog.numerals import CHINESE_DIGITS, INVISIBLE, fold_signs, read_numeral


@dataclass(frozen=True, slots=True)
class NumberParts:
    """机关代字, year and serial as in `DocumentNumber`; None for what is not there."""

    prefix: str | None = None
    year: int | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class FoundParts:
    """Parts at text[start:end], in code points of the text that was searched."""

    start: int
    end: int
    parts: NumberParts


_S = " {0,4}"
_YEAR = rf"(?:19|20)[0-9]{{2}}|[一二][九〇零○oO0][{CHINESE_DIGITS}oO0-9]{{2}}"
_SERIAL = r"[0-9]{1,5}"
_LONGEST = 16
_SHORTEST_ALONE = 3
"""国发 and 建房 are codes, and words as well: alone they are read as words."""
_PREFIX = rf"(?P<prefix>[{HAN}]{{1,{_LONGEST}}}(?:〔[{HAN}]{{1,3}}〕[{HAN}]{{0,4}})?)"
_IN_BRACKETS = rf"〔{_S}(?P<bracketed>{_YEAR}){_S}年?{_S}〕"
_NTH = rf"第?{_S}(?P<serial>{_SERIAL})"
_TAIL = re.compile(
    # 〔2008〕 · 〔2008〕8 · 2008年 · 2008 8号 · 8号
    rf"{_S}(?:{_IN_BRACKETS}(?:{_S}{_NTH}{_S}号?)?"
    rf"|(?P<bare>{_YEAR})(?:{_S}年(?:度)?)?(?:{_S}[- 第]{_S}(?P<loose>{_SERIAL}){_S}号?)?"
    rf"|第?{_S}(?P<alone>{_SERIAL}){_S}号)(?![0-9])"
)
_ORDER_TAIL = re.compile(rf"{_S}第?{_S}(?P<alone>{_SERIAL})(?![0-9年月日])")
_WRITTEN_YEAR = re.compile(rf"[一二][九〇零○][{CHINESE_DIGITS}]{{2}}(?=年|〕)")
_NO_PREFIX = re.compile(rf"{_IN_BRACKETS}{_S}第?{_S}(?P<serial>{_SERIAL}){_S}号")
_YEAR_BEFORE = re.compile(rf"(?P<bare>{_YEAR}){_S}年{_S}(?:的)?{_S}\Z")
_RUN = re.compile(rf"[{HAN}]+(?:〔[{HAN}]{{1,3}}〕[{HAN}]*)?")
_LEAD_IN = re.compile(r"(?:查找|查询|查一下|找一下|搜索|请问|有关|关于|年的|年|[查找搜的])\Z")
_GOES_ON = re.compile(r"(?:系列|类)?(?:的|文件|文号|发文|等|\s|$|[^\w〔])")


def split_number(canonical: str) -> NumberParts:
    """The parts of a whole number; none of a number that is odd, or of no text."""
    if not canonical.strip():
        return NumberParts()
    number = parse_document_number(canonical)
    return NumberParts(_short(number.prefix) or None, number.year, number.serial)


def find_number_parts(text: str, is_prefix: Callable[[str], bool]) -> list[FoundParts]:
    """Numbers in part, left to right: a code with year or serial, 〔2008〕8号, or a code alone.

    `is_prefix`: whether some published number has this code. Without that word a code is taken
    only before a bracketed year, and where it ends as codes do. Whole numbers are left to
    `find_document_numbers`.
    """
    folded = fold_signs(text).translate(BRACKETS)
    shown = [at for at, sign in enumerate(folded) if sign != INVISIBLE]
    plain = _WRITTEN_YEAR.sub(_in_digits, folded.replace(INVISIBLE, ""))
    taken = [(number.start, number.end) for number in find_document_numbers(text)]
    found: list[FoundParts] = []
    for start, end, parts in _scan(plain, is_prefix):
        span = (shown[start], shown[end - 1] + 1)
        if not any(span[0] < last and first < span[1] for first, last in taken):
            found.append(FoundParts(*span, parts))
            taken.append(span)
    return sorted(found, key=lambda each: each.start)


def _scan(plain: str, is_prefix: Callable[[str], bool]) -> list[tuple[int, int, NumberParts]]:
    readings = (_read_run(plain, run, is_prefix) for run in _RUN.finditer(plain))
    found = [reading for reading in readings if reading]
    for match in _NO_PREFIX.finditer(plain):
        parts = NumberParts(None, read_numeral(match["bracketed"]), _bare(match["serial"]))
        found.append((match.start(), match.end(), parts))
    return found


def _read_run(
    plain: str, run: re.Match[str], is_prefix: Callable[[str], bool]
) -> tuple[int, int, NumberParts] | None:
    """The code that a run of characters ends with, and what of a number follows it."""
    tail = _TAIL.match(plain, run.end())
    written = run[0]
    for start in range(max(0, len(written) - _LONGEST), len(written) - 1):
        prefix, lead = written[start:], written[:start]
        if start and not _LEAD_IN.search(lead):
            continue
        known = is_prefix(prefix) and _may_be_code(prefix)
        if known and not tail and prefix.endswith(KINDS):
            tail = _ORDER_TAIL.match(plain, run.end())
        is_bracketed = tail is not None and tail.groupdict().get("bracketed")
        if tail and (known or (is_bracketed and (is_prefix(prefix) or ends_as_code(prefix)))):
            return _with_tail(plain, run.start() + start, prefix, tail)
        if known and len(prefix) >= _SHORTEST_ALONE and _GOES_ON.match(plain, run.end()):
            return _with_year_before(plain, run.start() + start, run.end(), prefix)
    return _read_beginning(plain, run, is_prefix)


def _read_beginning(
    plain: str, run: re.Match[str], is_prefix: Callable[[str], bool]
) -> tuple[int, int, NumberParts] | None:
    """宜政办秘的文件: a known code at the start of a run that goes on with 的 or 文件."""
    for length in range(min(_LONGEST, len(run[0]) - 1), _SHORTEST_ALONE - 1, -1):
        start = next(
            (at for at in (0, *_leads(run[0])) if is_prefix(run[0][at : at + length])), None
        )
        if start is None or not _may_be_code(run[0][start : start + length]):
            continue
        rest = run[0][start + length :]
        if rest.startswith(("的", "文件", "文号", "发文", "系列")):
            begin = run.start() + start
            return _with_year_before(plain, begin, begin + length, run[0][start : start + length])
    return None


def _may_be_code(prefix: str) -> bool:
    """Published numbers hold mistakes: 通知 is no code, whatever some record says."""
    if prefix.endswith(KINDS):
        return len(prefix) > _SHORTEST_ALONE
    if ends_as_code(prefix):
        return prefix not in DEFAULT_GENRES
    return len(prefix) >= _SHORTEST_ALONE and not prefix.endswith(DEFAULT_GENRES)


def _leads(written: str) -> list[int]:
    return [at for at in range(1, len(written)) if _LEAD_IN.search(written[:at])]


def _with_tail(
    plain: str, start: int, prefix: str, tail: re.Match[str]
) -> tuple[int, int, NumberParts]:
    found = tail.groupdict()
    year = found.get("bracketed") or found.get("bare")
    serial = found.get("serial") or found.get("loose") or found["alone"]
    parts = NumberParts(
        _short(prefix.replace("〔", "（").replace("〕", "）")),
        read_numeral(year) if year else None,
        _bare(serial) if serial else None,
    )
    end = len(plain[: tail.end()].rstrip())
    if not year:
        begin, before = _year_before(plain, start)
        return begin, end, NumberParts(parts.prefix, before, parts.serial)
    return start, end, parts


def _with_year_before(
    plain: str, start: int, end: int, prefix: str
) -> tuple[int, int, NumberParts]:
    begin, year = _year_before(plain, start)
    return begin, end, NumberParts(prefix.replace("〔", "（").replace("〕", "）"), year)


def _year_before(plain: str, start: int) -> tuple[int, int | None]:
    """2008年宜政办秘 is said as often as 宜政办秘2008年."""
    match = _YEAR_BEFORE.search(plain, max(0, start - 20), start)
    return (match.start(), read_numeral(match["bare"])) if match else (start, None)


def _short(prefix: str) -> str:
    """中华人民共和国国务院令 is called 国务院令."""
    return prefix.removeprefix("中华人民共和国")


def _in_digits(written: re.Match[str]) -> str:
    """As long as before, so that spans stay."""
    return f"{read_numeral(written[0]):04}"


def _bare(serial: str) -> str:
    return serial.lstrip("0") or "0"
