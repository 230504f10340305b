"""Extracts the text of binary Word documents (.doc, also .wps) as Word shows it.

Deleted and hidden text, comments and headers are left out; notes and text boxes follow the text.
Source: [MS-DOC] 2.4.1 (retrieving text), 2.5 (Fib), 2.6 (Sprm), 2.9 (Clx, ChpxFkp, PapxFkp).
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.errors import BrokenFileError
from gongkai.files.text_lines import trim_lines

_MAGIC, _WORD_97 = 0xA5EC, 0xC1
_COMPLEX, _ENCRYPTED, _SECOND_TABLE = 0x0004, 0x0100, 0x0200
_FC_CHARACTERS, _FC_PARAGRAPHS, _FC_CLX = 0xFA, 0x102, 0x1A2
_CHARACTER_COUNTS = 0x4C
_DELETED, _HIDDEN, _ROW_END = 0x0800, 0x083C, 0x2417
_LONG_OPERANDS = {0xD608, 0xD609}
_OPERAND_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
_PAGE = 512
_BEGIN, _SEPARATE, _END, _NOTE = "\x13", "\x14", "\x15", "\x02"
_CELL = "\x07"
_SIGNS = {
    "\r": "\n",
    "\x0b": "\n",
    "\x0c": "\n",
    "\x0e": "\n",
    "\x1e": "-",
    "\x1f": "",
    _CELL: "\t",
}
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters `start` to `end` of the text at byte `offset` of the file, `width` bytes each."""

    start: int
    end: int
    offset: int
    width: int


