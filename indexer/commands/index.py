"""`gongkai index`, `rollback`, `withdraw` and `purge`: commands that change the index."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from gongkai.catalog.disclosure import Disclosure
from gongkai.command_line import count_progress, open_configured, rate_progress
from gongkai.engines.data_folder import make_private
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.errors import AnotherWriterError, MissingModelError
from gongkai.exit_codes import EXIT_REFUSED
from gongkai.search.supervision import keep_todays_snapshot
from gongkai.semantic.model_files import find_obstacle, is_semantic_on
from gongkai.settings import SemanticMode
from gongkai.staff.snapshots import Snapshots
from gongkai.staff.staff_database import open_ledger
from indexer.commands.findings import name_source, print_findings, settle_missing
from indexer.commands.run_events import describe_outcome, open_events
from indexer.commands.slots import read_slot
from indexer.commands.summary import print_summary
from indexer.commands.unit import ByUnit, find_publishers
from indexer.ingest import OnProgress, Summary
from indexer.pipeline import IndexJob, IndexReport, publish
from indexer.purge import purge as purge_index
from indexer.source_reader import source_size, survey_sources


def index(  # noqa: PLR0913, PLR0917 - typer makes an option of each
    paths: Annotated[list[Path], typer.Argument(help="Files or folders of catalog records.")],
    rebuild: Annotated[
        bool, typer.Option(help="Build a new index next to the live one and switch in one step.")
    ] = False,
    disclosure: Annotated[
        Disclosure | None,
        typer.Option(help="Disclosure of rows that state none."),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="File for rows to fix (default: in the data folder).")
    ] = None,
    allow_shrink: Annotated[
        bool,
        typer.Option(
            "--allow-shrink",
            help="Let a rebuild or --withdraw-missing remove more than a tenth of the records.",
        ),
    ] = False,
    source: Annotated[
        str, typer.Option("--source", help="Name of the source; it is part of its records' ids.")
    ] = "",
    complete: Annotated[
        bool,
        typer.Option(
            "--complete",
            help="The paths are a full export of the source (--source, or its name as the first "
            "word): list the records missing in it, and ask whether to withdraw them.",
        ),
    ] = False,
    withdraw_missing: Annotated[
        bool,
        typer.Option(
            "--withdraw-missing", help="With --complete: withdraw missing records without asking."
        ),
    ] = False,
    slot: Annotated[
        str,
        typer.Option(
            "--slot",
            metavar="K/N",
            help="With --rebuild, on Elasticsearch: index part K of N. Run all N parts, on any "
            "machines; the last one switches.",
        ),
    ] = "",
    unit: ByUnit = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print progress and the report as JSON lines.")
    ] = False,
) -> None:
    """Index records: add new ones, update existing ones by id."""
    if disclosure is Disclosure.NOT_PUBLIC:
        raise typer.BadParameter(_("a source that is not public can't be indexed"))
    if unit and (rebuild or complete):
        raise typer.BadParameter(_("--unit can't be combined with --rebuild or --complete"))
    own_slot = read_slot(slot, rebuild=rebuild, complete=complete)
    source, paths = name_source(source, paths, complete=complete)
    installation = open_configured()
    publishers = find_publishers(unit, installation.tables.agencies)
    survey = survey_sources(paths)
    make_private(installation.settings.data_dir)
    order = IndexJob(
        survey.sources,
        rebuild,
        disclosure,
        rejects,
        allow_shrink,
        survey.skipped,
        source,
        complete,
        own_slot,
        publishers,
    )
    total = sum(map(source_size, survey.sources))
    if as_json:
        outcome = _run_with_events(order, installation, total)
        is_settled = not outcome.missing.ids
    else:
        outcome = _run(order, installation, total)
        is_settled = settle_missing(
            outcome, installation, withdraw=withdraw_missing, allow=allow_shrink
        )
        _finish(outcome, installation)
    if outcome.summary.needs_staff or not is_settled:
        raise typer.Exit(EXIT_REFUSED)


def _run(order: IndexJob, installation: Installation, total: int) -> IndexReport:
    started = time.perf_counter()
    with _progress(total) as on_progress:
        outcome = publish(order, installation, on_progress)
    print_summary(outcome, time.perf_counter() - started)
    print_findings(outcome)
    return outcome


def _run_with_events(order: IndexJob, installation: Installation, total: int) -> IndexReport:
    """Runs the job; the report is the last line, once everything is done."""
    started = time.perf_counter()
    with open_events(total) as events:
        try:
            outcome = publish(order, installation, events.advance)
        except AnotherWriterError:
            events.print("busy")
            raise
        report = describe_outcome(outcome, time.perf_counter() - started)
        _finish(outcome, installation)
        events.print("report", **report)
    return outcome


def _finish(outcome: IndexReport, installation: Installation) -> None:
    if outcome.is_live:
        _embed_new(installation)
        _keep_snapshot(installation)


def _keep_snapshot(installation: Installation) -> None:
    """Stores the figures of all agencies once a day, where staff work with this installation."""
    ledger = open_ledger(installation.settings.data_dir)
    if ledger.path.exists():
        asyncio.run(keep_todays_snapshot(installation, Snapshots(ledger)))


def _embed_new(installation: Installation) -> None:
    """Computes the vectors of new records where semantic search is on; else prints why it is off.

    The index is complete already, so by default a faulty model does not fail the command.
    """
    settings = installation.settings
    if is_semantic_on(settings):
        # Import here, because loading the model takes a while and other installations do not need
        # it.
        from indexer.commands.embed import embed_installation  # noqa: PLC0415

        try:
            embed_installation(installation, until_complete=False)
        except MissingModelError as error:
            if settings.semantic is SemanticMode.ON:
                raise
            print(_("semantic   off: {obstacle}").format(obstacle=error))
    elif settings.semantic is not SemanticMode.OFF:
        obstacle = find_obstacle(settings)
        print(_("semantic   off: {obstacle}").format(obstacle=obstacle))


def rollback() -> None:
    """Go back to the generation before the live one."""
    with closing(open_configured().open_store()) as store:
        generation = store.rollback()
    print(
        _("live: {name} ({records:,} records)").format(
            name=generation.name, records=generation.records
        )
    )


def withdraw(
    ids: Annotated[list[str], typer.Argument(help="Ids of records to withdraw.")],
    undo: Annotated[
        bool, typer.Option("--undo", help="Allow these ids to be indexed again.")
    ] = False,
) -> None:
    """Withdraw records at once from every generation; later exports do not bring them back."""
    missing = _("not found")
    with closing(open_configured().open_store()) as store:
        if undo:
            done, word = store.restore(ids), _("may be indexed again")
        else:
            done, word = store.withdraw(ids, cause=STAFF), _("withdrawn")
    for record_id, was_there in done.items():
        print(f"{record_id}: {word if was_there else missing}")
    if not all(done.values()):
        raise typer.Exit(EXIT_REFUSED)


def purge() -> None:
    """Rewrite the live index and drop all others, so that deleted data leaves the disk."""
    with count_progress(_("copying")) as on_records:
        done = purge_index(open_configured(), on_records)
    print(
        _("live: {generation} ({records:,} records), dropped: {count}").format(
            generation=done.generation, records=done.records, count=len(done.dropped)
        )
    )


@contextmanager
def _progress(total_bytes: int) -> Iterator[OnProgress]:
    """Shows a bar over the bytes read, with rows, rows per second and the time left."""
    counts = _("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f}/s,")
    with rate_progress(_("indexing"), counts) as report:
        done = 0

        def advance(count: int, summary: Summary) -> None:
            nonlocal done
            done += count
            report(done, total_bytes, summary.read, rows=summary.read)

        yield advance
