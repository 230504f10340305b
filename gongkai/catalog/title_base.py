"""The title of a document without the marks of its version: 修订, 试行, 暂行 and so on.

Versions of one document share it: 供水管理暂行办法 and 供水管理办法（2020年修订）.
"""

import re

from gongkai.catalog.date_patterns import NUMERAL

_MARK = re.compile(
    rf"[(（〔\[【]\s*(?:{NUMERAL}{{4}}年?)?(?:{NUMERAL}{{1,2}}月)?(?:{NUMERAL}{{1,3}}日)?\s*"
    rf"(?:第?{NUMERAL}*次?)?(?:修订|修正|修改|修订版|修正版|试行|暂行|废止|已废止|失效|已失效|全文|正式版)稿?"
    r"\s*[)）〕\]】]"
)
_TRIAL = re.compile(
    r"(?:暂行|试行)(?=(?:实施)?(?:办法|规定|规则|条例|细则|意见|方案|标准|制度|规程))"
)
_REISSUED = re.compile(
    r"(?:修订|修改|重新)后?(?:印发|发布|公布)|(?:印发|发布|公布)(?:修订|修改)后?的"
)
_ISSUED = "印发"
COUNTRY = "中华人民共和国"


def read_title_base(title: str) -> str:
    """Returns the title without marks of its version and without the name of the country."""
    base = _MARK.sub("", "".join(title.split()))
    base = _REISSUED.sub(_ISSUED, _TRIAL.sub("", base))
    return base.removeprefix(COUNTRY) or base
