"""Source rows in, chunk by chunk; what the rules and the analysis make of each out, in order.

`processes` calls it, in the run's own process or in several.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

from analyzers.text_analyzer import TextAnalyzer
from gongkai.catalog.intake import IntakeRules, Refused, Withheld, holds_personal_data, take_row
from gongkai.engines.port import IndexDocument
from indexer.attachments.attach import attach_texts, warn_of_texts
from indexer.documents import build_document
from indexer.sources.row import Row, UnreadableRow

CHUNK_ROWS = 256
CHUNK_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Ready:
    """An analysed record that may be published."""

    document: IndexDocument
    warnings: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str, str], ...] = ()
    headings: tuple[str, ...] = ()
    files: tuple[tuple[bytes, int], ...] = ()
    """Digest and place of the files whose texts are in it (`attachments.attaching`)."""


FileDigests: TypeAlias = frozenset[bytes]
Prepared: TypeAlias = Ready | Refused | Withheld
Chunk: TypeAlias = Sequence[tuple[Row, Prepared]]
_Item = TypeVar("_Item")


def transform_rows(
    rows: Iterable[Row], closed: FileDigests, rules: IntakeRules, analysis: TextAnalyzer
) -> Iterator[Chunk]:
    """Every row with its outcome, in the order they came; an unreadable row is refused.

    `closed` are the digests of attachment files that no record may show.
    A chunk is at most CHUNK_ROWS, cut sooner where texts are long, so that a run's memory is flat.
    """
    pairs = ((row, transform_row(row, closed, rules, analysis)) for row in rows)
    return cut_chunks(pairs, lambda pair: _stored_bytes(pair[1]), CHUNK_ROWS, CHUNK_BYTES)


def cut_chunks(
    items: Iterable[_Item], measure: Callable[[_Item], int], most: int, largest: int
) -> Iterator[list[_Item]]:
    """No more than `most` at a time, and no further one after `largest` in all."""
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


def _stored_bytes(prepared: Prepared) -> int:
    return len(prepared.document.stored) if isinstance(prepared, Ready) else 0


def transform_row(
    row: Row, closed: FileDigests, rules: IntakeRules, analysis: TextAnalyzer
) -> Prepared:
    """What becomes of one row."""
    if isinstance(row, UnreadableRow):
        return Refused("", row.reason, row.detail)
    outcome = take_row(row.fields, rules)
    if isinstance(outcome, Refused | Withheld):
        return outcome
    attached = attach_texts(outcome.record, Path(row.source).parent, closed)
    record = attached.record
    if record.attachments and holds_personal_data(record):
        return Withheld("personal_data", record.id)
    warnings = (*outcome.warnings, *warn_of_texts(attached))
    document = build_document(record, analysis)
    return Ready(document, warnings, outcome.values, outcome.headings, attached.files)
