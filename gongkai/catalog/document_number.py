"""Parses document numbers (发文字号) into a canonical form, and finds them in a text."""

import re
from dataclasses import dataclass
from functools import lru_cache
from gettext import gettext as _
from typing import Literal

from analyzers.lazy_pattern import lazy_re
from analyzers.numerals import CHINESE_NUMERALS, read_numeral
from gongkai.catalog.date_patterns import TYPED_YEAR, YEAR
from gongkai.catalog.number_prefix import (
    HAN,
    KINDS,
    begins_as_code,
    ends_as_code,
    is_agency,
    is_code,
    is_order_prefix,
    prefix_run,
    trim_prefix,
)
from gongkai.catalog.signs import INVISIBLE, fold_signs, tidy_signs
from gongkai.errors import RefusedValueError

Form = Literal["bracketed", "order", "odd"]

_KEPT = 256
"""Numbers kept after parsing: intake, identity and index parse that of a record again."""

_OPENING = "〔[【({<〈《「『﹝❲〖⟨⟦﹙﹛｢⦅〘〚⟮"
_CLOSING = "〕]】)}>〉》」』﹞❳〗⟩⟧﹚﹜｣⦆〙〛⟯"
BRACKETS = str.maketrans(
    dict.fromkeys(_OPENING, "〔") | dict.fromkeys(_CLOSING, "〕") | {"號": "号"}
)
INNER_BRACKETS = str.maketrans("〔〕", "（）")
_LABEL = lazy_re(r"\A(?:发文字号|文件编号|文号):")
_QUOTES = "〔〕“”‘’\"'"
_GOES_ON = lazy_re(r"[\w-]")
_ZEROS = lazy_re(r"^0+(?=[0-9])")
_AFTER = lazy_re(r"(?:文件?)?[〔〕“”‘’\"'。.;,、]*")

# All gaps and repeats are bounded, so that scanning is linear in the text.
_S = " {0,4}"
_KIND = rf"(?P<kind>{'|'.join(KINDS)})"
_YEAR = rf"(?P<year>{TYPED_YEAR})"
_BRACKETED_YEAR = rf"[〔〕]{{1,2}}{_S}(?P<year>{TYPED_YEAR}|[5-9][0-9]){_S}年?{_S}[〔〕]{{1,2}}"
_SERIAL = rf"(?P<serial>[0-9]{{1,6}}(?:-[0-9]{{1,4}})?[A-Za-z]?|[{CHINESE_NUMERALS}]{{1,9}})"
_CLOSE = rf"(?P<close>{_S}号)?"

_CANONICAL = lazy_re(rf"(?!.*號)([{HAN}]{{2,8}})〔({YEAR})〕([1-9][0-9]{{0,4}})号")

