"""Opens a source as a stream of UTF-8 bytes, unpacked and without a byte order mark.

Bytes that cannot be decoded stay invalid UTF-8, so that only their row is rejected.
"""

import codecs
import contextlib
import io
import zlib
from collections.abc import Callable, Iterator
from gettext import gettext as _
from pathlib import Path
from typing import BinaryIO, TypeAlias

from gongkai.files.encodings import Encoding, detect_encoding
from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import (
    MAX_PACKING_RATIO,
    MAX_ROW_BYTES,
    MIB,
    RATIO_APPLIES_FROM,
    SAMPLE_BYTES,
)

OnBytes: TypeAlias = Callable[[int], None]
_CHUNK = 256 * 1024
_MARKED = "mark-undecodable"


class CountingFile(io.RawIOBase):
    """A file that reports the number of bytes of each read."""

    def __init__(self, path: Path, on_bytes: OnBytes) -> None:
        self._file = path.open("rb", buffering=0)
        self._on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, target: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        count = self._file.readinto(target) or 0
        self._on_bytes(count)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class GzipStream(io.RawIOBase):
    """Unpacks a gzip file with all its members while reading, within the packing ratio.

    Data before a fault is returned first. Then BrokenFileError is raised with `truncated`,
    `bad_file` or `unpacks_too_large`.
    """

    def __init__(self, packed: io.RawIOBase) -> None:
        self._packed = packed
        self._pending = b""
        self._member: zlib._Decompress | None = None
        self._taken = self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        unpacked = self._unpack(len(target))
        target[: len(unpacked)] = unpacked
        self._given += len(unpacked)
        if self._given > max(RATIO_APPLIES_FROM, self._taken * MAX_PACKING_RATIO):
            raise BrokenFileError(
                "unpacks_too_large", _("The unpacked file is too large for its packed size.")
            )
        return len(unpacked)

    def close(self) -> None:
        self._packed.close()
        super().close()

    def _unpack(self, size: int) -> bytes:
        while True:
            self._refill()
            if self._member is None:
                if not self._pending:
                    return b""
                self._member = zlib.decompressobj(wbits=31)
            unpacked = self._inflate(self._member, size)
            if unpacked:
                return unpacked

    def _refill(self) -> None:
        if self._member is None:  # zero padding may follow a member
            self._pending = self._pending.lstrip(b"\0")
        if not self._pending:
            self._pending = self._packed.read(_CHUNK // 4) or b""
            self._taken += len(self._pending)

    def _inflate(self, member: "zlib._Decompress", size: int) -> bytes:
        is_last = not self._pending
        try:
            unpacked = member.decompress(self._pending, size)
        except zlib.error as error:
            raise BrokenFileError("bad_file", _("The gzip data is damaged.")) from error
        self._pending = member.unconsumed_tail
        if member.eof:
            self._pending, self._member = member.unused_data, None
        elif is_last and not unpacked:
            raise BrokenFileError("truncated", _("The gzip file ends before its data does."))
        return unpacked


class Utf8Stream(io.RawIOBase):
    """Converts text of another encoding to UTF-8. Undecodable bytes become invalid UTF-8."""

    def __init__(self, encoded: io.BufferedReader, encoding: str) -> None:
        self._encoded = encoded
        self._decoder = codecs.getincrementaldecoder(encoding)(errors=_MARKED)
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        while not self._ready:
            chunk = self._encoded.read1(_CHUNK)
            text = self._decoder.decode(chunk, final=not chunk)
            self._ready = text.encode("utf-8", "surrogatepass")
            if not chunk:
                break
        given, self._ready = self._ready[: len(target)], self._ready[len(target) :]
        target[: len(given)] = given
        return len(given)

    def close(self) -> None:
        self._encoded.close()
        super().close()


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    """Returns a lone surrogate for undecodable bytes: it never becomes valid UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


codecs.register_error(_MARKED, _mark_undecodable)


def ignore_bytes(_count: int) -> None:
    """Ignores the progress of reading."""


def open_text(path: Path, on_bytes: OnBytes, *, is_markup: bool = False) -> BinaryIO:
    """Opens a source (gzip by its first bytes) as UTF-8 without a byte order mark.

    Raises OSError.
    """
    encoding = find_encoding(path, is_markup=is_markup)
    stream = _open_unpacked(path, on_bytes)
    stream.read(encoding.mark)
    if encoding.name == "utf-8":
        return stream
    return io.BufferedReader(Utf8Stream(stream, encoding.name), MIB)


def find_encoding(path: Path, *, is_markup: bool = False) -> Encoding:
    """Returns the encoding in which a source is read. Raises OSError."""
    return detect_encoding(_read_sample(path), is_markup=is_markup)


def read_head(path: Path, size: int) -> bytes:
    """Returns the first `size` unpacked bytes of a source, or fewer if it ends or is truncated."""
    head = b""
    with _open_unpacked(path, ignore_bytes) as stream, contextlib.suppress(BrokenFileError):
        while len(head) < size and (chunk := stream.read1(size - len(head))):
            head += chunk
    return head


def _read_sample(path: Path) -> bytes:
    """Returns a sample for detecting the encoding: SAMPLE_BYTES that are not all ASCII."""
    sample = b""
    with _open_unpacked(path, ignore_bytes) as stream, contextlib.suppress(BrokenFileError):
        while chunk := stream.read1(SAMPLE_BYTES):
            sample = chunk if len(sample) >= SAMPLE_BYTES else sample + chunk
            if len(sample) >= SAMPLE_BYTES and not sample.isascii():
                break
    return sample


def read_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yields lines with their line ends, or None for a skipped line over MAX_ROW_BYTES."""
    while line := stream.readline(MAX_ROW_BYTES + 1):
        if len(line) <= MAX_ROW_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MIB)
        yield None


def _open_unpacked(path: Path, on_bytes: OnBytes) -> io.BufferedReader:
    file = CountingFile(path, on_bytes)
    is_packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return io.BufferedReader(GzipStream(file) if is_packed else file, MIB)
