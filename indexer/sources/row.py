"""The items that readers yield: rows of raw cells, unreadable rows, skipped parts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as published: raw headings to raw values, without renaming, trimming or conversion.

    `source` is the path as given. `line` counts from 1: the physical line of a line format, the
    spreadsheet row (header included) of CSV and XLSX, the ordinal of a JSON or XML element, 1 for
    an HTML page. A heading with several different values has them as a list. `sheet` is the name of
    its sheet or table, in a file with several.
    """

    source: str
    line: int
    fields: Mapping[str, object]
    sheet: str = field(default="", compare=False)

    def __reduce__(self) -> tuple[object, ...]:
        # Pickling a frozen dataclass with slots by default takes several times as long.
        return SourceRow, (self.source, self.line, self.fields, self.sheet)


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row, or the rest of a file, that cannot be read. `reason` is a stable code.

    `detail` never quotes the row, because the row may not be public.
    """

    source: str
    line: int
    reason: str
    detail: str


Row: TypeAlias = SourceRow | UnreadableRow


@dataclass(frozen=True, slots=True)
class SkippedPart:
    """A file, or a part of one, that is not read. It is not a row; the summary lists it.

    `reason` is a stable code. `count` is the number of files, rows, columns or records. `detail` is
    a sentence with the remedy; like that of an UnreadableRow it quotes nothing.
    """

    source: str
    line: int
    reason: str
    count: int
    detail: str


SKIPPED_REASONS = (
    "not_read",
    "hidden_file",
    "hidden_sheet",
    "hidden_rows",
    "hidden_columns",
    "outside_folder",
    "second_list",
    "no_header",
)
"""The reasons of skipped parts."""
SourceItem: TypeAlias = Row | SkippedPart
"""An item of a reader."""


_COMPARED = 100
"""Maximum number of earlier values of a heading that a value other than text is compared with."""


def gather_cells(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Returns pairs of heading and value as fields. Different values of a heading become a list.

    A row with two values of 公开方式 thus keeps both, and the stricter one can win.
    """
    found: dict[str, list[object]] = {}
    seen: set[tuple[str, object]] = set()  # of text values, which may be many
    for heading, value in pairs:
        values = found.setdefault(heading, [])
        if isinstance(value, str):
            if (heading, value) in seen:
                continue
            seen.add((heading, value))
        elif value in values[:_COMPARED]:
            continue
        values.append(value)
    return {heading: _one_or_all(values) for heading, values in found.items()}


def _one_or_all(values: list[object]) -> object:
    filled = [value for value in values if value not in (None, "")] or values[:1]
    return filled[0] if len(filled) == 1 else filled