# Each pattern matches the part after the prefix: 〔2008〕8号, 2008年第8号, 令第492号, 第492号令.
_BRACKETED = re.compile(rf"{_BRACKETED_YEAR}{_S}第?{_S}{_SERIAL}{_CLOSE}")
_YEAR_FIRST = re.compile(
    rf"{_BRACKETED_YEAR}{_S}(?P<prefix>[{HAN}]{{1,8}}(?:〔[{HAN}]{{1,3}}〕[{HAN}]{{1,4}})?)"
    rf"(?<=[字发函]){_S}第?{_S}{_SERIAL}(?P<close>{_S}号)"
)
_BARE = re.compile(
    rf"[〔〕]?{_S}{_YEAR}(?P<sign>{_S}年{_S}第|{_S}[年第〔〕-]| ){_S}{_SERIAL}{_CLOSE}"
    rf"(?:{_S}{_KIND})?"
)
_ORDER = re.compile(
    rf"{_KIND}(?P<session>〔[{HAN}0-9]{{1,5}}届〕)?{_S}[〔〕]?{_S}"
    rf"(?:{_YEAR}(?:{_S}[年-]{_S}〕?| (?!{_S}〕)))?(?P<nth>第)?{_S}{_SERIAL}{_CLOSE}"
)
_ORDER_LAST = re.compile(rf"第?{_S}{_SERIAL}(?P<close>{_S}号){_S}{_KIND}")


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """One document number; numbers are equal if `canonical` is equal.

    `prefix` is the agency's code (机关代字, 宜政办秘) or, with form "order", the text before the
    number (国务院令). `serial` has no leading zeros and keeps a range or a letter. A number that
    cannot be parsed is "odd": `canonical` is its tidied text, and the parts are empty.
    """

    canonical: str
    prefix: str
    year: int | None
    serial: str | None
    form: Form


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A number at text[start:end], in code points of the searched text."""

    start: int
    end: int
    number: DocumentNumber


@lru_cache(_KEPT)
def parse_document_number(text: str) -> DocumentNumber:
    """Parses the number in a catalog field, ignoring brackets, spaces, width, 第 and zeros.

    `宜政办秘[2008]08 号` and `宜政办秘（二〇〇八）第8號` become `宜政办秘〔2008〕8号`. An order is
    `国务院令第492号` or `财政部公告2015年第3号`, with its published prefix. Two-digit years date
    from before 2000: 〔94〕 is 1994, and 〔08〕 is odd. Text around a number (文号：, 关于, a date)
    is dropped. A list of several numbers is odd. Canonical forms follow GB/T 9704-2012, 7.2.5.
    Raises RefusedValueError only for blank text.
    """
    if number := _parse_canonical(text):
        return number
    tidied = tidy_signs(text)
    if not tidied:
        raise RefusedValueError("document_number", "missing", _("The document number is missing."))
    spaced = " ".join(fold_signs(text).replace(INVISIBLE, "").split())
    for reading in (tidied, spaced):
        if number := _parse_whole(_LABEL.sub("", reading.translate(BRACKETS), count=1)):
            return number
    return DocumentNumber(tidied, "", None, None, "odd")


def find_document_numbers(text: str) -> list[FoundNumber]:
    """Returns all numbers in a sentence or a query, left to right, without overlaps.

    Only certain matches count: a prefix of Han characters directly before the number.
    """
    folded = fold_signs(text).translate(BRACKETS)
    shown = [at for at, sign in enumerate(folded) if sign != INVISIBLE]
    plain = folded if len(shown) == len(folded) else folded.replace(INVISIBLE, "")
    found: list[FoundNumber] = []
    floor = 0
    for tail in _tails(plain):
        if tail.start() < floor or not _is_settled(tail):
            continue
        run = _after_conjunction(plain, prefix_run(plain, floor, tail.start()))
        head = plain[run : tail.start()].rstrip()
        if reading := _read(tail, head, strict=True):
            start = run + len(head) - reading.kept if reading.kept else tail.start()
            found.append(FoundNumber(shown[start], shown[tail.end() - 1] + 1, reading.number))
            floor = tail.end()
    return found


def _after_conjunction(text: str, run: int) -> int:
    """Skips 和 for "and" after 》 or 号; at the start of a query it means 和县 (和政发)."""
    return run + 1 if run and text[run - 1] in "〕号" and text[run] in "和与及" else run


def _parse_canonical(text: str) -> DocumentNumber | None:
    """The fast path for most rows; the result equals that of the full parser."""
    match = _CANONICAL.fullmatch(text)
    if not match or trim_prefix(match[1]) != match[1]:
        return None
    return _bracketed(match[1], int(match[2]), match[3])


def _parse_whole(text: str) -> DocumentNumber | None:
    """Returns the number that is the whole text, apart from quotes; None for a list."""
    if len(find_document_numbers(text)) > 1:
        return None
    for tail in _tails(text):
        if _AFTER.fullmatch(text, tail.end()) and (_is_settled(tail) or _may_stay_open(tail)):
            head = text[: tail.start()].replace(" ", "").lstrip(_QUOTES)
            if reading := _read(tail, head, strict=False):
                return reading.number
    return None


def _tails(text: str) -> list[re.Match[str]]:
    tails = [match for pattern in _READERS for match in pattern.finditer(text)]
    return sorted(tails, key=lambda tail: tail.start())


def _is_settled(tail: re.Match[str]) -> bool:
    """Whether 号 ends the number, or the number is clear without it."""
    if tail["close"]:
        return True
    is_separated = not _GOES_ON.match(tail.string, tail.end()) and tail["serial"].isascii()
    clear = tail.re is _BRACKETED or (tail.re is _ORDER and tail["nth"] is not None)
    return is_separated and clear and len(tail["year"] or "year") == 4


def _may_stay_open(tail: re.Match[str]) -> bool:
    """Whether a number without 号 (国办发2008-8, 国务院令492) is accepted in its own field."""
    return tail["serial"].isascii() and (tail.re is _ORDER or tail.groupdict().get("sign") != " ")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A number, and how many characters before its tail belong to it."""

    number: DocumentNumber
    kept: int


