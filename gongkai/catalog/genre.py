"""Infers the genre (体裁) of a document from the ending of its title."""

from collections.abc import Sequence
from functools import cache

from analyzers.lazy_pattern import lazy_re

_ENDINGS = (
    "通知 通报 公告 通告 公示 布告 公报 意见 决定 决议 命令 令 议案 提案 批复 答复 复函 函 "
    "请示 报告 纪要 办法 规定 条例 细则 规则 规程 章程 守则 准则 导则 规范 标准 措施 制度 "
    "方案 规划 纲要 计划 安排 要点 总结 预案 目录 名录 清单 名单 指南 指引 简报 解读 图解 "
    "解释 说明 问答"
)
DEFAULT_GENRES: tuple[str, ...] = tuple(_ENDINGS.split())
_NO_GENRES = ("司令", "口令", "指令", "法令", "节令", "时令", "信函", "来函", "邮函")
_GROUP = lazy_re(
    r"(?:（[^（）()]*[）)]|\([^（）()]*[）)]|〔[^〔〕]*〕|\[[^\[\]]*\]|【[^【】]*】)\Z"
)
_UNCLOSED = lazy_re(r"[（(〔【\[][^（）()〔〕【】\[\]]*\Z")
_NUMBER = lazy_re(
    r"(?:第?[0-9０-９]{1,6}[号號期]|[0-9０-９]{4}(?:[-—–~～至][0-9０-９]{4})?年?度?(?:版|修正|修订|修改)?)\Z"
)
_MARKS = " \t\r\n\u3000》〉」』”’\"'。.！!；;,，、:：-—"
_CLOSING = "）)]】〕"
_SUBTITLE = lazy_re("——|—|--")
_LONGEST_ENDING = 200


def infer_genre(title: str, genres: Sequence[str] = DEFAULT_GENRES) -> str | None:
    """Returns the longest of `genres` that the title ends with, or None.

    Brackets at the end (（试行）, （2016—2020年）), quotes, years and 第8号 are ignored, so
    关于印发《…办法》的通知 is 通知 and 《…办法》（试行） is 办法. Text after a long dash is a
    subtitle and counts only if it names a genre itself.
    """
    by_length = _order_by_length(tuple(genres))
    for part in (title, *_SUBTITLE.split(title, maxsplit=1)[:1]):
        ending = _bare_ending(part)
        if ending.endswith(_NO_GENRES):
            continue
        if genre := next((name for name in by_length if name and ending.endswith(name)), None):
            return genre
    return None


@cache
def _order_by_length(genres: tuple[str, ...]) -> list[str]:
    return sorted(genres, key=len, reverse=True)


def _bare_ending(title: str) -> str:
    """Returns the title without anything that may follow its genre."""
    ending = title[-_LONGEST_ENDING:]
    while True:
        shorter = _NUMBER.sub("", _GROUP.sub("", ending.rstrip(_MARKS)))
        if shorter == ending:
            shorter = _UNCLOSED.sub("", ending).rstrip(_CLOSING)
        if shorter == ending:
            return ending
        ending = shorter
