"""The rejects files of ingests in, rows to send back by agency and reason out.

What a row holds beside its names stays in the file; a row behind the wall is there by line alone.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from catalog.headings import gather_by_key

UNKNOWN = "（未注明机构）"
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row as it is sent back: where it stands, what to mend, and how to recognise it."""

    run: str
    source: str
    line: int
    field: str
    reason: str
    publisher: str
    title: str
    number: str


def rejects_folder(data_dir: Path) -> Path:
    """Where ingests leave what they could not take."""
    return data_dir / "rejects"


def list_runs(folder: Path) -> list[str]:
    """Ingests that refused rows, the latest first, by the name of their file."""
    files = rejects_folder(folder).glob("*.jsonl")
    return sorted((file.stem for file in files), reverse=True)


def read_run(folder: Path, run: str) -> Iterator[RejectedRow]:
    """Rows of one ingest; none where there is no such file."""
    if run not in list_runs(folder):
        return
    with (rejects_folder(folder) / f"{run}.jsonl").open("rb") as lines:
        for line in lines:
            yield _read(run, orjson.loads(line))


def count_reasons(rows: Iterator[RejectedRow]) -> dict[str, Counter[tuple[str, str]]]:
    """Agency -> (field, reason) -> rows; the agency with most rows first."""
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for row in rows:
        counts.setdefault(row.publisher, Counter())[row.field, row.reason] += 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1].total()))


def _read(run: str, entry: Mapping[str, object]) -> RejectedRow:
    row = entry["row"]
    known = gather_by_key(row)[0] if isinstance(row, Mapping) else {}
    named = {key: _first(known.get(key)) for key in ("publisher", "title", "document_number")}
    index_number = _first(known.get("index_number"))
    return RejectedRow(
        run=run,
        source=str(entry["source"]),
        line=int(str(entry["line"])),
        field=str(entry["field"]),
        reason=str(entry["reason"]),
        publisher=named["publisher"] or UNKNOWN,
        title=named["title"],
        number=named["document_number"] or index_number,
    )


def _first(values: object) -> str:
    if isinstance(values, list | tuple) and values:
        return str(values[0])[:_LONGEST]
    return ""
