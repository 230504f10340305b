"""Builds a generation from a copy of another installation's public index.

A truncated copy is never read, and an incomplete generation is never live.
"""

from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.intake import Refused, Withheld
from gongkai.catalog.record import AttachmentText, Record
from gongkai.engines.installation import Installation
from gongkai.engines.port import DISCLOSURE, STAFF, GenerationWriter, IndexStore
from gongkai.engines.scan import OnRecords, ignore_records
from gongkai.files.durable import read_json, replace_file
from indexer.documents import build_document
from indexer.replica_lines import check_replica, read_replica
from indexer.shrinkage import check_shrink


@dataclass(frozen=True, slots=True)
class Replicated:
    """The result of a pull: records written, records gone from the source, records refused."""

    generation: str
    records: int
    gone: int
    refused: int = 0


@dataclass(frozen=True, slots=True)
class CopyJob:
    """A checked copy to build a generation from."""

    copy: Path
    allow_shrink: bool = False
    on_records: OnRecords = ignore_records


@dataclass(frozen=True, slots=True)
class Kept:
    """Records that stay closed, or only have their entry, whatever a copy contains.

    `without_text` are the places of attachments that a closed record owns as well.
    """

    off: Collection[str] = ()
    on_request: Collection[str] = ()
    without_text: Mapping[str, Collection[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Filling:
    """Writes the records of a copy into one generation.

    If a copy contains a record twice, the stricter disclosure applies.
    """

    writer: GenerationWriter
    installation: Installation
    kept_off: Collection[str]
    on_request: set[str] = field(default_factory=set)
    without_text: Mapping[str, Collection[int]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    refused: int = 0

    def run(self, copy: Path, on_records: OnRecords) -> None:
        """Writes every line of a copy that passed `check_replica`, then commits."""
        for line in read_replica(copy, self.installation.tables):
            if isinstance(line.outcome, Record):
                self._put(line.outcome)
            else:
                self._leave_out(line.id, line.outcome)
            on_records(1)
        self.writer.commit()

    def _put(self, record: Record) -> None:
        if record.id in self.kept_off or record.id in self.closed:
            return
        if record.disclosure is Disclosure.ON_REQUEST:
            self.on_request.add(record.id)
        elif record.id in self.on_request:
            record = replace(record, disclosure=Disclosure.ON_REQUEST)
        record = drop_texts(record, self.without_text.get(record.id, ()))
        self.writer.put(build_document(record, self.installation.analyzer))
        self.taken.add(record.id)

    def _leave_out(self, record_id: str, why: Refused | Withheld) -> None:
        self.refused += 1
        if isinstance(why, Withheld):
            self.closed.add(record_id)
            if record_id in self.taken:
                self.taken.discard(record_id)
                self.writer.delete(record_id)


def apply_replica(
    copy: Path,
    installation: Installation,
    *,
    allow_shrink: bool = False,
    on_records: OnRecords = ignore_records,
) -> Replicated:
    """Builds a generation from a copy next to the live one and switches in one step.

    Raises BrokenReplicaError, AnotherWriterError, ShrinkingIndexError. Records that staff withdrew
    here stay withdrawn. Every record passes the intake rules.
    """
    check_replica(copy)
    with closing(installation.open_store()) as store:
        withdrawn = store.withdrawn()
        staff = {each for each, cause in withdrawn.items() if cause == STAFF}
        before = read_ids(installation)
        job = CopyJob(copy, allow_shrink, on_records)
        filling = switch_to(job, store, installation, Kept(off=staff))
        gone = (before or set()) - filling.taken
        _settle(store, gone, filling.taken & withdrawn.keys())
        if before is None:
            # The content of the last pull is unknown, so older generations may contain removed
            # records.
            store.drop_others()
        _keep(installation, filling.taken)
        return Replicated(filling.writer.name, len(filling.taken), len(gone), filling.refused)


def drop_texts(record: Record, places: Collection[int]) -> Record:
    """Returns the record without the texts of its attachments at these places, counted from 0.

    Such an attachment looks as if its file were missing, which does not reveal the reason.
    """
    if not places:
        return record
    attachments = tuple(
        replace(each, text="", text_state=AttachmentText.ABSENT) if place in places else each
        for place, each in enumerate(record.attachments)
    )
    return replace(record, attachments=attachments)


def switch_to(job: CopyJob, store: IndexStore, installation: Installation, kept: Kept) -> Filling:
    """Fills a new generation from a checked copy and makes it live. An error drops it."""
    with store.rebuild() as writer:
        filling = Filling(writer, installation, kept.off, set(kept.on_request), kept.without_text)
        filling.run(job.copy, job.on_records)
        if filling.closed:
            store.withdraw(filling.closed, cause=DISCLOSURE)
        check_shrink(store, writer.count(), allow=job.allow_shrink)
        store.publish(writer.name)
    return filling


def read_ids(installation: Installation) -> set[str] | None:
    """Returns the ids of the last pull, or None if their list is damaged."""
    path = _kept(installation)
    try:
        ids = read_json(path)
        return set() if ids is None and not path.exists() else {str(each) for each in ids}
    except (OSError, TypeError, ValueError):
        return None


def _settle(store: IndexStore, gone: set[str], back: set[str]) -> None:
    """Withdraws removed records from the older generation too, and restores returning ones."""
    if gone:
        store.withdraw(gone, cause=DISCLOSURE, held=gone)
    if back:
        store.restore(back, cause=DISCLOSURE)


def _kept(installation: Installation) -> Path:
    return installation.settings.data_dir / "replica" / "ids"


def _keep(installation: Installation, ids: set[str]) -> None:
    path = _kept(installation)
    replace_file(path, orjson.dumps(sorted(ids)))