class _Ranges:
    """Sorted byte ranges that do not overlap."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._ranges = sorted(ranges)
        self._starts = [start for start, _ in self._ranges]

    def __contains__(self, place: int) -> bool:
        at = bisect_right(self._starts, place) - 1
        return at >= 0 and place < self._ranges[at][1]


def read_doc(file: BinaryIO, characters: int) -> tuple[str, AttachmentText]:
    """Returns the visible text, a line for each paragraph and table row.

    Raises BrokenFileError or an error of the parser for damaged or encrypted files.
    """
    import olefile  # noqa: PLC0415 - few files are compound files

    with olefile.OleFileIO(file) as compound:
        data = compound.openstream("WordDocument").read()
        magic, version = struct.unpack_from("<2H", data)
        (flags,) = struct.unpack_from("<H", data, 0x0A)
        if magic != _MAGIC and version >= _WORD_97:
            raise BrokenFileError("bad_file", "The file is not a Word document.")
        if flags & _ENCRYPTED:
            raise BrokenFileError("encrypted", "The document has a password.")
        if version < _WORD_97:
            return _read_old(data, flags, characters), AttachmentText.READ
        table = compound.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read()
    return _Document(data, table).read_text(characters), AttachmentText.READ


def _read_old(data: bytes, flags: int, characters: int) -> str:
    """Returns the text of a document of Word 6 or 95, whose bytes are in one piece."""
    if flags & _COMPLEX:
        raise BrokenFileError("bad_file", "The document was saved in pieces by an old program.")
    start, end = struct.unpack_from("<2I", data, 0x18)
    (count,) = struct.unpack_from("<I", data, 0x34)
    text = data[start : min(end, start + count)].decode("gb18030", "replace")
    return _finish(text.replace(_CELL * 2, "\n")[:characters])


class _Document:
    """A document of Word 97 or later: its main stream and its table stream."""

    def __init__(self, data: bytes, table: bytes) -> None:
        self._data = data
        self._table = table
        self._pieces = list(self._read_pieces())
        hidden, row_ends = [], []
        for fc, properties in self._read_formats(_FC_CHARACTERS, 1):
            if any(s in (_DELETED, _HIDDEN) and v in (1, 0x81) for s, v in _read_sprms(properties)):
                hidden.append(fc)
        for fc, properties in self._read_formats(_FC_PARAGRAPHS, 13):
            if any(s == _ROW_END and v for s, v in _read_sprms(properties[2:])):
                row_ends.append(fc)
        self._hidden, self._row_ends = _Ranges(hidden), _Ranges(row_ends)

    def read_text(self, characters: int) -> str:
        """Returns the main text, then notes and text boxes."""
        counts = struct.unpack_from("<8i", self._data, _CHARACTER_COUNTS)
        main, footnotes, headers, macros, comments, endnotes, boxes, _ = (max(n, 0) for n in counts)
        text = self._read(0, min(main, characters))
        ends = [main, main + footnotes]
        ends.append(ends[-1] + headers + macros + comments)
        ends += [ends[-1] + endnotes, ends[-1] + endnotes + boxes]
        parts = [text]
        if text.count(_NOTE) == self._read(0, main, with_hidden=True).count(_NOTE):
            # A deleted or hidden reference leaves its note in the file.
            parts += [self._read(ends[0], ends[1]), self._read(ends[2], ends[3])]
        parts.append(self._read(ends[3], ends[4]))
        return "\n".join(filter(None, map(_finish, parts)))

    def _read(self, first: int, last: int, *, with_hidden: bool = False) -> str:
        """Returns the characters from `first` to `last`, with row ends as line breaks."""
        texts: list[str] = []
        for piece in self._pieces:
            start, end = max(piece.start, first), min(piece.end, last)
            if start >= end:
                continue
            at = piece.offset + (start - piece.start) * piece.width
            raw = self._data[at : at + (end - start) * piece.width]
            # Each UTF-16 unit is one character of the document, also half of a pair.
            codec = "utf-16-le" if piece.width == 2 else "cp1252"
            units = (raw[n : n + piece.width] for n in range(0, len(raw), piece.width))
            for number, unit in enumerate(units):
                place = at + number * piece.width
                if not with_hidden and place in self._hidden:
                    continue
                sign = unit.decode(codec, "surrogatepass" if piece.width == 2 else "replace")
                texts.append("\n" if sign == _CELL and place in self._row_ends else sign)
        return "".join(texts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _read_pieces(self) -> Iterator[_Piece]:
        start, size = struct.unpack_from("<2I", self._data, _FC_CLX)
        clx = self._table[start : start + size]
        at = 0
        while clx[at] == 1:
            at += 3 + int.from_bytes(clx[at + 1 : at + 3], "little")
        (size,) = struct.unpack_from("<I", clx, at + 1)
        count = (size - 4) // 12
        places = struct.unpack_from(f"<{count + 1}I", clx, at + 5)
        for number in range(count):
            (fc,) = struct.unpack_from("<I", clx, at + 5 + 4 * (count + 1) + 8 * number + 2)
            is_narrow = bool(fc & 0x40000000)
            offset = (fc & 0x3FFFFFFF) // (2 if is_narrow else 1)
            yield _Piece(places[number], places[number + 1], offset, 1 if is_narrow else 2)

    def _read_formats(self, place: int, entry_size: int) -> Iterator[tuple[Range, bytes]]:
        """Yields byte ranges with their properties from the pages of 512 bytes."""
        start, size = struct.unpack_from("<2I", self._data, place)
        count = max(size - 4, 0) // 8
        for number in range(count):
            at = start + 4 * (count + 1) + 4 * number
            page = (int.from_bytes(self._table[at : at + 4], "little") & 0x3FFFFF) * _PAGE
            yield from _read_page(self._data[page : page + _PAGE], entry_size)


def _read_page(page: bytes, entry_size: int) -> Iterator[tuple[Range, bytes]]:
    if len(page) < _PAGE:
        return
    count = page[-1]
    places = struct.unpack_from(f"<{count + 1}I", page)
    for number in range(count):
        at = 2 * page[4 * (count + 1) + entry_size * number]
        if at:
            yield (places[number], places[number + 1]), _properties_at(page, at, entry_size)


def _properties_at(page: bytes, at: int, entry_size: int) -> bytes:
    if entry_size == 1:
        return page[at + 1 : at + 1 + page[at]]
    if page[at]:
        return page[at + 1 : at + 2 * page[at]]
    return page[at + 2 : at + 2 + 2 * page[at + 1]]


def _read_sprms(properties: bytes) -> Iterator[tuple[int, int]]:
    """Yields the code and the first operand byte of each property."""
    at = 0
    while at + 3 <= len(properties):
        (sprm,) = struct.unpack_from("<H", properties, at)
        yield sprm, properties[at + 2]
        size = _OPERAND_SIZES[sprm >> 13]
        if sprm in _LONG_OPERANDS:
            size = 1 + int.from_bytes(properties[at + 2 : at + 4], "little")
        elif not size:
            size = 1 + properties[at + 2]
        at += 2 + size


def _finish(text: str) -> str:
    """Returns text without field instructions and signs of the program, in lines."""
    pieces: list[str] = []
    instructions = 0
    fields: list[bool] = []
    for sign in text:
        if sign == _BEGIN:
            fields.append(True)
            instructions += 1
        elif sign in (_SEPARATE, _END) and fields:
            instructions -= fields[-1]
            fields[-1] = False
            if sign == _END:
                fields.pop()
        elif not instructions:
            pieces.append(_SIGNS.get(sign, sign if sign >= " " or sign in "\n\t" else ""))
    if instructions:  # an instruction without an end would hide the rest
        pieces = [_SIGNS.get(sign, sign if sign >= " " else "") for sign in text]
    return trim_lines("".join(pieces))
