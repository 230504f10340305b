"""Writes the prepared rows of one run into a generation and counts the outcomes."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.identity import is_open
from gongkai.catalog.intake import Refused, Withheld
from gongkai.engines.port import DISCLOSURE, STAFF, GenerationWriter, IndexDocument, IndexStore
from gongkai.events import log_event
from indexer.attachments.owners import FileOwners
from indexer.attachments.revocation import TextRevoker
from indexer.closures import ClosingRegister, find_closings
from indexer.kept_rejects import may_keep, withdrawn_by_staff
from indexer.own_records import OwnRecords
from indexer.parallel import Prepare
from indexer.record_ids import choose_id, list_ids, read_keys
from indexer.rejects import RejectsFile
from indexer.review import Finding, ReviewFile
from indexer.run_register import ClosingRow, Place, RunRegister
from indexer.source_reader import read_source
from indexer.sources.row import Row, SkippedPart, SourceItem, SourceRow, UnreadableRow
from indexer.transform import Prepared, Ready
from indexer.unread import UnreadFiles
from indexer.warnings_file import ValueCounts, WarningsFile

COMMIT_DOCUMENTS = 100_000
COMMIT_BYTES = 250_000_000
"""Maximum written between two commits; a stopped run resumes at the last commit."""

log = logging.getLogger("gongkai.indexer")
OnProgress = Callable[[int, "Summary"], None]

MOST_UNREADABLE = 20
"""Rows of a run whose place and fault the summary lists; the rejects list all."""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files that a run writes besides the index."""

    register: RunRegister
    rejects: RejectsFile
    review: ReviewFile
    warnings: WarningsFile
    owners: FileOwners


@dataclass(slots=True)
class Summary:
    """Counts of a run. Always: read = indexed + unchanged + refused + withheld.

    `indexed` counts new or changed rows. A later row with the same id, title, text and address
    replaces the earlier one. `refused` counts by "field: reason", or by reason if no field is at
    fault. `warnings` counts by "field: code" the cells left empty in accepted rows; `values` counts
    their contents. `headings` counts the filled cells under each unknown heading. `skipped` lists
    files and parts of files that are not read; they are not rows.
    """

    read: int = 0
    indexed: int = 0
    unchanged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    skipped: list[SkippedPart] = field(default_factory=list)
    unreadable: list[UnreadableRow] = field(default_factory=list)
    """The first rows that can't be read, and files whose rest can't be read."""
    closed: int = 0
    """Public records that rows of the run have closed."""
    unmatched: int = 0
    """Rows that are not public and match no public record."""
    reviews: Counter[Finding] = field(default_factory=Counter)
    values: ValueCounts = field(default_factory=ValueCounts)
    headings: ValueCounts = field(default_factory=ValueCounts)

    @property
    def needs_staff(self) -> bool:
        """Whether staff have to act on a refused row, or on a withheld or skipped item."""
        waits = bool(self.refused or self.skipped) or bool(self.withheld["personal_data"])
        return waits or bool(self.reviews[Finding.LIKELY_CLOSED])


