"""Extracts the agency code (机关代字) from the text before the year of a document number.

The text must be folded, with 〔〕 for every bracket.
"""

from analyzers.lazy_pattern import lazy_re

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KINDS = ("公告", "通告", "布告", "令")
"""Kinds of documents with consecutive numbers instead of a bracketed year."""

_LONGEST = 120
_SIGN = lazy_re(rf"[{HAN}0-9、]")
_INNER = lazy_re(
    rf"[{HAN}]{{1,6}}〔(?!试行|暂行|修订|修正|草案|[一二三四五六七八九十])[{HAN}]{{1,2}}〕\Z"
)
_GENRES = "通知|意见|决定|规定|条例|通告|公告|批复|通报|方案|细则"
_VERBS = (
    "违反|适用|执行|落实|贯彻|转发|批转|印发|发布|公布|颁布|颁发|废止|修改|修订|取消|撤销"
    "|依照|依据|根据|按照|遵照|参照|关于|以及|查询|查找|查一下|找一下|看一下|搜一下|帮我找|搜索|请问|发文字号|文件编号|文号|[你我贵][院部局省市厅委]"
)
_LEAD_IN = lazy_re(
    rf".*(?:(?:{_VERBS}|[的以按把被])(?=.)"
    rf"|(?:{_GENRES})[和与及]?(?=..)|[0-9一二三四五六七八九十][年月日](?=..)|[0-9]号[和与及、]?(?=.))"
)
_LEAD = lazy_re(rf"(?:[与及或由据见附号、]|[0-9]+(?![0-9届]))+(?=[{HAN}])")
_AGENCY_BEFORE_CODE = lazy_re(rf"[{HAN}]*(?:人民政府|办公厅|办公室|委员会)(?=[{HAN}]{{2,6}}\Z)")
_FORMER = lazy_re(rf"原(?=国家|中华|[{HAN}]{{2,4}}部[令公通])")
_AGENCY_END = lazy_re(r".{2}[部署局院会席]\Z|.{3}[委厅行府办室处]\Z")
# 沪 and 渝 are short names of places in codes; 浙江, 桂林 and 晋中市 are full names of places.
_PROVINCE_CODE = lazy_re(
    r"(?!.{2,4}[市县区州旗])"
    r"[京津沪渝冀晋苏浙皖闽赣鲁豫鄂湘粤桂琼川黔滇陕藏][^江西州林潭海东北南山省市]"
)
_CODE_END = lazy_re(r"[发函字办秘规电文复批通传府政综联建任密释税]\Z")
_WHOLE = lazy_re(rf"[{HAN}]+(?:〔[{HAN}]{{1,3}}〕[{HAN}]*)?")
_TYPED = lazy_re(rf"[{HAN}A-Za-z·]+(?:〔[{HAN}A-Za-z]{{1,4}}〕[{HAN}A-Za-z]*)*")
_ORDERED = lazy_re(rf"(?:[{HAN}]|[0-9]{{1,2}}届|、)*(?:〔[{HAN}0-9]{{1,5}}届〕)?")


def prefix_run(text: str, floor: int, end: int) -> int:
    """Returns where the run of characters begins that may contain a prefix ending before `end`.

    Spaces may separate the prefix from the year. Looks back at most to text[floor] and 120
    characters.
    """
    floor = max(floor, end - _LONGEST)
    while end > floor and text[end - 1] == " ":
        end -= 1
    start = end
    while start > floor and _SIGN.match(text[start - 1]):
        start -= 1
    inner = _INNER.search(text, max(floor, start - 10), start) if start < end else None
    return inner.start() if inner else start


def trim_prefix(head: str) -> str:
    """Returns the prefix without words of a sentence before it: 关于宜政办秘 becomes 宜政办秘.

    A document number has the code alone, but users and scraped pages prepend other words
    (的通知沪教委学, 依据沪财发, 安庆市人民政府宜政发). Idempotent; never removes everything.
    """
    while (shorter := _trim_once(head)) != head:
        head = shorter
    return head


def _trim_once(head: str) -> str:
    for lead in (_LEAD_IN, _LEAD):
        if match := lead.match(head):
            head = head[match.end() :]
    if not head.endswith(KINDS):
        match = _AGENCY_BEFORE_CODE.match(head)
        return head[match.end() :] if match else head
    return _trim_order(head)


def _trim_order(head: str) -> str:
    """Keeps only agencies of a list such as 税法、财政部、商务部令; 中华人民共和国 begins a name.

    A 原 before a name marks a former agency and is not part of the number.
    """
    *before, last = head.split("、")
    while before and _AGENCY_END.search(before[-1]):
        last = before.pop() + "、" + last
    last = last[1:] if _FORMER.match(last) else last
    at = last.find("中华人民共和国")
    return last[at:] if at > 0 and last[at - 1] != "、" else last


def is_agency(prefix: str) -> bool:
    """Whether it ends like an agency name (国家发展改革委), not like a code (国办发)."""
    return bool(_AGENCY_END.search(prefix))


def ends_as_code(prefix: str) -> bool:
    """Whether it ends like most codes: 发, 函, 字, 办, …"""
    return bool(_CODE_END.search(prefix))


def begins_as_code(prefix: str) -> bool:
    """Whether it begins with a province abbreviation, as 沪应急办 does and no agency name does."""
    return bool(_PROVINCE_CODE.match(prefix))


def is_code(prefix: str, *, strict: bool) -> bool:
    """Whether it may precede a bracketed year; in a sentence (`strict`) only Han characters may."""
    if prefix.endswith(KINDS):
        return is_order_prefix(prefix)
    return bool((_WHOLE if strict else _TYPED).fullmatch(prefix))


def is_order_prefix(prefix: str) -> bool:
    """Whether it may precede the number of an order: agencies, a session (十三届), 令 or 公告."""
    return bool(_ORDERED.fullmatch(prefix)) and not prefix.startswith("令")
