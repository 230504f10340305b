"""Runs `gongkai index`: fills a generation from sources and makes it live."""

import logging
import os
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gongkai.catalog.instants import chinese_day
from gongkai.catalog.intake import IntakeRules
from gongkai.engines.installation import Installation
from gongkai.errors import SettingsError
from gongkai.events import log_event
from gongkai.files.durable import drop_unfinished
from gongkai.files.ocr import find_ocr_fault
from gongkai.staff.last_run import LastRun, store_last_run
from gongkai.staff.rejected import rejects_folder
from indexer.attachments.owners import FileOwners, open_owners
from indexer.attachments.survey import survey_files
from indexer.completeness import NOTHING_MISSING, Missing
from indexer.ingest import Ingest, OnProgress, RunFiles, Summary
from indexer.kept_rejects import withdrawn_by_staff
from indexer.own_records import OwnRecords
from indexer.parallel import open_transform
from indexer.rejects import RejectsFile, check_rejects_path
from indexer.review import Finding, ReviewFile
from indexer.run import IndexJob, Run, Written, conclude
from indexer.run_register import RunRegister
from indexer.slots import write_slot
from indexer.source_reader import source_size
from indexer.transform import TransformOptions
from indexer.warnings_file import WarningsFile, warnings_path

__all__ = ["IndexJob", "IndexReport", "publish"]

LONG_RUN_BYTES = 1_000_000
"""Size of the sources below which one process is as fast as several."""
KEPT_REJECTS = 100
"""Number of latest runs whose rejects and warnings are kept in the data folder."""
REVIEWS = "reviews"
"""Folder of the review lists; the same number of runs is kept."""
_RUN = re.compile(r"\d{8}T\d{12}\.")
_DAY = 86_400
log = logging.getLogger("gongkai.indexer")


@dataclass(frozen=True, slots=True)
class IndexReport:
    """The result of a run. `missing` are records that a full export no longer contains."""

    summary: Summary
    generation: str
    rejects: Path | None
    review: Path | None = None
    examples: Sequence[str] = ()
    missing: Missing = NOTHING_MISSING
    warnings: Path | None = None
    is_live: bool = True
    """Whether the records are live; not where other slots of the rebuild are not done."""


def publish(
    order: IndexJob, installation: Installation, on_progress: OnProgress | None = None
) -> IndexReport:
    """Runs the job. A run that is stopped at any moment can be repeated with the same result.

    Raises EngineUnavailableError while another writer is active, IndexMismatchError if the live
    generation has another fingerprint and no rebuild is requested, and ShrinkingIndexError if a
    rebuild would lose many live records.
    """
    settings = installation.settings
    if settings.ocr and (fault := find_ocr_fault()):
        raise SettingsError(fault)
    fill = order.disclosure or settings.disclosure
    now = datetime.now(UTC)
    today = chinese_day(now)
    rules = IntakeRules(installation.tables, fill, order.source, today, order.publishers)
    data_dir = settings.data_dir
    started = f"{now:%Y%m%dT%H%M%S%f}"
    rejects_path = order.rejects or rejects_folder(data_dir) / f"{started}.jsonl"
    if order.rejects:
        check_rejects_path(order.rejects, order.sources)
    processes = _choose_processes(order.sources, settings.index_processes)
    options = TransformOptions(settings.ocr, order.slot)
    with (
        open_transform(rules, installation.analyzer, processes, options) as prepare,
        RejectsFile(rejects_path) as rejects,
        WarningsFile(warnings_path(rejects_path)) as warnings,
        ReviewFile(data_dir / REVIEWS / f"{started}.csv") as review,
        RunRegister() as register,
    ):
        owners = FileOwners(open_owners(data_dir))
        files = RunFiles(register, rejects, review, warnings, owners)
        run = Run(order, installation, rules, prepare, files)
        written = (
            write_slot(run, order.slot, on_progress) if order.slot else _write(run, on_progress)
        )
        for record_id in written.missing.ids:
            review.add(Finding.MISSING, record_id)
        outcome = IndexReport(
            written.summary,
            written.generation,
            rejects.path,
            review.path,
            tuple(review.examples),
            written.missing,
            warnings.path,
            written.is_live,
        )
    summary = written.summary
    _log_outcome(summary, written.generation)
    finished = datetime.now(UTC)
    accepted, refused = summary.indexed + summary.unchanged, summary.refused.total()
    last = LastRun(finished.timestamp(), (finished - now).total_seconds(), accepted, refused)
    store_last_run(data_dir, last)
    _drop_old(rejects_folder(data_dir), rejects_path.stem)
    _drop_old(data_dir / REVIEWS, started)
    return outcome


def _write(run: Run, on_progress: OnProgress | None) -> Written:
    order, installation = run.order, run.installation
    with (
        closing(installation.open_store()) as store,
        store.rebuild() if order.rebuild else store.update() as writer,
    ):
        withdrawn = store.withdrawn()
        claims = survey_files(order.sources, run.rules, withdrawn_by_staff(withdrawn))
        run.files.owners.begin(claims, order.sources, withdrawn)
        own = OwnRecords(writer, run.files.register, withdrawn, order.publishers)
        ingest = Ingest(writer, run.prepare, run.files, own, installation.analyzer)
        summary = ingest.run(order.sources, on_progress, order.skipped)
        missing = conclude(run, store, writer, ingest)
        return Written(summary, writer.name, missing)


def _log_outcome(summary: Summary, generation: str) -> None:
    for event, counts in (("rows.refused", summary.refused), ("rows.withheld", summary.withheld)):
        for reason, rows in sorted(counts.items()):
            log_event(log, event, reason=reason, rows=rows)
    log_event(
        log,
        "index.finished",
        generation=generation,
        read=summary.read,
        indexed=summary.indexed,
        unchanged=summary.unchanged,
        refused=summary.refused.total(),
        withheld=summary.withheld.total(),
        closed=summary.closed,
    )


def _choose_processes(sources: Sequence[Path], wanted: int) -> int:
    """Returns the number of processes: one per processor, if the run is long enough for it."""
    if wanted:
        return wanted
    is_long = sum(map(source_size, sources)) >= LONG_RUN_BYTES
    return (os.cpu_count() or 1) if is_long else 1


def _drop_old(folder: Path, latest: str) -> None:
    """Deletes the files of old runs, and unfinished files of killed runs after a day."""
    files = [path for path in folder.glob("*") if _RUN.match(path.name)]
    kept = sorted({path.name.partition(".")[0] for path in files})[-KEPT_REJECTS:]
    for path in files:
        # After the clock was set back, the latest run may have the oldest name.
        if path.name.partition(".")[0] not in (*kept, latest):
            path.unlink(missing_ok=True)
    drop_unfinished(folder, datetime.now(UTC).timestamp() - _DAY)
