"""Rows that could not be taken, as a file that can be mended and indexed again. Called by `ingest`.

JSON Lines of source, line, field, reason, row. A row that is not public, or might be, or holds
personal data, is named by source and line alone: its text stays where it came from.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self


class RejectsFile:
    """Made with its first row, readable by its owner only; `path` is None while there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    @property
    def path(self) -> Path | None:
        return self._path if self._file else None

    def add(
        self, source: str, line: int, field: str, reason: str, row: Mapping[str, object] | None
    ) -> None:
        """One row; `row` is None where its text must not be copied."""
        entry = {"source": source, "line": line, "field": field, "reason": reason, "row": row}
        # Not orjson: a row may hold numbers beyond 64 bits and halves of surrogate pairs.
        line_of_it = json.dumps(entry, default=str, ensure_ascii=True)
        self._open().write(line_of_it.encode() + b"\n")

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

    def _open(self) -> IO[bytes]:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(descriptor, "wb")
        return self._file
