"""Determines how open a row is from the value of a disclosure column.

Each column kind has ordered rules. A value that matches none has an unknown meaning, except in
columns where every value but a plain "none" means secret.
"""

import re
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import lru_cache

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.date_patterns import YEAR
from gongkai.catalog.disclosure_columns import ColumnKind
from gongkai.catalog.labels import fold_label

LONGEST_VALUE = 200
_LONGEST_WORDING = 48
_MOST_VALUES = 64


class Verdict(IntEnum):
    """The meaning of a cell; of several meanings the highest counts."""

    SILENT = 0
    OPEN = 1
    ON_REQUEST = 2
    UNKNOWN = 3
    CLOSED = 4


_SILENT, _OPEN, _ON_REQUEST, _UNKNOWN, _CLOSED = Verdict
_YES = lazy_re("是|对|真|有|y|yes|t|true|1|on|√|✓|✔|☑|✅|是的")
_NO = lazy_re("否|不|不是|非|假|n|no|f|false|0|off|×|✗|✘|✕|✖|x|❌|not")
_NUMBER = lazy_re(r"-?\d{1,2}")
_DATE = lazy_re(rf"{YEAR}[-/年.]?\d{{1,2}}(?:[-/月.]?\d{{1,2}}日?)?[t\d:+.z-]*")
_NO_DATE = lazy_re(r"0000[-/]?00[-/]?00[0:t.z]*|19700101[0t.z]*")
_BY = (
    "主动|全文|全部|全面|完全|依法|依规|及时|长期|即时|常年|无条件|对外|向社会|面向社会|"
    "面向公众|向公众|社会|公众"
    "|网站|网上|上网|互联网|外网|门户网站|政府网站|政务网站|官网"
)
_OF = "类|型|的|级|信息|政府信息|文件|事项|内容|属性|方式|发布|公开|中|状态|通过|审核"
_PUBLIC = lazy_re(
    f"(?:此件|本件|该件|本文|已经|已|应当|应予|应|可以|可|予以|同意|准予|准许|允许|属于|属|为|"
    f"建议|{_BY})*(?:公开|公布|开放)(?:{_OF})*"
    "|主动|(?:网站|网上|外网|门户网站|政府网站|官网|对外|向社会|同意)(?:公开)?发布"
    "|(?:is|fully|full|全)?(?:public|open|disclosed)(?:access|ly|lyavailable|disclosure)?|"
    "proactive(?:disclosure)?|opened"
)
_CHANNEL = lazy_re(
    "(?!.*(?:不|非|未|免|禁|暂|缓|秘|密|仅|限|内网|内部|专网|局域网|办公网|"
    "oa))[\u4e00-\u9fff]{0,10}"
    "(?:网站|官网|网上|门户网|信息网|互联网|公报|报刊|报纸|日报|电视台?|广播|广播电视|公告栏|"
    "公开栏|公示栏|宣传栏|"
    "大厅|新媒体|微信|公众号|微博|客户端|发布会|档案馆|图书馆|查阅点|查阅室|服务中心|服务站|"
    "电子屏|触摸屏|公开平台|app|网)"
)
_REQUESTED = lazy_re(
    "(?:此件|本件|可|属于|属|为|按|经|需|须|应|依法)*依?申请后?(?:公开|查询|查阅|获取|提供|"
    "办理)?(?:类|的|信息|文件|内容|方式)*"
    "|(?:up)?onrequest|byrequest|onapplication|byapplication"
)
_SOUNDS_CLOSED = lazy_re(
    "不|免|非|未|禁|密|秘|否|暂|缓|拒|隐|私|内|保留|限制|受限|仅|只限|限于|限在|本单位|"
    "本部门|本机关|本局|草|拟|待|停|撤|删"
    "|退|驳|屏蔽|下线|下架|回收|作废|冻结|锁定|取消|×|✗|✘|✕|✖|❌"
    "|^(?:no|non(?!e$).*|not.*|n|f|x|off|false|0)$"
    "|private|internal|secret|closed|confidential|restrict|classified|hidden|draft|deleted|"
    "withheld|withdrawn|revoked"
    "|unpublish|pending|reject|embargo|sensitive"
)
_EVERYBODY = lazy_re(
    "(?:面向|向|对|全体|全|所有|任何|广大)*(?:社会|公众|社会各界|人|人员可见|用户|市民|群众|"
    "公民|访客|游客|互联网|外网|网民)+"
    "(?:公开|开放|可见|可查看|可访问|可读|均可)*|全部|所有|全体公民|不限|不限制|无限制|无限|"
    "没有限制|未限制|匿名|匿名访问|完全"
    "|everyone|everybody|all|anyone|anybody|world|anonymous|guest|allusers|unrestricted|any|"
    "\\*|visible|read"
)
_LIVE = lazy_re(
    "(?:已|正常|正在|同意|准予|可以|可|予以)*(?:发布|公开|公布|上线|上架|上网|公示|启用|显示|"
    "展示)(?:中|成功|状态|正常|通过)?|在线|正常|可见"
    "|(?:已|复审|终审|审核|审查|审批|保密审查|校对|全部)*(?:通过|审核|审批|审定|审查)(?:完毕|"
    "完成|合格)?|同意|合格|无异议|没有异议"
    "|(?:is)?(?:published|public|open|visible|active|normal|online|approved|released|live|"
    "enabled|shown|passed|pass|ok|publish|reviewed|audited|success)"
)
_DOCUMENT_STATE = lazy_re(
    "(?:现行|继续|长期|全文|部分|全部|已|已经|被|尚未|未|暂未|即将|正式)*(?:有效|生效|施行|"
    "实施|失效|废止|修改|修订|修正|被修改|被修订|执行|试行|暂行|过期|到期|期满)(?:中|或失效|"
    "或废止)?"
    "|现行|(?:自然)?终止|宣布失效|被?替代|有效期内|时效性?|征集中|征求意见中?|意见征集中?|"
    "已结束|(?:已)?(?:办结|完成|结案|印发|签发|成文|发文|结束|签章|盖章|编号)|完结"
    "|in ?force|effective|valid|current|repealed|abolished|expired|amended|superseded|lapsed|"
    "notyeteffective|trial|finished|completed|done|[1-5]\\d\\d"
)
_NOT_LIVE = lazy_re(
    _SOUNDS_CLOSED.pattern
    + "|送审|审核中|审批中|审查中|核稿|会签|编辑|起草|校对中|在办|办理中|处理中|关闭|离线|"
    "失败|无效|已归还|异常"
    "|removed|retract|inactive|disabled|offline|archiv|trash|recycl|invalid|waiting|"
    "unapproved|review$|editing"
)
_MATTER = "国家秘密|工作秘密|商业秘密|个人隐私|隐私|秘密|密级|敏感信息|敏感内容|敏感|国家安全|密"
_NO_SECRET = lazy_re(
    f"(?:经审查|经审核|均|属)?(?:不|未|无|非|没有|不予)(?:涉及|涉|属于|属|含有?|是|定|保|存在|"
    f"标注?)?(?:(?:{_MATTER})(?:、|,|，|和|及|或|以及|等)*)+(?:信息|内容|文件|事项|件|问题|"
    f"级)?"
    "|无|没有|空|不涉及|不属于|不保密|不定密|未定密级?|不涉|非国密|普通|普通件|平件|普通文件|"
    "公开|公开级|可公开|可以公开|公开文件|公开件|公开信息|主动公开|全文公开|对外公开|-+|—+|/|"
    "\\\\"
    "|none|null|nil|n/?a|unclassified|nonconfidential|notconfidential|notclassified|"
    "notsecret|nonsecret|public|open"
)
_NOT_REMOVED = lazy_re(
    "(?:未|没有?|非|不|无|未被)(?:予)?(?:删除?|撤销?|撤回|隐藏|屏蔽|下线|下架|停用|禁用|作废|"
    "草稿|暂存|敏感|涉及.*|内部)|正常|有效|启用|无|否|空|-+|—+|/"
    "|none|null|nil|n/?a|normal|active|public|visible|online|published|exists?|existing"
)
_SAID_ANYWHERE = lazy_re(
    "(?:依法|暂|应|应当|建议|按规定|属于?|此件|本件|该文|本文|此文|该件|该信息|"
    "本信息)*(?:不予公开|不公开|不宜公开|不对外公开|不得公开|不能公开|不应公开|不可公开|"
    "免予公开|非公开|暂不公开|暂缓公开|拒绝公开|禁止公开|不向社会公开)"
    "|(?:国家)?(?:绝密|机密|秘密)(?:级|件|文件)?(?:★.*)?|涉密(?:文件|信息|件|内容|不公开)?|"
    "属于?国家秘密|涉及国家秘密"
    "|内部(?:公开|资料|文件|使用|掌握|传阅|参考|刊物|发行|信息|材料)|(?:仅供|仅限|只限|"
    "限)(?:于)?(?:本?单位|机关|系统|部门)?内部(?:使用|传阅|参考|掌握|交流|查阅)?"
    "|草稿(?:箱)?|未发布|待发布|未公开|回收站"
    "|(?:top)?secret|confidential|classified|notpublic|nonpublic|internaluseonly|"
    "internalonly|forinternaluse(?:only)?|unpublished|draft"
)
_MENTIONED = lazy_re(
    _SAID_ANYWHERE.pattern + "|内部|内网|局内|院内|.*(?:不予公开|不公开|涉密|内部公开).*"
)
_Rule = tuple[tuple[re.Pattern[str], Verdict], ...]
_RULES: Mapping[ColumnKind, _Rule] = {
    ColumnKind.FLAG: (
        *((pattern, _OPEN) for pattern in (_YES, _PUBLIC, _LIVE, _EVERYBODY)),
        *((_DATE, _SILENT), (_CHANNEL, _SILENT), (_NO, _CLOSED)),
    ),
    ColumnKind.DISCLOSURE: (
        *((_YES, _OPEN), (_PUBLIC, _OPEN), (_CHANNEL, _SILENT)),
        *((_REQUESTED, _ON_REQUEST), (_NO, _CLOSED)),
    ),
    ColumnKind.AUDIENCE: (
        *((_PUBLIC, _OPEN), (_EVERYBODY, _OPEN), (_CHANNEL, _SILENT)),
        *((_REQUESTED, _ON_REQUEST), (_NO, _CLOSED)),
    ),
    # 0 means "normal" in one system and "off" in another.
    ColumnKind.STATE: (
        (_NUMBER, _UNKNOWN),
        (_PUBLIC, _OPEN),
        (_LIVE, _OPEN),
        (_DOCUMENT_STATE, _SILENT),
    ),
    ColumnKind.PUBLICATION: (
        *((_YES, _OPEN), (_PUBLIC, _OPEN), (_LIVE, _OPEN), (_NO_SECRET, _SILENT), (_NO, _CLOSED)),
    ),
    ColumnKind.SECRECY: ((_NO_SECRET, _SILENT), (_NO, _SILENT)),
    ColumnKind.REMOVAL: (
        *((_NO, _SILENT), (_NOT_REMOVED, _SILENT), (_NO_DATE, _SILENT), (_NO_SECRET, _SILENT)),
        *((_YES, _CLOSED), (_DATE, _CLOSED)),
    ),
    ColumnKind.ON_REQUEST: ((_NO, _SILENT), (_YES, _ON_REQUEST), (_REQUESTED, _ON_REQUEST)),
    ColumnKind.MENTION: ((_MENTIONED, _CLOSED),),
    ColumnKind.UNRELATED: ((_SAID_ANYWHERE, _CLOSED),),
}
_SOUNDS: Mapping[ColumnKind, re.Pattern[str]] = {
    **dict.fromkeys((ColumnKind.FLAG, ColumnKind.DISCLOSURE), _SOUNDS_CLOSED),
    **dict.fromkeys((ColumnKind.AUDIENCE, ColumnKind.REMOVAL), _SOUNDS_CLOSED),
    **dict.fromkeys((ColumnKind.STATE, ColumnKind.PUBLICATION), _NOT_LIVE),
}
_OTHERWISE: Mapping[ColumnKind, Verdict] = {
    ColumnKind.SECRECY: _CLOSED,
    ColumnKind.MENTION: _SILENT,
    ColumnKind.UNRELATED: _SILENT,
}
_MARKING = lazy_re(r"(?:绝密|机密|秘密)\s*[★☆*]")
_TICKED = "☑✓✔√■▣●◉⊙⦿✅"
_UNTICKED = "□☐○◯▢"
_TICK = lazy_re(f"([{_TICKED}{_UNTICKED}]|\\[[x√ ]?\\]|\\([x√]\\))", re.IGNORECASE)
_PARTS = lazy_re(r"[;,、/|+&\n]|(?<=公开)(?:和|及|与|或)")
_LABEL = lazy_re("^(?:信息|政府信息|文件)?公开(?:方式|属性|类型|类别|形式|范围|选项)?(?::|=|为)")
_INSIDE = lazy_re(r"[(\[【〔{<]([^()\[\]【】〔〕{}<>]*)[)\]】〕}>]")
_EDGES = "。.!:;,、\"'“”‘’「」『』·*?~_=()[]【】〔〕{}<>"


