"""Parses index numbers (索引号) into a canonical form, and finds them in a text."""

import re
from dataclasses import dataclass
from gettext import gettext as _
from typing import Literal

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.date_patterns import TWO_DIGIT_MONTH, YEAR
from gongkai.catalog.signs import INVISIBLE, fold_signs, tidy_signs
from gongkai.errors import RefusedValueError

Form = Literal["catalog", "credit", "odd"]

_SLASHES = str.maketrans(dict.fromkeys("∕⁄╱⧸", "/") | dict.fromkeys("ー~", "-"))
_DOUBLE_DASH = lazy_re(r"-{2,}")
_ONE_AS_DASH = lazy_re(r"(?<=[0-9])一(?=[0-9])")
_CREDIT = r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"
_AGENCY = rf"(?P<agency>[0-9]{{8}}[0-9X]|{_CREDIT})"
_PERIOD = rf"(?P<period>{YEAR}{TWO_DIGIT_MONTH}?)"
_SERIAL = r"(?P<serial>[0-9]{1,8})"
_WHOLE = lazy_re(rf"{_AGENCY}/{_PERIOD}-{_SERIAL}")
_INSIDE = lazy_re(
    rf"(?<![0-9A-Za-z]){_AGENCY} ?/ ?{_PERIOD} ?-{{1,2}} ?{_SERIAL}(?![0-9A-Za-z])", re.IGNORECASE
)
_BEGINNING = lazy_re(rf"(?<![0-9A-Za-z]){_AGENCY}/[0-9]{{1,6}}(?:-[0-9]{{0,8}})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class IndexNumber:
    """One index number; numbers are equal if `canonical` is equal.

    `agency_code` is the 9-digit organization code (GB 11714, form "catalog") or the 18-digit
    unified social credit code (GB 32100-2015, form "credit"). `period` is YYYY or YYYYMM. `serial`
    keeps its leading zeros. Other shapes are "odd", with `canonical` and no parts.
    """

    canonical: str
    agency_code: str | None
    period: str | None
    serial: str | None
    form: Form


@dataclass(frozen=True, slots=True)
class FoundIndexNumber:
    """A number at text[start:end], in code points of the searched text."""

    start: int
    end: int
    number: IndexNumber


def parse_index_number(text: str) -> IndexNumber:
    """Parses the index number in a catalog field, such as `003127334/200902-00019`.

    The canonical form is half-width, upper-case and without spaces. Every slash becomes `/`. Every
    dash, and a 一 mistyped for one between digits, becomes a single `-`. The function is
    idempotent. A credit code is recognized by its shape alone, because published ones may fail
    their check digit. Raises RefusedValueError only for blank text.
    """
    canonical = _ONE_AS_DASH.sub("-", tidy_signs(text).translate(_SLASHES)).upper()
    canonical = _DOUBLE_DASH.sub("-", canonical)
    if not canonical:
        raise RefusedValueError("index_number", "missing", _("The index number is missing."))
    match = _WHOLE.fullmatch(canonical)
    if not match:
        return IndexNumber(canonical, None, None, None, "odd")
    form: Form = "catalog" if len(match["agency"]) == 9 else "credit"
    return IndexNumber(canonical, match["agency"], match["period"], match["serial"], form)


def find_index_numbers(text: str) -> list[FoundIndexNumber]:
    """Returns all index numbers of the two known shapes in a text, left to right."""
    folded = fold_signs(text).translate(_SLASHES)
    shown = [at for at, sign in enumerate(folded) if sign != INVISIBLE]
    plain = folded if len(shown) == len(folded) else folded.replace(INVISIBLE, "")
    return [
        FoundIndexNumber(
            shown[match.start()], shown[match.end() - 1] + 1, parse_index_number(match[0])
        )
        for match in _INSIDE.finditer(plain)
    ]


def find_index_number_parts(text: str) -> list[tuple[int, int]]:
    """Returns the spans of index numbers that break off behind the slash: 003127334/2009."""
    folded = fold_signs(text).translate(_SLASHES)
    return [match.span() for match in _BEGINNING.finditer(folded)]
