"""Reads a table in CSV, shipped or a city's own, and names its faults by line."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from importlib import resources
from pathlib import Path

from analyzers.errors import TableError
from analyzers.table_files import COMMENT
from gongkai.errors import name_fault

Problem = tuple[int, str]
"""The line number (1 is the header) and a sentence about the fault and its fix."""


@dataclass(frozen=True, slots=True)
class _Source:
    shown: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TableRow:
    """Cells by column, and the line number."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column].strip()


def read_table(
    name: str,
    directory: Path | None,
    columns: Sequence[str],
    check: Callable[[Sequence[TableRow]], Iterable[Problem]],
) -> tuple[list[TableRow], list[str]]:
    """Returns the rows of a table, shipped or replaced, and all its problems."""
    source = _open_source(name, directory)
    rows, found = _read_rows(source.content, columns)
    # Unreadable rows are not reported a second time as missing.
    return rows, _show(source, [*found, *(check(rows) if rows or not found else ())])


def _open_source(name: str, directory: Path | None) -> _Source:
    replacement = directory / name if directory else None
    if replacement is None or not replacement.exists():
        shipped = resources.files("gongkai.catalog").joinpath("data", name)
        return _Source(f"gongkai/catalog/data/{name}", shipped.read_bytes())
    try:
        return _Source(str(replacement), replacement.read_bytes())
    except OSError as error:
        raise TableError(
            _("{replacement}:1: cannot be read ({strerror}); fix its permissions.").format(
                replacement=replacement, strerror=name_fault(error)
            )
        ) from error


def _show(source: _Source, problems: Iterable[Problem]) -> list[str]:
    return [f"{source.shown}:{line}: {message}" for line, message in sorted(problems)]


def _read_rows(content: bytes, columns: Sequence[str]) -> tuple[list[TableRow], list[Problem]]:
    try:
        lines = list(_parse_csv(_decode(content)))
    except _UnreadableError as error:
        return [], [(error.line, str(error))]
    if not lines:
        return [], [
            (1, _("is empty; write the header {columns}.").format(columns=",".join(columns)))
        ]
    (header_line, first), *body = lines
    header = [cell.strip().lower() for cell in first]
    if missing := [column for column in columns if column not in header]:
        if len(header) == 1 and (sign := next((s for s in "\t;|；，" if s in header[0]), None)):
            return [], [
                (
                    header_line,
                    _("is separated by {sign!r}; save the sheet as CSV (commas).").format(
                        sign=sign
                    ),
                )
            ]
        return [], [
            (
                header_line,
                _("the header lacks {columns}; add the column.").format(columns=",".join(missing)),
            )
        ]
    too_long = [line for line, cells in body if any(cells[len(header) :])]
    rows = [TableRow(line, _name_cells(header, cells)) for line, cells in body]
    return rows, [
        (line, _("has more cells than the header; quote a cell with commas.")) for line in too_long
    ]


def _name_cells(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    # Excel omits empty cells at the end of a row.
    return {**dict.fromkeys(header, ""), **dict(zip(header, cells, strict=False))}


class _UnreadableError(Exception):
    """The file is no text or no CSV from `line` on."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _parse_csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yields each row that is neither blank nor a comment, with the line it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith(COMMENT):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise _UnreadableError(
            start, _("is not CSV ({error}); fix the quotes.").format(error=error)
        ) from error


def _decode(content: bytes) -> str:
    if b"\0" in content:
        raise _UnreadableError(1, _("is not text; save the sheet as CSV UTF-8."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    if not _is_damaged_utf8(content):
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    raise _UnreadableError(line, _("is neither UTF-8 nor GB18030; save the sheet as CSV UTF-8."))


def _is_damaged_utf8(content: bytes) -> bool:
    # GB18030 would decode it into nonsense. Mostly valid UTF-8 Chinese tells them apart.
    text = content.decode("utf-8", errors="replace")
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return chinese > text.count("\ufffd")
