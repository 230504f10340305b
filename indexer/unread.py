"""Tracks skipped files that no row names as an attachment."""

import contextlib
import os.path
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gongkai.catalog.addresses import read_attachments
from gongkai.catalog.headings import gather_by_key
from gongkai.catalog.record import Attachment
from gongkai.catalog.row_reader import RowReader
from indexer.sources.row import SkippedPart


class UnreadFiles:
    """Files of the input folders without a reader. Attachments of rows are removed from it."""

    def __init__(self, skipped: Iterable[SkippedPart]) -> None:
        self._left = {os.path.normpath(Path(part.source).absolute()): part for part in skipped}

    def discount(self, source: str, fields: Mapping[str, object]) -> None:
        """Removes the files that a row names, next to its source or below that folder."""
        if not self._left:
            return
        known, _ = gather_by_key(fields)
        if not known.get("attachments"):
            return
        folder = Path(source).absolute().parent
        for attachment in read_attachments(RowReader(known)):
            for name in _names(attachment):
                self._left.pop(os.path.normpath(folder / name.replace("\\", "/")), None)

    def left(self) -> list[SkippedPart]:
        return list(self._left.values())


def _names(attachment: Attachment) -> Iterator[str]:
    if attachment.path:
        yield attachment.path
        yield unquote(attachment.path)
    if attachment.url:
        with contextlib.suppress(ValueError):  # an address with an unbalanced bracket
            yield unquote(urlsplit(attachment.url).path).rpartition("/")[2]
    yield attachment.name
