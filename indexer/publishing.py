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
from engines.port import DISCLOSURE, IndexStore
from indexer.ingest import Ingest, OnProgress, Summary
from indexer.processes import open_preparing
from indexer.reading import source_size
from indexer.rejects import RejectsFile
from indexer.shrinking import check_shrink
from indexer.sources.row import SkippedPart
from staff.rejected import rejects_folder

LONG_RUN_BYTES = 1_000_000
"""Of sources; below it one process is as fast as several."""
KEPT_REJECTS = 100
"""Rejects files of the data folder that stay, the newest: every run may write one, for years."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one run has to do; `sources` are files, `rejects` where rows to mend go.

    `skipped` are files of the folders given that are no sources.
    """

    sources: Sequence[Path]
    rebuild: bool = False
    disclosure: Disclosure | None = None
    rejects: Path | None = None
    allow_shrink: bool = False
    skipped: Sequence[SkippedPart] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What it did."""

    summary: Summary
    generation: str
    rejects: Path | None


def publish(
    order: Order, installation: Installation, on_progress: OnProgress | None = None
) -> Outcome:
    """Run it. Stopped at any moment it can be run again and ends in the same index.

    Raises EngineUnavailableError while another writer is at work, IndexMismatchError when the
    live generation was built otherwise and no rebuild was asked for, ShrinkingIndexError when a
    rebuild would lose many of the live records.
    """
    fill = order.disclosure or installation.settings.disclosure
    rules = IntakeRules(installation.tables, fill)
    rejects_path = order.rejects or _rejects_path(installation.settings.data_dir)
    processes = _choose_processes(order.sources, installation.settings.index_processes)
    with (
        open_preparing(rules, installation.analysis, processes) as prepare,
        closing(installation.open_store()) as store,
        RejectsFile(rejects_path) as rejects,
    ):
        with store.rebuild() if order.rebuild else store.update() as writer:
            ingest = Ingest(writer, prepare, rejects, store.withdrawn())
            summary = ingest.run(order.sources, on_progress, order.skipped)
            if order.rebuild:
                check_shrink(store, writer.count(), allow=order.allow_shrink)
                store.publish(writer.name)
        _settle_withdrawals(store, ingest)
        _drop_old_rejects(installation.settings.data_dir, rejects.path)
        return Outcome(summary, writer.name, rejects.path)


def _choose_processes(sources: Sequence[Path], wanted: int) -> int:
    """As many as there are processors, where the run is long enough to make up for their start."""
    if wanted:
        return wanted
    is_long = sum(map(source_size, sources)) >= LONG_RUN_BYTES
    return (os.cpu_count() or 1) if is_long else 1


def _settle_withdrawals(store: IndexStore, ingest: Ingest) -> None:
    """Records closed by their source leave the older generations too; reopened ones may return."""
    if ingest.closed:
        store.withdraw(ingest.closed, cause=DISCLOSURE, held=ingest.deleted & ingest.closed)
    if ingest.republished:
        store.restore(ingest.republished, cause=DISCLOSURE)


def _rejects_path(data_dir: Path) -> Path:
    return rejects_folder(data_dir) / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.jsonl"


def _drop_old_rejects(data_dir: Path, latest: Path | None) -> None:
    for path in sorted(rejects_folder(data_dir).glob("*.jsonl"))[:-KEPT_REJECTS]:
        # A clock that was set back names the latest as if it were old.
        if path != latest:
            path.unlink(missing_ok=True)
