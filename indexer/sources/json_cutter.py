"""Cuts the values of a stream of JSON text into bytes, one at a time.

The scan looks only at quotes and brackets. A value with invalid content is still cut at its end,
and memory holds one value, however long the list.
"""

import re
from collections.abc import Iterator
from gettext import gettext as _
from typing import BinaryIO

from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import MAX_ROW_BYTES

_CHUNK = 256 * 1024
# A complete string, a bracket, or the quote of a string that does not end in the buffer.
TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}"]', re.DOTALL)
_SCALAR = re.compile(rb'[^\s,\]\}\[\{"]*')
_CALL = re.compile(rb"(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.]{0,99}\s*[(=]\s*(?=[\[{])")
_NOT_BLANK = re.compile(rb"[^\s\x1e]")
_COMMENT = re.compile(rb"//[^\n]*(?:\n|\Z)|/\*.*?\*/", re.DOTALL)
_OPENING, _CLOSING = frozenset((b"[", b"{")), frozenset((b"]", b"}"))


class JsonCutter:
    """A position in a JSON text. `at` is the position in `buffer`, which holds the unread text."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.buffer = b""
        self.at = 0

    def peek(self) -> bytes:
        """Returns the next byte that is not white space or a comment, or b"" at the end."""
        while True:
            while not (match := _NOT_BLANK.search(self.buffer, self.at)):
                self.at = len(self.buffer)
                if not self.fill():
                    return b""
            self.at = match.start()
            if match.group() != b"/" or not self._skip_comment():
                return match.group()

    def _skip_comment(self) -> bool:
        match = _COMMENT.match(self.buffer, self.at)
        if not match and len(self.buffer) - self.at < _CHUNK and self.fill():
            match = _COMMENT.match(self.buffer, self.at)
        self.at = match.end() if match else self.at
        return match is not None

    def take(self, byte: bytes) -> bool:
        """Skips `byte` if it is next. Returns whether it was."""
        is_next = self.peek() == byte
        self.at += is_next
        return is_next

    def fill(self) -> bool:
        """Reads more text and drops the text before `at`.

        Returns False at the end of the stream.
        """
        held = self.buffer[self.at :]
        if len(held) > MAX_ROW_BYTES:
            raise BrokenFileError(
                "too_long", _("A JSON value is over 32 MiB; reading stops there.")
            )
        chunk = self._stream.read(max(_CHUNK, len(held)))
        self.buffer, self.at = held + chunk, 0
        return bool(chunk)

    def look_ahead(self) -> Iterator[tuple[int, bytes]]:
        """Yields strings and brackets from here on with their distance from `at`, which stays."""
        offset = 0
        while True:
            for match in TOKEN.finditer(self.buffer, self.at + offset):
                token = match.group()
                if token == b'"':
                    break
                at_start = match.start() - self.at
                offset = match.end() - self.at
                yield at_start, token
            else:
                offset = len(self.buffer) - self.at
            if not self.fill():
                return

    def cut_whole(self) -> bytes | None:
        """Returns the next value, or None without moving if no end is found within 32 MiB."""
        try:
            return self.cut()
        except BrokenFileError as error:
            if error.reason in ("truncated", "too_long") and self.peek() in _OPENING:
                return None
            raise

    def skip_call(self) -> None:
        """Skips the start of a script before its data: `callback(` or `var list =`."""
        self.peek()
        match = _CALL.match(self.buffer, self.at)
        self.at = match.end() if match else self.at

    def cut(self) -> bytes:
        """Returns the next value. Raises BrokenFileError if it has no end within 32 MiB."""
        first = self.peek()
        if first not in (b"{", b"["):
            return self._cut_scalar(first)
        depth = 0
        for offset, token in self.look_ahead():
            if token in _OPENING:
                depth += 1
            elif token in _CLOSING:
                depth -= 1
                if not depth:
                    return self._take_to(self.at + offset + 1)
        raise BrokenFileError("truncated", _("The JSON text ends inside a value."))

    def _cut_scalar(self, first: bytes) -> bytes:
        pattern = TOKEN if first == b'"' else _SCALAR
        while True:
            match = pattern.match(self.buffer, self.at)
            end = match.end() if match else self.at
            is_cut_off = first == b'"' and end - self.at == 1
            if not (is_cut_off or end == len(self.buffer)):
                break
            if not self.fill():
                if is_cut_off:
                    raise BrokenFileError("truncated", _("The JSON text ends inside a value."))
                break
        if end == self.at:
            raise BrokenFileError(
                "bad_file", _("The JSON text has a stray character between its values.")
            )
        return self._take_to(end)

    def _take_to(self, end: int) -> bytes:
        taken, self.at = self.buffer[self.at : end], end
        return taken
