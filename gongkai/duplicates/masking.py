"""Reduces a body to the text proper, without the parts that frame a document.

Frames are letterhead, title, addressees, the history of a rule, table of contents, signature and
imprint (GB/T 9704: 版头, 主送机关, 落款, 版记). Sites add and drop these at will.
"""

import re
from collections.abc import Sequence

from analyzers.lazy_pattern import lazy_re
from analyzers.normalize import literal_text, normalize_text
from analyzers.numerals import CHINESE_NUMERALS, read_numeral
from gongkai.catalog.date_patterns import NUMERAL, YEAR

_HEAD_LINES, _TAIL_LINES = 16, 12
"""Lines at either end in which frames are searched; other lines belong to the text."""
_HISTORY_LINES = 30
_LONGEST_FRAME = 60
_TITLE_ADDS = 20
_DATE = (
    rf"{NUMERAL}{{4}}(?:年{NUMERAL}{{1,3}}月(?:{NUMERAL}{{1,3}}[日号])?"
    r"|[-./]\d{1,2}[-./]\d{1,2})"
)
_WRITTEN_DATE = lazy_re(
    rf"(?P<y>{NUMERAL}{{4}})年(?P<m>{NUMERAL}{{1,3}})月(?:(?P<d>{NUMERAL}{{1,3}})[日号])?"
)
_ISO_DATE = lazy_re(rf"(?<!\d)(?P<y>{YEAR})([-./])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}})(?!\d)")
_MARKDOWN = lazy_re(r"^(?:[#>*\s]+|-{3,}\s*$)|\[\[|\]\]|\*\*", re.MULTILINE)
_FULL_STOP = lazy_re(r"(?<=[\u4e00-\u9fff)\]\"])\.(?!\d)")
_HISTORY = lazy_re(
    rf"[(\[]?(?=[^。]{{0,60}}{NUMERAL}{{4}}年).{{0,4000}}"
    r"(?:通过|公布|发布|修正|修订|施行|批准|颁布|实施).{0,40}?[)\]]?"
)
_OPENING, _CLOSING = ("(", "["), (")", "]")
_CONTENTS = lazy_re(r"目\s*[录次]")
_NUMBER_LINE = lazy_re(
    r".{0,40}[〔\[(【]\d{4}[〕\])】]\s*(?:第\s*)?\d{1,5}\s*号.{0,20}"
    rf"|.{{0,24}}令?\(?第?[百零{CHINESE_NUMERALS}0-9]{{1,6}}号\)?"
)
_DATE_LINE = lazy_re(
    rf"\(?(?:(?:成文|发布|公布|印发|生成)?(?:日期|时间):?)?\s*{_DATE}(?:印发|公布|发布|通过)?\)?"
)
_LETTERHEAD = lazy_re(
    r".{2,40}(?:文件|公告|令|函)|(?:特急|急件|加急|平急|机密|秘密|内部)(?:[★☆].*)?"
    r"|(?:索引号|发文字号|文号|签发人|主题词|主题分类|发文机关|发布机构|来源|标题|名称|有效性)\s*:.*"
)
_TITLE_LINE = lazy_re(
    r".{0,40}(?:关于|印发|转发).{2,50}(?:通知|意见|决定|决议|公告|通告|通报|批复|复函|函|报告|请示|纪要|办法|规定|方案"
    r"|条例|细则|规划|解释|令)"
)
_ADDRESSEES = lazy_re(
    r"(?:(?:各|有关|本|全[省市县区国]|省|市|县|区|国务院|中央|驻)[^。;]{1,300}|[^。;]{2,300}(?:政府|委员会"
    r"|委|办|厅|局|部门|部|院|机构|单位|公司|企业|学校|处|室|团体|集团|组织|同志|街道|乡镇?|中心)):"
)
_AGENCY = lazy_re(
    r".{0,40}(?:政府|办公[厅室]|委员会|[厅局部委院会署行办]|法院|检察院|中心|公司|大队|支队|街道|领导小组)"
    r"(?:\(?(?:盖?印?章?|公章)\)?)?"
)
_IMPRINT = lazy_re(
    r"(?:抄送|抄报|主题词|分送|印发|联系人|联系电话|\(?此件|信息公开|公开方式|公开属性|附注).*"
    rf"|.{{2,40}}{_DATE}\s*印发"
)


