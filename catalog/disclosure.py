"""Who may see what (公开属性): the wall between what a source holds and what may be published.

Called once, at intake. Nothing past this file ever sees a record that is not public.
Source of the three kinds: 政府信息公开条例 (国务院令第711号), articles 13-16, 19, 27.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum


class Disclosure(StrEnum):
    """The kinds of disclosure, the strictest last."""

    PUBLIC = "主动公开"
    ON_REQUEST = "依申请公开"
    NOT_PUBLIC = "不予公开"


_SPELLINGS = {
    "主动公开": Disclosure.PUBLIC,
    "依申请公开": Disclosure.ON_REQUEST,
    "依申请": Disclosure.ON_REQUEST,
    "申请公开": Disclosure.ON_REQUEST,
    "不予公开": Disclosure.NOT_PUBLIC,
    "不公开": Disclosure.NOT_PUBLIC,
}
_WAYS = frozenset(
    "网站 政府网站 门户网站 网上公开 政府公报 公报 报刊 广播电视 新闻发布会 公告栏 公开栏 "
    "政务大厅 服务大厅 政务新媒体 档案馆 图书馆".split()
)
_STRICTNESS = list(Disclosure)
# An unknown value that sounds like a secret is treated as one: refusing it would copy its text
# into the rejects file.
_SOUNDS_CLOSED = re.compile(
    r"不|免|非|未|禁|密|内部|限制|保密|private|internal|secret", re.IGNORECASE
)


def parse_disclosure(value: object) -> Disclosure | None:
    """One cell (公开方式) to its kind; None when it is not one of the known words."""
    folded = unicodedata.normalize("NFKC", str(value))
    folded = re.sub(r"[\s\u200b\u200c\u200d\ufeff:。.]+", "", folded)
    if known := _SPELLINGS.get(folded):
        return known
    return Disclosure.NOT_PUBLIC if _SOUNDS_CLOSED.search(folded) else None


def strictest(kinds: Iterable[Disclosure]) -> Disclosure:
    """The strictest of several statements about one record; raises ValueError when empty."""
    return max(kinds, key=_STRICTNESS.index)


def is_way_of_publishing(value: object) -> bool:
    """Whether 公开方式 was filled with a channel (政府网站) rather than a kind of disclosure."""
    return "".join(str(value).split()) in _WAYS
