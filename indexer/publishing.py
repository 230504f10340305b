"""A whole `gongkai index` run: a generation filled from sources and made live. The CLI calls it."""

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from catalog.disclosure import Disclosure
from catalog.intake import IntakeRules
from engines.opening import Installation
from engines.port import DISCLOSURE
from indexer.completeness import NOTHING_MISSING, Missing, find_missing
from indexer.ingest import Ingest, OnProgress, RunFiles, Summary
from indexer.processes import open_preparing
from indexer.reading import source_size
from indexer.rejects import RejectsFile
from indexer.review import Finding, ReviewFile
from indexer.run_register import RunRegister
from indexer.shrinking import check_shrink
from indexer.sources.row import SkippedPart
from staff.rejected import rejects_folder

LONG_RUN_BYTES = 1_000_000
"""Of sources; below it one process is as fast as several."""
KEPT_REJECTS = 100
"""Rejects files of the data folder that stay, the newest: every run may write one, for years."""
REVIEWS = "reviews"
"""Folder of what staff should look at after a run; as many files stay."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one run has to do; `sources` are files, `rejects` where rows to mend go.

    `skipped` are files of the folders given that are no sources.
    `source` is the name that is part of every id; `complete`: the files are all that it has.
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
class Outcome:
    """What it did; `missing` are records of a complete source that it no longer holds."""

    summary: Summary
    generation: str
    rejects: Path | None
    review: Path | None = None
    examples: Sequence[str] = ()
    missing: Missing = NOTHING_MISSING


def publish(
    order: Order, installation: Installation, on_progress: OnProgress | None = None
) -> Outcome:
    """Run it. Stopped at any moment it can be run again and ends in the same index.

    Raises EngineUnavailableError while another writer is at work, IndexMismatchError when the
    live generation was built otherwise and no rebuild was asked for, ShrinkingIndexError when a
    rebuild would lose many of the live records.
    """
    fill = order.disclosure or installation.settings.disclosure
    rules = IntakeRules(installation.tables, fill, order.source)
    data_dir = installation.settings.data_dir
    started = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    processes = _choose_processes(order.sources, installation.settings.index_processes)
    with (
        open_preparing(rules, installation.analysis, processes) as prepare,
        closing(installation.open_store()) as store,
        RejectsFile(order.rejects or rejects_folder(data_dir) / f"{started}.jsonl") as rejects,
        ReviewFile(data_dir / REVIEWS / f"{started}.csv") as review,
        RunRegister() as register,
    ):
        with store.rebuild() if order.rebuild else store.update() as writer:
            files = RunFiles(register, rejects, review)
            ingest = Ingest(writer, prepare, files, store.withdrawn())
            summary = ingest.run(order.sources, on_progress, order.skipped)
            ingest.finish(store)
            missing = NOTHING_MISSING
            if order.complete:
                missing = find_missing(store, register, order.source)
            if order.rebuild:
                check_shrink(store, writer.count(), allow=order.allow_shrink)
                store.publish(writer.name)
            if ingest.republished:
                store.restore(ingest.republished, cause=DISCLOSURE)
        for record_id in missing.ids:
            review.add(Finding.MISSING, record_id)
        _drop_old(rejects_folder(data_dir), "*.jsonl", rejects.path)
        _drop_old(data_dir / REVIEWS, "*.csv", review.path)
        examples = tuple(review.examples)
        return Outcome(summary, writer.name, rejects.path, review.path, examples, missing)


def _choose_processes(sources: Sequence[Path], wanted: int) -> int:
    """As many as there are processors, where the run is long enough to make up for their start."""
    if wanted:
        return wanted
    is_long = sum(map(source_size, sources)) >= LONG_RUN_BYTES
    return (os.cpu_count() or 1) if is_long else 1


def _drop_old(folder: Path, pattern: str, latest: Path | None) -> None:
    for path in sorted(folder.glob(pattern))[:-KEPT_REJECTS]:
        # A clock that was set back names the latest as if it were old.
        if path != latest:
            path.unlink(missing_ok=True)
