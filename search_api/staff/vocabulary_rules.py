"""Chinese labels of vocabulary entries, and the rules that an entry has to keep."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from analyzers.normalize import literal_text, normalize_text
from gongkai.catalog.personal_data import find_personal_data
from gongkai.query.vocabulary import key_of
from gongkai.staff.vocabulary import PINS_LIMIT, Entry, EntryKind, EntryState

TERM_LIMIT, TARGET_LIMIT = 60, 200
KIND_LABELS: Mapping[EntryKind, str] = {
    EntryKind.SYNONYM: "同义词",
    EntryKind.PIN: "置顶",
    EntryKind.WORD: "词典用词",
}
_WORD = re.compile("[\u4e00-\u9fd5]{2,20}")
_SHORTEST = 2


def find_problem(entry: Entry, states: Sequence[EntryState], today: date) -> str:
    """Returns what is wrong with an entry, empty if nothing is; `states` are the known ones."""
    return (
        next(_find_text_problems(entry), "")
        or _find_end_problem(entry.expires, today)
        or _find_pin_problem(entry, states, today.isoformat())
    )


def describe_state(
    state: EntryState, title: str, today: str, is_word: Callable[[str], bool]
) -> str:
    """Returns whether an entry applies; `title` is that of its record, empty if not public."""
    if not state.is_kept:
        return "停用"
    if state.has_ended(today):
        return "已到期"
    if state.entry.kind is EntryKind.PIN and not title:
        return "信息已不公开"
    if state.entry.kind is EntryKind.WORD and not is_word(state.entry.term):
        return "待重建索引"
    return "有效"


def _find_text_problems(entry: Entry) -> Iterator[str]:
    term, target = entry.term.strip(), entry.target.strip()
    if not term or len(term) > TERM_LIMIT or not term.isprintable():
        yield f"请填写检索词，最多 {TERM_LIMIT} 个字。"
    if find_personal_data(term):
        yield "检索词含有证件号码等个人信息，不能保存。"
    if entry.kind is EntryKind.WORD:
        if not _WORD.fullmatch(normalize_text(term)):
            yield "词典用词须为 2 至 20 个汉字。"
    elif not target or len(target) > TARGET_LIMIT or not target.isprintable():
        is_pin = entry.kind is EntryKind.PIN
        yield "请选择要置顶的信息。" if is_pin else "请填写对应的规范用语。"
    elif entry.kind is EntryKind.SYNONYM:
        if len(target) > TERM_LIMIT:
            yield f"规范用语最多 {TERM_LIMIT} 个字。"
        if min(len(literal_text(term)), len(literal_text(target))) < _SHORTEST:
            yield "检索词和规范用语都至少要有两个字。"
        if normalize_text(term) == normalize_text(target):
            yield "检索词和规范用语相同。"


def _find_end_problem(expires: str, today: date) -> str:
    if not expires:
        return ""
    try:
        end = date.fromisoformat(expires)
    except ValueError:
        return "截止日期应为 2027-06-30 这样的日期。"
    if len(expires) != len("2027-06-30"):
        return "截止日期应为 2027-06-30 这样的日期。"
    return "截止日期已经过去。" if end < today else ""


def _find_pin_problem(entry: Entry, states: Sequence[EntryState], today: str) -> str:
    if entry.kind is not EntryKind.PIN:
        return ""
    others = [
        each
        for each in states
        if each.entry.kind is EntryKind.PIN
        and each.is_in_force(today)
        and key_of(each.entry.term) == key_of(entry.term)
        and each.entry.id != entry.id
    ]
    return f"一个检索词最多置顶 {PINS_LIMIT} 条信息。" if len(others) >= PINS_LIMIT else ""
