"""Writes the review list for staff as CSV: record ids and places, never text."""

import csv
from collections import Counter
from contextlib import ExitStack
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from gongkai.files.durable import open_whole
from indexer.rejects import keeps_files
from indexer.run_register import Place

EXAMPLES = 20
"""Number of findings in the summary; the file has all of them."""
_HEADINGS = ("情形", "信息 id", "来源", "行", "另一处来源", "另一处行")


class Finding(StrEnum):
    """Kinds of findings, as written in the file."""

    SAME_ID = "标识与另一文件相同，两件均已保留，本件另编 id"
    LIKELY_CLOSED = "来源有一行不予公开，可能就是这条信息，请核对"
    MISSING = "来源的完整导出里已没有这条信息"
    CLOSED_FILE = "附件与不予公开的信息是同一文件，附件文字已撤下"


class ReviewFile:
    """The findings of a run, readable by the owner only. `path` is None without a finding.

    The file gets its name at the end of the run. `examples` are the first findings as sentences for
    a terminal.
    """

    def __init__(self, path: Path) -> None:
        self.counts: Counter[Finding] = Counter()
        self.examples: list[str] = []
        self._path = path
        self._text: TextIOWrapper | None = None
        self._open_files = ExitStack()

    @property
    def path(self) -> Path | None:
        return self._path if self._text else None

    def add(
        self,
        finding: Finding,
        record_id: str,
        place: Place | None = None,
        other: Place | None = None,
    ) -> None:
        """Adds a finding: the public record, the row, and the row it clashes with."""
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
        if keeps_files(error):
            self._open_files.close()
        else:
            self._open_files.__exit__(kind, error, trace)

    def _open(self) -> TextIOWrapper:
        if self._text is None:
            file = self._open_files.enter_context(open_whole(self._path))
            self._text = TextIOWrapper(cast(BinaryIO, file), encoding="utf-8-sig", newline="")
            # Flush the wrapper into the file before the file is closed.
            self._open_files.callback(self._text.detach)
            csv.writer(self._text).writerow(_HEADINGS)
        return self._text