def judge(kind: ColumnKind, value: object) -> Verdict:
    """Returns the strictest meaning of the texts and numbers in a cell."""
    verdict = _SILENT
    for count, (text, is_key) in enumerate(_leaves(value)):
        if count >= _MOST_VALUES:
            return max(verdict, _UNKNOWN if _OTHERWISE.get(kind) is not _SILENT else _SILENT)
        said = judge_text(kind, text)
        # A key such as in {"不予公开": true} counts only if it closes the row.
        if not is_key or (said is _CLOSED and kind is not ColumnKind.SECRECY):
            verdict = max(verdict, said)
    return verdict


def judge_text(kind: ColumnKind, text: str) -> Verdict:
    """Returns the meaning of one text; a text too long for a coded value is unknown."""
    if len(text) > LONGEST_VALUE:
        if kind in (ColumnKind.MENTION, ColumnKind.UNRELATED):
            return _SILENT
        sounds = _SOUNDS.get(kind)
        is_closed = kind is ColumnKind.SECRECY or (sounds and sounds.search(fold_label(text)))
        return _CLOSED if is_closed else _UNKNOWN
    return _judge_short(kind, text)


def is_marked_secret(text: str) -> bool:
    """Whether a text begins with a secrecy marking (机密★10年), as official documents have it."""
    return "★" in text[:LONGEST_VALUE] and bool(_MARKING.search(text[:LONGEST_VALUE]))


