"""Classifies columns by their headings: which state disclosure, secrecy or publication state."""

import re
from enum import Enum
from functools import lru_cache

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.heading_words import in_chinese_terms
from gongkai.catalog.labels import fold_width


class ColumnKind(Enum):
    """How to read the values of a column."""

    FLAG = "yes means public: 是否公开, is_public, 是否发布, visible"
    DISCLOSURE = "a kind of disclosure: 公开类型, 公开属性, openType"
    AUDIENCE = "who may see it: 公开范围, 可见范围, 阅读权限"
    STATE = "a state of the record or of the document: 状态, status"
    PUBLICATION = "a state of publication or review: 发布状态, 审核意见"
    SECRECY = "a level of secrecy, where yes means secret: 密级, 是否涉密"
    REMOVAL = "yes means not public: 是否删除, hidden, 草稿, 不公开理由"
    ON_REQUEST = "yes means on request: 是否依申请公开"
    MENTION = "about disclosure in another way: 公开渠道, 项目状态"
    UNRELATED = "anything else"


LONGEST_HEADING = 64
_LONGEST_PLAIN = 24
_BRACKETS = lazy_re(
    r"[(\[{<【〔《「『〈]([^()\[\]{}<>【】〔〕《》「」『』〈〉]*)[)\]}>】〕》」』〉]"
)
_SIGNS = lazy_re(r"[()\[\]{}<>【】〔〕《》「」『』〈〉*:]")

_WORD = (
    "政府|政务|信息|公文|文件|文档|文稿|稿件|文章|资料|数据|记录|条目|目录|内容|单位|部门|"
    "科室|办公室|"
    "当前|目前|最终|初步|建议|意见|审查|审核|结果|情况|方式|形式|属性|类别|类型|分类|种类|"
    "状态|程度|"
    "性质|选项|选择|级别|等级|标志|标识|标记|代码|编码|名称|描述|要求|模式|设置|字段|与否|"
    "是否|可否|能否|"
    "应否|有无|对外|向社会|社会|公众|网上|网站|互联网|主动|依法|原|现|本|该|拟|的|及|或|和|"
    "级|类|项|度|值|码"
)
_WORDS = f"(?:{_WORD})*"
_ABOUT_ACT = (
    "(?:责任)?(?:日期|时间|年份|年度|年月|时刻|人|人员|者|姓名|机关|机构|单位|部门|主体|科室|"
    "处室|网址|地址|链接|"
    "栏目|电话|次数|编号|序号|文号)"
)
_ASKS = lazy_re("是否|与否|可否|能否|应否|标志|标识|标记|有无")

