"""Extracts the text of RTF documents, without hidden and deleted text.

Source: Rich Text Format Specification 1.9.1 (destinations, \\u, \\'hh, \\v, \\deleted).
"""

import re
from dataclasses import dataclass, replace
from typing import BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.errors import BrokenFileError
from gongkai.files.text_lines import trim_lines

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
_SKIPPED = frozenset(
    (
        *(b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"objdata", b"fldinst"),
        *(b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr"),
        *(b"footerf", b"nonshppict", b"xe", b"tc", b"annotation", b"atnid", b"atnauthor"),
        *(b"listtable", b"revtbl", b"generator", b"themedata", b"datastore", b"bkmkstart"),
        *(b"bkmkend", b"filetbl", b"private", b"sp", b"panose", b"falt"),
    )
)
_KEPT = frozenset((b"shptxt", b"shpinst", b"shprslt", b"fldrslt", b"shp", b"do", b"dptxbxtext"))
"""Destinations marked as optional that hold text of the document, or groups with it."""
_SIGNS = {
    **dict.fromkeys((b"par", b"line", b"sect", b"page", b"row", b"nestrow", b"column"), "\n"),
    **dict.fromkeys((b"cell", b"nestcell", b"tab"), "\t"),
    **{b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’"},
    **{b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": "\u3000", b"enspace": " "},
}
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"\n": "\n", b"\r": "\n"}
_CODECS = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5hkscs", 204: "cp1251"}
_PAGES = {936: "gb18030", 950: "big5hkscs", 932: "cp932", 949: "cp949", 65001: "utf-8"}
_BEFORE_CELL = re.compile(r" +\t")
_MOST_GROUPS = 2_000


@dataclass(frozen=True, slots=True)
class _State:
    """What applies inside a group. `skipped` units follow each \\u."""

    is_silent: bool = False
    is_hidden: bool = False
    is_deleted: bool = False
    is_in_table: bool = False
    is_list_number: bool = False
    unicode_units: int = 1
    font: int = -1


class _Reader:
    def __init__(self, characters: int) -> None:
        self._left = characters
        self._states = [_State()]
        self._pieces: list[str] = []
        self._bytes = bytearray()
        self._units: list[int] = []
        self._codec = "cp1252"
        self._fonts: dict[int, str] = {}
        self._in_fonts = False
        self._skip = 0
        self._is_optional = False

    def read(self, data: bytes) -> str:
        at = 0
        while at < len(data) and self._left > 0:
            match = _TOKEN.match(data, at)
            if match is None:
                at += 1
                continue
            at = match.end()
            word, number, coded, symbol, brace, text = match.groups()
            if word:
                at += self._read_word(word, int(number) if number else None)
            elif coded:
                self._add_bytes(bytes.fromhex(coded.decode()))
            elif brace:
                self._turn(is_opening=brace == b"{")
            elif text:
                self._add_bytes(text)
            elif symbol == b"*":
                self._is_optional = True
            elif symbol:
                self._add(
                    _SYMBOLS.get(symbol, symbol.decode("latin-1") if symbol in b"\\{}" else "")
                )
        self._flush()
        return "".join(self._pieces)

    def _turn(self, *, is_opening: bool) -> None:
        self._flush()
        self._skip = 0
        self._is_optional = False
        if is_opening:
            if len(self._states) > _MOST_GROUPS:
                raise BrokenFileError("too_deep", "The document has too many nested groups.")
            self._states.append(self._states[-1])
        elif len(self._states) > 1:
            self._states.pop()
            self._in_fonts = self._in_fonts and self._states[-1].is_silent

    def _read_word(self, word: bytes, number: int | None) -> int:
        """Handles a control word. Returns the bytes of binary data to skip after it."""
        state, is_optional = self._states[-1], self._is_optional
        self._is_optional = False
        if word == b"bin":
            return max(number or 0, 0)
        if word == b"u" and number is not None:
            self._add_unit(number & 0xFFFF)
            self._skip = state.unicode_units
            return 0
        self._flush()
        if word in _SKIPPED or (is_optional and word not in _KEPT):
            self._in_fonts = self._in_fonts or word == b"fonttbl"
            self._states[-1] = replace(state, is_silent=True)
        elif word in _SIGNS:
            is_inner = state.is_in_table and word in (b"par", b"line")
            is_inner = is_inner or (state.is_list_number and word == b"tab")
            self._add(" " if is_inner else _SIGNS[word])
        elif word == b"fcharset" and self._in_fonts:
            self._fonts[state.font] = _CODECS.get(number or 0, "")
        elif word == b"ansicpg":
            self._codec = _PAGES.get(number or 0, "cp1252")
        else:
            self._states[-1] = _change_state(state, word, number)
        return 0

    def _add_bytes(self, data: bytes) -> None:
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        if self._units and len(data) > skipped:
            self._flush()
        self._bytes += data[skipped:]

    def _add_unit(self, unit: int) -> None:
        if self._bytes:
            self._flush()
        self._units.append(unit)

    def _flush(self) -> None:
        """Decodes the pending bytes or UTF-16 units."""
        if self._units:
            raw = b"".join(unit.to_bytes(2, "little") for unit in self._units)
            self._units = []
            self._add(raw.decode("utf-16-le", "replace"))
        if self._bytes:
            raw = bytes(self._bytes)
            self._bytes.clear()
            codec = self._fonts.get(self._states[-1].font) or self._codec
            if self._codec == "gb18030" and not raw.isascii():
                codec = codec if codec != "cp1252" else self._codec
            self._add(raw.decode(codec, "replace"))

    def _add(self, text: str) -> None:
        state = self._states[-1]
        if not (state.is_silent or state.is_hidden or state.is_deleted):
            self._pieces.append(text)
            self._left -= len(text)


def _change_state(state: _State, word: bytes, number: int | None) -> _State:
    is_on = number != 0
    if word == b"v":
        return replace(state, is_hidden=is_on)
    if word == b"deleted":
        return replace(state, is_deleted=is_on)
    if word == b"plain":
        return replace(state, is_hidden=False, is_deleted=False)
    if word in (b"intbl", b"pard"):
        return replace(state, is_in_table=word == b"intbl")
    return _change_coding(state, word, number)


def _change_coding(state: _State, word: bytes, number: int | None) -> _State:
    if word == b"listtext":
        return replace(state, is_list_number=True)
    if word == b"uc":
        return replace(state, unicode_units=max(number or 0, 0))
    if word == b"f" and number is not None:
        return replace(state, font=number)
    return state


def read_rtf(file: BinaryIO, characters: int) -> tuple[str, AttachmentText]:
    """Returns the visible text, a line for each paragraph and table row."""
    text = _Reader(characters).read(file.read())
    return trim_lines(_BEFORE_CELL.sub("\t", text)), AttachmentText.READ
