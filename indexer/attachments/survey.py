"""Collects the claims to files before a run: which row owns a file, and whether it is public.

This is a separate pass, because a closed row may follow the row whose attachment it shares.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

from gongkai.catalog.addresses import read_attachments
from gongkai.catalog.disclosure import Disclosure
from gongkai.catalog.headings import gather_by_key
from gongkai.catalog.identity import base_id
from gongkai.catalog.intake import Accepted, IntakeRules, Refused, Withheld, take_row
from gongkai.catalog.kept_rows import texts_in_order
from gongkai.catalog.record import Attachment
from gongkai.catalog.row_reader import RowReader
from gongkai.files.documents import IMAGE_SUFFIXES, SUFFIXES
from indexer.attachments.lookup import digest_path, find_files
from indexer.attachments.owners import Claim, name_owner
from indexer.source_reader import read_source
from indexer.sources.row import SourceRow

MOST_ENTRIES = 500_000
# Without OCR too: a later run with OCR has to know the images of closed records.
_CLAIMED = SUFFIXES | IMAGE_SUFFIXES
_ENDINGS = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted(_CLAIMED)))})(?![0-9A-Za-z])", re.IGNORECASE
)


def survey_files(
    sources: Iterable[Path], rules: IntakeRules, by_staff: Collection[str]
) -> Iterator[Claim]:
    """Yields the claims of every row that names a file next to its source, in row order.

    `by_staff` are ids withdrawn by staff. A source without files next to it is not read.
    """
    listed: dict[Path, FolderFiles] = {}
    for source in sources:
        folder = source.parent
        if folder not in listed:
            listed[folder] = FolderFiles(folder)
        if listed[folder].holds_others(source):
            yield from _survey_source(source, listed[folder], rules, by_staff)


class FolderFiles:
    """The files of a folder with a readable format, by their paths inside it.

    In a folder with more than MOST_ENTRIES entries not all files are listed. A closed row then
    closes the files it names as attachments, but not all that it only mentions.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = frozenset(_list_files(folder))
        self._is_large = _is_large(folder)
        self._lengths = sorted({len(name) for name in self.names}, reverse=True)

    def holds_others(self, source: Path) -> bool:
        """Returns whether there are other files than a source."""
        return self._is_large or bool(self.names - {source.name})

    def mentioned_in(self, text: str) -> Iterator[bytes]:
        """Yields digests of the files named in a text; the longest name wins at each position."""
        for ending in _ENDINGS.finditer(text):
            names = (text[max(ending.end() - n, 0) : ending.end()] for n in self._lengths)
            found = next((name for name in names if name in self.names), None)
            if found and not _is_part(text, ending.end() - len(found)):
                yield from self.named_by(Attachment(found, path=found))

    def named_by(self, attachment: Attachment) -> Iterator[bytes]:
        """Yields digests of the files that an attachment may refer to."""
        for file in find_files(self.folder, attachment, _CLAIMED):
            yield digest_path(file)


def _list_files(folder: Path) -> Iterator[str]:
    for below, name in islice(_walk(folder), MOST_ENTRIES):
        if Path(name).suffix.lower() in _CLAIMED:
            yield (below / name).as_posix()


def _is_large(folder: Path) -> bool:
    return next(islice(_walk(folder), MOST_ENTRIES, None), None) is not None


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yields subfolder and name of every file. Folders have an empty name."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = Path(parent).relative_to(folder)
        yield below, ""
        yield from ((below, name) for name in names)


def _is_part(text: str, start: int) -> bool:
    """Returns whether a Latin word or number continues to the left: 1.pdf is not in 11.pdf."""
    around = text[max(start - 1, 0) : start + 1]
    return len(around) == 2 and around.isascii() and around.isalnum()


def _survey_source(
    source: Path, beside: FolderFiles, rules: IntakeRules, by_staff: Collection[str]
) -> Iterator[Claim]:
    place = digest_path(source.absolute())
    is_attachment = source.suffix.lower() in SUFFIXES
    own = digest_path(source.resolve())
    for item in read_source(source):
        if not isinstance(item, SourceRow):
            continue
        if not is_attachment and not _mentions_file(item.fields):
            continue
        holder = _judge(take_row(item.fields, rules), place, by_staff)
        files = set(_find_named(item.fields, beside, anywhere=not holder.is_open))
        if is_attachment and not holder.is_open:
            # A list with closed rows is not an attachment of any record.
            files.add(own)
        for file in files:
            yield Claim(file, holder.owner, holder.source, is_open=holder.is_open)


@dataclass(frozen=True, slots=True)
class _Holder:
    """The owner of a row's files. `source` is empty if another file can identify the owner too."""

    owner: bytes
    source: bytes
    is_open: bool


def _judge(
    outcome: Accepted | Refused | Withheld, place: bytes, by_staff: Collection[str]
) -> _Holder:
    if isinstance(outcome, Accepted):
        record = outcome.record
        is_public = record.disclosure is Disclosure.PUBLIC
        return _Holder(name_owner(record.id), b"", is_public and base_id(record.id) not in by_staff)
    if outcome.id:
        return _Holder(name_owner(outcome.id), b"", is_open=False)
    if isinstance(outcome, Withheld):
        return _Holder(name_owner(" ".join(outcome.keys)), b"", is_open=False)
    return _Holder(place, place, is_open=False)


def _mentions_file(fields: Mapping[str, object]) -> bool:
    return _ENDINGS.search("\n".join(texts_in_order(fields))) is not None


def _find_named(
    fields: Mapping[str, object], beside: FolderFiles, *, anywhere: bool
) -> Iterator[bytes]:
    """Yields digests of the files that a row names as attachments, or in any cell."""
    known, _ = gather_by_key(fields)
    for attachment in read_attachments(RowReader(known)):
        yield from beside.named_by(attachment)
    for text in texts_in_order(fields) if anywhere else ():
        for written in {text, unquote(text)}:
            yield from beside.mentioned_in(written.replace("\\", "/"))
