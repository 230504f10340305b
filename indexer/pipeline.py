"""Runs `gongkai index`: fills a generation from sources and makes it live."""

import logging
import os
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.instants import chinese_day
from gongkai.catalog.intake import IntakeRules
from gongkai.engines.installation import Installation
from gongkai.engines.port import DISCLOSURE
from gongkai.errors import SettingsError
from gongkai.events import log_event
from gongkai.files.durable import drop_unfinished
from gongkai.files.ocr import find_ocr_fault
from gongkai.staff.last_run import LastRun, store_last_run
from gongkai.staff.rejected import rejects_folder
from indexer.attachments.owners import FileOwners, open_owners
from indexer.attachments.survey import survey_files
from indexer.completeness import NOTHING_MISSING, Missing, find_missing
from indexer.ingest import Ingest, OnProgress, RunFiles, Summary
from indexer.kept_rejects import withdrawn_by_staff
from indexer.parallel import open_transform
from indexer.rejects import RejectsFile, check_rejects_path
from indexer.review import Finding, ReviewFile
from indexer.run_register import RunRegister
from indexer.shrinkage import check_shrink
from indexer.source_reader import source_size
from indexer.sources.row import SkippedPart
from indexer.warnings_file import WarningsFile, warnings_path

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
class IndexJob:
    """The input of one run. `sources` are files; `rejects` is the file for rows to fix.

    `skipped` are files of the given folders that are not sources. `source` is the name that is part
    of every id. `complete` means that the files are a full export.
    """

    sources: Sequence[Path]
    rebuild: bool = False
    disclosure: Disclosure | None = None
    rejects: Path | None = None
    allow_shrink: bool = False
    skipped: Sequence[SkippedPart] = ()
    source: str = ""
    complete: bool = False


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
    rules = IntakeRules(installation.tables, fill, order.source, chinese_day(now))
    data_dir = settings.data_dir
    started = f"{now:%Y%m%dT%H%M%S%f}"
    rejects_path = order.rejects or rejects_folder(data_dir) / f"{started}.jsonl"
    if order.rejects:
        check_rejects_path(order.rejects, order.sources)
    processes = _choose_processes(order.sources, settings.index_processes)
    with (
        open_transform(rules, installation.analyzer, processes, ocr=settings.ocr) as prepare,
        closing(installation.open_store()) as store,
        RejectsFile(rejects_path) as rejects,
        WarningsFile(warnings_path(rejects_path)) as warnings,
        ReviewFile(data_dir / REVIEWS / f"{started}.csv") as review,
        RunRegister() as register,
    ):
        with store.rebuild() if order.rebuild else store.update() as writer:
            withdrawn = store.withdrawn()
            owners = FileOwners(open_owners(data_dir))
            claims = survey_files(order.sources, rules, withdrawn_by_staff(withdrawn))
            owners.begin(claims, order.sources, withdrawn)
            files = RunFiles(register, rejects, review, warnings, owners)
            ingest = Ingest(writer, prepare, files, withdrawn, installation.analyzer)
            summary = ingest.run(order.sources, on_progress, order.skipped)
            ingest.finish(store)
            missing = NOTHING_MISSING
            if order.complete:
                missing = find_missing(store, register, order.source)
            if order.rebuild:
                check_shrink(store, writer.count(), allow=order.allow_shrink)
            ingest.erase_revoked(store)
            if order.rebuild:
                store.publish(writer.name)
            if ingest.republished:
                store.restore(ingest.republished, cause=DISCLOSURE)
        for record_id in missing.ids:
            review.add(Finding.MISSING, record_id)
        outcome = IndexReport(
            summary,
            writer.name,
            rejects.path,
            review.path,
            tuple(review.examples),
            missing,
            warnings.path,
        )
    _log_outcome(summary, writer.name)
    finished = datetime.now(UTC)
    accepted, refused = summary.indexed + summary.unchanged, summary.refused.total()
    run = LastRun(finished.timestamp(), (finished - now).total_seconds(), accepted, refused)
    store_last_run(data_dir, run)
    _drop_old(rejects_folder(data_dir), rejects_path.stem)
    _drop_old(data_dir / REVIEWS, started)
    return outcome


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
