"""Column headings of an export in, the catalog's own keys out. Called by intake and by the readers.

The headings are those of the catalog itself (政府信息公开目录); an unknown one is kept as `extra`.
"""

import unicodedata
from collections.abc import Mapping

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

KEYS: tuple[str, ...] = tuple(_ACCEPTED)
HEADINGS: Mapping[str, str] = {
    heading: key for key, headings in _ACCEPTED.items() for heading in (key, *headings)
}


def key_of(heading: str) -> str | None:
    """The catalog key of a column heading, or None; width, case, spaces and colons don't matter."""
    folded = unicodedata.normalize("NFKC", heading).strip().strip("\ufeff").rstrip(":")
    return HEADINGS.get("".join(folded.split())) or HEADINGS.get(folded.strip().lower())


def gather_by_key(
    fields: Mapping[str, object],
) -> tuple[dict[str, list[object]], dict[str, object]]:
    """Sort raw cells into known keys (every filled cell, in order) and the unknown rest."""
    known: dict[str, list[object]] = {}
    unknown: dict[str, object] = {}
    for heading, value in fields.items():
        if is_blank(value):
            continue
        key = key_of(heading)
        if key is None:
            unknown[heading] = value
        else:
            known.setdefault(key, []).append(value)
    return known, unknown


def is_blank(value: object) -> bool:
    """Whether a cell says nothing: None, an empty list, or only white space."""
    if value is None or value in ([], {}, ()):
        return True
    return isinstance(value, str) and not value.strip("\ufeff\u200b\u3000 \t\r\n\0")
