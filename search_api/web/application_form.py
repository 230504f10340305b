"""The application for government information (政府信息公开申请表): its fields and their check.

Source of the fields: 政府信息公开条例, article 29 (State Council Order 711), and the form that
departments of the State Council publish. Nothing of it is stored or logged.
"""

import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, Field

APPLICANTS = ("公民", "法人或者其他组织")
PROVIDED = ("纸质", "电子文件", "光盘")
RECEIVED = ("当面领取", "邮寄", "电子邮件", "当场查阅、抄录")
LABELS: Mapping[str, str] = {
    "agency": "受理机关",
    "applicant": "申请人类别",
    "name": "姓名或者名称",
    "identity": "证件名称和号码",
    "representative": "法定代表人和联系人",
    "phone": "联系电话",
    "address": "通信地址和邮政编码",
    "email": "电子邮箱",
    "wanted": "所需政府信息",
    "provided": "提供信息的形式",
    "received": "获取信息的方式",
}
"""Fields in the order of the form."""
HINTS: Mapping[str, str] = {
    "identity": "公民填写证件名称和号码，法人或者其他组织填写统一社会信用代码。",
    "representative": "由法人或者其他组织填写。",
    "wanted": "写明信息的名称、文号，或者便于查询的其他特征。",
}
_REQUIRED = ("agency", "name", "identity", "phone", "address", "wanted")
_PHONE = re.compile(r"[0-9+()（）\- 　转]{7,40}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SHORT = 200
LONG = 3_000


class ApplicationForm(BaseModel):
    """What an applicant filled in; empty texts are valid until `find_faults` checks them."""

    agency: str = Field("", max_length=_SHORT)
    applicant: str = Field(APPLICANTS[0], max_length=_SHORT)
    name: str = Field("", max_length=_SHORT)
    identity: str = Field("", max_length=_SHORT)
    representative: str = Field("", max_length=_SHORT)
    phone: str = Field("", max_length=_SHORT)
    address: str = Field("", max_length=_SHORT)
    email: str = Field("", max_length=_SHORT)
    wanted: str = Field("", max_length=LONG)
    provided: str = Field(PROVIDED[0], max_length=_SHORT)
    received: str = Field(RECEIVED[0], max_length=_SHORT)


def find_faults(form: ApplicationForm) -> Mapping[str, str]:
    """Returns a Chinese message for each field that must be corrected."""
    return dict(_each_fault(form))


def _each_fault(form: ApplicationForm) -> Iterator[tuple[str, str]]:
    values = form.model_dump()
    for name in _REQUIRED:
        if not values[name].strip():
            yield name, f"请填写{LABELS[name]}"
    if form.applicant == APPLICANTS[1] and not form.representative.strip():
        yield "representative", f"请填写{LABELS['representative']}"
    if form.phone.strip() and not _PHONE.fullmatch(form.phone.strip()):
        yield "phone", "联系电话应当由数字组成"
    if form.email.strip() and not _EMAIL.fullmatch(form.email.strip()):
        yield "email", "电子邮箱的格式不正确"
    if form.received == "电子邮件" and not form.email.strip():
        yield "email", "选择电子邮件方式的，请填写电子邮箱"
