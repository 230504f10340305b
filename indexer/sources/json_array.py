"""A .json file in (lists, objects around lists, or records one after another), rows out.

Memory holds one record, or one object of 32 MiB at the most, however long its lists are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from gongkai.files.errors import BrokenFileError
from indexer.sources.json_cutter import JsonCutter
from indexer.sources.json_outline import MAX_DEPTH, Stated
from indexer.sources.json_records import parse_rows
from indexer.sources.record_likeness import holds_value, states_disclosure
from indexer.sources.row import SkippedPart, SourceItem, UnreadableRow
from indexer.sources.streams import OnBytes, open_text

_PASSED = "Objects of a list are not read, for they have no headings that the catalog knows."


def read_json(path: Path, on_bytes: OnBytes) -> Iterator[SourceItem]:
    """Every record, its ordinal as line. Raises BrokenFileError where the text breaks off.

    All lists of all objects are read (`{"code": 0, "data": {"list": [...], "more": [...]}}`); an
    object around records is no record itself.
    """
    with open_text(path, on_bytes) as stream:
        yield from _Reader(JsonCutter(stream), str(path)).read()


@dataclass(slots=True)
class _Reader:
    """Counts the rows of one file."""

    cutter: JsonCutter
    source: str
    number: int = 0

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
        """The rows of the next value; what is too long to be a record is entered."""
        text = self.cutter.cut_whole()
        if text is not None:
            yield from self._count(
                parse_rows(text, self.source, self.number + 1, stated=stated, is_inner=is_inner)
            )
            return
        if depth > MAX_DEPTH:
            raise BrokenFileError("too_long", "A JSON value is over 32 MiB and too deep.")
        before = self.number
        if self.cutter.peek() == b"[":
            yield from self._read_list(stated, depth + 1, is_inner=True)
        else:
            yield from self._enter_object(stated, depth + 1)
        if self.number == before and not is_inner:
            self.number += 1
            yield UnreadableRow(self.source, self.number, "too_long", "The record is over 32 MiB.")

    def _enter_object(self, stated: tuple[Stated, ...], depth: int) -> Iterator[SourceItem]:
        self.cutter.take(b"{")
        while not self.cutter.take(b"}"):
            self._require_more()
            key = _load(self.cutter.cut())
            self._require_more()
            if not self.cutter.take(b":"):
                raise BrokenFileError("bad_file", "A name in a JSON object has no value.")
            self._require_more()
            if self.cutter.peek() not in (b"{", b"["):
                value = _load(self.cutter.cut())
                stated = (*stated, (key, value)) if states_disclosure(key) else stated
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
            before = self.number
            # Once a list has records, all that it holds are rows.
            yield from self._read_value(stated, depth, is_inner=is_inner and not rows)
            rows += self.number - before
            passed += self.number == before
            yield from self._pass_comma()
        if rows and passed:
            yield SkippedPart(self.source, self.number, "second_list", passed, _PASSED)

    def _require_more(self) -> None:
        if not self.cutter.peek():
            raise BrokenFileError("truncated", "The JSON text ends inside a value.")

    def _pass_comma(self) -> Iterator[SourceItem]:
        if self.cutter.take(b",") or self.cutter.peek() in (b"]", b""):
            return
        if self.cutter.peek() != b"{":
            raise BrokenFileError("bad_file", "Something stands between the values of the list.")
        detail = "A comma is missing before here."
        yield UnreadableRow(self.source, self.number + 1, "not_json", detail)

    def _count(self, items: Iterator[SourceItem]) -> Iterator[SourceItem]:
        """Rows with their ordinals; a value may hold several."""
        for item in items:
            self.number += not isinstance(item, SkippedPart)
            yield item if item.line == self.number else replace(item, line=self.number)


def _load(text: bytes) -> str:
    try:
        return str(orjson.loads(text))
    except orjson.JSONDecodeError:
        return text.decode("utf-8", "replace")