_SECRECY = lazy_re(
    "密级|秘密|机密|绝密|涉密|保密|定密|解密|脱密|密件|密等|密别|密点|^密$|国密|商密|"
    "内部(?:资料|文件|使用|掌握|件)"
    "|安全(?:级别|类型|等级|级)|^是否密"
)
_ENCRYPTION = lazy_re("加解密|密码|密钥|保密局|保密办|保密委")
_REVIEWED = lazy_re("审查|审核|审批|检查")
_CLOSED_FLAG = lazy_re(
    "敏感|隐私|内部公开|是否内部|内部(?:标志|标识|标记)|^内部$"
    "|(?:不予?|非|免予?|未|暂不|暂缓|缓|拒绝|禁止|限制|部分|例外|豁免)(?:予以|予|宜|应|得|"
    "对外|向社会)*(?:公开|开放|发布|公布)"
)
_EITHER = lazy_re("(?:公开|开放)(?:还是|或者|或|和|及|与)?(?:不予?|非|否)")
_ON_REQUEST = lazy_re(f"{_WORDS}依?申请(?:公开)?{_WORDS}")
_REMOVAL = (
    "删除|撤销|撤回|撤稿|撤下|撤除|召回|回收站|隐藏|屏蔽|草稿|暂存|下线|下架|停用|"
    "禁用|作废|已撤|退稿"
)
_REMOVED = lazy_re(
    f"{_WORDS}(?:逻辑|软|被|已|予以)*(?:{_REMOVAL}){_WORDS}(?:原因|理由|说明|备注|"
    f"依据)?(?:{_ABOUT_ACT})?"
)
_SCHEDULED = lazy_re("(?:下线|下架|停用).*(?:日期|时间|时刻)")
_PERMITS = lazy_re("可(?:否)?(?:删除|撤销|撤回|隐藏)|允许")
_OPEN = lazy_re("公开|开放")
_OTHER_SIDES = lazy_re(
    "渠道|载体|途径|场所|平台|层级|时限|期限|事项|栏目|依据|标题|文本|版本|流程|要素|指南|"
    "次序|批次|内容|目录|条目"
    "|^(?:信息|文件|文档|资料|数据)$"
)
_SEEN = (
    "可见|可视|阅读|知悉|知晓|传播|传达|发布|公布|公开|开放|查看|浏览|访问|查阅|阅览|"
    "展示|显示|读取|检索"
)
_AUDIENCE = lazy_re(
    f"{_WORDS}(?:{_SEEN})(?:权限|{_WORD})*(?:范围|对象|权限|人群|受众|用户|角色){_WORDS}"
    f"|{_WORDS}(?:可见|阅读|查看|浏览|访问|查阅)(?:级别|等级)"
    "|(?:数据|信息|文件|用户)?权限(?:级别|类型|设置|范围|控制|标志|标识|名称)?|可见性|"
    "可见(?:人员?|部门|单位)"
)
_SHOWN = "发布|公布|上线|上架|上网|显示|展示|可见|启用|在线|见报|审核|推送|外发|对外"
_SHOWN_FLAG = lazy_re(
    f"{_WORDS}是否(?:已|可|能|经|在|通过|进行|于|到|{_WORD})*(?:{_SHOWN})(?:通过)?{_WORDS}"
    f"|{_WORDS}(?:{_SHOWN})(?:标志|标识|标记|与否|开关){_WORDS}|已?(?:发布|上线|显示|启用|"
    f"可见)|对外"
)
_STEP = "状态|状况|环节|节点|进度|阶段"
_PUBLISHED_STATE = lazy_re(
    f"{_WORDS}(?:发布|公布|上线|上架|显示|展示|审核|初审|复审|终审|签发|推送|流转|流程|"
    f"保密审查|公开审查|公开审批|发布审批)+"
    f"{_WORDS}(?:{_STEP}|意见|结果|情况|结论|审查|审核|审批){_WORDS}(?:文本)?"
)
_PUBLISHED_HOW = lazy_re(f"{_WORDS}(?:发布|公布|共享)(?:类型|方式|级别|属性|要求|类别|性质|条件)")
_STATE = lazy_re(
    f"{_WORDS}(?:办理|处理|生效|使用|运行|业务|入库|归档|启用)?(?:{_STEP}){_WORDS}(?:文本)?"
)


def classify_column(heading: str) -> ColumnKind:
    """Returns the kind of a column by its heading in Chinese, English or pinyin."""
    return _classify(heading) if len(heading) <= LONGEST_HEADING else _classify_long(heading)


@lru_cache(maxsize=8192)
def _classify(heading: str) -> ColumnKind:
    typed = fold_width(heading)
    inside = "".join(_BRACKETS.findall(typed))
    outside = _SIGNS.sub("", _BRACKETS.sub("", heading if not inside else typed))
    if not in_chinese_terms(outside):
        return _classify_terms(in_chinese_terms(_SIGNS.sub("", heading)))
    kind = _classify_terms(in_chinese_terms(outside))
    if inside and kind in (ColumnKind.UNRELATED, ColumnKind.MENTION):
        return _classify_with_note(in_chinese_terms(outside), in_chinese_terms(inside), kind)
    return kind


def _classify_with_note(outside: str, inside: str, kind: ColumnKind) -> ColumnKind:
    """Classifies a heading with a note, such as 文件属性（是否公开）, by its note if needed."""
    noted = _classify_terms(inside)
    if noted is ColumnKind.UNRELATED:
        return kind
    return noted if re.fullmatch(_WORDS, outside) else ColumnKind.MENTION


