"""Detects the character encoding of a source from its first bytes.

A file has one encoding: UTF-8, unless most of its Chinese is invalid UTF-8. A single broken byte
must not turn a whole catalog into 锟斤拷.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from dataclasses import dataclass

_MARKS = {
    BOM_UTF8: "utf-8",
    BOM_UTF16_LE: "utf-16-le",
    BOM_UTF16_BE: "utf-16-be",
    b"\x84\x31\x95\x33": "gb18030",
}
# Bytes below 0x30 are never the second byte of a GB18030 or Big5 character.
_BETWEEN_RUNS = re.compile(rb"[\x00-\x2f]+")
_LONG_SEQUENCE = re.compile(rb"[\xe0-\xf4]")  # begins three or four bytes, as Chinese does
_TWO_BYTES = re.compile(rb"[\xc4-\xdf]")
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9_-]+)""")
_DECLARED_WITHIN = 4096


@dataclass(frozen=True, slots=True)
class Encoding:
    """The name of a Python codec, and the length in bytes of the byte order mark, if any."""

    name: str
    mark: int = 0


def detect_encoding(sample: bytes, *, is_markup: bool = False) -> Encoding:
    """Returns the encoding of a file that begins with `sample`; markup may declare another one."""
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return Encoding(name, len(mark))
    if b"\0" in sample[:_DECLARED_WITHIN] and (wide := _find_wide(sample[:_DECLARED_WITHIN])):
        return Encoding(wide)
    if _is_utf8(sample) or _is_mostly_utf8(sample):
        return Encoding("utf-8")
    return Encoding(_declared(sample) if is_markup else "gb18030")


def _find_wide(sample: bytes) -> str:
    """Returns the byte order of UTF-16 without a mark, or "".

    Line ends, digits and delimiters have a NUL byte at every odd or every even place.
    """
    nuls = [sample[0::2].count(0), sample[1::2].count(0)]
    if min(nuls) * 8 > max(nuls):
        return ""
    name = "utf-16-be" if nuls[0] > nuls[1] else "utf-16-le"
    try:
        text = sample[: len(sample) & ~1].decode(name)
    except UnicodeDecodeError as error:
        return name if error.start >= len(sample) - 2 else ""
    return name if all(sign.isprintable() or sign.isspace() for sign in text) else ""


def _is_utf8(sample: bytes) -> bool:
    """Whether the sample is UTF-8, apart from a character cut off at the end.

    Some GB18030 is valid UTF-8 of two-byte letters (一 looks like Cyrillic). A text whose only
    characters beyond ASCII are · and accents is UTF-8.
    """
    try:
        getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return sample.isascii() or bool(_LONG_SEQUENCE.search(sample)) or not _TWO_BYTES.search(sample)


def _is_mostly_utf8(sample: bytes) -> bool:
    """Compares by bytes; a longer GB18030 text is practically never valid UTF-8."""
    as_utf8 = otherwise = 0
    for run in _BETWEEN_RUNS.split(sample):
        if run.isascii():
            continue
        if _is_utf8(run):
            as_utf8 += len(run)
        else:
            otherwise += len(run)
    return as_utf8 > otherwise


def _declared(sample: bytes) -> str:
    """Returns Big5 if declared, else GB18030 for anything that is not UTF-8."""
    match = _DECLARED.search(sample[:_DECLARED_WITHIN])
    return "big5hkscs" if match and match[1].lower().startswith(b"big5") else "gb18030"
