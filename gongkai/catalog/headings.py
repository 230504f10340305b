"""Maps the column headings of exports to the catalog's keys.

The catalog's own headings (政府信息公开目录) come before those of other systems
(`gongkai.catalog.other_headings`). Unknown columns are kept as `extra`.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from gongkai.catalog.other_headings import GENERAL, TELLING, fold_heading, read_flag

_ACCEPTED: Mapping[str, tuple[str, ...]] = {
    "id": (),
    "index_number": ("索引号", "信息索引号"),
    "title": ("标题", "信息名称", "名称", "信息标题"),
    "document_number": ("文号", "发文字号", "文件编号"),
    "publisher": ("发布机构", "发布单位", "发文机关", "公开责任部门"),
    "issued_on": ("生成日期", "成文日期", "发文日期"),
    "published_on": ("发布日期", "发布时间", "公开日期"),
    "category": ("组配分类",),
    "topic": ("主题分类",),
    "audience": ("服务对象分类", "服务对象"),
    "life_event": ("生命周期分类",),
    "genre": ("体裁分类", "体裁"),
    "format": ("信息格式", "信息格式分类"),
    "disclosure": ("公开方式", "公开属性", "公开类别"),
    "validity": ("有效性", "时效性"),
    "keywords": ("主题词", "关键词"),
    "summary": ("内容概述", "内容概况", "摘要"),
    "body": ("正文", "内容", "信息内容"),
    "url": ("链接", "网址"),
    "attachments": ("附件",),
    "extra": (),
}

# Columns that only our own exports have, so that an export can be indexed again unchanged.
_DERIVED = (
    "document_number_original",
    "issued_on_original",
    "published_on_original",
    "publisher_name",
    "genre_inferred",
)

KEYS: tuple[str, ...] = tuple(_ACCEPTED)
HEADINGS: Mapping[str, str] = {
    heading: key for key, headings in _ACCEPTED.items() for heading in (key, *headings)
}
_KEYS_BY_HEADING = {**HEADINGS, **{key: key for key in _DERIVED}}
_INVISIBLE = (
    "\0\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\ufffe"
)
_NOT_SEEN = str.maketrans(dict.fromkeys(_INVISIBLE))
_CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
_BLANK = f"{_INVISIBLE}{_CONTROLS} " + (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_LONGEST_HEADING = 64
_IN_NOTE = r"[^()\[\]【】〔〕]*"
_NOTE = re.compile(
    rf"[(\[【〔](?:{_IN_NOTE}(?:必填|必须|选填|可选|格式|示例|例如|yyyy|多选|单选|以内|[/、|;,])"
    rf"{_IN_NOTE}|如{_IN_NOTE})[)\]】〕]\Z"
)
"""A note on how to fill in a column: 发布日期（必填，格式 2024-03-01）.

附件（份数） is another column.
"""
_DATES = frozenset(("issued_on", "published_on"))


def key_of(heading: str) -> str | None:
    """Returns the catalog key of a column heading, or None.

    Width, case, spaces, zero-width characters, colons and the `*` of mandatory columns are ignored:
    an unrecognized 公开方式 would breach the disclosure boundary.
    """
    return _find_key(heading) if len(heading) <= _LONGEST_HEADING else None


def is_of_the_catalog(heading: str) -> bool:
    """Whether a heading is the catalog's own and not one of another system."""
    return len(heading) <= _LONGEST_HEADING and _fold(heading) in _KEYS_BY_HEADING


@lru_cache(maxsize=4096)
def _find_key(heading: str) -> str | None:
    folded = _fold(heading)
    if key := _KEYS_BY_HEADING.get(folded):
        return key
    key, _ = _other_key(folded, {}) or (None, 0)
    return key


@lru_cache(maxsize=4096)
def _fold(heading: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", heading).translate(_NOT_SEEN).split())
    return folded.strip("*:").lower()


def gather_by_key(
    fields: Mapping[str, object],
) -> tuple[dict[str, list[object]], dict[str, object]]:
    """Splits raw cells into known keys (filled cells in order, lists flattened) and the rest.

    A heading of another system fills a key only if no catalog heading does, and only the first such
    heading counts: a text and its HTML (DOCCONTENT, DOCHTMLCON) are the same text.
    """
    known: dict[str, list[object]] = {}
    unknown: dict[str, object] = {}
    others: list[tuple[int, str, str, object]] = []
    for heading, value in fields.items():
        if is_blank(value):
            continue
        folded = _fold(name) if len(name := str(heading)) <= _LONGEST_HEADING else ""
        if key := _KEYS_BY_HEADING.get(folded):
            _add(known, key, value)
        elif other := _other_key(folded, GENERAL):
            key, rank = other
            others.append((rank, key, heading, value))
        else:
            unknown[heading] = value
    for _, key, heading, value in sorted(others, key=lambda other: other[0]):
        read = read_flag(fold_heading(_without_note(_fold(str(heading)))), value)
        if key in known or read == "":
            unknown[heading] = value
        else:
            _add(known, key, read)
    return known, unknown


def _other_key(folded: str, general: Mapping[str, tuple[str, int]]) -> tuple[str, int] | None:
    """Returns key and rank of another system's heading, or of a catalog heading with a note."""
    bare = _without_note(folded)
    if bare != folded and (key := _KEYS_BY_HEADING.get(bare)):
        return key, 0
    joined = fold_heading(bare)
    return TELLING.get(joined) or general.get(joined)


def _without_note(folded: str) -> str:
    return _NOTE.sub("", folded).strip("*:")


def _add(known: dict[str, list[object]], key: str, value: object) -> None:
    if isinstance(value, list | tuple):
        filled = [*flatten(value)]
        # A list of dates stays one cell, since taking the first date would be a guess.
        known.setdefault(key, []).extend([filled] if key in _DATES and filled else filled)
    else:
        known.setdefault(key, []).append(value)


def flatten(value: object) -> Iterator[object]:
    """Yields the cell, or the filled entries of nested lists."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, list | tuple):
            stack.extend(reversed(value))
        elif not is_blank(value):
            yield value


def is_blank(value: object) -> bool:
    """Whether a cell is empty: None, an empty list, or white space."""
    if isinstance(value, str):
        return not value.strip(_BLANK)
    return value is None or value in ([], {}, ())
