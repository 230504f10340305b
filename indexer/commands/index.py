"""`gongkai index`, `rollback`, `withdraw` and `purge`: commands that change the index."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.plain_text import clean_line
from gongkai.command_line import count_progress, open_configured, rate_progress
from gongkai.engines.data_folder import make_private
from gongkai.engines.installation import Installation
from gongkai.engines.port import STAFF
from gongkai.errors import MissingModelError
from gongkai.exit_codes import EXIT_REFUSED
from gongkai.language import translate_code, translate_reason
from gongkai.search.supervision import keep_todays_snapshot
from gongkai.semantic.model_files import find_obstacle, is_semantic_on
from gongkai.settings import SemanticMode
from gongkai.staff.snapshots import Snapshots
from gongkai.staff.staff_database import open_ledger
from indexer.commands.findings import name_source, print_findings, settle_missing
from indexer.commands.slots import read_slot
from indexer.ingest import OnProgress, Summary
from indexer.pipeline import IndexJob, IndexReport, publish
from indexer.purge import purge as purge_index
from indexer.source_reader import source_size, survey_sources
from indexer.sources.row import SkippedPart
from indexer.warnings_file import ValueCounts

_SHOWN_VALUES, _LONGEST_VALUE = 10, 40


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
) -> None:
    """Index records: add new ones, update existing ones by id."""
    if disclosure is Disclosure.NOT_PUBLIC:
        raise typer.BadParameter(_("a source that is not public can't be indexed"))
    own_slot = read_slot(slot, rebuild=rebuild, complete=complete)
    source, paths = name_source(source, paths, complete=complete)
    installation = open_configured()
    survey = survey_sources(paths)
    make_private(installation.settings.data_dir)
    started = time.perf_counter()
    with _progress(sum(map(source_size, survey.sources))) as on_progress:
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
        )
        outcome = publish(order, installation, on_progress)
    _print_summary(outcome, time.perf_counter() - started)
    print_findings(outcome)
    is_settled = settle_missing(
        outcome, installation, withdraw=withdraw_missing, allow=allow_shrink
    )
    if outcome.is_live:
        _embed_new(installation)
        _keep_snapshot(installation)
    if outcome.summary.needs_staff or not is_settled:
        raise typer.Exit(EXIT_REFUSED)


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


def _print_summary(outcome: IndexReport, seconds: float) -> None:
    summary = outcome.summary
    print(
        _("read       {read:>10,}  in {seconds:.1f} s").format(read=summary.read, seconds=seconds)
    )
    print(_("indexed    {indexed:>10,}").format(indexed=summary.indexed))
    print(_("unchanged  {unchanged:>10,}").format(unchanged=summary.unchanged))
    print(
        _("refused    {total:>10,}{reasons}").format(
            total=summary.refused.total(), reasons=_reasons(summary.refused)
        )
    )
    for row in summary.unreadable:
        print(f"  {row.source}:{row.line}: {translate_code(row.reason)}: {row.detail}")
    print(
        _("withheld   {total:>10,}{reasons}").format(
            total=summary.withheld.total(), reasons=_reasons(summary.withheld)
        )
    )
    if summary.warnings:
        print(
            _("warnings   {total:>10,}{reasons}").format(
                total=summary.warnings.total(), reasons=_reasons(summary.warnings)
            )
        )
        _print_values(summary.values)
    _print_values(summary.headings, _("unknown headings (kept as extra)"))
    print(_("generation {generation}").format(generation=outcome.generation))
    if not outcome.is_live:
        print(_("not live yet: other slots are not done, see gongkai slots"))
    _print_skipped(summary.skipped)
    if outcome.rejects:
        print(_("rejects    {rejects} (also .csv, .xlsx)").format(rejects=outcome.rejects))
    if outcome.warnings:
        print(_("listed in  {warnings} (also .csv)").format(warnings=outcome.warnings))


def _print_values(values: ValueCounts, title: str = "") -> None:
    """Prints the most frequent values of each warning with their counts."""
    for name, counts in sorted(values.counts.items()):
        shown = ", ".join(
            f"{clean_line(value)[:_LONGEST_VALUE]} {count:,}"
            for value, count in counts.most_common(_SHOWN_VALUES)
        )
        more = len(counts) - _SHOWN_VALUES
        others = _(", and {more:,} other values").format(more=more) if more > 0 else ""
        if values.more[name]:
            others += _(", and {count:,} cells with values beyond the counted ones").format(
                count=values.more[name]
            )
        print(f"  {title or translate_reason(name)}: {shown}{others}")


def _print_skipped(skipped: Sequence[SkippedPart]) -> None:
    if not skipped:
        return
    counts: Counter[str] = Counter()
    for part in skipped:
        counts[part.reason] += part.count
    print(
        _("not read   {total:>10,}{reasons}").format(total=counts.total(), reasons=_reasons(counts))
    )
    for part in skipped:
        reason = translate_code(part.reason)
        print(f"  {part.source}:{part.line}: {reason} {part.count:,}: {part.detail}")


def _reasons(counts: dict[str, int]) -> str:
    listed = ", ".join(f"{translate_reason(key)} {n:,}" for key, n in sorted(counts.items()) if n)
    return f"  ({listed})" if listed else ""
