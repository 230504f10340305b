"""The first bytes of a source in, its character encoding out. Called when a source is opened.

A file has one encoding: UTF-8 unless most of its Chinese can't be UTF-8, for a single broken
byte must not turn a whole catalog into 锟斤拷.
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
_TELLING = re.compile(rb"[\xe0-\xf4]")  # begins three bytes or four, as Chinese does
_TWO_BYTES = re.compile(rb"[\xc4-\xdf]")
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9_-]+)""")
_DECLARED_WITHIN = 4096


@dataclass(frozen=True, slots=True)
class Encoding:
    """A Python codec's name and the length in bytes of the mark (BOM) before the text."""

    name: str
    mark: int = 0


def detect_encoding(sample: bytes, *, is_markup: bool = False) -> Encoding:
    """The encoding of a file that begins with `sample`; markup may declare another than UTF-8."""
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return Encoding(name, len(mark))
    if _is_utf8(sample) or _is_mostly_utf8(sample):
        return Encoding("utf-8")
    return Encoding(_declared(sample) if is_markup else "gb18030")


def _is_utf8(sample: bytes) -> bool:
    """Whether it is UTF-8, but for a character cut off at the end.

    Some GB18030 is valid UTF-8 of two-byte letters (一 looks like Cyrillic); but a text whose only
    signs beyond ASCII are · and accents is UTF-8.
    """
    try:
        getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return sample.isascii() or bool(_TELLING.search(sample)) or not _TWO_BYTES.search(sample)


def _is_mostly_utf8(sample: bytes) -> bool:
    """Compare by bytes: GB18030 text of some length is practically never valid UTF-8."""
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
    """Big5 where declared; anything else that is not UTF-8 is GB18030, whatever the page says."""
    match = _DECLARED.search(sample[:_DECLARED_WITHIN])
    return "big5hkscs" if match and match[1].lower().startswith(b"big5") else "gb18030"
