"""`gongkai inspect`: shows what is recognised in files before they are indexed."""

from collections.abc import Iterable, Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.heading_table import COLUMNS, FILE
from gongkai.catalog.instants import today_in_china
from gongkai.catalog.intake import IntakeRules
from gongkai.catalog.plain_text import clean_line
from gongkai.command_line import AsJson, print_json
from gongkai.engines.installation import open_tables
from gongkai.errors import name_fault
from gongkai.exit_codes import EXIT_REFUSED
from gongkai.files.spreadsheets import write_sheet
from gongkai.language import translate_code, translate_reason
from gongkai.settings import Settings
from indexer.commands.unit import ByUnit, find_publishers
from indexer.inspection import (
    ACCEPTED,
    REFUSED,
    Column,
    FileReport,
    RowPreview,
    describe_report,
    inspect_file,
    list_mapping,
)
from indexer.source_reader import survey_sources
from indexer.sources.formats import FORMAT_WORDS
from indexer.sources.row import SkippedPart
from indexer.unread import UnreadFiles

_WIDTH, _INDENT = 80, 2
_MOST_SHEETS = 20
_NO_FIELD = "?"
_HINTS = {
    "disclosure: missing_disclosure": _(
        "Rows without 公开方式 show no values. If the whole source is public, add "
        "--disclosure 主动公开."
    ),
    "no_header": _(
        "No heading is known: write one or more, with their fields, into {file}."
    ).format(file=FILE),
}


def inspect(  # noqa: PLR0913, PLR0917 - typer makes an option of each
    paths: Annotated[list[Path], typer.Argument(help="Files or folders of catalog records.")],
    write_mapping: Annotated[
        Path | None,
        typer.Option(help=f"Write a {FILE} with all columns, to be completed."),
    ] = None,
    disclosure: Annotated[
        Disclosure | None, typer.Option(help="Disclosure of rows that state none.")
    ] = None,
    rows: Annotated[int, typer.Option(min=0, help="Number of first rows to show.")] = 5,
    unit: ByUnit = "",
    as_json: AsJson = False,
) -> None:
    """Show what is recognised in files: format, columns, first rows. Nothing is indexed."""
    if disclosure is Disclosure.NOT_PUBLIC:
        raise typer.BadParameter(_("a source that is not public can't be indexed"))
    _check_free(write_mapping)
    settings = Settings()
    tables = open_tables(settings)
    rules = IntakeRules(
        tables,
        disclosure or settings.disclosure,
        today=today_in_china(),
        publishers=find_publishers(unit, tables.agencies),
    )
    survey = survey_sources(paths)
    unread = UnreadFiles(survey.skipped)
    reports = [inspect_file(path, rules, rows, unread) for path in survey.sources]
    left = unread.left()
    if write_mapping:
        _write_mapping(write_mapping, reports)
    if as_json:
        _print_json(reports, left)
    else:
        _print_reports(reports, left)
        if write_mapping:
            print(
                _(
                    "Written: {write_mapping}. Fill in empty fields, and put it into the folder of"
                ).format(write_mapping=write_mapping)
            )
            print(
                _("GONGKAI_TABLES_DIR as {file}. Rows without a field have no effect.").format(
                    file=FILE
                )
            )
    if left or any(report.needs_staff for report in reports):
        raise typer.Exit(EXIT_REFUSED)


def _check_free(target: Path | None) -> None:
    if target and target.exists():
        raise typer.BadParameter(
            _("{target} exists; name another file, or delete it").format(target=target)
        )


def _write_mapping(target: Path, reports: Iterable[FileReport]) -> None:
    content = write_sheet((*COLUMNS, "filled", "example"), list_mapping(reports))
    try:
        target.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise typer.BadParameter(
            _("{target} can't be written: {strerror}").format(
                target=target, strerror=name_fault(error)
            )
        ) from error


def _print_json(reports: Sequence[FileReport], skipped: Sequence[SkippedPart]) -> None:
    listed = {
        "files": [describe_report(report) for report in reports],
        "skipped": [{"file": each.source, "detail": each.detail} for each in skipped],
    }
    print_json(listed)


