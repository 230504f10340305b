"""What every reader gives: a row with its raw cells, or why a row can't be read. Used by intake."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as published: raw headings to raw values, nothing renamed, trimmed or converted.

    `source` is the path as given. `line` counts from 1: the physical line of a line format, the
    spreadsheet row (header included) of CSV and XLSX, the ordinal of a JSON or XML element, 1 for
    an HTML page. A heading that occurs twice with different values holds the list of them.
    """

    source: str
    line: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row, or the rest of a file, that can't be read; `reason` is a stable code.

    `detail` never quotes the row: whether its text is public is not known.
    """

    source: str
    line: int
    reason: str
    detail: str


Row: TypeAlias = SourceRow | UnreadableRow


def gather_cells(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Pairs of heading and value as fields; different values of one heading become a list.

    So a row that states two kinds of 公开方式 shows both, and the stricter one can win.
    """
    found: dict[str, list[object]] = {}
    for heading, value in pairs:
        values = found.setdefault(heading, [])
        if value not in values:
            values.append(value)
    return {heading: _one_or_all(values) for heading, values in found.items()}


def _one_or_all(values: list[object]) -> object:
    filled = [value for value in values if value not in (None, "")] or values[:1]
    return filled[0] if len(filled) == 1 else filled
