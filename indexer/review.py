"""What staff should look at after a run, as a CSV file: record ids and places, never a text."""

import csv
import os
from collections import Counter
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from indexer.run_register import Place

EXAMPLES = 20
"""Findings that the summary shows; the file has all of them."""
_HEADINGS = ("情形", "信息 id", "来源", "行", "另一处来源", "另一处行")


class Finding(StrEnum):
    """What was found, as the file says it."""

    SAME_ID = "标识与另一文件相同，两件均已保留，本件另编 id"
    LIKELY_CLOSED = "来源有一行不予公开，可能就是这条信息，请核对"
    MISSING = "来源的完整导出里已没有这条信息"


class ReviewFile:
    """Made with its first finding, readable by its owner only; `path` is None while there is none.

    `examples` are the first findings as sentences for a terminal.
    """

    def __init__(self, path: Path) -> None:
        self.counts: Counter[Finding] = Counter()
        self.examples: list[str] = []
        self._path = path
        self._file: IO[str] | None = None

    @property
    def path(self) -> Path | None:
        return self._path if self._file else None

    def add(
        self,
        finding: Finding,
        record_id: str,
        place: Place | None = None,
        other: Place | None = None,
    ) -> None:
        """One finding: the public record, the row, and the row that it clashes with."""
        self.counts[finding] += 1
        row = (finding.value, record_id, *(place or ("", "")), *(other or ("", "")))
        csv.writer(self._open()).writerow(row)
        if len(self.examples) < EXAMPLES:
            places = " / ".join(f"{source}:{line}" for source, line in filter(None, (place, other)))
            self.examples.append(f"{finding.name.lower()} {record_id} {places}".rstrip())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()

    def _open(self) -> IO[str]:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(_HEADINGS)
        return self._file
