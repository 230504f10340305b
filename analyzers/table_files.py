"""Reads the CSV file of a dictionary, shipped or a city's own of the same name."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from importlib import resources
from pathlib import Path

from analyzers.errors import TableError

COMMENT = "# "
"""A row whose first cell starts with it explains the table to its editor."""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by column; `place` is file:line."""

    place: str
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return (self.cells.get(column) or "").strip()


def read_rows(name: str, columns: Sequence[str], directory: Path | None) -> Iterator[Row]:
    """Yields rows that are neither blank nor comments.

    The first cell of a comment starts with COMMENT. Raises TableError for a file without these
    columns.
    """
    if directory is not None and not directory.is_dir():
        raise TableError(
            _("{directory}: is not a folder; name the folder that holds the tables.").format(
                directory=directory
            )
        )
    shown, content = _open_table(name, directory)
    rows = _parse(shown, _decode(shown, content))
    line, header = next(rows, (1, []))
    if missing := [name for name in columns if name not in header]:
        raise TableError(
            _("{shown}:{line}: the header lacks the column {column}; add it.").format(
                shown=shown, line=line, column=missing[0]
            )
        )
    for line, cells in rows:
        if len(cells) > len(header):
            raise TableError(
                _("{shown}:{line_num}: has more cells than the header.").format(
                    shown=shown, line_num=line
                )
            )
        yield Row(f"{shown}:{line}", dict(zip(header, cells, strict=False)))


def _parse(shown: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yields the last line and the cells of each row that is neither blank nor a comment."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cells) and not cells[0].startswith(COMMENT):
                yield reader.line_num, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise TableError(
            _("{shown}:{start}: is not CSV ({error}); fix the quotes.").format(
                shown=shown, start=start, error=error
            )
        ) from error


def _open_table(name: str, directory: Path | None) -> tuple[str, bytes]:
    replacement = directory / name if directory else None
    if replacement is None or not replacement.exists():
        shipped = resources.files("analyzers").joinpath("dictionaries", name)
        return f"analyzers/dictionaries/{name}", shipped.read_bytes()
    try:
        return str(replacement), replacement.read_bytes()
    except OSError as error:
        raise TableError(
            _("{replacement}:1: cannot be read ({strerror}); fix its permissions.").format(
                replacement=replacement, strerror=error.strerror
            )
        ) from error


def _decode(shown: str, content: bytes) -> str:
    # Excel in China saves CSV as GB18030. Damaged UTF-8 must not be decoded as GB18030.
    is_damaged = content.decode("utf-8", "replace").count("\ufffd") < len(content) // 20
    for encoding in ("utf-8-sig",) if is_damaged else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    raise TableError(
        _("{shown}:{line}: is neither UTF-8 nor GB18030; save it as CSV UTF-8.").format(
            shown=shown, line=line
        )
    )
