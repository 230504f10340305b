"""Writes rejected rows to files that can be corrected and indexed again.

The JSON Lines file has source, line, field, reason, sentence and row; CSV and XLSX files repeat it.
A row that must not be copied is identified by source and line only.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from gettext import gettext as _
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from zipfile import BadZipFile, ZipFile

from gongkai.catalog.plain_text import DEPTH_LIMIT
from gongkai.errors import GongkaiError, ShrinkingIndexError
from gongkai.files.durable import open_whole
from gongkai.staff.reject_reasons import describe_reason
from gongkai.staff.reject_sheets import COLUMNS, CREATOR, write_reject_csv, write_reject_xlsx

SHEETS = (".csv", ".xlsx")
_HEAD = 4096
_LARGEST = 2**63


class OverwritingError(GongkaiError):
    """Writing the rejects would overwrite a file that is not a rejects file."""


class RejectsFile:
    """The rejects of a run, readable by the owner only. `path` is None without a rejected row.

    All three files get their names at the end of the run; a stopped run leaves none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._open_files = ExitStack()

    @property
    def path(self) -> Path | None:
        return self._path if self._file else None

    def add(
        self, source: str, line: int, field: str, reason: str, row: Mapping[str, object] | None
    ) -> None:
        """Adds one row. `row` is None if its text must not be copied."""
        entry: dict[str, object] = {
            "source": source,
            "line": line,
            "field": field,
            "reason": reason,
            "sentence": describe_reason(field, reason),
        }
        self._open().write(_encode(entry, row))

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
        if self._file:
            _write_sheets(self._path)

    def _open(self) -> IO[bytes]:
        if self._file is None:
            self._file = self._open_files.enter_context(open_whole(self._path))
        return self._file


def keeps_files(error: BaseException | None) -> bool:
    """Returns whether the run's files are complete: it ended, or was refused after its last row."""
    return error is None or isinstance(error, ShrinkingIndexError)


def check_rejects_path(path: Path, sources: Iterable[Path]) -> None:
    """Raises OverwritingError if the rejects would replace a source or a foreign file."""
    if path.suffix.lower() in SHEETS:
        raise OverwritingError(
            _("{path}: name a .jsonl file; the CSV and XLSX files are written next to it.").format(
                path=path
            )
        )
    read = {source.resolve() for source in sources}
    for written in (path, *(path.with_suffix(suffix) for suffix in SHEETS)):
        if written.resolve() in read:
            raise OverwritingError(
                _("{written} is read by this run; name another rejects file.").format(
                    written=written
                )
            )
    for suffix in SHEETS:
        sheet = path.with_suffix(suffix)
        if sheet.exists() and not _is_ours(sheet):
            raise OverwritingError(
                _("{sheet} is there already; name another rejects file.").format(sheet=sheet)
            )


def _is_ours(sheet: Path) -> bool:
    """Returns whether the file is a rejects sheet of any run."""
    try:
        with sheet.open("rb") as file:
            if file.read(2) != b"PK":
                return COLUMNS[0].encode() in file.read(_HEAD)
        with ZipFile(sheet) as packed, packed.open("docProps/core.xml") as content:
            return CREATOR.encode() in content.read(_HEAD)
    except (OSError, KeyError, BadZipFile):
        return False


def _write_sheets(path: Path) -> None:
    def read() -> Iterator[dict[str, Any]]:
        with path.open("rb") as lines:
            yield from map(json.loads, lines)

    with open_whole(path.with_suffix(".csv")) as file:
        for piece in write_reject_csv(read):
            file.write(piece.encode())
    with open_whole(path.with_suffix(".xlsx")) as file:
        write_reject_xlsx(read, file)


def _encode(entry: Mapping[str, object], row: Mapping[str, object] | None) -> bytes:
    text = json.dumps({**entry, "row": _plain(row)}, default=str, ensure_ascii=False)
    # JSON can escape an unpaired surrogate; UTF-8 cannot encode it.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _plain(value: object, depth: int = 0) -> object:
    """Returns a value for any JSON reader: special and huge numbers as text, limited depth."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return str(value)
    if not isinstance(value, Mapping | list | tuple):
        return value
    if depth > DEPTH_LIMIT:
        return None
    if isinstance(value, Mapping):
        return {str(key): _plain(each, depth + 1) for key, each in value.items()}
    return [_plain(each, depth + 1) for each in value]
