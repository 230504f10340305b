"""Numbers in texts: reads and writes Chinese numerals, and names a number with its unit.

二〇一〇年 is 2010年, and 第三十二条 is 第32条, in an index and in its queries.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_ZEROS = "〇○◯⭕"
_DIGITS = {char: str(value) for value, char in enumerate("零一二三四五六七八九")}
_DIGITS |= {str(value): str(value) for value in range(10)}
_DIGITS |= dict.fromkeys(_ZEROS + "oO", "0")
_D = "[一二三四五六七八九]"
_ADDITIVE = re.compile(rf"(?:({_D})千)?0?(?:({_D})百)?0?(?:({_D})?(十))?({_D})?")
_TENS = str.maketrans({"廿": "二十", "卅": "三十"} | dict.fromkeys(_ZEROS + "零oO", "0"))

CHINESE_DIGITS = "零一二三四五六七八九" + _ZEROS
"""Digits of a written-out year, such as 二〇〇八, for a character class."""
CHINESE_NUMERALS = CHINESE_DIGITS + "十百千廿卅"
"""Characters of any written-out number, such as 四百九十二, for a character class."""

# Numbers of the years 1800 to 2099, of which some digits may be Arabic (二00八).
_WRITTEN_YEAR = re.compile(rf"(?:一[八九]|二[〇零0])[{CHINESE_DIGITS}0-9]{{2}}")
_POINT = re.compile(r"(?<=[0-9])[·・](?=[0-9])")

# Measure words. Longer ones come first; those after `=` are the same unit.
_SAME_UNITS = {"年度": "年", "周岁": "岁", "月份": "月", "个工作日": "工作日"}
_UNITS = (
    *_SAME_UNITS,
    *("个月", "小时", "分钟", "星期", "工作日", "万元", "亿元", "平方米", "公里", "季度"),
    *"年岁月日天周元人名户级条章节款项编届批期次倍亩吨米层号个件类",
)
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?P<nth>第 ?)?(?:"
    rf"(?<![0-9a-z.])(?P<arabic>[0-9]+(?:\.[0-9]+)?) ?(?P<any>{_UNIT}|[\u4e00-\u9fd5])"
    rf"|(?<![0-9{CHINESE_NUMERALS}])(?P<chinese>[两{CHINESE_NUMERALS}]{{1,7}}) ?(?P<unit>{_UNIT}))"
)
_SPACED = re.compile(rf"第 ?([0-9]+|[{CHINESE_NUMERALS}]+) ?(?=[条章节款项编届批期次号])")
_YEAR = re.compile("(?:1[89]|20)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit at text[start:end] of normalized text, such as 第三十二条.

    `nth` is 第 or empty, `number` is in digits.
    """

    start: int
    end: int
    nth: str
    number: str
    unit: str

    @property
    def term(self) -> str:
        """Returns its one form in an index: 第32条."""
        return f"{self.nth}{self.number}{_SAME_UNITS.get(self.unit, self.unit)}"

    @property
    def is_year(self) -> bool:
        """Whether it names a year of the calendar: 2016年."""
        return self.term.endswith("年") and _YEAR.fullmatch(self.number) is not None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Returns the ways to write it, with its own unit first: 60岁, 六十岁, 60周岁.

        2016年度 is left out, because 2016年 is part of it.
        """
        unit = _SAME_UNITS.get(self.unit, self.unit)
        others = (each for each, same in _SAME_UNITS.items() if same == unit)
        units = [unit, *(each for each in others if not each.startswith(unit))]
        units.sort(key=lambda each: each != self.unit)
        return tuple(f"{self.nth}{number}{each}" for each in units for number in self._numbers())

    def _numbers(self) -> tuple[str, ...]:
        if not self.number.isdigit() or len(self.number) > 3:
            return (self.number,)
        written = (self.number, write_numeral(int(self.number)))
        return (*written, "两") if self.number == "2" and not self.nth else written


def fold_years(text: str) -> str:
    """Returns the text with written years in digits, each in its place: 二〇一〇 becomes 2010."""
    may_have = "一" in text or "二" in text
    return _WRITTEN_YEAR.sub(_in_digits, text) if may_have else text


def fold_points(text: str) -> str:
    """Returns the text with a full stop for a dot between digits: 3·15 becomes 3.15."""
    return _POINT.sub(".", text) if "·" in text or "・" in text else text


def close_up(text: str) -> str:
    """Returns the text without spaces inside ordinals: 第 32 条 becomes 第32条."""
    return _SPACED.sub(r"第\1", text)


def find_quantities(text: str) -> Iterator[Quantity]:
    """Yields numbers with the unit or character after them, in normalized text."""
    for match in _QUANTITY.finditer(text):
        written = match["arabic"] or match["chinese"]
        value = None if match["arabic"] else read_numeral(written.replace("两", "二"))
        if match["chinese"] and value is None:
            continue
        number = str(value) if match["chinese"] else written.lstrip("0") or "0"
        unit = match["any"] or match["unit"]
        yield Quantity(match.start(), match.end(), "第" if match["nth"] else "", number, unit)


def name_quantities(text: str) -> list[str]:
    """Returns the terms of all quantities in normalized text, as an index holds them.

    An ordinal is also found without 第.
    """
    terms: list[str] = []
    for quantity in find_quantities(text):
        terms.append(term := quantity.term)
        if quantity.nth:
            terms.append(term[1:])
    return terms


def respell(text: str) -> tuple[str, ...]:
    """Returns the text as it is, with its quantities in digits, and with them in Chinese."""
    return tuple(dict.fromkeys((text, _respelled(text, 0), _respelled(text, 1))))


def _respelled(text: str, which: int) -> str:
    parts: list[str] = []
    done = 0
    for quantity in find_quantities(text):
        spellings = quantity.spellings
        parts += [text[done : quantity.start], spellings[min(which, len(spellings) - 1)]]
        done = quantity.end
    return "".join((*parts, text[done:]))


@lru_cache(maxsize=10_000)
def read_numeral(text: str) -> int | None:
    """Returns the number for ASCII digits, 二〇〇八, 四百九十二, 廿一 or a mix such as 二00八.

    Returns None if the text is no whole number below 10,000 in one of these forms.
    """
    if text and all(char in _DIGITS for char in text):
        return int("".join(_DIGITS[char] for char in text))
    match = _ADDITIVE.fullmatch(text.translate(_TENS))
    if not match or not any(match.groups()):
        return None
    thousands, hundreds, tens, ten, ones = match.groups()
    counts = [int(_DIGITS[part]) if part else 0 for part in (thousands, hundreds, ones)]
    tens_count = int(_DIGITS[tens]) if tens else int(bool(ten))
    return counts[0] * 1000 + counts[1] * 100 + tens_count * 10 + counts[2]


def write_numeral(number: int) -> str:
    """Returns a number below 10,000 as in 第一百二十三条; 10 to 19 begin with 十."""
    written, is_gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            written += "零" * (is_gap and bool(written)) + "零一二三四五六七八九"[digit] + name
        is_gap = not digit
    written = written or "零"
    return written.removeprefix("一") if 10 <= number < 20 else written


def _in_digits(year: re.Match[str]) -> str:
    return "".join(_DIGITS[char] for char in year[0])