def _read(tail: re.Match[str], head: str, *, strict: bool) -> _Reading | None:
    parts = tail.groupdict()
    year = _read_year(parts.get("year"))
    serial = read_serial(tail["serial"])
    if serial is None or (parts.get("year") and year is None):
        return None
    return _READERS[tail.re](tail, head, year, serial, strict)


def _read_year(written: str | None) -> int | None:
    year = read_numeral(written) if written else None
    if year is None or year < 100:
        return year and 1900 + year
    return year if 1900 <= year < 2100 else None


def read_serial(written: str) -> str | None:
    """Returns 8 for 08, 八 or 8; 1-3 for 01-03; 8A for 8a."""
    if not written.isascii():
        number = read_numeral(written)
        return None if number is None else str(number)
    first, dash, last = written.upper().partition("-")
    return _ZEROS.sub("", first) + dash + _ZEROS.sub("", last)


def _read_bracketed(
    tail: re.Match[str], head: str, year: int | None, serial: str, strict: bool
) -> _Reading | None:
    prefix = trim_prefix(head)
    if not is_code(prefix, strict=strict):
        return None
    doubtful = len(tail["year"]) == 2 and not ends_as_code(prefix)
    if strict and (doubtful or (len(prefix) == 1 and not tail["close"])):
        return None
    return _Reading(_bracketed(prefix, year, serial), len(prefix))


def _read_year_first(
    tail: re.Match[str], head: str, year: int | None, serial: str, strict: bool
) -> _Reading | None:
    if head and not strict:
        return None
    prefix = tail["prefix"].translate(INNER_BRACKETS)
    canonical = f"〔{year}〕{prefix}第{serial}号"
    return _Reading(DocumentNumber(canonical, prefix, year, serial, "bracketed"), 0)


def _read_bare(
    tail: re.Match[str], head: str, year: int | None, serial: str, strict: bool
) -> _Reading | None:
    """Reads a number without brackets.

    国办发2008年第8号 lost its brackets; 财政部2015年第3号公告 never had any.
    """
    if tail["kind"]:
        return _read_order_last(tail, head, year, serial, strict)
    prefix = trim_prefix(head)
    if not is_code(prefix, strict=strict):
        return None
    if is_agency(prefix) and not begins_as_code(prefix):
        sure = "第" in tail["sign"] or not strict
        return _Reading(_order(prefix, year, serial), len(prefix)) if sure else None
    if ends_as_code(prefix) or (not strict and len(prefix) <= 8 and not prefix.endswith("布")):
        return _Reading(_bracketed(prefix, year, serial), len(prefix))
    return None


def _read_order(
    tail: re.Match[str], head: str, year: int | None, serial: str, strict: bool
) -> _Reading | None:
    prefix = trim_prefix(head + tail["kind"])
    whole = prefix + (tail["session"] or "")
    vague = strict and prefix in KINDS and year is None
    if vague or not is_order_prefix(whole) or (not tail["nth"] and len(serial) > 4):
        return None
    return _Reading(_order(whole, year, serial), len(prefix) - len(tail["kind"]))


def _read_order_last(
    tail: re.Match[str], head: str, year: int | None, serial: str, _strict: bool
) -> _Reading | None:
    """Reads 国务院第492号令, a common form of 国务院令第492号."""
    prefix = trim_prefix(head + tail["kind"])
    agency = prefix.removesuffix(tail["kind"])
    if not is_agency(agency) or not is_order_prefix(prefix):
        return None
    return _Reading(_order(prefix, year, serial), len(agency))


def _bracketed(prefix: str, year: int | None, serial: str) -> DocumentNumber:
    prefix = prefix.translate(INNER_BRACKETS)
    return DocumentNumber(f"{prefix}〔{year}〕{serial}号", prefix, year, serial, "bracketed")


def _order(prefix: str, year: int | None, serial: str) -> DocumentNumber:
    counted = f"{year}年第{serial}号" if year else f"第{serial}号"
    return DocumentNumber(prefix + counted, prefix, year, serial, "order")


_READERS = {
    _BRACKETED: _read_bracketed,
    _YEAR_FIRST: _read_year_first,
    _BARE: _read_bare,
    _ORDER: _read_order,
    _ORDER_LAST: _read_order_last,
}
