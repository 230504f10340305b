"""Applies intake rules and text analysis to source rows, in chunks and in order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.identity import record_keys
from gongkai.catalog.intake import Accepted, IntakeRules, Refused, Withheld, take_row
from gongkai.catalog.published_part import disclose, holds_personal_data
from gongkai.catalog.slot import Slot, belongs_elsewhere
from gongkai.engines.port import IndexDocument
from indexer.attachments.attach import Attached, attach_texts, warn_of_texts
from indexer.documents import build_documents
from indexer.sources.row import Row, SourceRow, UnreadableRow

CHUNK_ROWS = 64
CHUNK_CHARACTERS = 300_000


@dataclass(frozen=True, slots=True)
class Ready:
    """An analysed record that may be published."""

    document: IndexDocument
    warnings: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str, str], ...] = ()
    headings: tuple[str, ...] = ()
    files: tuple[tuple[bytes, int], ...] = ()
    """Digest and place of the attachment files whose texts are included."""

    def __reduce__(self) -> tuple[object, ...]:
        # Pickling a frozen dataclass with slots by default takes several times as long.
        return Ready, (self.document, self.warnings, self.values, self.headings, self.files)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A row that may be published, with the texts of its attachments."""

    accepted: Accepted
    attached: Attached


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A row that another slot counts.

    `closed_id` and `keys` identify the record that it closes, if it closes one; with `is_shown` its
    entry stays public (依申请公开).
    """

    closed_id: str | None = field(default=None, repr=False)
    keys: tuple[str, ...] = field(default=(), repr=False)
    is_shown: bool = False


FileDigests: TypeAlias = frozenset[bytes]
_Outcome: TypeAlias = Admitted | Refused | Withheld | Elsewhere
Prepared: TypeAlias = Ready | Refused | Withheld | Elsewhere
Chunk: TypeAlias = Sequence[tuple[Row, Prepared]]
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class TransformOptions:
    """`ocr` reads the text of scanned attachments; with a `slot`, other rows are `Elsewhere`."""

    ocr: bool = False
    slot: Slot | None = None


DEFAULT_OPTIONS = TransformOptions()


def transform_rows(
    rows: Iterable[Row],
    closed: FileDigests,
    rules: IntakeRules,
    analyzer: TextAnalyzer,
    options: TransformOptions = DEFAULT_OPTIONS,
) -> Iterator[Chunk]:
    """Yields every row with its outcome, in order; an unreadable row is refused.

    `closed` are the digests of attachment files that no record may show. A chunk has at most
    CHUNK_ROWS rows, and fewer for long texts, which limits memory.
    """
    pairs = ((row, _take(row, closed, rules, options)) for row in rows)
    for chunk in cut_chunks(pairs, lambda pair: _characters(pair[1]), CHUNK_ROWS, CHUNK_CHARACTERS):
        records = (each.attached.record for _, each in chunk if isinstance(each, Admitted))
        documents = iter(build_documents(records, analyzer))
        yield [
            (row, _finish(each, next(documents)) if isinstance(each, Admitted) else each)
            for row, each in chunk
        ]


def cut_chunks(
    items: Iterable[_Item], measure: Callable[[_Item], int], most: int, largest: int
) -> Iterator[list[_Item]]:
    """Yields chunks of at most `most` items; a chunk also ends when its size reaches `largest`."""
    chunk: list[_Item] = []
    size = 0
    for item in items:
        chunk.append(item)
        size += measure(item)
        if len(chunk) >= most or size >= largest:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _characters(outcome: _Outcome) -> int:
    """Returns the size of the texts of a row that may be published."""
    if not isinstance(outcome, Admitted):
        return 0
    record = outcome.attached.record
    return len(record.body) + sum(len(each.text) for each in record.attachments)


def _take(row: Row, closed: FileDigests, rules: IntakeRules, options: TransformOptions) -> _Outcome:
    """Returns the outcome of one row before its text is analysed, or that it is another slot's."""
    slot = options.slot
    if slot and isinstance(row, SourceRow) and belongs_elsewhere(row.fields, rules, slot):
        return Elsewhere()
    outcome = admit_row(row, closed, rules, ocr=options.ocr)
    return _leave(outcome) if slot and not slot.owns(_slot_key(row, outcome)) else outcome


def _finish(admitted: Admitted, document: IndexDocument) -> Ready:
    accepted, attached = admitted.accepted, admitted.attached
    warnings = (*accepted.warnings, *warn_of_texts(attached))
    return Ready(document, warnings, accepted.values, accepted.headings, attached.files)


def _slot_key(row: Row, outcome: Admitted | Refused | Withheld) -> str:
    """Returns the id of a row's record, or its line: each row is counted by one slot."""
    named = outcome.attached.record.id if isinstance(outcome, Admitted) else outcome.id
    return str(row.line) if named is None else named


def _leave(outcome: Admitted | Refused | Withheld) -> Elsewhere:
    """Returns what this slot has to know about a row of another one: what it closes."""
    if isinstance(outcome, Withheld) and outcome.reason == "not_public":
        return Elsewhere(outcome.id, outcome.keys)
    if (
        isinstance(outcome, Admitted)
        and outcome.attached.record.disclosure is not Disclosure.PUBLIC
    ):
        record = disclose(outcome.attached.record)
        return Elsewhere(record.id, record_keys(record), is_shown=True)
    return Elsewhere()


def admit_row(
    row: Row, closed: FileDigests, rules: IntakeRules, *, ocr: bool = False
) -> Admitted | Refused | Withheld:
    """Returns the outcome of one row before its text is analysed."""
    if isinstance(row, UnreadableRow):
        return Refused("", row.reason, row.detail)
    outcome = take_row(row.fields, rules)
    if isinstance(outcome, Refused | Withheld):
        return outcome
    attached = attach_texts(outcome.record, row.source, closed, ocr=ocr)
    record = attached.record
    if record.attachments and holds_personal_data(record):
        return Withheld("personal_data", record.id)
    return Admitted(outcome, attached)
