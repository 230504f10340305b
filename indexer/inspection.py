"""Reads a file as an index run would, and reports what is recognised. Nothing is written.

A value is shown only if its row is public. A row whose disclosure is undecided shows its headings,
a row on request only the known ones, and a row that is not public nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

import orjson

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.headings import KEYS, LONGEST_HEADING, field_of, gather_by_key, is_blank
from gongkai.catalog.intake import IntakeRules, Refused, Withheld
from gongkai.catalog.personal_data import holds_personal_number
from gongkai.catalog.plain_text import reduce_line
from indexer.source_reader import read_source
from indexer.sources.formats import name_format
from indexer.sources.row import Row, SkippedPart, SourceRow
from indexer.transform import Admitted, admit_row
from indexer.unread import UnreadFiles

MOST_COLUMNS = 1_000
EXAMPLE_LIMIT = 200
"""Characters kept of an example value."""
OUTCOMES = ACCEPTED, REFUSED, WITHHELD = "accepted", "refused", "withheld"


class Openness(IntEnum):
    """How much of a row may be shown."""

    CLOSED = 0
    ON_REQUEST = 1
    UNDECIDED = 2
    PUBLIC = 3


@dataclass(slots=True)
class Column:
    """A column: the field it fills (None if unknown), its filled cells, and how many are used.

    A column of another system is unused where another column fills its field.
    """

    heading: str
    field: str | None
    filled: int = 0
    used: int = 0
    example: str = ""


@dataclass(frozen=True, slots=True)
class RowPreview:
    """What one row would become. `title` is empty unless the row is accepted."""

    line: int
    sheet: str
    outcome: str
    title: str = ""
    disclosure: str = ""
    field: str = ""
    reason: str = ""
    message: str = ""


@dataclass(slots=True)
class FileReport:
    """What is recognised in one file, and what its rows would become.

    `sheets` counts rows by sheet. `hidden_columns` is the number of further unknown headings that
    occur only in rows on request.
    """

    path: Path
    format: str = ""
    encoding: str = ""
    sheets: Counter[str] = field(default_factory=Counter)
    columns: dict[str, Column] = field(default_factory=dict)
    hidden_columns: int = 0
    read: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    first: list[RowPreview] = field(default_factory=list)
    skipped: list[SkippedPart] = field(default_factory=list)

    @property
    def needs_staff(self) -> bool:
        """Whether an index run over this file would end with work for staff."""
        return bool(self.refused or self.skipped or self.withheld["personal_data"])


def inspect_file(path: Path, rules: IntakeRules, shown: int, unread: UnreadFiles) -> FileReport:
    """Returns the report of a file, with the first `shown` rows. Raises OSError.

    Files that a row names as attachments are removed from `unread`.
    """
    report = FileReport(path, *name_format(path))
    hidden: set[str] = set()
    for item in read_source(path):
        if isinstance(item, SkippedPart):
            report.skipped.append(item)
            continue
        outcome = admit_row(item, frozenset(), rules)
        _count(report, item, outcome)
        if len(report.first) < shown:
            report.first.append(_preview(item, outcome))
        if isinstance(item, SourceRow):
            unread.discount(item.source, item.fields)
            hidden |= _add_columns(report.columns, item, _openness(item, outcome))
    report.hidden_columns = len(hidden - report.columns.keys())
    return report


def _count(report: FileReport, row: Row, outcome: Admitted | Refused | Withheld) -> None:
    report.read += 1
    if isinstance(row, SourceRow) and row.sheet:
        report.sheets[row.sheet] += 1
    if isinstance(outcome, Admitted):
        report.accepted += 1
        report.warnings.update(f"{name}: {code}" for name, code in outcome.accepted.warnings)
    elif isinstance(outcome, Refused):
        report.refused[_name_reason(outcome)] += 1
    else:
        report.withheld[outcome.reason] += 1


def _name_reason(refused: Refused) -> str:
    return f"{refused.field}: {refused.reason}" if refused.field else refused.reason


def _preview(row: Row, outcome: Admitted | Refused | Withheld) -> RowPreview:
    sheet = row.sheet if isinstance(row, SourceRow) else ""
    if isinstance(outcome, Admitted):
        record = outcome.accepted.record
        return RowPreview(row.line, sheet, ACCEPTED, record.title, record.disclosure.value)
    if isinstance(outcome, Withheld):
        return RowPreview(row.line, sheet, WITHHELD, reason=outcome.reason)
    return RowPreview(
        row.line,
        sheet,
        REFUSED,
        field=outcome.field,
        reason=outcome.reason,
        message=outcome.message,
    )


def _openness(row: SourceRow, outcome: Admitted | Refused | Withheld) -> Openness:
    if isinstance(outcome, Withheld):
        return Openness.CLOSED
    if isinstance(outcome, Admitted):
        is_public = outcome.accepted.record.disclosure is Disclosure.PUBLIC
        return Openness.PUBLIC if is_public else Openness.ON_REQUEST
    if outcome.kept is None:
        return Openness.UNDECIDED
    # A refused public row is kept as it is, one on request only in part.
    return Openness.PUBLIC if outcome.kept is row.fields else Openness.ON_REQUEST


def _add_columns(columns: dict[str, Column], row: SourceRow, openness: Openness) -> set[str]:
    """Adds the cells that may be shown. Returns the headings that may not."""
    if openness is Openness.CLOSED:
        return set()
    _, unused = gather_by_key(row.fields)
    hidden = set()
    for name, value in row.fields.items():
        heading = str(name)
        column = columns.get(heading)
        if column is None:
            known = field_of(heading)
            if known is None and openness is Openness.ON_REQUEST:
                hidden.add(heading)
                continue
            if len(columns) >= MOST_COLUMNS or holds_personal_number(heading):
                continue
            column = columns[heading] = Column(heading, known)
        if not is_blank(value):
            column.filled += 1
            column.used += column.field is not None and name not in unused
            if not column.example and openness is Openness.PUBLIC:
                column.example = _example(value)
    return hidden


def _example(value: object) -> str:
    """Returns a value on one line; nothing of one with personal data."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = "；".join(value)
    elif isinstance(value, Mapping | list | tuple):
        value = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    text = reduce_line(value)
    return "" if holds_personal_number(text) else text[:EXAMPLE_LIMIT]


