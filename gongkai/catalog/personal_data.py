"""Finds ID-card and bank-card numbers in a text, in any spelling.

Only numbers with valid check digits count, so that serial numbers do not match.
"""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import accumulate
from typing import Literal

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.digit_chains import DigitGroup, find_chains, is_chinese

Kind = Literal["resident_id", "bank_card"]

_PROVINCE_CODES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
    "61 62 63 64 65 71 81 82 83"
)
_PROVINCES = frozenset(_PROVINCE_CODES.split())
_ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_ID_CHECKS = "10X98765432"
_ID_CUTS = (frozenset((2, 3, 4, 6, 10, 12, 14, 16, 17)), frozenset((4, 8, 12, 16)))
_CARD_CUTS = (frozenset((4, 8, 12, 16)), frozenset((6,)))
_CARD_START = lazy_re(r"62|4|5[1-5]|35(?:2[89]|[3-8])|9558[08]|95599|601382|601428")
_LONG_CARDS = lazy_re(r"62|436742|456351|9558[08]|95599|601382|601428")
_ID_WORDS = lazy_re(r"身份证|身分证|证件号|公民身份号码|居民身份|身份号")
_CARD_WORDS = lazy_re(r"银行卡|卡号|[账帐]号|[账帐]户")
_REACH = 30
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WORD_BEFORE = lazy_re(r"[A-Za-z_]\Z|[0-9][.．]\Z")
_TAG = lazy_re(r"<!--.*?-->|<[^<>]*>", re.DOTALL)
_PLAIN_GAPS = (" ", "-")


@dataclass(frozen=True, slots=True)
class PersonalDataSpan:
    """A number at text[start:end], in code points."""

    start: int
    end: int
    kind: Kind


def find_personal_data(text: str) -> list[PersonalDataSpan]:
    """Returns resident ID and bank-card numbers with valid check digits, left to right.

    - Resident ID (GB 11643-1999): 18 characters with a province code, an existing birth date and an
      ISO 7064 MOD 11-2 check character (x or X). IDs of 15 digits have no check digit and look like
      business registration numbers, so they count only shortly after 身份证 or 证件号.
    - Bank card: 16 to 19 digits that pass Luhn (ISO/IEC 7812-1 annex B) and begin like cards in use
      in China. 15-digit cards are not searched for: registration numbers of Anhui and Shandong
      begin alike, and one in ten passes Luhn.

    Digits in any script count. Separators, line breaks and tags between digits are ignored where
    the groups match those of such a number, or where a group ends with the number. A number is
    never part of a longer run of digits.
    """
    return [span for chain in find_chains(text) for span in _spans_in(text, chain)]


def holds_personal_number(text: str) -> bool:
    """Whether a text, or its HTML content, contains such a number."""
    if find_personal_data(text):
        return True
    if "<" not in text and "&" not in text:
        return False
    return bool(find_personal_data(unescape(_TAG.sub("", text))))


def mask_personal_data(text: str) -> str:
    """Returns the text with `*` for every digit (and check character X) of such numbers."""
    signs = list(text)
    for span in find_personal_data(text):
        for at in range(span.start, span.end):
            if signs[at].isalnum():
                signs[at] = "*"
    return "".join(signs)


def _spans_in(text: str, groups: Sequence[DigitGroup]) -> Iterator[PersonalDataSpan]:
    """Yields all numbers in a chain of digit groups; of overlapping matches the first."""
    digits = "".join(group.digits for group in groups)
    ends = {end: at for at, end in enumerate(accumulate(len(group.digits) for group in groups))}
    offset, next_at = 0, 0
    for at, group in enumerate(groups):
        if at >= next_at and _begins(digits[offset : offset + 14]):
            for size, kind, is_number in _NUMBERS:
                last = ends.get(offset + size)
                number = digits[offset : offset + size]
                if last is None or not is_number(number):
                    continue
                if _ACCEPTS[kind](number, _Window(text, groups, at, last + 1)):
                    yield PersonalDataSpan(group.start, groups[last].end, kind)
                    next_at = last + 1
                    break
        offset += len(group.digits)


