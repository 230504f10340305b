"""Text in, the places of ID-card and bank-card numbers out. Called by `catalog.intake` as a wall.

Only numbers that pass their own check digits count, so that serial numbers in a text are no alarm.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from catalog.numerals import INVISIBLE, fold_signs

Kind = Literal["resident_id", "bank_card"]

_PROVINCE_CODES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
    "61 62 63 64 65 71 81 82 83"
)
_PROVINCES = frozenset(_PROVINCE_CODES.split())
_ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_ID_CHECKS = "10X98765432"
_ID_GROUPS = (frozenset((3, 6, 10, 12, 14, 17)), frozenset((4, 8, 12, 16)))
_CARD_GROUPS = (frozenset((4, 8, 12, 16)), frozenset((6,)))
_CARD_START = re.compile(r"62|4|5[1-5]|35(?:2[89]|[3-8])|9558[08]|95599|601382|601428")
_LONG_CARDS = re.compile(r"62|436742|456351|9558[08]|95599|601382|601428")
_ID_WORDS = re.compile(r"身份证|证件号|公民身份号码")
_REACH = 20
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_Group = tuple[int, str]
"""Digits without a gap in them (X may be the last sign), and where in the chain they begin."""

_DIGIT = "[0-9０-９]"
_GAP = "[ \u00a0\u2000-\u200d\u2060\u3000\ufeff\u2010-\u2015\u2212\uff0d-]"
_CHAIN = re.compile(
    rf"{_DIGIT}(?:{_GAP}{{0,2}}{_DIGIT}){{14,}}(?:{_GAP}?[xXｘＸ](?<!{_DIGIT}{{18}}.))?"
)
_ROW = re.compile(r"[0-9X]+(?:[ -][0-9X]+)*")
_GROUP = re.compile(r"[0-9X]+")
_MOST_GROUPS = 6
_WORD_BEFORE = re.compile(r"[A-Za-z_]\Z|[0-9][.．]\Z")


@dataclass(frozen=True, slots=True)
class PersonalDataSpan:
    """A number at text[start:end], in code points."""

    start: int
    end: int
    kind: Kind


def find_personal_data(text: str) -> list[PersonalDataSpan]:
    """Resident ID numbers and bank-card numbers with right check digits, left to right.

    - Resident ID (GB 11643-1999): 18 signs, a province's code first, a birth date that exists,
      an ISO 7064 MOD 11-2 check sign (x and X). The old 15 digits carry no check digit and look
      like a business registration number, so they count only close after 身份证 or 证件号.
    - Bank card: 16 to 19 digits that pass Luhn (ISO/IEC 7812-1 annex B) and start as cards in
      use here do. 15-digit cards are not looked for: registration numbers of Anhui and Shandong
      begin the same way and one in ten passes Luhn.

    Full-width digits and single blanks or hyphens between groups are seen through. A number is
    never part of a longer run of digits.
    """
    return [span for chain in _CHAIN.finditer(text) for span in _spans_in(chain)]


def mask_personal_data(text: str) -> str:
    """The text, as long as before, with `*` for each digit (and check sign X) of such a number."""
    signs = list(text)
    for span in find_personal_data(text):
        for at in range(span.start, span.end):
            if signs[at].isalnum():
                signs[at] = "*"
    return "".join(signs)


def _spans_in(chain: re.Match[str]) -> Iterator[PersonalDataSpan]:
    """All numbers in a chain of digit groups; of windows of groups that overlap, the first."""
    folded = fold_signs(chain[0]).upper()
    shown = [chain.start() + at for at, sign in enumerate(folded) if sign != INVISIBLE]
    plain = folded.replace(INVISIBLE, "")
    for row in _ROW.finditer(plain):
        groups = [(row.start() + part.start(), part[0]) for part in _GROUP.finditer(row[0])]
        at = 0
        while at < len(groups):
            start = shown[groups[at][0]]
            kind, size = _window_at(groups, at, chain.string[max(0, start - _REACH) : start])
            if kind:
                last, digits = groups[at + size - 1]
                yield PersonalDataSpan(start, shown[last + len(digits) - 1] + 1, kind)
            at += max(size, 1)


def _window_at(groups: list[_Group], at: int, before: str) -> tuple[Kind | None, int]:
    """The kind of number that begins with the group `at`, and how many groups it takes.

    Of two cards that begin there (16 and 19 digits) the longer one is meant.
    """
    digits, seams, card_size = "", set[int](), 0
    for size, (_, group) in enumerate(groups[at : at + _MOST_GROUPS], 1):
        digits += group
        if 15 <= len(digits) <= 19:
            if _is_resident_id(digits, seams) or _is_old_id(digits, seams, before):
                return "resident_id", size
            if _is_bank_card(digits, seams) and not _is_other_number(groups, at, size, before):
                card_size = size
        seams.add(len(digits))
    return ("bank_card" if card_size else None), card_size


def _is_resident_id(digits: str, seams: set[int]) -> bool:
    if len(digits) != 18 or digits[:2] not in _PROVINCES or not digits[:17].isdigit():
        return False
    if not any(seams <= allowed for allowed in _ID_GROUPS) or not _is_day(digits[6:14]):
        return False
    total = sum(int(sign) * weight for sign, weight in zip(digits, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == digits[17]


def _is_old_id(digits: str, seams: set[int], before: str) -> bool:
    if len(digits) != 15 or seams or digits[:2] not in _PROVINCES or not digits.isdigit():
        return False
    return bool(_ID_WORDS.search(before)) and _is_day("19" + digits[6:12])


def _is_day(digits: str) -> bool:
    """YYYYMMDD of a birth that an ID may have been given for."""
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not (1900 <= year < 2050 and 1 <= month <= 12 and 1 <= day <= _MONTH_DAYS[month - 1]):
        return False
    return (month, day) != (2, 29) or calendar.isleap(year)


def _is_bank_card(digits: str, seams: set[int]) -> bool:
    if not 16 <= len(digits) <= 19 or not digits.isdigit():
        return False
    if not any(seams <= allowed for allowed in _CARD_GROUPS):
        return False
    start = _CARD_START if len(digits) == 16 else _LONG_CARDS
    return bool(start.match(digits)) and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[::-2]))) % 10 == 0


def _is_other_number(groups: list[_Group], at: int, size: int, before: str) -> bool:
    """A file's name, a decimal fraction, or four-digit numbers side by side as in a table.

    UnionPay's 62 is rare enough in tables for a card to be believed there.
    """
    if _WORD_BEFORE.search(before):
        return True
    around = groups[max(0, at - 1) : at] + groups[at + size : at + size + 1]
    in_table = size > 1 and any(len(group) == 4 for _, group in around)
    return in_table and not groups[at][1].startswith("62")
