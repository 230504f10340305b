"""A .json file in (a list of records, an object around one list, or records one after another),
rows out. Registered in `formats`. Memory holds one record, however long the list.
"""

from collections.abc import Iterator
from pathlib import Path

from files.errors import BrokenFileError
from indexer.sources.json_cutter import JsonCutter
from indexer.sources.json_list import find_list
from indexer.sources.json_values import parse_row
from indexer.sources.row import Row, UnreadableRow
from indexer.sources.streams import OnBytes, open_text


def read_json(path: Path, on_bytes: OnBytes) -> Iterator[Row]:
    """Every record, its ordinal as line. Raises BrokenFileError where the text breaks off.

    An object is a record of its own when it holds two known headings or more; else the first list
    in it whose records have known headings is read (`{"code": 0, "data": {"list": [...]}}`).
    """
    source = str(path)
    with open_text(path, on_bytes) as stream:
        cutter = JsonCutter(stream)
        if cutter.peek() == b"{":
            read = _read_list if find_list(cutter) else _read_sequence
            yield from read(cutter, source)
        elif cutter.peek() == b"[":
            yield from _read_list(cutter, source)
            if cutter.peek():
                raise BrokenFileError("bad_file", "Something follows the end of the JSON list.")


def _read_list(cutter: JsonCutter, source: str) -> Iterator[Row]:
    cutter.take(b"[")
    number = 0
    while not cutter.take(b"]"):
        if not cutter.peek():
            raise BrokenFileError("truncated", "The JSON list is not closed.")
        number += 1
        yield parse_row(cutter.cut(), source, number)
        if cutter.take(b",") or cutter.peek() in (b"]", b""):
            continue
        if cutter.peek() != b"{":
            raise BrokenFileError("bad_file", "Something stands between the values of the list.")
        yield UnreadableRow(source, number + 1, "not_json", "A comma is missing before here.")


def _read_sequence(cutter: JsonCutter, source: str) -> Iterator[Row]:
    number = 0
    while cutter.peek():
        number += 1
        yield parse_row(cutter.cut(), source, number)
        cutter.take(b",")