@dataclass(frozen=True, slots=True)
class _Window:
    """The groups from `at` to `end` of a chain in a text."""

    text: str
    groups: Sequence[DigitGroup]
    at: int
    end: int

    @property
    def before(self) -> str:
        start = self.groups[self.at].start
        return self.text[max(0, start - _REACH) : start]

    @property
    def is_whole(self) -> bool:
        return self.end - self.at == 1

    def is_cut_at(self, *allowed: frozenset[int]) -> bool:
        """Whether the groups are split only at positions of one of the allowed layouts."""
        ends = accumulate(len(group.digits) for group in self.groups[self.at : self.end - 1])
        seams = frozenset(ends)
        return any(seams <= cuts for cuts in allowed)

    @property
    def gap(self) -> str | None:
        """Returns the only separator inside; None for several kinds or for no gap."""
        gaps = {group.gap for group in self.groups[self.at + 1 : self.end]}
        return gaps.pop() if len(gaps) == 1 else None

    @property
    def is_apart(self) -> bool:
        """Whether it is separated from its neighbours differently than its own groups are."""
        first, last = self.groups[self.at], self.groups[self.end - 1]
        around = []
        if self.at and self._is_alike(self.groups[self.at - 1], first):
            around.append(first.gap)
        if self.end < len(self.groups) and self._is_alike(self.groups[self.end], last):
            around.append(self.groups[self.end].gap)
        return not around or (self.gap is not None and self.gap not in around)

    def _is_alike(self, one: DigitGroup, other: DigitGroup) -> bool:
        return is_chinese(self.text, one) == is_chinese(self.text, other)


def _accepts_id(number: str, window: _Window) -> bool:
    if len(number) == 15:
        is_near = window.is_whole or window.is_apart
        return is_near and bool(_ID_WORDS.search(window.before))
    return (
        window.end - window.at <= 2
        or window.is_cut_at(*_ID_CUTS)
        or window.is_apart
        or bool(_ID_WORDS.search(window.before))
    )


def _accepts_card(number: str, window: _Window) -> bool:
    if window.is_cut_at(*_CARD_CUTS):
        is_cut = window.is_whole or window.gap in _PLAIN_GAPS or window.is_apart
    else:
        is_expected = number.startswith("62") or _CARD_WORDS.search(window.before)
        is_cut = bool(is_expected) and window.is_apart and len(number) in (16, 19)
    return is_cut and not _is_other_number(window)


def _begins(number: str) -> bool:
    """Whether a relevant number may begin like this; a fast test that is rarely true."""
    is_id = number[:2] in _PROVINCES and (number[6:8] in ("19", "20") or number[8:9] in "01")
    return is_id or bool(_CARD_START.match(number))


def _is_resident_id(number: str) -> bool:
    if number[:2] not in _PROVINCES or not _is_day(number[6:14]) or not number[:17].isdigit():
        return False
    total = sum(int(sign) * weight for sign, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == number[17]


def _is_old_id(number: str) -> bool:
    return number[:2] in _PROVINCES and number.isdigit() and _is_day("19" + number[6:12])


def _is_day(digits: str) -> bool:
    """Whether the digits are a plausible birth date, YYYYMMDD."""
    if not digits.isdigit():
        return False
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not (1900 <= year < 2050 and 1 <= month <= 12 and 1 <= day <= _MONTH_DAYS[month - 1]):
        return False
    return (month, day) != (2, 29) or calendar.isleap(year)


def _is_bank_card(number: str) -> bool:
    start = _CARD_START if len(number) == 16 else _LONG_CARDS
    return bool(start.match(number)) and number.isdigit() and _passes_luhn(number)


def _passes_luhn(digits: str) -> bool:
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[::-2]))) % 10 == 0


def _is_other_number(window: _Window) -> bool:
    """Whether it is a file name, a decimal fraction, or four-digit numbers of a table row.

    UnionPay's prefix 62 is rare enough in tables to count as a card there.
    """
    if _WORD_BEFORE.search(window.before):
        return True
    groups, at, end = window.groups, window.at, window.end
    around = [*groups[max(0, at - 1) : at], *groups[end : end + 1]]
    in_table = not window.is_whole and any(len(group.digits) == 4 for group in around)
    return in_table and not groups[at].digits.startswith("62")


_NUMBERS: Sequence[tuple[int, Kind, Callable[[str], bool]]] = (
    (18, "resident_id", _is_resident_id),
    (15, "resident_id", _is_old_id),
    # Of two cards with the same beginning the longer one counts.
    *((size, "bank_card", _is_bank_card) for size in (19, 18, 17, 16)),
)
_ACCEPTS: Mapping[Kind, Callable[[str, _Window], bool]] = {
    "resident_id": _accepts_id,
    "bank_card": _accepts_card,
}
