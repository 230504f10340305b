"""One run of the indexer: its job, its parts, and how it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.intake import IntakeRules
from gongkai.catalog.slot import Slot
from gongkai.engines.installation import Installation
from gongkai.engines.port import DISCLOSURE, GenerationWriter, IndexStore
from indexer.completeness import NOTHING_MISSING, Missing, find_missing
from indexer.ingest import Ingest, RunFiles, Summary
from indexer.parallel import Prepare
from indexer.shrinkage import check_shrink
from indexer.sources.row import SkippedPart


@dataclass(frozen=True, slots=True)
class IndexJob:
    """The input of one run. `sources` are files; `rejects` is the file for rows to fix.

    `skipped` are files of the given folders that are not sources. `source` is the name that is part
    of every id. `complete` means that the files are a full export. With a `slot`, the run writes
    only the records of that slot, of a rebuild that other processes write too. `publishers` are the
    agencies whose rows are taken and whose records may change, None for all.
    """

    sources: Sequence[Path]
    rebuild: bool = False
    disclosure: Disclosure | None = None
    rejects: Path | None = None
    allow_shrink: bool = False
    skipped: Sequence[SkippedPart] = ()
    source: str = ""
    complete: bool = False
    slot: Slot | None = None
    publishers: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """The open parts of a run."""

    order: IndexJob
    installation: Installation
    rules: IntakeRules
    prepare: Prepare
    files: RunFiles


@dataclass(frozen=True, slots=True)
class Written:
    """What a run has written: counts, generation, records that a full export lacks."""

    summary: Summary
    generation: str
    missing: Missing = NOTHING_MISSING
    is_live: bool = True


def conclude(run: Run, store: IndexStore, writer: GenerationWriter, ingest: Ingest) -> Missing:
    """Closes records, and makes a rebuilt generation live; returns what a full export lacks."""
    order = run.order
    ingest.finish(store)
    missing = NOTHING_MISSING
    if order.complete:
        missing = find_missing(store, run.files.register, order.source)
    if order.rebuild:
        check_shrink(store, writer.count(), allow=order.allow_shrink)
    ingest.erase_revoked(store)
    if order.rebuild:
        store.publish(writer.name)
    if ingest.republished:
        store.restore(ingest.republished, cause=DISCLOSURE)
    return missing
