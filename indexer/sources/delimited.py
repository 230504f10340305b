"""Reads rows from CSV and TSV files.

Quoting is strict: an unclosed quote would join the following rows, whatever their disclosure, into
one cell. Such a record loses its first line, and reading continues with the next line.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from gettext import gettext as _
from itertools import chain, islice
from pathlib import Path

from gongkai.files.cell_guards import unguard_cell
from gongkai.files.limits import HEADER_WITHIN_ROWS, MAX_ROW_BYTES
from gongkai.files.sheet_grid import TableRow
from indexer.sources.headers import known_keys
from indexer.sources.row import SourceItem, UnreadableRow
from indexer.sources.streams import OnBytes, ignore_bytes, open_text, read_lines
from indexer.sources.table_rows import Table

DELIMITERS = ",\t;|"
OTHER_DELIMITERS = "，、；｜^\x01"
"""Signs that also occur in texts; they need as many known headings as a catalog has."""
_ENOUGH_HEADINGS = 3
_SEPARATOR = re.compile(f"sep=([{DELIMITERS}{re.escape(OTHER_DELIMITERS)}]?)", re.IGNORECASE)
_LONGEST_REPAIRED = 100_000
_CONTROL = re.compile("_x00[01][0-9A-Fa-f]_")
csv.field_size_limit(MAX_ROW_BYTES)


@dataclass(frozen=True, slots=True)
class _Fault:
    """A record that cannot be read."""

    reason: str
    detail: str


def read_delimited(path: Path, on_bytes: OnBytes) -> Iterator[SourceItem]:
    """Yields every non-blank record below the heading row. Short records are padded with "".

    The heading row is the row with the most known headings, or else the first row that is not
    blank.
    """
    source = str(path)
    with open_text(path, on_bytes) as stream:
        lines = _split_returns(read_lines(stream))
        first = list(islice(lines, HEADER_WITHIN_ROWS))
        delimiter = _sniff([line for line in first if line], is_tsv=".tsv" in path.name.lower())
        records = _read_records(_LineFeed(chain(first, lines)), delimiter)
        rows = (_table_row(source, *numbered) for numbered in enumerate(records, 1))
        yield from Table(source, padding="").read(rows, needs_known=False) or ()


def name_delimiter(path: Path) -> str:
    """Returns the delimiter of a file as text. Raises OSError."""
    with open_text(path, ignore_bytes) as stream:
        first = list(islice(_split_returns(read_lines(stream)), HEADER_WITHIN_ROWS))
    sign = _sniff([line for line in first if line], is_tsv=".tsv" in path.name.lower())
    return {"\t": "tab", "\x01": "\\x01"}.get(sign, sign)


def _split_returns(lines: Iterator[bytes | None]) -> Iterator[bytes | None]:
    """Yields lines, also those of a file whose lines end with a carriage return alone."""
    first = next(lines, b"")
    lines = chain([first] if first != b"" else [], lines)
    if not first or first.endswith(b"\n") or b"\r" not in first:
        return lines
    return (part for line in lines for part in (line.splitlines(keepends=True) if line else [None]))


def _table_row(source: str, number: int, record: "list[str] | _Fault") -> TableRow | UnreadableRow:
    if isinstance(record, _Fault):
        return UnreadableRow(source, number, record.reason, record.detail)
    if number == 1 and _SEPARATOR.fullmatch("".join(record).strip()):
        return TableRow(number, ())
    return TableRow(number, list(map(_clean_cell, record)))


def _clean_cell(cell: str) -> str:
    """Returns a cell without guards and without the escapes of a workbook (`_x000D_`)."""
    text = unguard_cell(cell)
    return _CONTROL.sub("\n", text).replace("\n\n", "\n") if "_x00" in text else text


def _sniff(first: Sequence[bytes], *, is_tsv: bool) -> str:
    """Returns the delimiter with the most known headings in a row, or else the most cells.

    A first line such as `sep=;`, written for Excel, states the delimiter.
    """
    text = [line.decode("utf-8", "replace") for line in first]
    if text and (match := _SEPARATOR.fullmatch(text[0].strip("\r\n "))) and match[1]:
        return str(match[1])
    candidates = sorted(DELIMITERS, key=lambda sign: sign != "\t") if is_tsv else DELIMITERS
    signs: list[str] = [*candidates, *OTHER_DELIMITERS]
    return max(signs, key=lambda sign: _score(text, sign))


def _score(text: Sequence[str], delimiter: str) -> tuple[int, int]:
    rows = split_rows(text, delimiter)
    known = max((len(known_keys(row)) for row in rows), default=0)
    if delimiter in OTHER_DELIMITERS and known < _ENOUGH_HEADINGS:
        return 0, 0
    return known, len(rows[0]) if rows else 0


def split_rows(text: Sequence[str], delimiter: str) -> list[list[str]]:
    """Returns the cells of each line; no cell spans lines."""
    lines = [line.rstrip("\r\n") for line in text if "\r" not in line.rstrip("\r\n")]
    return [row for line in lines for row in csv.reader([line], delimiter=delimiter) if row]


def _read_records(feed: "_LineFeed", delimiter: str) -> Iterator[list[str] | _Fault]:
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    width = 0
    while True:
        feed.begin_record()
        try:
            record = next(reader)
        except StopIteration:
            return
        except _OverlongError:
            feed.go_back()
            yield _Fault("too_long", _("The row is over 32 MiB, or a quote in it is never closed."))
        except csv.Error:
            yield _unquoted(feed, delimiter, width) or _Fault(
                "not_csv", _("A quote in the row is unpaired.")
            )
            feed.go_back()
        else:
            if feed.is_undecodable:
                yield _Fault("bad_encoding", _("The row contains bytes that are not valid text."))
                continue
            width = len(record)
            yield record


def _unquoted(feed: "_LineFeed", delimiter: str, width: int) -> list[str] | None:
    """Returns the cells of one line with quotes inside its cells, or None if that is ambiguous.

    A tab never occurs in a cell, so the quotes of a tab-separated line are text, as in database
    dumps. With other delimiters the cells must be as many as those of the record before: in
    `"关于"双减"的通知",1` a quote next to no delimiter is text. Only a fault in the record's first
    line is treated, so that no cell spans lines.
    """
    if len(feed.taken) != 1 or feed.is_undecodable or not feed.taken[0]:
        return None
    line = feed.taken[0].decode("utf-8").rstrip("\r\n")
    if "\r" in line:  # csv.reader expects one line here
        return None
    if delimiter == "\t":
        return line.split(delimiter)
    if len(line) > _LONGEST_REPAIRED:
        return None
    sign = re.escape(delimiter)
    cells = re.findall(rf'(?:^|(?<={sign}))(?:"(.*?)"|([^"{sign}][^{sign}]*|))(?={sign}|$)', line)
    is_whole = sum(len(quoted) + 2 * bool(quoted) + len(plain) + 1 for quoted, plain in cells)
    found = [quoted.replace('""', '"') or plain for quoted, plain in cells]
    return found if len(found) == width and is_whole == len(line) + 1 else None


class _OverlongError(Exception):
    """A record is longer than MAX_ROW_BYTES."""


@dataclass(slots=True)
class _LineFeed:
    """Lines for csv.reader. Keeps the lines of the current record so that it can be abandoned."""

    lines: Iterator[bytes | None]
    taken: list[bytes | None] = field(default_factory=list)
    is_undecodable: bool = False
    _size: int = 0
    _again: deque[bytes | None] = field(default_factory=deque)

    def __iter__(self) -> "_LineFeed":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self.lines)
        self.taken.append(line)
        self._size += len(line or b"")
        if line is None or self._size > MAX_ROW_BYTES:
            raise _OverlongError
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            self.is_undecodable = True
            return line.decode("utf-8", "replace")

    def begin_record(self) -> None:
        self.taken, self._size, self.is_undecodable = [], 0, False

    def go_back(self) -> None:
        """Abandons only the first line of the record; the other lines are read again."""
        self._again.extendleft(reversed(self.taken[1:]))
