"""Recognizes placeholders that people and spreadsheets leave in number cells."""

import re
import unicodedata

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.date_patterns import DAY, MONTH, TWO_DIGIT_MONTH, YEAR

_WORDS = lazy_re(
    r"(?:待|暂|尚|同[上前左]|上同|详|见|另[附见行]|略|缺|空|无|無|未|没有|不[详明适]|[后续]补|补[录充]?\Z"
    r"|测试|(?:n/?a|none|null|nil|nan|tb[adc]|todo|unknown|undefined|test|empty|blank)(?![a-z]))",
    re.IGNORECASE,
)
_EDGES = lazy_re(r"\A[\W_]+|[\W_]+\Z")
_YEAR_AND_SERIAL = lazy_re(r"[0-9]{4}\W+[0-9]")
"""空管发〔2019〕1 begins with a word for "empty" and is still a number."""
_FILLERS = frozenset("x0o〇○")
_SPREADSHEET = lazy_re(r"[0-9](?:\.[0-9]*)?E[+ ]?[0-9]{1,3}")
_PERIOD = lazy_re(f"{YEAR}{TWO_DIGIT_MONTH}?")
_DATE = lazy_re(rf"{YEAR}(?:[-./年]?{MONTH}(?:[-./月]?{DAY}日?)?月?)?年?")
_PARTS = lazy_re(r"[^0-9A-Za-z\u3400-\u9fff]+")
_AGENCY = lazy_re(r"[0-9]{8}[0-9X]|[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_AGENCY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_YEAR_WITHOUT_SERIAL = lazy_re(
    r"[〔(\[【][^〕)\]】]*[〕)\]】](?![^号號]*[0-9一二三四五六七八九十百])"
)
_EXACT_DIGITS = 15
"""Significant digits of a number in a spreadsheet; further digits become zeros."""
_SHORTEST_DIGITS = 6
"""Least length of a document number of digits alone; shorter ones are counters (序号)."""


def is_placeholder(text: str) -> bool:
    """Whether a cell states that there is no number: — —, 待补, （无）, N/A, 0000, 详见附件."""
    folded = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    signs = {sign for sign in folded if sign.isalnum()}
    if signs <= _FILLERS:
        return True
    return bool(_WORDS.match(_EDGES.sub("", folded))) and not _YEAR_AND_SERIAL.search(folded)


def has_index_serial(canonical: str) -> bool:
    """Whether a canonical index number ends with a serial that identifies one document.

    False for 003127334/ and 003127334/2009- (a bare prefix), 3.12733E+17 (damaged by a
    spreadsheet), 2024-03-01 (a date), 003127334/200902-00000 and 11111111.
    """
    text = canonical.rstrip(")]】〕号")
    if _SPREADSHEET.fullmatch(text) or _DATE.fullmatch(text):
        return False
    parts = _PARTS.split(text)
    runs = re.findall("[0-9]+", parts[-1])
    if not runs or not int(runs[-1]):
        return False
    if len(parts) == 1:
        return _is_whole_number(text)
    is_period = _PERIOD.fullmatch(parts[-1]) is not None
    return not is_period or any(map(_PERIOD.fullmatch, parts[:-1]))


def has_document_serial(canonical: str) -> bool:
    """Whether an odd document number has a serial: 宜政办〔2024〕号 has none."""
    canonical = _EDGES.sub("", canonical) if canonical[:1] in "-/." else canonical
    if _SPREADSHEET.fullmatch(canonical.upper()) or _DATE.fullmatch(canonical):
        return False
    if _YEAR_WITHOUT_SERIAL.search(canonical) or not re.search(
        "[1-9一二三四五六七八九十]", canonical
    ):
        return False
    is_counted = canonical.isdigit() and len(canonical) < _SHORTEST_DIGITS
    return not is_counted and _is_whole_number(canonical)


def _is_whole_number(text: str) -> bool:
    """Whether the text is a complete number: no bare agency code, no filler, not truncated."""
    if _is_agency_code(text):
        return False
    if not text.isdigit():
        return True
    is_cut = len(text) > _EXACT_DIGITS and not int(text[_EXACT_DIGITS:])
    is_filler = len(text) > 3 and (len(set(text)) == 1 or text in "1234567890123456789")
    return not is_cut and not is_filler


def _is_agency_code(text: str) -> bool:
    """Whether the text is an organization code (GB 11714) or has the shape of a credit code."""
    if not _AGENCY.fullmatch(text):
        return False
    if len(text) > len(_AGENCY_WEIGHTS) + 1 or text.startswith("00"):
        return True
    total = sum(int(sign) * weight for sign, weight in zip(text, _AGENCY_WEIGHTS, strict=False))
    return "0123456789X0"[11 - total % 11] == text[-1]
