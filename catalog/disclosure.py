"""Who may see what (公开属性): the wall between what a source holds and what may be published.

Called once, at intake. Nothing past this file ever sees a record that is not public.
Source of the three kinds: 政府信息公开条例 (国务院令第711号), articles 13-16, 19, 27.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from catalog.errors import RefusedValueError
from catalog.plain_text import clean_line, strings_in


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
_HINTS = {
    **{word: kind for word, kind in _SPELLINGS.items() if kind is not Disclosure.PUBLIC},
    **dict.fromkeys(("否", "no", "false"), Disclosure.NOT_PUBLIC),
}
_WAYS = frozenset(
    (
        *("网站", "政府网站", "门户网站", "网上公开", "政府公报", "公报", "报刊", "广播电视"),
        *("新闻发布会", "公告栏", "公开栏", "政务大厅", "服务大厅", "政务新媒体"),
        *("档案馆", "图书馆"),
    )
)
_STRICTNESS = list(Disclosure)
# An unknown value that sounds like a secret is treated as one: refusing it would copy its text
# into the rejects file.
_SOUNDS_CLOSED = re.compile(
    r"不|免|非|未|禁|密|秘|否|暂|缓|拒|隐私|内部|限制|保留"
    r"|^(?:no|non(?!e$).*|not.*|n|false|0)$|private|internal|secret|closed|confidential|restrict|classified",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"[\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff:。.*]+")
_ABOUT_DISCLOSURE = re.compile("公开|disclos|public", re.IGNORECASE)


def settle_disclosure(
    stated: Iterable[object], others: Mapping[str, object], fill: Disclosure | None
) -> Disclosure:
    """The strictest kind that a row states under its headings for it, else `fill`.

    `others` are the row's columns of unknown headings: where nothing known is stated, one about
    disclosure (是否公开: 不予公开) can make the row stricter than `fill`, never more open.
    Raises RefusedValueError (`unknown_disclosure`, `missing_disclosure`) if no cell says 不予公开.
    """
    kinds = [parse_disclosure(value) for value in stated if not is_way_of_publishing(value)]
    if Disclosure.NOT_PUBLIC in kinds:
        return Disclosure.NOT_PUBLIC
    if None in kinds:
        raise RefusedValueError("disclosure", "unknown_disclosure", "The disclosure is not known.")
    if known := [kind for kind in kinds if kind]:
        return strictest(known)
    hints = [*_hints(others)]
    if Disclosure.NOT_PUBLIC in hints or fill is not None:
        return strictest([*hints, *([fill] if fill else [])])
    raise RefusedValueError("disclosure", "missing_disclosure", "The disclosure is missing.")


def parse_disclosure(value: object) -> Disclosure | None:
    """One cell (公开方式) to its kind; None when it is not one of the known words."""
    folded = _UNSEEN.sub("", unicodedata.normalize("NFKC", clean_line(value)))
    if known := _SPELLINGS.get(folded):
        return known
    return Disclosure.NOT_PUBLIC if _SOUNDS_CLOSED.search(folded) else None


def strictest(kinds: Iterable[Disclosure]) -> Disclosure:
    """The strictest of several statements about one record; raises ValueError when empty."""
    return max(kinds, key=_STRICTNESS.index)


def is_way_of_publishing(value: object) -> bool:
    """Whether 公开方式 was filled with a channel (政府网站) rather than a kind of disclosure."""
    return "".join(clean_line(value).split()) in _WAYS


def _hints(others: Mapping[str, object]) -> Iterator[Disclosure]:
    for heading, value in others.items():
        if _ABOUT_DISCLOSURE.search(str(heading)):
            for text in strings_in(value):
                kind = _HINTS.get(_UNSEEN.sub("", text).lower())
                if kind:
                    yield kind
