"""One run: source rows in, a generation written, a summary out. Called by `publishing`."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analyzers.chains import Analysis
from catalog.intake import Accepted, IntakeRules, Refused, Withheld, take_row
from catalog.record import Record
from engines.port import GenerationWriter
from indexer.documents import build_document
from indexer.reading import read_source
from indexer.rejects import RejectsFile
from indexer.sources.row import SourceRow, UnreadableRow

COMMIT_DOCUMENTS = 50_000
COMMIT_CHARACTERS = 100_000_000
"""What is written between two commits at the most: a stopped run starts again from the last."""

OnProgress = Callable[[int, "Summary"], None]


@dataclass(slots=True)
class Summary:
    """What became of every row: read = indexed + unchanged + refused + withheld, always.

    `indexed` counts rows written, new or changed; a later row of the same id takes the place of
    the earlier. `warnings` counts (field, code) of cells left empty in rows that were taken.
    """

    read: int = 0
    indexed: int = 0
    unchanged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)

    @property
    def needs_staff(self) -> bool:
        """Whether some row waits for someone to mend or look at it."""
        return bool(self.refused) or bool(self.withheld["personal_data"])


class Ingest:
    """Takes rows one by one into one writer; keeps ids of closed records for the ledger."""

    def __init__(
        self,
        writer: GenerationWriter,
        rules: IntakeRules,
        analysis: Analysis,
        rejects: RejectsFile,
        withdrawn: Mapping[str, str],
    ) -> None:
        self.summary = Summary()
        self.closed: set[str] = set()
        self.deleted: set[str] = set()
        self.republished: set[str] = set()
        self._writer = writer
        self._rules = rules
        self._analysis = analysis
        self._rejects = rejects
        self._withdrawn = withdrawn
        self._documents = 0
        self._characters = 0

    def run(self, sources: Iterable[Path], on_progress: OnProgress | None = None) -> Summary:
        """Every row of every source, then the last commit."""
        for source in sources:
            for row in read_source(source, self._reporter(on_progress)):
                self.take(row)
        self._writer.commit()
        return self.summary

    def take(self, row: SourceRow | UnreadableRow) -> None:
        """One row: indexed, unchanged, refused or withheld, and counted as such."""
        self.summary.read += 1
        if isinstance(row, UnreadableRow):
            self._refuse(row, "", row.reason, None)
            return
        outcome = take_row(row.fields, self._rules)
        if isinstance(outcome, Accepted):
            self._accept(row, outcome)
        elif isinstance(outcome, Refused):
            self._refuse(row, outcome.field, outcome.reason, row.fields)
        else:
            self._withhold(row, outcome)

    def _accept(self, row: SourceRow, accepted: Accepted) -> None:
        record = accepted.record
        cause = self._withdrawn.get(record.id)
        if cause == "staff":
            self._refuse(row, "id", "withdrawn", row.fields)
            return
        if cause:
            self.republished.add(record.id)
        self.closed.discard(record.id)
        self.summary.warnings.update(f"{name}: {code}" for name, code in accepted.warnings)
        self._write(record)

    def _write(self, record: Record) -> None:
        document = build_document(record, self._analysis)
        if self._writer.holds(document.id, document.revision):
            self.summary.unchanged += 1
            return
        self._writer.put(document)
        self.summary.indexed += 1
        self._documents += 1
        self._characters += len(record.body)
        if self._documents >= COMMIT_DOCUMENTS or self._characters >= COMMIT_CHARACTERS:
            self._writer.commit()
            self._documents = self._characters = 0

    def _refuse(
        self,
        row: SourceRow | UnreadableRow,
        field_name: str,
        reason: str,
        fields: Mapping[str, object] | None,
    ) -> None:
        self.summary.refused[reason] += 1
        self._rejects.add(row.source, row.line, field_name, reason, fields)

    def _withhold(self, row: SourceRow, withheld: Withheld) -> None:
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
