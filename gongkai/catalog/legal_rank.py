"""Determines the legal rank (效力位阶) of a document from its title.

Ranks follow the Legislation Law (立法法), chapter 5: laws of the National People's Congress are
above all other norms. Interpretations by the two supreme judicial organs bind every court.
"""

from enum import StrEnum

from analyzers.lazy_pattern import lazy_re


class LegalRank(StrEnum):
    """Ranks above ordinary documents."""

    LAW = "law"
    """宪法 and 法律: national laws of the National People's Congress."""
    INTERPRETATION = "interpretation"
    """司法解释 of the Supreme People's Court or Procuratorate."""


_CHAPTER = lazy_re(
    r"第[0-9一二三四五六七八九十百千零〇]{1,9}条(?:之[一二三四五六七八九十]{1,3})?\Z"
)
_NOTE = lazy_re(r"[（(〔\[][^（）()〔〕\[\]]{1,40}[)）〕\]]\Z")
_MARKS = " \t\u3000《》〈〉"
_LAW = lazy_re(r"(?:中华人民共和国)?[\u4e00-\u9fff、]{1,40}法(?:典)?\Z")
_NO_LAW = lazy_re(
    r"(?:办|方|做|想|看|说|执|守|违|非|合|立|普|书|枪|手|疗|无|依|学|魔|戏|兵|佛|公检"
    r"|(?<!适)用|(?<!公)司|(?<!预)算|(?<!建)设)法\Z"
)
_SPOKEN_OF = lazy_re("关于|通知|公告|学习|宣传|贯彻|解读|修改|释义")
_SUPREME = lazy_re("最高人民(?:法院|检察院)")
_INTERPRETS = lazy_re(r"(?:解释|规定|批复|规则|适用意见)(?:[（(][^（）()]{1,20}[)）])?\Z")


def read_legal_rank(title: str) -> LegalRank | None:
    """Returns the rank that a title shows, or None; an article of a law (…第三条) ranks as the law.

    A title that mentions a law (关于学习《…法》的通知) has no rank, nor have 办法 and 方法.
    """
    name = _CHAPTER.sub("", title.strip(_MARKS))
    if _SUPREME.match(name):
        return LegalRank.INTERPRETATION if _INTERPRETS.search(name) else None
    name = _NOTE.sub("", name).strip(_MARKS)
    if not _LAW.fullmatch(name) or _NO_LAW.search(name):
        return None
    bare = name.removeprefix("中华人民共和国")
    return None if _SPOKEN_OF.search(bare) else LegalRank.LAW
