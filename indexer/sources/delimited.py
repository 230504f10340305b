"""A CSV or TSV file in, a row per record out. Registered in `formats`.

Quoting is strict: a quote that is never closed would pull the rows after it, whatever their
disclosure, into one cell. Such a record costs its first line and reading goes on with the next.
"""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from catalog.headings import is_blank
from files.limits import HEADER_WITHIN_ROWS, MAX_ROW_BYTES
from indexer.sources.headers import is_header, known_keys, name_columns, pair_cells
from indexer.sources.row import Row, UnreadableRow
from indexer.sources.streams import OnBytes, open_text, read_lines

_DELIMITERS = ",\t;|"
csv.field_size_limit(MAX_ROW_BYTES)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the first lines tell: the delimiter, and whether a row of known headings is there."""

    delimiter: str
    has_known_header: bool


@dataclass(frozen=True, slots=True)
class _Fault:
    """A record that can't be read."""

    reason: str
    detail: str


def read_delimited(path: Path, on_bytes: OnBytes) -> Iterator[Row]:
    """Every record below the heading row that is not blank; short records are padded with "".

    The heading row is the first with a known heading, or else the first that is not blank.
    """
    source, headings = str(path), None
    with open_text(path, on_bytes) as stream:
        lines = read_lines(stream)
        first = list(islice(lines, HEADER_WITHIN_ROWS))
        layout = _sniff([line for line in first if line], is_tsv=".tsv" in path.name.lower())
        records = _read_records(_LineFeed(chain(first, lines)), layout.delimiter)
        for number, record in enumerate(records, 1):
            if isinstance(record, _Fault):
                yield UnreadableRow(source, number, record.reason, record.detail)
            elif all(map(is_blank, record)):
                continue
            elif headings is not None:
                yield pair_cells(source, number, headings, record, padding="")
            elif is_header(record) or not layout.has_known_header:
                headings = name_columns(record)


def _sniff(first: Sequence[bytes], *, is_tsv: bool) -> _Layout:
    """The delimiter that gives a row the most known headings, or else the first row most cells."""
    text = [line.decode("utf-8", "replace") for line in first]
    candidates = sorted(_DELIMITERS, key=lambda sign: sign != "\t") if is_tsv else _DELIMITERS
    best = max(candidates, key=lambda sign: _score(text, sign))
    return _Layout(best, any(is_header(row) for row in _rows(text, best)))


def _score(text: Sequence[str], delimiter: str) -> tuple[int, int]:
    rows = _rows(text, delimiter)
    return max((len(known_keys(row)) for row in rows), default=0), len(rows[0]) if rows else 0


def _rows(text: Sequence[str], delimiter: str) -> list[list[str]]:
    lines = [line.rstrip("\r\n") for line in text if "\r" not in line.rstrip("\r\n")]
    return [row for line in lines for row in csv.reader([line], delimiter=delimiter) if row]


def _read_records(feed: "_LineFeed", delimiter: str) -> Iterator[list[str] | _Fault]:
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin_record()
        try:
            record = next(reader)
        except StopIteration:
            return
        except _OverlongError:
            feed.go_back()
            yield _Fault("too_long", "The row is over 32 MiB, or a quote in it is never closed.")
        except csv.Error:
            yield _unquoted(feed, delimiter) or _Fault("not_csv", "A quote in the row is unpaired.")
            feed.go_back()
        else:
            yield (
                _Fault("bad_encoding", "The row has bytes that are no characters.")
                if (feed.is_undecodable)
                else record
            )


def _unquoted(feed: "_LineFeed", delimiter: str) -> list[str] | None:
    """A tab-separated line as database dumps write it: its quotes are part of the text.

    Only where the fault lies in the record's first line, so that nothing runs over lines.
    """
    if delimiter != "\t" or len(feed.taken) != 1 or feed.is_undecodable or not feed.taken[0]:
        return None
    line = feed.taken[0].decode("utf-8").rstrip("\r\n")
    # A bare carriage return inside is a line's end to csv.reader, which takes one line here.
    return None if "\r" in line else line.split(delimiter)


class _OverlongError(Exception):
    """A record passes MAX_ROW_BYTES."""


@dataclass(slots=True)
class _LineFeed:
    """Lines for csv.reader; those of the record at hand are kept so that it can be given up."""

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
        """Give up the first line of the record only; the others are read again."""
        self._again.extendleft(reversed(self.taken[1:]))