def _print_reports(reports: Sequence[FileReport], skipped: Sequence[SkippedPart]) -> None:
    console = Console(width=_WIDTH, highlight=False, markup=False)
    for report in reports:
        _print_facts(console, report)
        if report.columns:
            console.print(_table_of_columns(report))
        if report.hidden_columns:
            count = report.hidden_columns
            _print_wrapped(
                console,
                _("{count:,} more unknown columns, only in rows on request").format(count=count),
            )
        if report.first:
            console.print()
            console.print(_table_of_rows(report))
        for part in report.skipped:
            said = _("line {line}: {reason} {count:,}: {detail}").format(
                line=part.line,
                reason=translate_code(part.reason),
                count=part.count,
                detail=part.detail,
            )
            _print_wrapped(console, said)
        for reason, hint in _HINTS.items():
            if report.refused[reason]:
                _print_wrapped(console, hint)
        console.print()
    for part in skipped:
        console.print(f"{part.source}: {translate_code(part.reason)}: {part.detail}")


def _print_facts(console: Console, report: FileReport) -> None:
    console.print(str(report.path))
    console.print(
        _("  format    {choices}").format(
            choices=", ".join(
                map(_translate_format, filter(None, (report.format, report.encoding)))
            )
        )
    )
    if report.sheets:
        named = [f"{clean_line(name)} {n:,}" for name, n in report.sheets.most_common(_MOST_SHEETS)]
        left = len(report.sheets) - len(named)
        sheets = ", ".join([*named, _("{left:,} more").format(left=left)] if left else named)
        label = _("lists") if report.format.startswith("JSON") else _("sheets")
        _print_wrapped(console, f"{set_cell_size(label, 9)} {sheets}", _INDENT + 10)
    console.print(
        _("  rows      {read:,}, accepted {accepted:,}").format(
            read=report.read, accepted=report.accepted
        )
    )
    for name, counts in (
        (_("refused"), report.refused),
        (_("withheld"), report.withheld),
        (_("warnings"), report.warnings),
    ):
        if counts.total():
            reasons = ", ".join(
                f"{translate_reason(reason)} {n:,}" for reason, n in counts.items() if n
            )
            label = set_cell_size(name, 9)
            _print_wrapped(console, f"{label} {counts.total():,} ({reasons})", _INDENT + 10)
    console.print()


def _print_wrapped(console: Console, text: str, indent: int = _INDENT) -> None:
    """Prints a text with its first line indented by _INDENT and the others by `indent`."""
    lines = Text(text).wrap(console, _WIDTH - indent)
    for number, line in enumerate(lines):
        console.print(" " * (indent if number else _INDENT) + line.plain.rstrip())


def _table_of_columns(report: FileReport) -> Table:
    """Returns the columns by field; unknown columns are last."""
    table = _open_table((_("column"), 22), (_("field"), 16), (_("filled"), 7), (_("example"), 26))
    for column in sorted(report.columns.values(), key=lambda each: each.field is None):
        _add_cells(table, column.heading, _name_field(column), f"{column.filled:,}", column.example)
    return table


def _name_field(column: Column) -> str:
    if column.field is None:
        return _NO_FIELD
    return _("(not used)") if column.filled and not column.used else column.field


def _table_of_rows(report: FileReport) -> Table:
    table = _open_table((_("line"), 7), (_("becomes"), 10), (_("title or reason"), 56))
    for row in report.first:
        _add_cells(table, str(row.line), translate_code(row.outcome), _explain(row))
    return table


def _explain(row: RowPreview) -> str:
    if row.outcome == ACCEPTED:
        is_public = row.disclosure == Disclosure.PUBLIC
        return row.title if is_public else f"{row.title} ({row.disclosure})"
    reason = translate_code(row.reason)
    if reason != row.reason:
        return translate_reason(f"{row.field}: {row.reason}") if row.field else reason
    if row.outcome == REFUSED and row.message:
        return f"{row.field}: {row.message}" if row.field else row.message
    return row.reason


def _translate_format(name: str) -> str:
    """Translates the words of a format: `CSV or TSV (delimiter ,)`, `XLS workbook`."""
    for word in FORMAT_WORDS:
        name = name.replace(word, translate_code(word))
    return name


def _open_table(*columns: tuple[str, int]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name, width in columns:
        table.add_column(name, max_width=width, no_wrap=True, overflow="ellipsis")
    return table


def _add_cells(table: Table, *cells: str) -> None:
    # As Text, because brackets in a cell are no markup.
    table.add_row(*(Text(clean_line(cell)) for cell in cells))
