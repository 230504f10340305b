"""One run: prepared rows in, a generation written, a summary out. Called by `publishing`."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from catalog.intake import Refused, Withheld
from engines.port import STAFF, GenerationWriter, IndexDocument
from indexer.preparing import Chunk, Prepared, Ready
from indexer.processes import Prepare
from indexer.reading import read_source
from indexer.rejects import RejectsFile
from indexer.sources.row import Row, SkippedPart, SourceItem, SourceRow
from indexer.unread import UnreadFiles

COMMIT_DOCUMENTS = 100_000
COMMIT_BYTES = 250_000_000
"""What is written between two commits at the most: a stopped run starts again from the last."""

OnProgress = Callable[[int, "Summary"], None]


@dataclass(slots=True)
class Summary:
    """What became of every row: read = indexed + unchanged + refused + withheld, always.

    `indexed` counts rows written, new or changed; a later row of the same id takes the place of
    the earlier. `refused` counts by "field: reason", or by reason where no field is at fault;
    `warnings` by "field: code", of cells left empty in rows that were taken. `skipped` names
    files and parts of files that are not read; they are no rows and not counted in `read`.
    """

    read: int = 0
    indexed: int = 0
    unchanged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    skipped: list[SkippedPart] = field(default_factory=list)

    @property
    def needs_staff(self) -> bool:
        """Whether a row was refused, or something was withheld or skipped that staff must see."""
        return bool(self.refused or self.skipped) or bool(self.withheld["personal_data"])


class Ingest:
    """Takes rows one by one into one writer; keeps ids of closed records for the ledger."""

    def __init__(
        self,
        writer: GenerationWriter,
        prepare: Prepare,
        rejects: RejectsFile,
        withdrawn: Mapping[str, str],
    ) -> None:
        self.summary = Summary()
        self.closed: set[str] = set()
        self.deleted: set[str] = set()
        self.republished: set[str] = set()
        self._writer = writer
        self._prepare = prepare
        self._rejects = rejects
        self._withdrawn = withdrawn
        self._documents = 0
        self._bytes = 0
        # Where the rows written since the last commit came from, for what the engine refuses.
        self._places: dict[str, list[tuple[str, int]]] = {}

    def run(
        self,
        sources: Iterable[Path],
        on_progress: OnProgress | None = None,
        skipped: Iterable[SkippedPart] = (),
    ) -> Summary:
        """Every row of every source, then the last commit.

        `skipped` are the files that no reader takes; those that a row names as its attachments
        are left out of the summary.
        """
        on_bytes = self._reporter(on_progress)
        items = chain.from_iterable(read_source(source, on_bytes) for source in sources)
        unread = UnreadFiles(skipped)
        for chunk in self._prepare(self._keep_rows(items, unread)):
            self._writer.expect(_ids_in(chunk))
            for row, prepared in chunk:
                self.take(row, prepared)
        self.summary.skipped += unread.left()
        self._commit()
        return self.summary

    def _keep_rows(self, items: Iterable[SourceItem], unread: UnreadFiles) -> Iterator[Row]:
        for item in items:
            if isinstance(item, SkippedPart):
                self.summary.skipped.append(item)
                continue
            if isinstance(item, SourceRow):
                unread.discount(item.source, item.fields)
            yield item

    def take(self, row: Row, prepared: Prepared) -> None:
        """One row: indexed, unchanged, refused or withheld, and counted as such."""
        self.summary.read += 1
        if isinstance(prepared, Ready):
            self._accept(row, prepared)
        elif isinstance(prepared, Refused):
            self._refuse(row, prepared.field, prepared.reason)
        else:
            self._withhold(row, prepared)

    def _accept(self, row: Row, ready: Ready) -> None:
        record_id = ready.document.id
        cause = self._withdrawn.get(record_id)
        if cause == STAFF:
            self._refuse(row, "id", "withdrawn")
            return
        if cause:
            self.republished.add(record_id)
        self.closed.discard(record_id)
        self.summary.warnings.update(f"{name}: {code}" for name, code in ready.warnings)
        self._write(row, ready.document)

    def _write(self, row: Row, document: IndexDocument) -> None:
        if self._writer.holds(document.id, document.revision):
            self.summary.unchanged += 1
            return
        self._writer.put(document)
        self.summary.indexed += 1
        self._places.setdefault(document.id, []).append((row.source, row.line))
        self._documents += 1
        self._bytes += len(document.stored)
        if self._documents >= COMMIT_DOCUMENTS or self._bytes >= COMMIT_BYTES:
            self._commit()

    def _commit(self) -> None:
        self._writer.commit()
        for record_id, reason in self._writer.take_refused().items():
            for place in self._places[record_id]:
                self.summary.indexed -= 1
                self.summary.refused[f"engine: {reason}"] += 1
                self._rejects.add(*place, "", f"engine: {reason}", None)
        self._places.clear()
        self._documents = self._bytes = 0

    def _refuse(self, row: Row, field_name: str, reason: str) -> None:
        self.summary.refused[f"{field_name}: {reason}" if field_name else reason] += 1
        fields = row.fields if isinstance(row, SourceRow) else None
        self._rejects.add(row.source, row.line, field_name, reason, fields)

    def _withhold(self, row: Row, withheld: Withheld) -> None:
        self.summary.withheld[withheld.reason] += 1
        if withheld.reason == "personal_data":
            self._rejects.add(row.source, row.line, "", withheld.reason, None)
        elif withheld.id:
            self._close(withheld.id)

    def _close(self, record_id: str) -> None:
        """A record that is not public now: what was public of it goes at once."""
        self.closed.add(record_id)
        self.republished.discard(record_id)
        if self._writer.holds(record_id):
            self._writer.delete(record_id)
            self.deleted.add(record_id)

    def _reporter(self, on_progress: OnProgress | None) -> Callable[[int], None] | None:
        if on_progress is None:
            return None
        return lambda count: on_progress(count, self.summary)


def _ids_in(chunk: Chunk) -> Iterator[str]:
    """Ids of the records that a chunk may write or delete."""
    for _, prepared in chunk:
        if isinstance(prepared, Ready):
            yield prepared.document.id
        elif isinstance(prepared, Withheld) and prepared.id:
            yield prepared.id
