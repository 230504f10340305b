"""Reads the CSV file of a dictionary, shipped or a city's own of the same name."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from importlib import resources
from pathlib import Path

from analyzers.errors import TableError


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by column; `place` is file:line."""

    place: str
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return (self.cells.get(column) or "").strip()


def read_rows(name: str, columns: Sequence[str], directory: Path | None) -> Iterator[Row]:
    """Yields rows that are not blank. Raises TableError for a file without these columns."""
    if directory is not None and not directory.is_dir():
        raise TableError(
            _("{directory}: is not a folder; name the folder that holds the tables.").format(
                directory=directory
            )
        )
    shown, content = _open_table(name, directory)
    reader = csv.DictReader(io.StringIO(_decode(shown, content), newline=""), strict=True)
    start = 1
    try:
        if missing := [name for name in columns if name not in (reader.fieldnames or ())]:
            raise TableError(
                _("{shown}:1: the header lacks the column {value}; add it.").format(
                    shown=shown, value=missing[0]
                )
            )
        start = reader.line_num + 1
        for cells in reader:
            start = reader.line_num + 1
            if None in cells:
                raise TableError(
                    _("{shown}:{line_num}: has more cells than the header.").format(
                        shown=shown, line_num=reader.line_num
                    )
                )
            if any(cells.values()):
                yield Row(f"{shown}:{reader.line_num}", cells)
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
