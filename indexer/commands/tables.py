"""`gongkai tables`: new tables of a city, from a workbook to CSV, and checked against its data."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Annotated
from zipfile import BadZipFile

import orjson
import typer

from analyzers.dictionary import check_dictionary
from analyzers.synonyms import check_synonyms
from gongkai.api_keys import check_api_keys
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.duties import check_duties
from gongkai.catalog.halls import check_halls, load_halls
from gongkai.catalog.heading_table import check_headings
from gongkai.catalog.hosts import check_hosts
from gongkai.catalog.instants import today_in_china
from gongkai.catalog.intake import IntakeRules
from gongkai.catalog.page_layouts import check_page_layouts
from gongkai.catalog.places import check_places, load_places
from gongkai.catalog.plain_text import clean_line
from gongkai.catalog.table_consistency import find_inconsistencies
from gongkai.catalog.tables import AGENCY_COLUMNS, check_tables
from gongkai.engines.installation import open_tables
from gongkai.errors import SettingsError
from gongkai.files.durable import make_folder, replace_file
from gongkai.files.spreadsheets import BYTE_ORDER_MARK, write_sheet
from gongkai.settings import Settings
from indexer.city_tables import WORKBOOK, list_files, read_workbook, write_tables
from indexer.source_reader import survey_sources
from indexer.table_survey import TableSurvey, suggest_agencies, survey_tables
from indexer.table_templates import TableTemplate, list_city_templates, list_templates

_WRONG = 3
_SHOWN = 20
_CHECKS = (
    check_tables,
    check_places,
    check_halls,
    check_hosts,
    check_duties,
    check_api_keys,
    check_headings,
    check_page_layouts,
)
_DICTIONARY_CHECKS = (check_dictionary, check_synonyms)
_CITY = ", ".join(table.name for table in list_city_templates())
_OTHERS = ", ".join(table.name for table in list_templates() if table not in list_city_templates())

tables = typer.Typer(no_args_is_help=True)


@tables.callback()
def about() -> None:
    """Write, convert and check the tables of a city."""


@tables.command("new")
def new(
    folder: Annotated[Path, typer.Argument(help="Folder for the tables.")],
    names: Annotated[
        list[str] | None,
        typer.Argument(help=f"Tables (default: {_CITY}); others: {_OTHERS}."),
    ] = None,
) -> None:
    """Write tables with explained columns to fill in, as CSV and as a workbook."""
    chosen = _choose_templates(names or ())
    for path in list_files(folder, chosen):
        if path.exists():
            raise typer.BadParameter(_("{path} exists; name another folder").format(path=path))
    for path in write_tables(folder, chosen):
        print(path)
    if any(table.is_dictionary for table in chosen):
        print(_("To use the dictionaries, set dictionary_dir to {folder}.").format(folder=folder))


def _choose_templates(names: Sequence[str]) -> tuple[TableTemplate, ...]:
    if not names:
        return list_city_templates()
    known = {table.name: table for table in list_templates()}
    wanted = list(dict.fromkeys(name.removesuffix(".csv") for name in names))
    for name in wanted:
        if name not in known:
            raise typer.BadParameter(
                _("there is no table {name}; write one of {choices}").format(
                    name=name, choices=", ".join(known)
                )
            )
    return tuple(known[name] for name in wanted)


@tables.command("import")
def import_workbook(
    workbook: Annotated[Path, typer.Argument(help=f"The workbook that was filled in: {WORKBOOK}")],
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of the CSV files (default: tables_dir).")
    ] = None,
) -> None:
    """Write the sheets of a workbook as CSV. If one has a fault, no file is changed."""
    target = folder or Settings().tables_dir
    if target is None:
        raise typer.BadParameter(_("name the folder, or set tables_dir"))
    try:
        sheets = read_workbook(workbook)
    except (BadZipFile, KeyError, ValueError):
        raise SettingsError(
            _("{workbook}: is no XLSX workbook; save it as XLSX.").format(workbook=workbook)
        ) from None
    if not sheets:
        known = ", ".join(table.name for table in list_templates())
        raise SettingsError(
            _("{workbook}: has no sheet named {known}.").format(workbook=workbook, known=known)
        )
    if problems := _check_sheets(sheets):
        for problem in problems:
            print(problem)
        raise typer.Exit(_WRONG)
    make_folder(target)
    for name, text in sheets.items():
        path = target / f"{name}.csv"
        replace_file(path, (BYTE_ORDER_MARK + text).encode())
        print(path)


@tables.command("check")
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Exports to compare with the tables.")
    ] = None,
    disclosure: Annotated[
        Disclosure | None, typer.Option(help="Disclosure of rows that state none.")
    ] = None,
    suggest: Annotated[
        Path | None, typer.Option(help="Write rows of agencies.csv for unknown publishers.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find faults in the tables, and publishers and classes of exports that they lack."""
    settings = Settings()
    faults = [
        *(problem for find in _CHECKS for problem in find(settings.tables_dir)),
        *(problem for find in _DICTIONARY_CHECKS for problem in find(settings.dictionary_dir)),
    ]
    if faults:
        _print_all(faults, TableSurvey(), as_json=as_json)
        raise typer.Exit(_WRONG)
    loaded, places = open_tables(settings), load_places(settings.tables_dir)
    faults = list(find_inconsistencies(loaded, places, load_halls(settings.tables_dir)))
    today = today_in_china()
    rules = IntakeRules(loaded, disclosure or settings.disclosure, today=today)
    survey = survey_tables(survey_sources(paths).sources if paths else (), rules)
    if suggest:
        rows = suggest_agencies(survey.publishers, loaded.agencies, places)
        replace_file(suggest, write_sheet(AGENCY_COLUMNS, rows).encode())
    _print_all(faults, survey, as_json=as_json)
    if faults or survey.publishers or survey.classes.counts:
        raise typer.Exit(_WRONG)


def _check_sheets(sheets: Mapping[str, str]) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for sheet, text in sheets.items():
            (folder / f"{sheet}.csv").write_text(text, encoding="utf-8", newline="")
        checks = (*_CHECKS, *_DICTIONARY_CHECKS)
        problems = [problem for find in checks for problem in find(folder)]
    return [problem.replace(f"{folder}/", "") for problem in problems]


def _print_all(faults: list[str], survey: TableSurvey, *, as_json: bool) -> None:
    if as_json:
        report = {
            "faults": faults,
            "records": survey.records,
            "unknown_publishers": dict(survey.publishers.most_common()),
            "unknown_classes": {
                name: dict(counts.most_common()) for name, counts in survey.classes.counts.items()
            },
        }
        print(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
        return
    for line in (*faults, *_describe(survey)):
        print(line)
    if not faults:
        print(_("The tables fit each other."))


def _describe(survey: TableSurvey) -> Iterator[str]:
    if survey.records:
        yield _("{records:,} records").format(records=survey.records)
    titles = {_("publisher: unknown publishers"): survey.publishers}
    titles |= {
        _("{name}: unknown classes").format(name=name): each
        for name, each in survey.classes.counts.items()
    }
    for title, counts in titles.items():
        if counts:
            yield _("{title} {count:,}, in {total:,} records").format(
                title=title, count=len(counts), total=counts.total()
            )
        for value, count in counts.most_common(_SHOWN):
            yield f"  {count:>7,}  {clean_line(value)}"
        if len(counts) > _SHOWN:
            yield _("  and {value:,} more; --json lists all").format(value=len(counts) - _SHOWN)
