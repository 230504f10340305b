"""Lists the source files of a folder in order of name, and the parts that are skipped."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import gettext as _
from itertools import islice
from pathlib import Path

from gongkai.errors import name_fault
from indexer.sources.formats import choose_reader, name_unread
from indexer.sources.row import SkippedPart
from indexer.sources.spreadsheet import is_only_attachment, read_spreadsheet

_SYSTEM_FILES = frozenset((".ds_store", "thumbs.db", "desktop.ini", ".localized", "__macosx"))
_PAGE_SUFFIXES = (".html", ".htm", ".shtml", ".xhtml")
_PAGE_ASSETS = frozenset(
    (
        *(".css", ".js", ".png", ".gif", ".jpg", ".jpeg", ".svg", ".ico", ".webp", ".bmp"),
        *(".woff", ".woff2", ".ttf", ".eot", ".map", ".download", ".html", ".htm", ".json"),
    )
)
_MAX_COUNTED = 100_000
_NO_CATALOG = _(
    "No sheet has the headings of records (such as 标题 and 发布日期), and no record names the "
    "workbook as an attachment; name the file itself to read it."
)


@dataclass(slots=True)
class FolderWalk:
    """One walk over a folder. Memory holds the names of one folder per level."""

    root: Path
    skipped: list[SkippedPart] = field(default_factory=list)
    _lists: list[Path] = field(default_factory=list)

    def sources(self) -> Iterator[Path]:
        """Yields the files to read and adds files that are not read to `skipped`.

        Symbolic links are followed only to files inside the folder. Anyone may have written an
        export, while the rest of the disk belongs to the city. A workbook that is a list of
        something else is an attachment, unless the folder contains nothing else to read.
        """
        inside, has_sources = self.root.resolve(), False
        waiting = [self.root]
        while waiting:
            path = waiting.pop()
            if path == self.root or self._is_folder(path, inside):
                waiting.extend(reversed(self._entries(path)))
            elif self._is_source(path, inside):
                has_sources = True
                yield path
        if not has_sources:
            yield from self._lists
        for path in self._lists if has_sources else ():
            self._skip(path, "not_read", _NO_CATALOG)

    def _entries(self, folder: Path) -> list[Path]:
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            self._skip(
                folder,
                "not_read",
                _("The folder can't be opened: {kind}.").format(kind=name_fault(error)),
            )
            return []
        pages = {entry.stem for entry in entries if entry.suffix.lower() in _PAGE_SUFFIXES}
        kept = []
        for entry in entries:
            if _is_system_file(entry.name):
                continue
            if _page_of(entry.name) in pages and entry.is_dir() and not entry.is_symlink():
                kept += [each for each in _files_below(entry) if _is_no_asset(each)]
            else:
                kept.append(entry)
        return kept

    def _is_folder(self, path: Path, inside: Path) -> bool:
        if not path.is_dir():
            return False
        if path.is_symlink():
            # A folder inside the root is visited under its own path.
            if not path.resolve().is_relative_to(inside):
                self._skip(
                    path,
                    "outside_folder",
                    _("The link points outside the folder and is not followed."),
                )
            return False
        if path.name.startswith("."):
            count = sum(1 for _ in islice(_files_below(path), _MAX_COUNTED))
            if count:
                self._skip(
                    path, "hidden_file", _("Hidden folders are not read; rename the folder."), count
                )
            return False
        return True

    def _is_source(self, path: Path, inside: Path) -> bool:
        try:
            if path.is_dir():
                return False
            if path.is_symlink() and not path.exists():
                self._skip(path, "not_read", _("The link is broken."))
            elif path.is_symlink() and not path.resolve().is_relative_to(inside):
                self._skip(
                    path,
                    "outside_folder",
                    _("The link points outside the folder and is not followed."),
                )
            elif path.name.startswith("."):
                self._skip(path, "hidden_file", _("Hidden files are not read; rename the file."))
            elif not path.is_file():
                self._skip(path, "not_read", _("This is not a regular file."))
            elif (reader := choose_reader(path)) is None:
                self._skip(path, "not_read", name_unread(path))
            elif reader is read_spreadsheet and is_only_attachment(path):
                self._lists.append(path)
            else:
                return True
        except OSError as error:
            self._skip(
                path,
                "not_read",
                _("The file can't be opened: {kind}.").format(kind=name_fault(error)),
            )
        return False

    def _skip(self, path: Path, reason: str, detail: str, count: int = 1) -> None:
        self.skipped.append(SkippedPart(str(path), 1, reason, count, detail))


def _is_system_file(name: str) -> bool:
    """Returns whether it is a file of an office program, an operating system or `gongkai pull`."""
    return name.startswith(("~$", ".~lock.", "._", ".pull.")) or name.lower() in _SYSTEM_FILES


def _page_of(name: str) -> str | None:
    """Returns the name of the saved page to which a folder of assets belongs, or None."""
    return next(
        (name.removesuffix(end) for end in ("_files", ".files") if name.endswith(end)), None
    )


def _is_no_asset(path: Path) -> bool:
    return path.suffix.lower() not in _PAGE_ASSETS and not _is_system_file(path.name)


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names))
