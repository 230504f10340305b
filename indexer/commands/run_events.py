"""Prints the progress and the report of `gongkai index` as JSON lines, for programs."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import IO, Any

import orjson

from indexer.ingest import Summary
from indexer.pipeline import IndexReport
from indexer.warnings_file import ValueCounts

_SECONDS, _SHOWN_VALUES = 0.5, 20


@dataclass(slots=True)
class RunEvents:
    """The lines of one run. What else is printed goes to standard error."""

    output: IO[str]
    total: int
    read: int = 0
    _printed: float = 0.0

    def advance(self, count: int, summary: Summary) -> None:
        """Counts bytes read; prints a line twice a second."""
        self.read += count
        if time.monotonic() - self._printed >= _SECONDS:
            self._printed = time.monotonic()
            self.print("progress", bytes=self.read, total=self.total, rows=summary.read)

    def print(self, event: str, **values: Any) -> None:
        """Prints one line."""
        line = orjson.dumps({"event": event, **values}, default=str).decode()
        print(line, file=self.output, flush=True)


@contextmanager
def open_events(total_bytes: int) -> Iterator[RunEvents]:
    """Opens the lines on standard output."""
    with redirect_stdout(sys.stderr):
        yield RunEvents(sys.__stdout__ or sys.stderr, total_bytes)


def describe_outcome(outcome: IndexReport, seconds: float) -> dict[str, Any]:
    """Returns the report of a run, as the summary of the command line states it."""
    summary = outcome.summary
    return {
        "seconds": round(seconds, 1),
        "read": summary.read,
        "indexed": summary.indexed,
        "unchanged": summary.unchanged,
        "refused": dict(summary.refused),
        "withheld": {reason: rows for reason, rows in summary.withheld.items() if rows},
        "warnings": dict(summary.warnings),
        "values": _list_values(summary.values),
        "headings": _list_values(summary.headings).get("headings", []),
        "unreadable": [{"line": each.line, "reason": each.reason} for each in summary.unreadable],
        "skipped": [
            {"line": each.line, "reason": each.reason, "count": each.count}
            for each in summary.skipped
        ],
        "closed": summary.closed,
        "unmatched": summary.unmatched,
        "reviews": {finding.name.lower(): rows for finding, rows in summary.reviews.items()},
        "missing": len(outcome.missing.ids),
        "generation": outcome.generation,
        "rejects": outcome.rejects.stem if outcome.rejects else "",
    }


def _list_values(values: ValueCounts) -> dict[str, list[list[object]]]:
    return {
        name: [[value, count] for value, count in counts.most_common(_SHOWN_VALUES)]
        for name, counts in values.counts.items()
    }