class Ingest:
    """Writes rows one by one, and collects what the run has to close at its end."""

    def __init__(
        self,
        writer: GenerationWriter,
        prepare: Prepare,
        files: RunFiles,
        own: OwnRecords,
        analyzer: TextAnalyzer,
    ) -> None:
        self.summary = Summary()
        self.republished: set[str] = set()
        self._writer = writer
        self._prepare = prepare
        self._register = files.register
        self._closings: ClosingRegister = files.register
        self._rejects = files.rejects
        self._review = files.review
        self._warnings = files.warnings
        self._owners = files.owners
        self._reduced: set[str] = set()
        self._revoker = TextRevoker(files.owners, analyzer)
        self._own = own
        self._by_staff = withdrawn_by_staff(own.withdrawn)
        self._documents = 0
        self._bytes = 0
        # The sources of rows written since the last commit, for rows that the engine rejects.
        self._places: dict[str, list[tuple[str, int]]] = {}

    def run(
        self,
        sources: Iterable[Path],
        on_progress: OnProgress | None = None,
        skipped: Iterable[SkippedPart] = (),
    ) -> Summary:
        """Processes every row of every source. `finish` then closes records and commits.

        `skipped` are the files without a reader. Those that a row names as attachments are left out
        of the summary.
        """
        on_bytes = self._reporter(on_progress)
        items = chain.from_iterable(
            _read_logged(number, source, on_bytes) for number, source in enumerate(sources, 1)
        )
        unread = UnreadFiles(skipped)
        for chunk in self._prepare(self._keep_rows(items, unread), self._owners.closed):
            self._writer.prefetch(list_ids(chunk))
            for row, prepared in chunk:
                self.take(row, prepared)
        self.summary.skipped += unread.left()
        return self.summary

    def _keep_rows(self, items: Iterable[SourceItem], unread: UnreadFiles) -> Iterator[Row]:
        for item in items:
            if isinstance(item, SkippedPart):
                self.summary.skipped.append(item)
                continue
            if isinstance(item, SourceRow):
                unread.discount(item.source, item.fields)
            yield item

    def finish(self, store: IndexStore) -> None:
        """Withdraws the records that rows have closed, then commits, so no search sees them
        between.
        """
        closings = find_closings(store, self._closings)
        closings.closed, foreign = self._own.split(closings.closed)
        for record_id in closings.closed:
            if self._writer.contains(record_id):
                self._writer.delete(record_id)
        self.republished -= closings.closed.keys()
        if closings.closed:
            store.withdraw(closings.closed, cause=DISCLOSURE)
        self._warnings.forget(closings.closed)
        self.summary.closed = len(closings.closed)
        self.summary.unmatched = closings.unmatched
        for record_id, place in (*closings.likely, *foreign.items()):
            self._review.add(Finding.LIKELY_CLOSED, record_id, place)
        off = (each for each in store.withdrawn() if each not in self.republished)
        self._reduced = closings.reduced - closings.closed.keys()
        self._revoker.revoke(self._writer, chain(closings.closed, off))
        for record_id in self._revoker.revoked:
            self._review.add(Finding.CLOSED_FILE, record_id)
        self.summary.reviews = self._review.counts
        self._commit()

    def erase_revoked(self, store: IndexStore) -> None:
        """Removes the texts that this run took out of public records from older generations."""
        self._revoker.restate(self._writer, self._reduced)
        if revoked := self._revoker.revoked:
            self._revoker.erase_older(store, self._writer)
            self._commit()
            self._owners.release(revoked)
            self.republished.update(revoked)

    def take(self, row: Row, prepared: Prepared) -> None:
        """Processes one row and counts it as indexed, unchanged, refused or withheld."""
        self.summary.read += 1
        if isinstance(row, UnreadableRow) and len(self.summary.unreadable) < MOST_UNREADABLE:
            self.summary.unreadable.append(row)
        if isinstance(prepared, Ready):
            self._accept(row, prepared)
        elif isinstance(prepared, Refused):
            self._refuse(row, prepared.field, prepared.reason, self._keep(prepared))
        elif isinstance(prepared, Withheld):
            self._withhold(row, prepared)

    def _accept(self, row: Row, ready: Ready) -> None:
        place = (row.source, row.line)
        named = choose_id(ready.document, self._writer, self._register)
        record_id = named.document.id
        if not self._own.may_write(record_id):
            self._refuse(row, "id", "not_own")
            return
        cause = self._own.withdrawn.get(record_id)
        if cause == STAFF:
            self._refuse(row, "id", "withdrawn")
            return
        if named.clash is not None:
            self._review.add(Finding.SAME_ID, record_id, place, named.other)
        if cause:
            self.republished.add(record_id)
        keys = read_keys(named.document)
        self._register.add(record_id, keys, place)
        if is_open(keys):
            self._owners.hold(record_id, ready.files)
        else:
            self._owners.close(record_id)
            self._register.add_closing(ClosingRow(record_id, keys, place))
        self._warn(place, record_id, ready)
        self._write(row, named.document, ready.files)

    def _warn(self, place: Place, record_id: str, ready: Ready) -> None:
        for name, code in ready.warnings:
            self.summary.warnings[f"{name}: {code}"] += 1
        for name, code, value in ready.values:
            self.summary.values.add(f"{name}: {code}", value)
        for heading in ready.headings:
            self.summary.headings.add("headings", heading)
        self._warnings.add(place, record_id, ready.warnings, ready.values)

    def _write(self, row: Row, document: IndexDocument, files: Sequence[tuple[bytes, int]]) -> None:
        if self._writer.contains(document.id, document.revision):
            self.summary.unchanged += 1
            return
        self._writer.put(document)
        self._revoker.keep(document, files)
        self.summary.indexed += 1
        self._places.setdefault(document.id, []).append((row.source, row.line))
        self._documents += 1
        self._bytes += len(document.stored)
        if self._documents >= COMMIT_DOCUMENTS or self._bytes >= COMMIT_BYTES:
            self._commit()

    def _commit(self) -> None:
        self._owners.flush()
        self._writer.commit()
        self._revoker.clear()
        for record_id, reason in self._writer.pop_rejected().items():
            for place in self._places[record_id]:
                self.summary.indexed -= 1
                self.summary.refused[f"engine: {reason}"] += 1
                self._rejects.add(*place, "", f"engine: {reason}", None)
        self._places.clear()
        self._documents = self._bytes = 0

    def _refuse(
        self, row: Row, field_name: str, reason: str, kept: Mapping[str, object] | None = None
    ) -> None:
        self.summary.refused[f"{field_name}: {reason}" if field_name else reason] += 1
        self._rejects.add(row.source, row.line, field_name, reason, kept)

    def _keep(self, refused: Refused) -> Mapping[str, object] | None:
        """Returns the cells of a refused row that may be stored: none of a withdrawn record.

        In a run for one agency, none of any record of others: the same for withdrawn ones.
        """
        is_own = refused.id is None or self._own.may_write(refused.id)
        return refused.kept if is_own and may_keep(refused, self._by_staff) else None

    def _withhold(self, row: Row, withheld: Withheld) -> None:
        self.summary.withheld[withheld.reason] += 1
        if withheld.reason == "personal_data":
            self._rejects.add(row.source, row.line, "", withheld.reason, None)
            if withheld.id:
                self._register.add_seen(withheld.id)
        else:
            if withheld.id and self._own.contains(withheld.id):
                self._owners.close(withheld.id)
            self._register.add_closing(ClosingRow(None, withheld.keys, (row.source, row.line)))

    def _reporter(self, on_progress: OnProgress | None) -> Callable[[int], None] | None:
        if on_progress is None:
            return None
        return lambda count: on_progress(count, self.summary)


def _read_logged(
    number: int, source: Path, on_bytes: Callable[[int], None] | None
) -> Iterator[SourceItem]:
    """Yields the items of a source and logs their number; its file name may be a title."""
    rows = skipped = 0
    for item in read_source(source, on_bytes):
        if isinstance(item, SkippedPart):
            skipped += item.count
        else:
            rows += 1
        yield item
    log_event(log, "source.read", source=number, rows=rows, skipped=skipped)
