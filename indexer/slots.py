"""Writes one slot of a rebuild; the process that completes the last slot makes it live.

Every process reads all rows, and analyses those of its own slot. Rows that are not public are known
to all of them, so the last one can close records of every slot.
"""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from gettext import gettext as _
from itertools import islice

from gongkai.catalog.identity import derive_ids
from gongkai.catalog.slot import Slot
from gongkai.engines.port import DISCLOSURE, GenerationWriter, IndexStore
from gongkai.engines.slot_store import SlotStore
from gongkai.errors import SettingsError
from indexer.attachments.survey import survey_files
from indexer.closures import find_closings
from indexer.ingest import Ingest, OnProgress
from indexer.own_records import OwnRecords
from indexer.run import Run, Written, conclude
from indexer.run_register import ClosingRow, RunRegister, TakenRow
from indexer.source_reader import source_size
from indexer.sources.row import Row
from indexer.transform import Elsewhere, Prepared

_AT_ONCE = 5_000


class SlotIngest(Ingest):
    """Writes the rows of one slot."""

    def take(self, row: Row, prepared: Prepared) -> None:
        """Processes a row, or notes what a row of another slot closes."""
        if not isinstance(prepared, Elsewhere):
            super().take(row, prepared)
            return
        if prepared.closed_id:
            self._owners.close(prepared.closed_id)
        if prepared.keys:
            own = prepared.closed_id if prepared.is_shown else None
            self._register.add_closing(ClosingRow(own, prepared.keys, (row.source, row.line)))

    def finish_slot(self, store: IndexStore) -> None:
        """Commits the slot. The warnings name no record that may turn out to be closed."""
        self._warnings.forget(find_closings(store, self._register).closed)
        self._commit()

    def take_over(self, store: SlotStore, writer: GenerationWriter) -> None:
        """Continues with the whole generation.

        A record that was withdrawn for disclosure before the rebuild and is in it is public again.
        """
        self._writer = writer
        self._closings = WholeRegister(self._register, writer, store)
        writer.commit()
        withdrawn = store.withdrawals().items()
        again = (key for key, each in withdrawn if each.cause == DISCLOSURE and each.erased)
        while ids := list(islice(again, _AT_ONCE)):
            writer.prefetch(ids)
            self.republished.update(filter(writer.contains, ids))


class WholeRegister:
    """The rows of all slots: the accepted ones are those in the generation. See ClosingRegister."""

    def __init__(self, register: RunRegister, writer: GenerationWriter, store: SlotStore) -> None:
        self._register = register
        self._writer = writer
        self._store = store

    def closings(self, at_once: int) -> Iterator[list[ClosingRow]]:
        for rows in self._register.closings(at_once):
            yield [self._resolve(each) for each in rows]

    def get(self, record_id: str) -> TakenRow | None:
        keys = self._writer.identities(record_id)
        return TakenRow(keys, ("", 0)) if keys else None

    def find(self, keys: frozenset[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield from self._store.find_keys_in(self._writer.name, keys)

    def _resolve(self, row: ClosingRow) -> ClosingRow:
        """Returns a row under the id that its slot has chosen for its record."""
        if row.own is None:
            return row
        derived = derive_ids(row.own, row.keys)
        own = next((each for each in derived if self._writer.contains(each)), row.own)
        return ClosingRow(own, row.keys, row.place)


def write_slot(run: Run, slot: Slot, on_progress: OnProgress | None) -> Written:
    """Writes a slot; closes records and publishes where all others are done.

    Raises AnotherWriterError, OpenSlotsError (see SlotStore), SettingsError where rows have files
    next to their source, and ShrinkingIndexError.
    """
    order = run.order
    with closing(run.installation.open_slots()) as store:
        _refuse_files(run)
        with store.open_slot(slot, _write_plan(run)) as writer:
            own = OwnRecords(writer, run.files.register, store.withdrawn())
            ingest = SlotIngest(writer, run.prepare, run.files, own, run.installation.analyzer)
            run.files.owners.begin((), order.sources, store.withdrawn())
            summary = ingest.run(order.sources, on_progress, order.skipped)
            ingest.finish_slot(store)
        with store.complete_slot(slot) as whole:
            if whole is not None:
                ingest.take_over(store, whole)
                conclude(run, store, whole, ingest)
        return Written(summary, writer.name, is_live=whole is not None)


def _write_plan(run: Run) -> str:
    """Returns a digest of what all slots have to agree on; folders may differ between machines."""
    files = sorted((path.name, source_size(path)) for path in run.order.sources)
    said = (run.installation.fingerprint, run.rules.fill_disclosure, run.rules.source, files)
    return hashlib.blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _refuse_files(run: Run) -> None:
    """Raises SettingsError: who owns a file is known to one data folder, not to all machines."""
    if next(survey_files(run.order.sources, run.rules, ()), None) is not None:
        raise SettingsError(
            _("Rows name files next to their source; a rebuild in slots can't read these.")
        )
