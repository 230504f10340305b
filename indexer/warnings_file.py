"""Counts and lists the warnings about accepted rows.

It receives only values of public records.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from gongkai.files.durable import open_whole
from gongkai.files.spreadsheets import BYTE_ORDER_MARK, guard_cells
from gongkai.staff.reject_reasons import describe_reason, title_of
from indexer.rejects import keeps_files

MOST_VALUES = 10_000
"""Maximum number of distinct values counted per warning."""
MOST_LINES = 200_000
"""Maximum lines of one file. Runs with a warning for every row would fill the disk in a year."""
COLUMNS = ("来源", "行号", "编号", "栏目", "代码", "说明", "值")
_KEYS = ("source", "line", "id", "field", "code", "sentence", "value")


@dataclass(slots=True)
class ValueCounts:
    """The frequency of each value by name. `more` counts values beyond MOST_VALUES per name."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    more: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, value: str) -> None:
        values = self.counts.setdefault(name, Counter())
        if value in values or len(values) < MOST_VALUES:
            values[value] += 1
        else:
            self.more[name] += 1


class WarningsFile:
    """JSON Lines during the run, and CSV at its end; created with the first warning."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._open_files = ExitStack()
        self._lines = 0
        self._closed: set[str] = set()

    @property
    def path(self) -> Path | None:
        return self._path if self._file else None

    def add(
        self,
        place: tuple[str, int],
        record_id: str,
        warnings: Iterable[tuple[str, str]],
        values: Iterable[tuple[str, str, str]],
    ) -> None:
        """Adds the warnings of one row, one line per value where there are values."""
        listed = list(values)
        with_values = {(name, code) for name, code, _ in listed}
        listed += [(name, code, "") for name, code in warnings if (name, code) not in with_values]
        for name, code, value in listed:
            if self._lines < MOST_LINES:
                sentence = describe_reason(name, code)
                self._write(*place, record_id, name, code, sentence, value)
            elif self._lines == MOST_LINES:
                said = f"只列出前 {MOST_LINES:,} 条提示。"
                self._write("", 0, "", "", "more", said, "")

    def forget(self, record_ids: Iterable[str]) -> None:
        """Leaves out records that the run has closed after their warnings were added."""
        self._closed.update(record_ids)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not keeps_files(error):
            self._open_files.__exit__(kind, error, trace)
            return
        self._open_files.close()
        if self._closed and self._file:
            self._drop_closed()
        if self._file:
            with open_whole(self._path.with_suffix(".csv")) as file:
                for piece in _write_csv(self._path):
                    file.write(piece.encode())

    def _drop_closed(self) -> None:
        with self._path.open("rb") as lines, open_whole(self._path) as file:
            file.writelines(line for line in lines if json.loads(line)["id"] not in self._closed)

    def _write(self, *cells: object) -> None:
        if self._file is None:
            self._file = self._open_files.enter_context(open_whole(self._path))
        text = json.dumps(dict(zip(_KEYS, cells, strict=True)), ensure_ascii=False)
        self._file.write(text.encode("utf-8", "backslashreplace") + b"\n")
        self._lines += 1


def warnings_path(rejects: Path) -> Path:
    """Returns the path of a run's warnings file, next to its rejects file."""
    return rejects.with_suffix(".warnings.jsonl")


def _write_csv(path: Path) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(COLUMNS)
    with path.open("rb") as lines:
        for line in lines:
            entry = json.loads(line)
            cells = {**entry, "field": title_of(entry["field"])}
            writer.writerow(guard_cells(cells[key] for key in _KEYS))
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
