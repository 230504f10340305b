"""Finds source files, chooses their readers, and yields their rows.

A fault affects only its row or file.
"""

import os.path
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

from gongkai.errors import GongkaiError, name_fault
from gongkai.files.errors import BrokenFileError
from indexer.sources.folders import FolderWalk
from indexer.sources.formats import READERS, choose_reader, name_unread
from indexer.sources.row import Row, SkippedPart, SourceItem, UnreadableRow
from indexer.sources.streams import OnBytes, ignore_bytes


class UnusableSourceError(GongkaiError):
    """A path to index is missing, unreadable or of no known format."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The files for some paths: `sources` to read, and `skipped` files of folders."""

    sources: Sequence[Path]
    skipped: Sequence[SkippedPart]


def find_sources(paths: Iterable[Path]) -> list[Path]:
    """Returns the sources of `survey_sources`."""
    return list(survey_sources(paths).sources)


def survey_sources(paths: Iterable[Path]) -> Survey:
    """Returns the files to read, each once: files as given, folders in order of name.

    Files of a folder without a reader are skipped; content decides more than the suffix. Lock files
    of office programs, files of operating systems, and the assets of a saved page (`page_files/`
    next to `page.html`) are not mentioned. Relative paths stay relative. Raises
    UnusableSourceError.
    """
    found: dict[Path, Path] = {}
    skipped: dict[str, SkippedPart] = {}
    for path in paths:
        walk = FolderWalk(path) if path.is_dir() else None
        for file in walk.sources() if walk else (_check_file(path),):
            found.setdefault(file.resolve(), file)
        for part in walk.skipped if walk else ():
            skipped.setdefault(os.path.normpath(Path(part.source).absolute()), part)
    given = {os.path.normpath(path.absolute()) for path in found.values()}
    return Survey(
        list(found.values()), [part for path, part in skipped.items() if path not in given]
    )


def source_size(path: Path) -> int:
    """Returns the size of a file on disk in bytes, or 0 if it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def read_source(path: Path, on_bytes: OnBytes | None = None) -> Iterator[SourceItem]:
    """Yields every row of a file and its skipped parts. Bad data raises no error.

    A broken file yields the rows before the fault and then one UnreadableRow. `on_bytes` receives
    the number of further bytes read; the sum over the file is `source_size`.
    """
    progress = _Progress(source_size(path), on_bytes or ignore_bytes)
    line = 0
    try:
        reader = choose_reader(path)
        for row in reader(path, progress.add) if reader else _no_format(path):
            line = row.line if not isinstance(row, SkippedPart) else line
            yield row
    except BrokenFileError as error:
        yield UnreadableRow(str(path), line + 1, error.reason, str(error))
    except OSError as error:
        detail = _("The file can't be read: {kind}.").format(kind=name_fault(error))
        yield UnreadableRow(str(path), line + 1, "bad_file", detail)
    progress.finish()


def _no_format(path: Path) -> Iterator[Row]:
    yield UnreadableRow(str(path), 1, "unknown_format", _("The file has no known format."))


@dataclass(slots=True)
class _Progress:
    """Progress in bytes. Bytes that a reader reads again are not counted twice."""

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
            raise UnusableSourceError(_("There is no file or folder {path}.").format(path=path))
        known = choose_reader(path)
    except OSError as error:
        raise UnusableSourceError(
            _("{path} can't be opened: {kind}.").format(path=path, kind=name_fault(error))
        ) from error
    if known is None:
        suffixes = ", ".join(READERS)
        detail = _("{reason} Known formats: {suffixes}.").format(
            reason=name_unread(path), suffixes=suffixes
        )
        raise UnusableSourceError(
            _("{path} is of no known format. {detail}").format(path=path, detail=detail)
        )
    return path
