"""Finds a person's name beside a mobile number or a home address, as lists of recipients have them.

Contacts of offices pass: 联系人, 咨询电话, fixed lines, directories with 单位 or 职务.
"""

import re
from collections.abc import Iterator

from analyzers.lazy_pattern import lazy_re

_NAME = r"[\u4e00-\u9fff·]{2,4}"
_MOBILE = r"(?<![0-9])1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])"
_HOME = (
    r"[\u4e00-\u9fff0-9A-Za-z-]{2,40}?"
    r"(?:[0-9一二三四五六七八九十]+(?:号|室|栋|幢|单元)|[\u4e00-\u9fff]{1,8}村[\u4e00-\u9fff0-9]{1,8}[组队])"
)
_PERSON = (
    r"姓名|收件人|收货人|领取人|领款人|受助人|受助对象|救助对象|补助对象|补贴对象|低保对象|户主|受益人"
    r"|被征收人|学生姓名|残疾人姓名"
)
_MENTIONED = lazy_re(rf"姓 ?名|{_PERSON}")
_HOME_LABEL = r"(?:家庭|户籍|现|居住)(?:住址|地址)|住址"
_LABELLED = lazy_re(
    rf"(?:{_PERSON})[:：]\s?{_NAME}[\s,，;；、|]{{1,4}}(?:[^\n。:：]{{0,20}}[:：]?[^\n。:：]{{0,10}}"
    rf"[\s,，;；、|]{{1,3}})?(?:(?:手机|移动电话|联系电话|电话)(?:号码?)?[:：]\s?{_MOBILE}"
    rf"|(?:{_HOME_LABEL})[:：]\s?{_HOME})"
)
_OFFICE = lazy_re(
    r"单位|职务|职称|科室|岗位|部门|机构|企业|公司|负责人|联系人|法定代表|代理|经办|值班|咨询|执业|律师|社区民警"
)
_PHONE_HEAD = lazy_re(r"手机|联系电话|电话|联系方式")
_HOME_HEAD = lazy_re(rf"{_HOME_LABEL}|家庭详细地址")
_CELLS = lazy_re(r"\s*[\t|]\s*")
_HEADED = 400
"""Lines that one heading counts for."""


def holds_recipient(text: str) -> bool:
    """Whether a text has a recipient's name beside a mobile number or a home address."""
    if not _MENTIONED.search(text):
        return False
    return _LABELLED.search(text) is not None or any(_read_rows(text))


def _read_rows(text: str) -> Iterator[bool]:
    """Yields for each row of a table under 姓名 whether it has a person's mobile or home."""
    columns: tuple[int, int | None, int | None] | None = None
    since = 0
    for line in text.split("\n"):
        cells = _CELLS.split(line.strip())
        if len(cells) < 2:
            continue
        head = _read_head(cells)
        if any(cell.replace(" ", "").endswith("姓名") for cell in cells):
            columns, since = head, 0
        elif columns and since < _HEADED:
            since += 1
            yield _is_person(cells, columns)


def _read_head(cells: list[str]) -> tuple[int, int | None, int | None] | None:
    """Returns the columns of name, phone and home of a heading; None for a directory."""
    if any(_OFFICE.search(cell) for cell in cells):
        return None
    found = {
        name: next((at for at, cell in enumerate(cells) if pattern.search(cell)), None)
        for name, pattern in (
            ("name", re.compile("姓 ?名")),
            ("phone", _PHONE_HEAD),
            ("home", _HOME_HEAD),
        )
    }
    name, phone, home = found["name"], found["phone"], found["home"]
    return (name, phone, home) if name is not None and (phone or home) else None


def _is_person(cells: list[str], columns: tuple[int, int | None, int | None]) -> bool:
    name, phone, home = columns
    if name >= len(cells) or not re.fullmatch(_NAME, cells[name]):
        return False
    has_mobile = phone is not None and phone < len(cells) and re.fullmatch(_MOBILE, cells[phone])
    has_home = home is not None and home < len(cells) and re.match(_HOME, cells[home])
    return bool(has_mobile or has_home)
