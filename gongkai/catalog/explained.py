"""Finds the documents that an interpretation (政策解读) explains, by title and number."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.document_number import find_document_numbers


@dataclass(frozen=True, slots=True)
class Explained:
    """One explained document as named, with a title, a number or both."""

    title: str | None
    document_number: str | None


MOST = 10
"""Documents of one record."""
_BEGINNING = 1_500
"""Characters of the text that introduce the document."""
_CATEGORY = "政策解读"
_IS_ONE = lazy_re(r"解读|图解|读懂|看懂|答记者问|政策问答|热点问答|起草说明|编制说明")
_QUOTED = lazy_re(r"《([^《》]{2,100}(?:〈[^〈〉]{1,100}〉[^《》]{0,60})?)》")
_NESTED = lazy_re(r"《([^《》]{0,60}《[^《》]{1,100}》[^《》]{0,60})》")
_TAIL = lazy_re(
    r"(?:的?(?:政策|文字|图文|图片|图表|视频|动漫|专家|媒体|部门|负责人|文件|内容|起草|编制|有关|情况){0,3}"
    r"(?:解读(?:材料|稿|说明|之[一二三四五六])?|图解|问答|说明))[)）】]?(?:[(（][^()（）]{1,20}[)）])?\Z"
)
_HEAD = lazy_re(
    r"(?:【?(?:政策|文字|图文|图片)?(?:解读|图解)】?|一图(?:读懂|看懂|解读))[:：丨|—-]{0,2}"
)
_ABOUT = lazy_re(r"\A(?:关于)?对?")
_SHORT_FORM = lazy_re(
    r"《(?P<title>[^《》]{2,100})》(?P<number>[(（][^()（）]{4,40}[)）])?[(（,，、]*(?:以下|下称|简称)"
)
_LEAST = 6


def find_explained(title: str, body: str, category: str | None) -> tuple[Explained, ...]:
    """Returns the distinct documents that a record explains, at most MOST; none for another."""
    is_one = _IS_ONE.search(title) or (category or "").startswith(_CATEGORY)
    if not is_one:
        return ()
    beginning = body[:_BEGINNING]
    named = list(_read_title(title)) or list(_read_introduction(beginning))
    found = dict.fromkeys(Explained(each, _number_beside(each, beginning)) for each in named)
    numbers = dict.fromkeys(each.number.canonical for each in find_document_numbers(title))
    return (*found, *(Explained(None, number) for number in numbers))[:MOST]


def _read_title(title: str) -> Iterator[str]:
    quoted = [match[1] for match in _NESTED.finditer(title)]
    quoted = quoted or [match[1] for match in _QUOTED.finditer(title)]
    if quoted:
        yield from quoted
        return
    name = _ABOUT.sub("", _TAIL.sub("", _HEAD.sub("", title.strip())))
    if name != title and len(name) >= _LEAST and not find_document_numbers(name):
        yield name


def _read_introduction(text: str) -> Iterator[str]:
    """Yields the title that the text shortens first: 《甲办法》（以下简称《办法》）."""
    if match := _SHORT_FORM.search(text):
        yield match["title"]


def _number_beside(title: str, text: str) -> str | None:
    at = text.find(f"《{title}》")
    if at < 0:
        return None
    after = at + len(title) + 2
    near = text[after : after + 45]
    numbers = find_document_numbers(near) if near.lstrip().startswith(("（", "(")) else []
    return numbers[0].number.canonical if numbers and numbers[0].start <= 2 else None
