"""Reads rows from XML exports of portals.

Entities are not expanded, and no other file or address is read. Memory holds one record.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from typing import cast

from lxml import etree

from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MAX_ROW_BYTES, MIB
from indexer.sources.row import SourceItem, SourceRow, UnreadableRow
from indexer.sources.streams import OnBytes, open_text
from indexer.sources.xml_records import Fields, RecordFinder, UnclosedRecordError, open_again
from indexer.sources.xml_repair import RepairedXml

# Only white space, the declaration, comments and instructions before the root: no DOCTYPE.
_PLAIN_START = re.compile(
    rb"\s*+(?>(?:<\?.*?\?>|<!--.*?-->)\s*+)*+<(?![?!])",  # atomic, against hostile comments
    re.DOTALL,
)
_SMALL_PIECES_WITHIN = MIB
_PIECE = 64 * 1024
_FRAME = b"<records>"
"""Opens an element around documents that are each one record."""
_ENDS_EARLY = (
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY,
    etree.ErrorTypes.ERR_DOCUMENT_END,
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED,
)
_TRUNCATED = _("The XML ends before its root element does.")


def read_xml(path: Path, on_bytes: OnBytes) -> Iterator[SourceItem]:
    """Yields every record, with its ordinal as line. Raises BrokenFileError for broken XML.

    A record is an element whose children, attributes or named children (`<field name="标题">`) are
    known headings. A broken record is reported and skipped.
    """
    with open_text(path, on_bytes, is_markup=True) as stream:
        reader = _Reader(RepairedXml(stream), str(path))
        yield from reader.read()
    if not reader.number:
        raise BrokenFileError("no_rows", _("The file has no elements with known headings."))


@dataclass(slots=True)
class _Reader:
    """Feeds a parser in pieces that end with a record, so that a fault affects one record."""

    stream: RepairedXml
    source: str
    number: int = 0
    _finder: RecordFinder = field(default_factory=RecordFinder)
    _buffer: bytes = b""
    _at: int = 0
    _taken: int = 0
    _held: int = 0
    _is_plain: bool = False
    _is_resumed: bool = False

    def read(self) -> Iterator[SourceItem]:
        self._buffer = self.stream.read_text()
        self._is_plain = bool(_PLAIN_START.match(self._buffer))
        parser = self._open_parser()
        while piece := self._next_piece():
            fault = _feed(parser, piece)
            try:
                yield from self._take(parser)
            except UnclosedRecordError as error:
                fault = error
            if fault and self._begins_anew(fault, piece):
                parser = self._open_parser()
                parser.feed(open_again(self._finder.frames) or _FRAME)
            elif fault:
                yield from self._give_up_record(fault)
                self._try_again(piece)
                parser = self._open_parser()
                parser.feed(open_again(self._finder.frames))
        fault = _feed(parser, b"")
        yield from self._take(parser)
        if isinstance(fault, etree.XMLSyntaxError) and not self._is_resumed:
            raise _explain(fault)

    def _take(self, parser: etree.XMLPullParser) -> Iterator[SourceItem]:
        for event, node in parser.read_events():
            element = cast(etree._Element, node)
            if event == "start":
                self._finder.enter(element)
            else:
                yield from map(self._row, self._finder.leave(element))
        if self._held > MIB:
            # A list of this length is not a record; its items do not have to wait for its end.
            yield from map(self._row, self._finder.enter_frame())

    def _row(self, fields: Fields | None) -> SourceItem:
        self.number += 1
        self._held = 0
        if fields is None:
            detail = _("The record has too many fields for a catalog entry.")
            return UnreadableRow(self.source, self.number, "too_many_fields", detail)
        if self.stream.has_undecodable and any("\ufffd" in str(v) for v in fields.values()):
            detail = _("The record contains bytes that are not valid text.")
            return UnreadableRow(self.source, self.number, "bad_encoding", detail)
        return SourceRow(self.source, self.number, fields)

    def _begins_anew(self, fault: Exception, piece: bytes) -> bool:
        """Returns whether another document follows the first one, and resumes with its record."""
        code = getattr(fault, "code", None)
        if code != etree.ErrorTypes.ERR_DOCUMENT_END or not self.number:
            return False
        tag = re.escape(self._finder.tag.encode())
        start = re.search(rb"<%s(?=[\s>/])" % tag if tag else rb"<(?![/?!])", piece)
        if start is None:
            return False
        self._buffer = piece[start.start() :] + self._buffer[self._at :]
        self._at = 0
        self._finder.restart()
        self._is_resumed = True
        return True

    def _give_up_record(self, fault: Exception) -> Iterator[SourceItem]:
        """Yields the broken record.

        Raises BrokenFileError at the end of the file or without a record.
        """
        is_end = isinstance(fault, etree.XMLSyntaxError) and self._is_at_end()
        self._finder.guess()
        if not self._finder.tag or is_end:
            raise _explain(fault)
        yield from map(self._row, self._finder.enter_frame())
        self.number += 1
        detail = _("The XML of the record is broken.")
        yield UnreadableRow(self.source, self.number, "bad_xml", detail)
        self._finder.restart()
        self._is_resumed = True

    def _try_again(self, piece: bytes) -> None:
        """Resumes at the last record that begins inside the piece of an unclosed one."""
        opening = re.compile(rb"<%s(?=[\s>/])" % re.escape(self._finder.tag.encode()))
        starts = [match.start() for match in opening.finditer(piece)]
        if len(starts) > 1:
            self._buffer = piece[starts[-1] :] + self._buffer[self._at :]
            self._at = 0

    def _is_at_end(self) -> bool:
        return self._at >= len(self._buffer) and not self._fill()

    def _next_piece(self) -> bytes:
        """Returns the text up to the end of a record, or of a tag while no record has been seen."""
        searched = self._at
        while True:
            if end := self._find_end(searched):
                piece, self._at = self._buffer[self._at : end], end
                break
            searched = max(self._at, len(self._buffer) - 512)
            kept = self._at
            if not self._fill():
                piece, self._at = self._buffer[self._at :], len(self._buffer)
                break
            searched -= kept
        self._taken += len(piece)
        self._held += len(piece)
        if self._held > MAX_ROW_BYTES:
            raise BrokenFileError("too_long", _("No record ends within 32 MiB of XML."))
        return piece

    def _find_end(self, start: int) -> int:
        tag = self._finder.tag.encode()
        if tag:
            pattern = re.compile(rb"</%s\s*>|<%s\s[^<>]*/>" % (re.escape(tag), re.escape(tag)))
            match = pattern.search(self._buffer, start)
            return match.end() if match else 0
        if self._taken > _SMALL_PIECES_WITHIN:
            return self._buffer.rfind(b">", self._at, self._at + _PIECE) + 1
        return self._buffer.find(b">", start) + 1

    def _fill(self) -> bool:
        """Reads more text and drops the consumed text. Returns False at the end."""
        chunk = self.stream.read_text()
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        if len(self._buffer) > MAX_ROW_BYTES:
            raise BrokenFileError("too_long", _("No record ends within 32 MiB of XML."))
        return bool(chunk)

    def _open_parser(self) -> etree.XMLPullParser:
        """Returns a parser.

        The limits of libxml2 (10 MB per text, depth 256) apply if a DTD may exist.
        """
        return etree.XMLPullParser(
            events=("start", "end"),
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            huge_tree=self._is_plain or self._is_resumed,
        )


def _feed(parser: etree.XMLPullParser, piece: bytes) -> Exception | None:
    """Parses a piece, or closes the parser for b"".

    Returns the fault, so that earlier events count.
    """
    try:
        if piece:
            parser.feed(piece)
        else:
            parser.close()
    except etree.XMLSyntaxError as error:
        # A prefix without a namespace costs nothing.
        code = getattr(error, "code", None)
        return None if code == etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE else error
    return None


def _explain(fault: Exception) -> BrokenFileError:
    if isinstance(fault, etree.XMLSyntaxError):
        if getattr(fault, "code", None) in _ENDS_EARLY:
            return BrokenFileError("truncated", _TRUNCATED)
        line, column = fault.position
        return BrokenFileError(
            "bad_xml",
            _("The XML is broken at line {line}, column {column}.").format(
                line=line, column=column
            ),
        )
    return BrokenFileError("bad_xml", _("A record begins inside another one that is not closed."))
