"""Reads rows from a .json file: lists, objects around lists, or a sequence of records.

Memory holds one record, or one object of at most 32 MiB, however long its lists are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from gettext import gettext as _
from pathlib import Path

import orjson

from gongkai.files.errors import BrokenFileError
from indexer.sources.json_cutter import JsonCutter
from indexer.sources.json_outline import MAX_DEPTH, Stated
from indexer.sources.json_records import parse_rows
from indexer.sources.json_tables import pair_row, read_headings
from indexer.sources.json_values import parse_value
from indexer.sources.record_likeness import applies_to_records, holds_value
from indexer.sources.row import SkippedPart, SourceItem, UnreadableRow
from indexer.sources.streams import OnBytes, open_text

_PASSED = _("Objects of a list are not read because they have no known heading.")


def read_json(path: Path, on_bytes: OnBytes) -> Iterator[SourceItem]:
    """Yields every record, with its ordinal as line. Raises BrokenFileError for truncated text.

    All lists of all objects are read (`{"code": 0, "data": {"list": [...], "more": [...]}}`). An
    object around records is not a record itself.
    """
    with open_text(path, on_bytes) as stream:
        yield from _Reader(JsonCutter(stream), str(path)).read()


@dataclass(slots=True)
class _Reader:
    """Reads one file and counts its rows."""

    cutter: JsonCutter
    source: str
    number: int = 0
    _headings: Sequence[str] = ()

    def read(self) -> Iterator[SourceItem]:
        self.cutter.skip_call()
        while first := self.cutter.peek():
            if first == b"[":
                yield from self._read_list((), 0, is_inner=False)
            else:
                yield from self._read_value((), 0, is_inner=False)
            while any(map(self.cutter.take, (b",", b";", b")"))):
                pass

    def _read_value(
        self, stated: tuple[Stated, ...], depth: int, *, is_inner: bool
    ) -> Iterator[SourceItem]:
        """Yields the rows of the next value.

        The reader descends into values too long for a record.
        """
        text = self.cutter.cut_whole()
        if text is not None and text.startswith(b"[") and not is_inner:
            yield from self._read_cells(text)
            return
        if text is not None:
            yield from self._count(
                parse_rows(text, self.source, self.number + 1, stated=stated, is_inner=is_inner)
            )
            return
        if depth > MAX_DEPTH:
            raise BrokenFileError("too_long", _("A JSON value is over 32 MiB and too deep."))
        before = self.number
        if self.cutter.peek() == b"[":
            yield from self._read_list(stated, depth + 1, is_inner=True)
        else:
            yield from self._enter_object(stated, depth + 1)
        if self.number == before and not is_inner:
            self.number += 1
            yield UnreadableRow(
                self.source, self.number, "too_long", _("The record is over 32 MiB.")
            )

    def _read_cells(self, text: bytes) -> Iterator[SourceItem]:
        """Yields the row of a list of cells. The first list with known headings names them."""
        cells = parse_value(text)
        headings = read_headings(cells)
        if not self._headings and headings:
            self._headings = headings
        elif self._headings and isinstance(cells, list) and cells != self._headings:
            self.number += 1
            yield pair_row(self.source, self.number, self._headings, cells)
        elif not self._headings:
            yield from self._count(parse_rows(text, self.source, self.number + 1))

    def _enter_object(self, stated: tuple[Stated, ...], depth: int) -> Iterator[SourceItem]:
        self.cutter.take(b"{")
        while not self.cutter.take(b"}"):
            self._require_more()
            key = _load(self.cutter.cut())
            self._require_more()
            if not self.cutter.take(b":"):
                raise BrokenFileError("bad_file", _("A name in a JSON object has no value."))
            self._require_more()
            if self.cutter.peek() not in (b"{", b"["):
                value = _load(self.cutter.cut())
                stated = (*stated, (key, value)) if applies_to_records(key) else stated
            elif holds_value(key):
                self.cutter.cut()
            else:
                yield from self._read_value(stated, depth, is_inner=True)
            self.cutter.take(b",")

    def _read_list(
        self, stated: tuple[Stated, ...], depth: int, *, is_inner: bool
    ) -> Iterator[SourceItem]:
        self.cutter.take(b"[")
        passed = rows = 0
        while not self.cutter.take(b"]"):
            self._require_more()
            before, headings = self.number, self._headings
            # Once a list has a record, all its items are rows.
            yield from self._read_value(stated, depth, is_inner=is_inner and not rows)
            rows += self.number - before
            passed += self.number == before and headings is self._headings
            yield from self._pass_comma()
        if rows and passed:
            yield SkippedPart(self.source, self.number, "second_list", passed, _PASSED)

    def _require_more(self) -> None:
        if not self.cutter.peek():
            raise BrokenFileError("truncated", _("The JSON text ends inside a value."))

    def _pass_comma(self) -> Iterator[SourceItem]:
        if self.cutter.take(b",") or self.cutter.peek() in (b"]", b""):
            return
        if self.cutter.peek() != b"{":
            raise BrokenFileError(
                "bad_file", _("There is unexpected text between the values of the list.")
            )
        detail = _("A comma is missing before here.")
        yield UnreadableRow(self.source, self.number + 1, "not_json", detail)

    def _count(self, items: Iterator[SourceItem]) -> Iterator[SourceItem]:
        """Yields rows with their ordinals; one value may contain several."""
        for item in items:
            self.number += not isinstance(item, SkippedPart)
            yield item if item.line == self.number else replace(item, line=self.number)


def _load(text: bytes) -> str:
    try:
        return str(orjson.loads(text))
    except orjson.JSONDecodeError:
        return text.decode("utf-8", "replace")
