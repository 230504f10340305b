"""Notes on how a query was interpreted, each with a link that reverts it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzers.pinyin import is_latin
from gongkai.query.request import SearchRequest
from gongkai.query.syntax import as_phrases
from gongkai.search.responses import QueryView, SearchAnswer
from gongkai.semantic.semantic_search import SemanticOutcome
from search_api.web.urls import apply_url, search_url, with_text, without_switch

_RELATED = "标有“相关”的信息是按意思找到的，其中不一定有您用的词。"
_CUT = "检索词过多，只按其中一部分检索。"
_EMPHASIZED = "引号中的词语优先排列，不要求完整匹配。"
_NO_PHRASE = "没有与引号中的文字完整匹配的信息，可以去掉引号检索："
_NEWEST = "已按发布时间由新到旧排列。"
_ONLY_RELATED = "没有包含检索词的信息。下面标有“相关”的信息是按意思找到的，供您参考。"


@dataclass(frozen=True, slots=True)
class Link:
    """The target of a note."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence above the list with its links."""

    text: str
    links: tuple[Link, ...] = ()


def build_notes(request: SearchRequest, answer: SearchAnswer) -> tuple[Note, ...]:
    """Returns the notes, most important first. `request` is the request as typed."""
    return tuple(_each_note(request, answer))


def _each_note(request: SearchRequest, answer: SearchAnswer) -> Iterator[Note]:
    query = answer.query
    asked = replace(request, text=query.text) if query.corrected_from else request
    if query.corrected_from:
        yield _corrected(request, query.corrected_from, query.text)
    if query.did_you_mean:
        href = search_url(with_text(request, query.did_you_mean))
        yield Note("您要找的是不是：", (Link(query.did_you_mean, href),))
    yield from _about_quotation_marks(asked, query)
    yield from _about_dates(asked, query)
    if query.cut:
        yield Note(_CUT)
    if query.expanded:
        href = search_url(without_switch(asked, "expand"))
        yield Note(f"已同时检索{_describe(query)}。", (Link("只按原词检索", href),))
    if query.relaxed:
        yield _relaxed(asked, query)
    if query.related:
        href = search_url(without_switch(asked, "semantic"))
        if answer.keyword_total:
            yield Note(_RELATED, (Link("只看包含检索词的", href),))
        else:
            yield Note(_ONLY_RELATED, (Link("怎样申请公开", apply_url(text=asked.text)),))


def _about_quotation_marks(asked: SearchRequest, query: QueryView) -> Iterator[Note]:
    if query.emphasized:
        href = search_url(with_text(asked, as_phrases(query.text)))
        yield Note(_EMPHASIZED, (Link("要求完整匹配", href),))
    if query.loosened:
        href = search_url(with_text(asked, query.loosened))
        yield Note(_NO_PHRASE, (Link(query.loosened, href),))


def _about_dates(asked: SearchRequest, query: QueryView) -> Iterator[Note]:
    href = search_url(without_switch(asked, "dates"))
    if query.date:
        text = f"已按检索词中的时间限定为“{query.date.label}”。"
        yield Note(text, (Link("不限时间", href),))
    if query.newest:
        yield Note(_NEWEST, (Link("按相关度排列", href),))


def _corrected(request: SearchRequest, typed: str, meant: str) -> Note:
    how = "已按拼音检索" if is_latin(typed) else "已改为检索"
    href = search_url(without_switch(request, "correct"))
    text = f"没有找到“{typed}”，{how}“{meant}”。"
    return Note(text, (Link(f"仍然检索“{typed}”", href),))


def _describe(query: QueryView) -> str:
    others = dict.fromkeys(word for words in query.expanded.values() for word in words)
    return "".join(f"“{word}”" for word in others)


def _relaxed(asked: SearchRequest, query: QueryView) -> Note:
    if query.complete:
        others = "其他信息包含其中部分检索词。"
        if query.semantic is SemanticOutcome.USED and query.related:
            others = "其他未标“相关”的信息包含其中部分检索词。"
        href = search_url(without_switch(asked, "relax"))
        text = f"包含全部检索词的信息有 {query.complete} 条，{others}"
        return Note(text, (Link("只看包含全部检索词的", href),))
    found = "没有同时包含全部检索词的信息，下面列出包含其中部分检索词的信息。"
    if query.missing:
        named = "、".join(f"“{word}”" for word in query.missing)
        near = "相近用语或者" if query.expanded.keys() & set(query.missing) else ""
        found = f"没有信息含有{named}，下面列出包含{near}其他检索词的信息。"
    return Note(found, (Link("都不是您要找的？可以申请公开", apply_url(text=query.text)),))
