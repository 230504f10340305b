"""Translates column headings from English and pinyin to Chinese terms.

isPublic, is_public, SFGK and shifougongkai all become 是否公开, so that one set of rules applies.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.labels import fold_width

_ENGLISH: Mapping[str, str] = {
    "是否": "is are was be has whether if can could may yes",
    "是否依申请": "onrequest",
    "不": "not non un no",
    "公开": "public publicity publicly publicized open opened openness disclosure disclose "
    "disclosed disclosable",
    "不公开": "private internal undisclosed nonpublic restricted restriction embargo embargoed",
    "密级": "secret secrecy confidential confidentiality classified clearance secretlevel",
    "保密": "nda",
    "敏感": "sensitive sensitivity privacy",
    "安全": "security",
    "发布": "pub publish publishing publication publicationstate release releases",
    "是否发布": "published released",
    "可见": "visible viewable",
    "可见性": "visibility",
    "显示": "display show",
    "是否显示": "displayed shown",
    "访问权限": "access",
    "访问": "read reader readers reading view viewer viewers",
    "权限": "permission permissions privilege privileges acl perm rights",
    "删除": "deleted delete del deletion removed remove erased dr",
    "隐藏": "hidden hide invisible",
    "草稿": "draft drafts",
    "撤销": "revoked revoke withdrawn withdraw withdrawal retracted retract recalled recall "
    "unpublished unpublish",
    "下线": "offline",
    "停用": "disabled disable inactive suspended suspend blocked locked deactivated",
    "回收站": "recycle recycled trash trashed recyclebin bin",
    "是否上线": "online live",
    "是否启用": "enabled enable active activated",
    "审核": "audit auditing review reviewing approval moderation verification examine check",
    "是否审核": "audited reviewed approved moderated verified checked",
    "流程": "flow workflow process procedure",
    "环节": "node step stage phase",
    "状态": "status state stat states statuses",
    "级别": "level grade degree rank lvl",
    "类型": "type kind category sort typ class classification",
    "范围": "scope range",
    "方式": "way mode method form manner",
    "属性": "attr attribute attributes property prop nature",
    "标志": "flag mark sign ind indicator yn switch bool flg",
    "代码": "code cd dm",
    "编号": "id ids uuid",
    "删除标志": "delflag delflg isdel",
    "名称": "name nm label title value val cn zh str mc desc description ms option",
    "文本": "text txt",
    "信息": "info information doc docs document file files article news record row data item "
    "content post page resource entry catalog notice paper",
    "政府": "gov government govt",
    "当前": "current cur now",
    "理由": "reason reasons",
    "日期": "date time datetime timestamp day year at on until deadline",
    "单位": "by user person operator author creator dept org unit agency department organization "
    "owner officer",
    "网址": "url link address uri",
    "次数": "count num number total",
    "依申请": "request requested apply application",
    "": "to the of a f fld field col column for",
}
_PINYIN_OF_TEXT = """
是=shi 否=fou 公=gong 开=kai 方=fang 式=shi 类=lei 型=xing 范=fan 围=wei 属=shu 性=xing
别=bie 状=zhuang 态=tai 程=cheng 度=du 质=zhi 选=xuan 项=xiang 形=xing 密=mi 级=ji 秘=mi
等=deng 涉=she 保=bao 期=qi 限=xian 定=ding 发=fa 布=bu 信=xin 息=xi 审=shen 核=he 意=yi
见=jian 结=jie 果=guo 流=liu 转=zhuan 草=cao 稿=gao 撤=che 销=xiao 回=hui 删=shan 除=chu
可=ke 阅=yue 读=du 知=zhi 悉=xi 传=chuan 播=bo 权=quan 隐=yin 藏=cang 标=biao 志=zhi 记=ji
识=shi 文=wen 件=jian 内=nei 部=bu 主=zhu 动=dong 依=yi 申=shen 请=qing 上=shang 网=wang
线=xian 下=xia 架=jia 显=xian 示=shi 启=qi 用=yong 对=dui 象=xiang 访=fang 问=wen 敏=min
感=gan 放=fang 已=yi 作=zuo 废=fei 停=ting 政=zheng 务=wu 府=fu
"""
_PINYIN_OF = dict(pair.split("=") for pair in _PINYIN_OF_TEXT.split())
_PINYIN_WORDS_TEXT = """
是否 公开 开放 方式 类型 类别 范围 属性 状态 程度 性质 选项 形式 密级 秘密 等级 级别 涉密
保密 期限 定密 发布 信息 审核 意见 结果 流转 草稿 撤销 撤回 删除 可见 阅读 知悉 传播 权限
隐藏 标志 标记 标识 文件 内部 主动 依申请 上网 上线 下线 下架 显示 启用 停用 对象 敏感 政府
政务 作废
"""
_PINYIN_WORDS = _PINYIN_WORDS_TEXT.split()
_ABBREVIATED_TEXT = """
是否公开 公开方式 公开类型 公开类别 公开范围 公开属性 公开状态 公开程度 公开性质 公开选项
公开形式 公开级别 公开标志 公开标识 公开标记 公开对象 公开意见 公开审核 信息公开
信息公开方式 信息公开类型 信息公开属性 政府信息公开方式 政务公开 主动公开 依申请公开
是否主动公开 是否依申请公开 是否开放 开放类型 开放属性 开放方式 密级 文件密级 信息密级
公文密级 秘密等级 密级等级 密级标识 涉密等级 涉密级别 保密级别 保密等级 保密期限 保密
是否涉密 是否保密 是否内部 是否敏感 涉密标志 涉密标识 定密 定密级别 发布状态 信息状态
文件状态 审核状态 审核意见 审核结果 是否审核 是否发布 是否显示 是否可见 是否启用 是否上网
是否上线 流转状态 流程状态 发布标志 显示标志 发布范围 是否草稿 是否删除 是否撤销 是否撤回
是否隐藏 是否下线 是否停用 是否作废 删除标志 删除标识 删除标记 删除状态 撤销标志 可见范围
阅读范围 知悉范围 传播范围 阅读权限 访问权限
"""
_ABBREVIATED = _ABBREVIATED_TEXT.split()
# 公开期限 and 城市 areas share these initials with 概况, 主题, 市场 and 区县, so they are
# ambiguous.
_AMBIGUOUS = frozenset(("gk", "zt", "sc", "qx", "bm", "fb", "cx", "dm", "nb", "bmjb", "gkbz"))


def _spell(word: str) -> str:
    return "".join(_PINYIN_OF[char] for char in word)


def _initials(word: str) -> str:
    return "".join(_PINYIN_OF[char][0] for char in word)


_WORDS = {word: term for term, words in _ENGLISH.items() for word in words.split()} | {
    _spell(word): word for word in _PINYIN_WORDS
}
_INITIALS = {
    key: word for word in reversed(_ABBREVIATED) if (key := _initials(word)) not in _AMBIGUOUS
}
_LONGEST_WORD = max(map(len, _WORDS))
# These words occur inside many others, so they count only between separators.
_ONLY_APART = frozenset(
    ("a", "f", "at", "on", "to", "be", "no", "un", "dr", "id", "cd", "del", "ms")
)
_LATIN = lazy_re(r"[A-Za-z][A-Za-z0-9_\-./\\]*")
_HUMP = lazy_re(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]+")
_CODE_TAILS = ("mc", "dm", "bm", "ms", "bs", "bz", "id")


@lru_cache(maxsize=4096)
def in_chinese_terms(heading: str) -> str:
    """Returns the heading with known Latin words translated, without separators and spaces."""
    apart = re.sub(r"(?<=[A-Za-z])\s+(?=[A-Za-z])", "_", heading)
    return re.sub(r"[^\w\u4e00-\u9fff]|_", "", _LATIN.sub(_translate, fold_width(apart)))


def _translate(match: re.Match[str]) -> str:
    text = match[0]
    parts = [part.lower() for part in _HUMP.findall(text)]
    found = [_find(part) for part in parts]
    if None in found and (term := _find("".join(parts))):
        return term
    if not any(found):
        return text.lower()
    # A table's short prefix (f_, wj_, t1_) carries no meaning.
    return "".join(
        part if term is None and len(part) > 3 else term or ""
        for part, term in zip(parts, found, strict=True)
    )


def _find(token: str) -> str | None:
    """Returns the Chinese term for a word, for initials, or for joined words."""
    if (term := _WORDS.get(token)) is not None:
        return term
    if initials := _INITIALS.get(token):
        return initials
    for tail in _CODE_TAILS:
        if token.endswith(tail) and (initials := _INITIALS.get(token.removesuffix(tail))):
            return initials
    return _segment(token) if 5 <= len(token) <= 40 else None


def _segment(token: str) -> str | None:
    """Returns the terms of a token made entirely of known words, longest words first."""
    read: dict[int, str] = {len(token): ""}
    for start in range(len(token) - 2, -1, -1):
        for end in range(min(len(token), start + _LONGEST_WORD), start + 1, -1):
            word = token[start:end]
            if end in read and word in _WORDS and word not in _ONLY_APART:
                read[start] = _WORDS[word] + read[end]
                break
    return read.get(0)