def list_mapping(reports: Iterable[FileReport]) -> Iterator[tuple[str, str, int, str]]:
    """Yields heading, field, filled cells and example of every column that headings.csv may name.

    The field is empty for unknown columns.
    """
    merged: dict[str, Column] = {}
    for report in reports:
        for heading, column in report.columns.items():
            known = merged.setdefault(heading, Column(heading, column.field))
            known.filled += column.filled
            known.example = known.example or column.example
    for each in merged.values():
        if len(each.heading) <= LONGEST_HEADING and (each.field is None or each.field in KEYS):
            yield each.heading, each.field or "", each.filled, each.example


def describe_report(report: FileReport) -> Mapping[str, object]:
    """Returns the report as JSON."""
    return {
        "file": str(report.path),
        "format": report.format,
        "encoding": report.encoding or None,
        "sheets": [{"name": name, "rows": rows} for name, rows in report.sheets.items()],
        "columns": [
            {
                "heading": each.heading,
                "field": each.field,
                "filled": each.filled,
                "used": each.used,
                "example": each.example or None,
            }
            for each in report.columns.values()
        ],
        "hidden_columns": report.hidden_columns,
        "rows": {
            "read": report.read,
            "accepted": report.accepted,
            "refused": dict(report.refused),
            "withheld": {reason: count for reason, count in report.withheld.items() if count},
            "warnings": dict(report.warnings),
        },
        "first": [_describe_row(each) for each in report.first],
        "skipped": [
            {"line": each.line, "reason": each.reason, "count": each.count, "detail": each.detail}
            for each in report.skipped
        ],
    }


def _describe_row(row: RowPreview) -> Mapping[str, object]:
    given = {
        "sheet": row.sheet,
        "title": row.title,
        "disclosure": row.disclosure,
        "field": row.field,
        "reason": row.reason,
        "message": row.message,
    }
    filled = {name: value for name, value in given.items() if value}
    return {"line": row.line, "outcome": row.outcome, **filled}
