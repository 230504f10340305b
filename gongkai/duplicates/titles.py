"""Compares the titles of two documents.

Agencies publish a document under its full title (某市人民政府关于…的通知) and under its short one.
They also publish, every year and in every county, documents whose titles differ only by year or
place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rapidfuzz.distance import Indel

from analyzers.lazy_pattern import lazy_re
from analyzers.normalize import literal_text
from gongkai.catalog.date_patterns import NUMERAL


class TitleRelation(Enum):
    """The relation of two titles."""

    SAME = "same"
    OTHER_EDITION = "other edition"
    """They differ by a year, a batch or an issue (年, 批, 期, 次)."""
    OTHER_REGION = "other region"
    """They differ by the place or the issuing agency."""
    PASSED_ON = "passed on"
    """One forwards (转发, 批转) or issues (印发, 发布) the other."""
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class ComparedTitles:
    """The relation of two titles; `likeness`, 0 to 1, is 1 minus the share of edited characters."""

    relation: TitleRelation
    likeness: float


IsPlace = Callable[[str], bool]
_COUNTED = lazy_re(rf"第?{NUMERAL}+")
_VERSION = lazy_re(
    rf"[(（〔\[]\s*(?:{NUMERAL}{{4}}年?)?\s*(?:第?{NUMERAL}*次?)?"
    r"(?:修订|修正|修改|修订版|修正版|废止|失效|全文|正式版)\s*[)）〕\]]\s*\Z"
)
_PASSING = lazy_re(r"(?:转发|批转|印发|发布|公布|颁布|转印)")
_CLOSING = lazy_re(r"的?(?:通知|通告|公告|决定|函|命令|令)\Z")
_ABOUT = lazy_re(r"(?P<speaker>[^《》]{2,60}?)(?=(?:关于|转发|批转|印发))")
_UNIT = "省市县区州旗盟乡镇村"
_LONGEST_PLACE = 8
_LEAST_INNER = 6
_COUNTRY = "中华人民共和国"


def compare_titles(one: str, other: str, is_place: IsPlace) -> ComparedTitles:
    """Returns the relation and likeness of two titles."""
    a, b = _read(one), _read(other)
    likeness = Indel.normalized_similarity(a.stream, b.stream)
    return ComparedTitles(_relate(a, b, is_place), likeness)


def read_core(title: str) -> str:
    """Returns the folded title without the agency before 关于, 转发 or 印发."""
    return _read(title).core


@dataclass(frozen=True, slots=True)
class _Title:
    stream: str
    issuer: str
    core: str
    bare: str
    passed_on: str


@lru_cache(maxsize=4096)
def _read(title: str) -> _Title:
    text = _VERSION.sub("", title.strip())
    # A title inside 《》 is the same title.
    if text.startswith("《") and text.endswith("》") and text.count("《") == 1:
        text = text[1:-1]
    about = _ABOUT.match(text)
    issuer = about["speaker"] if about else ""
    core = text[len(issuer) :]
    stream = literal_text(text)
    return _Title(
        stream=stream.removeprefix(_COUNTRY) or stream,
        issuer=literal_text(issuer),
        core=literal_text(core).removeprefix(_COUNTRY),
        bare=literal_text(_CLOSING.sub("", core)).removeprefix(_COUNTRY),
        passed_on=_read_passed_on(core),
    )


def _read_passed_on(core: str) -> str:
    passing = _PASSING.search(core)
    if passing is None:
        return ""
    rest = _find_inner(core, passing.end()) or _CLOSING.sub("", core[passing.end() :])
    about = _ABOUT.match(rest)
    core = rest[len(about["speaker"]) :] if about else rest
    stream = literal_text(core).removeprefix(_COUNTRY)
    return stream if len(stream) >= _LEAST_INNER else ""


def _find_inner(core: str, start: int) -> str:
    """Returns the text from the first 《 to the last 》 of the first line that has both."""
    for line in core[start:].split("\n"):
        opening, closing = line.find("《"), line.rfind("》")
        if opening >= 0 and closing > opening + 1:
            return line[opening + 1 : closing]
    return ""


def _relate(a: _Title, b: _Title, is_place: IsPlace) -> TitleRelation:
    if a.stream == b.stream:
        return TitleRelation.SAME
    if a.core == b.core:
        is_one = not a.issuer or not b.issuer or a.issuer in b.issuer or b.issuer in a.issuer
        return TitleRelation.SAME if is_one else TitleRelation.OTHER_REGION
    if _COUNTED.sub("#", a.stream) == _COUNTED.sub("#", b.stream):
        return TitleRelation.OTHER_EDITION
    if _is_passed_on(a, b) or _is_passed_on(b, a):
        return TitleRelation.PASSED_ON
    if _differ_by_place(a.stream, b.stream, is_place):
        return TitleRelation.OTHER_REGION
    return TitleRelation.DIFFERENT


def _is_passed_on(passing: _Title, passed: _Title) -> bool:
    inner = passing.passed_on
    return bool(inner) and inner in (passed.core, passed.bare, passed.stream, passed.passed_on)


def _differ_by_place(a: str, b: str, is_place: IsPlace) -> bool:
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    tail = a[len(a) - end :]
    # 枣庄市 and 济宁市 have the last character in common.
    unit = tail[:1] if tail[:1] in _UNIT else ""
    names = [text[start : len(text) - end] for text in (a, b)]
    return all(_is_place(name, unit, is_place) for name in names)


def _is_place(name: str, unit: str, is_place: IsPlace) -> bool:
    if not name or len(name) > _LONGEST_PLACE or _PASSING.search(name):
        return False
    return is_place(name + unit) or is_place(name) or bool(unit) or name[-1] in _UNIT