def _classify_long(heading: str) -> ColumnKind:
    head = _classify(_BRACKETS.sub("", fold_width(heading))[:LONGEST_HEADING])
    return head if head is ColumnKind.UNRELATED else ColumnKind.MENTION


def _classify_terms(terms: str) -> ColumnKind:
    if len(terms) > _LONGEST_PLAIN:
        is_near = _OPEN.search(terms) or _SECRECY.search(terms) or "状态" in terms
        return ColumnKind.MENTION if is_near else ColumnKind.UNRELATED
    for classify in (_as_secrecy, _as_closing, _as_disclosure, _as_state):
        if kind := classify(terms):
            return kind
    return ColumnKind.UNRELATED


def _as_secrecy(terms: str) -> ColumnKind | None:
    if not _SECRECY.search(terms) or _ENCRYPTION.search(terms):
        return None
    if not _REVIEWED.search(terms):
        return ColumnKind.SECRECY
    # Every public record may state who reviewed it and when.
    return ColumnKind.UNRELATED if _is_about_act(terms) else ColumnKind.PUBLICATION


def _as_closing(terms: str) -> ColumnKind | None:
    asked = re.sub("是否|与否|可否|能否|应否", "", terms)
    if _CLOSED_FLAG.search(asked):
        return ColumnKind.DISCLOSURE if _EITHER.search(asked) else ColumnKind.REMOVAL
    if re.search(_REMOVAL, terms):
        if _PERMITS.search(terms) or _SCHEDULED.search(terms):
            return ColumnKind.UNRELATED
        return ColumnKind.REMOVAL if _REMOVED.fullmatch(terms) else ColumnKind.MENTION
    return None


def _as_disclosure(terms: str) -> ColumnKind | None:
    if "申请" in terms and "主动" not in terms:
        return _as_request(terms)
    if _AUDIENCE.fullmatch(terms):
        return ColumnKind.AUDIENCE
    found = list(_OPEN.finditer(terms))
    if not found:
        return None
    after = terms[found[-1].end() :]
    if re.fullmatch(f"{_WORDS}{_ABOUT_ACT}", after):
        return ColumnKind.UNRELATED
    if re.fullmatch(f"{_WORDS}(?:范围|对象|权限){_WORDS}", after):
        return ColumnKind.AUDIENCE
    return _as_kind(terms, terms[: found[0].start()], after)


def _as_request(terms: str) -> ColumnKind | None:
    is_flag = _ASKS.search(terms) or terms.endswith(("公开", "申请"))
    if is_flag and _ON_REQUEST.fullmatch(terms):
        return ColumnKind.ON_REQUEST
    return ColumnKind.MENTION if _OPEN.search(terms) else None


def _as_kind(terms: str, before: str, after: str) -> ColumnKind:
    """Returns the kind of a heading by the words before and after 公开."""
    # 村务公开情况 is a subject of its own, not the disclosure of the record.
    is_subject = "情况" in after and not re.fullmatch(_WORDS, before)
    if is_subject or _OTHER_SIDES.search(after) or not re.fullmatch(_WORDS, after):
        return ColumnKind.MENTION
    return ColumnKind.FLAG if _ASKS.search(terms) or not after else ColumnKind.DISCLOSURE


def _as_state(terms: str) -> ColumnKind | None:
    if _SHOWN_FLAG.fullmatch(terms):
        return ColumnKind.FLAG
    if _is_about_act(terms):
        return None
    if _PUBLISHED_STATE.fullmatch(terms):
        return ColumnKind.PUBLICATION
    if _STATE.fullmatch(terms):
        return ColumnKind.STATE
    is_near = "状态" in terms or _PUBLISHED_HOW.fullmatch(terms)
    return ColumnKind.MENTION if is_near else None


def _is_about_act(terms: str) -> bool:
    """Whether a heading is about who, when or where (审核人, 发布时间), not about an outcome."""
    return bool(re.search(f"{_ABOUT_ACT}$", terms))
