"""Paths in, source rows out: finds the files, picks the reader, keeps faults to the row or file.

Called by the ingest run, which maps the headings and asks `catalog.intake` about every row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.errors import GongkaiError
from files.errors import BrokenFileError
from indexer.sources.formats import READERS, find_reader, sniff_reader
from indexer.sources.row import Row, UnreadableRow
from indexer.sources.streams import OnBytes, ignore_bytes


class UnusableSourceError(GongkaiError):
    """A path given to index is not there, can't be opened, or is of no known format."""


def find_sources(paths: Iterable[Path]) -> list[Path]:
    """The files to read, each once: files as given, folders walked in the order of names.

    In folders, only known suffixes count; hidden files, the lock files of office programs and
    the parts of a saved page (`page_files/` beside `page.html`) are passed over. Paths stay
    relative when given so. Raises UnusableSourceError.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _walk(path) if path.is_dir() else (_check_file(path),):
            found.setdefault(file.resolve(), file)
    return list(found.values())


def source_size(path: Path) -> int:
    """The size of a file in bytes, as it lies on disk; 0 when it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def read_source(path: Path, on_bytes: OnBytes | None = None) -> Iterator[Row]:
    """Every row of a file, lazily. Raises nothing for bad data: rows say what can't be read.

    A file that is broken gives the rows before the fault and then one UnreadableRow. `on_bytes`
    is told of further bytes of the file taken, each time; when all rows were read they sum up to
    `source_size`.
    """
    progress = _Progress(source_size(path), on_bytes or ignore_bytes)
    line = 0
    try:
        reader = find_reader(path) or sniff_reader(path)
        for row in reader(path, progress.add) if reader else _no_format(path):
            line = row.line
            yield row
    except BrokenFileError as error:
        yield UnreadableRow(str(path), line + 1, error.reason, str(error))
    except OSError as error:
        detail = f"The file can't be read: {type(error).__name__}."
        yield UnreadableRow(str(path), line + 1, "bad_file", detail)
    progress.finish()


def _no_format(path: Path) -> Iterator[Row]:
    yield UnreadableRow(str(path), 1, "unknown_format", "The file is of no known format.")


@dataclass(slots=True)
class _Progress:
    """Bytes told so far; a reader that goes back in its file is not counted twice."""

    left: int
    on_bytes: OnBytes

    def add(self, count: int) -> None:
        told = min(count, self.left)
        self.left -= told
        if told:
            self.on_bytes(told)

    def finish(self) -> None:
        self.add(self.left)


def _check_file(path: Path) -> Path:
    try:
        if not path.is_file():
            raise UnusableSourceError(f"There is no file or folder {path}.")
        known = find_reader(path) or sniff_reader(path)
    except OSError as error:
        raise UnusableSourceError(f"{path} can't be opened: {type(error).__name__}.") from error
    if known is None:
        suffixes = ", ".join(READERS)
        raise UnusableSourceError(f"{path} is of no known format; known are {suffixes}.")
    return path


def _walk(folder: Path) -> Iterator[Path]:
    entries = sorted(folder.iterdir())
    pages = {entry.stem for entry in entries if entry.suffix.lower() in (".html", ".htm")}
    for entry in entries:
        if entry.name.startswith((".", "~$")):
            continue
        if entry.is_dir():
            stem = entry.name.removesuffix("_files").removesuffix(".files")
            if not entry.is_symlink() and (stem == entry.name or stem not in pages):
                yield from _walk(entry)
        elif entry.is_file() and find_reader(entry):
            yield entry
