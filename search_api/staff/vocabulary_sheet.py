"""Writes the vocabulary of staff as a table, and reads a table that was reviewed."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analyzers.normalize import normalize_text
from analyzers.synonyms import BOTH_WAYS, ONE_WAY
from analyzers.table_files import read_rows
from gongkai.files.cell_guards import unguard_cell
from gongkai.staff.vocabulary import Entry, EntryKind, EntryState
from search_api.staff.vocabulary_entry import make_entry
from search_api.staff.vocabulary_rules import KIND_LABELS, find_problem

_KIND, _TERM, _TARGET, _WAYS, _END, _STATE = "类型", "检索词", "对应", "双向", "截止日期", "状态"
HEADS = (_KIND, _TERM, _TARGET, _WAYS, _END, _STATE, "信息标题", "修改人", "修改时间")
"""The columns of an export. An import reads the first six."""
ROWS_LIMIT, PROBLEMS_SHOWN = 5_000, 20
_REMOVED, _IN_FORCE, _ENDED, _YES = "停用", "有效", "已到期", "是"
_KINDS = {label: kind for kind, label in KIND_LABELS.items()}
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


class FaultySheetError(Exception):
    """A table that cannot be taken in; `problems` are sentences for staff."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(len(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Changes:
    """What a table changes; `unchanged` rows are as they were."""

    added: Sequence[Entry]
    removed: Sequence[Entry]
    unchanged: int


def list_rows(
    states: Iterable[EntryState], titles: Mapping[str, str], today: str
) -> Iterator[Sequence[str]]:
    """Yields the rows of an export; `titles` are those of public records by id."""
    for each in states:
        entry = each.entry
        ended = _ENDED if each.has_ended(today) else _IN_FORCE
        yield (
            KIND_LABELS[entry.kind],
            entry.term,
            entry.target,
            _YES if entry.direction == BOTH_WAYS else "",
            entry.expires,
            ended if each.is_kept else _REMOVED,
            titles.get(entry.target, "") if entry.kind is EntryKind.PIN else "",
            each.who,
            each.at,
        )


def list_words(directory: Path | None, words: Iterable[str]) -> list[Sequence[str]]:
    """Returns the rows of the dictionary that is in use, with further words at its end."""
    rows = [
        (row["word"], row["frequency"], row["kind"])
        for row in read_rows("government.csv", ("word",), directory)
    ]
    known = {normalize_text(word) for word, _, _ in rows}
    return [*rows, *((word, "", "") for word in words if word not in known)]


def read_changes(content: bytes, states: Sequence[EntryState], today: date) -> Changes:
    """Returns what a CSV changes. Raises FaultySheetError with every fault."""
    known = {each.entry.id: each for each in states}
    added: dict[str, Entry] = {}
    removed: dict[str, Entry] = {}
    problems: list[str] = []
    unchanged = 0
    after = list(states)
    for line, row in _read_rows(content):
        kind = _KINDS.get(row[_KIND])
        if kind is None or row[_STATE] not in ("", _IN_FORCE, _REMOVED, _ENDED):
            problems.append(f"第 {line} 行：类型或者状态不是可用的取值。")
            continue
        ways = BOTH_WAYS if row[_WAYS] else ONE_WAY
        entry = make_entry(kind, row[_TERM], row[_TARGET], ways, _read_date(row[_END]))
        state = known.get(entry.id)
        is_kept = row[_STATE] != _REMOVED
        if state is not None and state.entry == entry and state.is_kept == is_kept:
            unchanged += 1
        elif not is_kept:
            if state is not None and state.is_kept:
                removed[entry.id] = state.entry
        elif problem := find_problem(entry, after, today):
            problems.append(f"第 {line} 行：{problem}")
        else:
            added[entry.id] = entry
            after.append(EntryState(entry, "", "", is_kept=True))
    if problems:
        raise FaultySheetError(problems[:PROBLEMS_SHOWN])
    return Changes(tuple(added.values()), tuple(removed.values()), unchanged)


def _read_rows(content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yields line and cells by heading. Raises FaultySheetError."""
    reader = csv.reader(io.StringIO(_decode(content), newline=""))
    try:
        heads = [cell.strip() for cell in next(reader, [])]
        if missing := [each for each in (_KIND, _TERM) if each not in heads]:
            raise FaultySheetError([f"第一行没有“{'”“'.join(missing)}”栏，请使用导出的表格。"])
        for number, cells in enumerate(reader):
            if number >= ROWS_LIMIT:
                raise FaultySheetError([f"超过 {ROWS_LIMIT} 行，请分成几个文件。"])
            row = dict.fromkeys(HEADS, "")
            row |= {h: unguard_cell(c).strip() for h, c in zip(heads, cells, strict=False)}
            if any(row.values()):
                yield reader.line_num, row
    except csv.Error:
        raise FaultySheetError(["文件不是 CSV 表格。"]) from None


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FaultySheetError(["文件的编码不是 UTF-8，也不是 GB18030。"])


def _read_date(text: str) -> str:
    """Returns a date as ISO, also one that a spreadsheet program spelled; else the text."""
    found = _DATE.fullmatch(text)
    return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}" if found else text
