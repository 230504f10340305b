"""Finds words in a query that ask for the newest records: 最新政策, 新出台的办法."""

from analyzers.lazy_pattern import lazy_re
from analyzers.normalize import literal_text

_ISSUED = r"(?:发布|公布|印发|出台|下发|颁布|推出)"
_RECENT = r"(?:最近|新近|近期|近日|刚刚?|(?:(?<=[\s的])|^)新)"
_PUBLISHED = r"(?:文件|政策|通知|公告|公示|通告|通报|公报|新闻|消息|信息|动态|办法|规定|意见|规划)"
# 近期 alone is part of names (近期建设规划); 新 inside a word is another word (创新推出).
_NEWEST = lazy_re(
    rf"(?:最新{_ISSUED}?|{_RECENT}{_ISSUED})(?:了|过)?的?|近期的"
    rf"|(?:最近|新近|近期|近日)的?(?={_PUBLISHED}(?:\s|$))"
)
_QUOTED = lazy_re(r"《[^》]*》|“[^”]*”|\"[^\"]*\"|＂[^＂]*＂")
_LONGEST = 20
"""Letters of a query; a longer text is a title or tells a story, and means its words."""


def find_newest(text: str) -> tuple[int, int] | None:
    """Returns the span of the words, or None.

    They are not the whole text, and not inside quotation marks or 《》.
    """
    if len(literal_text(text)) > _LONGEST:
        return None
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    for match in _NEWEST.finditer(text):
        start, end = match.span()
        is_free = not any(start < last and first < end for first, last in quoted)
        if is_free and literal_text(text[:start] + text[end:]):
            return start, end
    return None
