"""The title of a document without the marks of its version: 修订, 试行, 暂行 and so on.

Versions of one document share it: 供水管理暂行办法 and 供水管理办法（2020年修订）.
"""

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.date_patterns import NUMERAL

_MARK = lazy_re(
    rf"[(（〔\[【]\s*(?:{NUMERAL}{{4}}年?)?(?:{NUMERAL}{{1,2}}月)?(?:{NUMERAL}{{1,3}}日)?\s*"
    rf"(?:第?{NUMERAL}*次?)?(?:修订|修正|修改|修订版|修正版|试行|暂行|废止|已废止|失效|已失效|全文|正式版)稿?"
    r"\s*[)）〕\]】]"
)
_TRIAL = lazy_re(r"(?:暂行|试行)(?=(?:实施)?(?:办法|规定|规则|条例|细则|意见|方案|标准|制度|规程))")
_REISSUED = lazy_re(r"(?:修订|修改|重新)后?(?:印发|发布|公布)|(?:印发|发布|公布)(?:修订|修改)后?的")
_ISSUED = "印发"
_ISSUES = lazy_re(
    r"(?:印发|发布|公布|颁布|转发|批转)(?:《(?P<quoted>.{2,120})》|(?P<plain>[^《》]{4,120}?))"
    r"(?:的)?(?:通知|公告|通告|决定|令)?\Z"
)
COUNTRY = "中华人民共和国"


def read_title_base(title: str) -> str:
    """Returns the title without marks of its version and without the name of the country."""
    base = _MARK.sub("", "".join(title.split()))
    base = _REISSUED.sub(_ISSUED, _TRIAL.sub("", base))
    return base.removeprefix(COUNTRY) or base


def read_issued(title: str) -> str | None:
    """Returns the title that a notice issues: 甲办法 of 关于印发《甲办法》的通知."""
    issued = _ISSUES.search(title)
    return (issued["quoted"] or issued["plain"]) if issued else None
