"""Finds parts (编), chapters (章), sections (节) and articles (条) in the text of a law or rule.

Source of the layout: 立法技术规范（试行）: a heading begins a line, and an article goes on after a
space. 第三条 inside a sentence (根据本法第三条) only refers to an article.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize

from analyzers.lazy_pattern import lazy_re
from analyzers.numerals import CHINESE_NUMERALS, read_numeral


class Level(StrEnum):
    """Levels of headings, highest first; the value begins an anchor."""

    PART = "part"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and its text, text[start:end], up to the next heading or an annex (附件).

    `label` is 第三十二条, or 第一章 总则 with its title. `number` is 32; 120-1 is 第一百二十条之一.
    `anchor` is article-32; in a text with several rules the later ones are article-32_2 and so on.
    """

    level: Level
    label: str
    number: str
    anchor: str
    start: int
    end: int


_LEVELS = {"编": Level.PART, "章": Level.CHAPTER, "节": Level.SECTION, "条": Level.ARTICLE}
_NUMBER = rf"[0-9０-９]{{1,4}}|[{CHINESE_NUMERALS}]{{1,9}}"
_LINE = lazy_re(r"^[^\S\n]*(?:[#*]+[^\S\n]*)?第", re.MULTILINE)
_NTH = lazy_re("第")
_NUMBERED = lazy_re(
    rf"第[ ]?(?P<number>{_NUMBER})[ ]?(?P<unit>[编章节条])"
    r"(?:之(?P<sub>[一二三四五六七八九十]{1,3}))?(?P<gap>[^\S\n]*)(?=(?P<rest>[^\n]{0,60}))"
)
_MARGIN = "#* \t\n\u3000\u2002\u2003\xa0"
_ANNEX = lazy_re(r"^\s*[（(]?附(?:件|表|录|[：:])", re.MULTILINE)
_TITLE_LONGEST = 40
_STOPS = "。；：，、！？;,!?"
# 第三条规定的, 第三条第二款, 第三条、第四条, 第三条至第五条 go on a sentence.
_REFERENCE = lazy_re(
    r"(?:[、，,。；;）)》”的之]|(?:至|到|和|及|与|或者?|以及|中)?第|规定|所[称列]|[各前]?[款项]|中的|改为|修改)"
)
_SENTENCE_ENDS = "。；！？”）) \u3000\u2002\u2003\xa0"
_FURTHEST = 10
"""Articles that a text may leave out between two; a number further on is a reference."""


def find_headings(text: str) -> tuple[Heading, ...]:
    """Returns the headings of a text in order, without those of its list of contents."""
    found = _without_contents(_find(text))
    ends = [*(each.start for each in found), len(text)][1:]
    named = Counter[str]()
    headings: list[Heading] = []
    for each, end in zip(found, ends, strict=True):
        plain = f"{each.level}-{each.number}"
        named[plain] += 1
        anchor = plain if named[plain] == 1 else f"{plain}_{named[plain]}"
        annex = _ANNEX.search(text, each.start, end)
        stop = each.start + len(text[each.start : annex.start() if annex else end].rstrip(_MARGIN))
        headings.append(Heading(each.level, each.label, each.number, anchor, each.start, stop))
    return tuple(headings)


def find_articles(text: str) -> tuple[Heading, ...]:
    """Returns the articles of a text in order."""
    return tuple(each for each in find_headings(text) if each.level is Level.ARTICLE)


@dataclass(frozen=True, slots=True)
class _Found:
    level: Level
    label: str
    number: str
    start: int


def _find(text: str) -> list[_Found]:
    """Returns the headings that begin lines, and those inside lines where few lines begin one."""
    found = list(_read(text, _LINE.finditer(text)))
    articles = sum(each.level is Level.ARTICLE for each in found)
    has_lines = articles > 1 and articles >= len(found) - articles
    return found if has_lines else list(_read(text, _NTH.finditer(text)))


def _read(text: str, places: Iterable[re.Match[str]]) -> Iterator[_Found]:
    last = 0
    for place in places:
        match = _NUMBERED.match(text, place.end() - 1)
        number = read_numeral(normalize("NFKC", match["number"])) if match else None
        if not match or not number:
            continue
        level, begins_line = _LEVELS[match["unit"]], _begins_line(text, match.start())
        if level is Level.ARTICLE:
            is_next = number == last + 1 or (number == last and match["sub"] is not None)
            is_one = _begins_article(match, number, last, is_next=is_next)
            if not (is_one if begins_line else is_next and _goes_on_line(match)):
                continue
            last = number
        elif not (begins_line and _is_title(match)):
            continue
        yield _Found(level, _label(match, level), _full_number(match, number), match.start())


def _begins_line(text: str, start: int) -> bool:
    return not text[text.rfind("\n", 0, start) + 1 : start].strip(_MARGIN)


def _begins_article(match: re.Match[str], number: int, last: int, *, is_next: bool) -> bool:
    """Whether an article that begins a line fits the ones before it, or only goes on a sentence."""
    is_apart = bool(match["gap"]) or not match["rest"]
    if is_next and is_apart:
        return True
    if _REFERENCE.match(match["rest"]):
        return False
    if is_next or number == 1:
        return True
    return is_apart and (not last or last < number <= last + _FURTHEST)


def _goes_on_line(match: re.Match[str]) -> bool:
    """Whether an article begins inside a line, after a sentence and before a space."""
    before = match.string[match.start() - 1]
    is_apart = bool(match["gap"]) and bool(match["rest"])
    return is_apart and before in _SENTENCE_ENDS and not _REFERENCE.match(match["rest"])


def _is_title(match: re.Match[str]) -> bool:
    """Whether a line is the title of a chapter: short, without the marks of a sentence."""
    rest = match["rest"].strip()
    is_line = match.end("rest") in (len(match.string), match.string.find("\n", match.end()))
    is_plain = not any(stop in rest for stop in _STOPS) and not _REFERENCE.match(rest)
    return is_line and is_plain and len(rest) <= _TITLE_LONGEST


def _label(match: re.Match[str], level: Level) -> str:
    sub = f"之{match['sub']}" if match["sub"] else ""
    numbered = f"第{match['number']}{match['unit']}{sub}"
    title = "".join(match["rest"].strip(" *#\u3000").split()) if level is not Level.ARTICLE else ""
    return f"{numbered} {title}".strip()


def _full_number(match: re.Match[str], number: int) -> str:
    sub = read_numeral(match["sub"]) if match["sub"] else None
    return f"{number}-{sub}" if sub else str(number)


def _without_contents(found: Sequence[_Found]) -> list[_Found]:
    """Drops a list of contents: headings in a row, after which the first of them comes again."""
    kept: list[_Found] = []
    row: list[_Found] = []
    for each in found:
        if each.level is Level.ARTICLE:
            kept += row
            row = []
            kept.append(each)
            continue
        if row and (each.level, each.label) == (row[0].level, row[0].label):
            row = []
        row.append(each)
    return kept + row
