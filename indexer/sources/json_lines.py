"""Reads rows from JSON Lines files. A line with a page of a list gives all its rows."""

from collections.abc import Iterator
from gettext import gettext as _
from pathlib import Path

from indexer.sources.json_records import parse_rows
from indexer.sources.row import SourceItem, UnreadableRow
from indexer.sources.streams import OnBytes, open_text, read_lines

_BETWEEN = b" \t\r\n\x1e,"
"""Blanks, the separator of RFC 7464, and commas after the lines of a list."""


def read_json_lines(path: Path, on_bytes: OnBytes) -> Iterator[SourceItem]:
    """Yields the rows of all lines that are not blank.

    Raises BrokenFileError for a truncated file.
    """
    source = str(path)
    with open_text(path, on_bytes) as stream:
        for number, line in enumerate(read_lines(stream), 1):
            if line is None:
                yield UnreadableRow(source, number, "too_long", _("The line is over 32 MiB."))
            elif text := line.strip(_BETWEEN):
                yield from parse_rows(text, source, number)