def is_channel(value: object) -> bool:
    """Whether a cell names a publication channel (政府网站, 公报), not a kind of disclosure."""
    return bool(_CHANNEL.fullmatch(fold_label(str(value)).strip(_EDGES)))


@lru_cache(maxsize=16_384)
def _judge_short(kind: ColumnKind, text: str) -> Verdict:
    plain = re.sub(r"^\s*([01])\.0+\s*$", r"\1", text)
    if ticked := _ticked(kind, plain):
        return max(_judge_folded(kind, part) for part in ticked)
    return _judge_folded(kind, fold_label(plain))


def _ticked(kind: ColumnKind, text: str) -> list[str]:
    """Returns the ticked labels of a form, ☑主动公开 □不予公开; empty where there is no form."""
    if kind in (ColumnKind.MENTION, ColumnKind.UNRELATED):
        return []
    before, *rest = _TICK.split(text)
    pairs = list(zip(rest[::2], rest[1::2], strict=True))
    if before.strip() or not pairs or not all(label.strip() for _, label in pairs):
        return []
    chosen = [fold_label(label) for mark, label in pairs if _is_ticked(mark)]
    return chosen or [""]


def _is_ticked(mark: str) -> bool:
    return mark in _TICKED or "x" in mark.lower() or "√" in mark