def mask(body: str, title: str = "") -> list[str]:
    """Returns the remaining paragraphs, normalized, with dates in one spelling."""
    text = _FULL_STOP.sub("。", _MARKDOWN.sub("", normalize_text(body)))
    stripped = (line.strip() for line in text.split("\n"))
    lines = [_spell_dates(line) for line in stripped if line]
    return _drop_tail(_drop_contents(_drop_head(lines, literal_text(title))))


def _spell_dates(line: str) -> str:
    """Spells 2009年2月20日, 二〇〇九年二月二十日 and 2009-02-20 as one date."""
    if "年" in line:
        line = _WRITTEN_DATE.sub(_spell_date, line)
    return _ISO_DATE.sub(_spell_date, line)


def _spell_date(match: re.Match[str]) -> str:
    parts = [match["y"], match["m"], *([match["d"]] if match["d"] else [])]
    numbers = [read_numeral(part) for part in parts]
    if None in numbers:
        return match[0]
    return "".join(f"{number}{unit}" for number, unit in zip(numbers, "年月日", strict=False))


def _drop_head(lines: Sequence[str], title: str) -> list[str]:
    at = 0
    while at < min(len(lines), _HEAD_LINES):
        width = _frame_width(lines, at, title)
        if not width:
            break
        at += width
    return list(lines[at:])


def _frame_width(lines: Sequence[str], at: int, title: str) -> int:
    """Returns the number of frame lines from here on."""
    line = lines[at]
    if _is_title(line, title) or _ADDRESSEES.fullmatch(line):
        return 1
    is_short = len(line) <= _LONGEST_FRAME and "。" not in line
    patterns = (_NUMBER_LINE, _DATE_LINE, _LETTERHEAD, _TITLE_LINE, _HISTORY)
    if is_short and any(pattern.fullmatch(line) for pattern in patterns):
        return 1
    if line.startswith(_OPENING) and _HISTORY.match(line):
        # It may span several lines and ends with its bracket.
        ahead = lines[at : at + _HISTORY_LINES]
        return next((n for n, each in enumerate(ahead, 1) if each.endswith(_CLOSING)), 0)
    return 0


def _is_title(line: str, title: str) -> bool:
    """Whether a line is the title or a part of it; a line without letters counts too."""
    stream = literal_text(line)
    if not stream:
        return True
    if not title or len(stream) < 2:
        return False
    return stream in title or (title in stream and len(stream) < len(title) + _TITLE_ADDS)


def _drop_contents(lines: Sequence[str]) -> list[str]:
    """Drops a table of contents, which ends where its first heading occurs again."""
    head = enumerate(lines[: 2 * _HEAD_LINES])
    at = next((n for n, line in head if _CONTENTS.fullmatch(line)), None)
    if at is None or at + 1 >= len(lines):
        return list(lines)
    first = literal_text(lines[at + 1])
    rest = enumerate(lines[at + 2 :], at + 2)
    again = next((n for n, line in rest if literal_text(line) == first), None)
    return list(lines) if again is None else [*lines[:at], *lines[again:]]


def _drop_tail(lines: Sequence[str]) -> list[str]:
    end = len(lines)
    while end > max(1, len(lines) - _TAIL_LINES) and _is_tail(lines[end - 1]):
        end -= 1
    return list(lines[:end])


def _is_tail(line: str) -> bool:
    if _IMPRINT.fullmatch(line):
        return True
    is_short = len(line) <= _LONGEST_FRAME and "。" not in line
    return is_short and bool(_DATE_LINE.fullmatch(line) or _AGENCY.fullmatch(line))
