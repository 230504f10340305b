"""What every reader gives: rows with their raw cells, rows it can't read, parts it skips."""

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


@dataclass(frozen=True, slots=True)
class SkippedPart:
    """A file, or a part of one, that is not read. It is no row: the summary names it.

    `reason` is a stable code, `count` the number of files, rows, columns or records that it
    covers. `detail` is a sentence with the remedy; like that of an UnreadableRow it quotes nothing.
    """

    source: str
    line: int
    reason: str
    count: int
    detail: str


SourceItem: TypeAlias = Row | SkippedPart
"""What a reader gives."""


_COMPARED = 100
"""Values of a heading that another one, which is no text, is compared with."""


def gather_cells(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Pairs of heading and value as fields; different values of one heading become a list.

    So a row that states two kinds of 公开方式 shows both, and the stricter one can win.
    """
    found: dict[str, list[object]] = {}
    seen: set[tuple[str, object]] = set()  # of texts, which may be many
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