def _judge_folded(kind: ColumnKind, folded: str) -> Verdict:
    folded = _LABEL.sub("", folded)
    stripped = folded.strip(_EDGES) or folded
    for text in (folded, stripped):
        if (verdict := _match(kind, text)) is not None:
            return verdict
    if kind is not ColumnKind.UNRELATED and _INSIDE.search(stripped + folded[-1:]):
        return _judge_bracketed(kind, folded)
    parts = [part.strip(_EDGES) for part in _PARTS.split(stripped)]
    if len(parts) > 1 and kind is not ColumnKind.UNRELATED:
        return max(_judge_plain(kind, part) for part in parts if part) if any(parts) else _UNKNOWN
    return _judge_plain(kind, stripped)


def _judge_bracketed(kind: ColumnKind, folded: str) -> Verdict:
    """Reads 主动公开（网站）: the brackets can only make the rest stricter or unclear."""
    inside = " ".join(_INSIDE.findall(folded)).strip(_EDGES + " ")
    outside = _INSIDE.sub("", folded).strip(_EDGES)
    if not outside:
        return _judge_plain(kind, inside)
    said = _judge_folded(kind, outside)
    note = _judge_folded(kind, inside) if inside else _SILENT
    # 依申请公开（填写申请表） cannot become more open, so unknown words in the note do not matter.
    return said if note is _UNKNOWN and said > _OPEN else max(said, note)


def _judge_plain(kind: ColumnKind, folded: str) -> Verdict:
    matched = _match(kind, folded)
    if matched is not None:
        return matched
    sounds = _SOUNDS.get(kind)
    if sounds and sounds.search(folded):
        return _CLOSED
    return _OTHERWISE.get(kind, _UNKNOWN)


def _match(kind: ColumnKind, folded: str) -> Verdict | None:
    if len(folded) > _LONGEST_WORDING:
        return None
    for pattern, verdict in _RULES[kind]:
        if pattern.fullmatch(folded):
            return verdict
    return None


def _leaves(value: object) -> Iterator[tuple[str, bool]]:
    """Yields the texts and numbers of a cell, and whether each is the key of an object."""
    stack: list[object] = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, Mapping):
            yield from ((str(key), True) for key in found)
            stack.extend(found.values())
        elif isinstance(found, list | tuple | set | frozenset):
            stack.extend(found)
        elif found is not None:
            yield (_spell(found), False)


def _spell(value: object) -> str:
    if isinstance(value, str):
        return value
    try:
        return str(value)
    except ValueError:  # an integer of more digits than Python writes out
        return "#"
