"""Repairs a stream of UTF-8 XML.

Control characters and declarations are removed, HTML entities (`&nbsp;`) become
characters, a bare `&` or `<` becomes text, and `<br>` is closed.
"""

import codecs
import re
from html.entities import html5
from typing import BinaryIO

_CHUNK = 256 * 1024
_LONGEST_REFERENCE = 40
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?:#([0-9]{1,8}|[xX][0-9a-fA-F]{1,8});|([A-Za-z][A-Za-z0-9]{0,31};))?")
_BARE = re.compile(r"<(?=[\s\d=<>,.;%&+\-，。；、％≤≥（）]|\Z)")
_VOID = re.compile(r"<(br|hr|img|wbr)\b([^<>]*?)/?>|</(?:br|hr|img|wbr)\s*>", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\s[^<>]*\?>")
_SURROGATES = re.compile("[\ud800-\udfff]")
_OF_XML = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
_UNPRINTED = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class RepairedXml:
    """The repaired stream.

    `has_undecodable` tells whether undecodable bytes became U+FFFD so far.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._waiting = ""
        self._in_cdata = False
        self.has_undecodable = False

    def read_text(self) -> bytes:
        """Returns the next piece of about 256 KiB, or b"" at the end."""
        while True:
            chunk = self._stream.read(_CHUNK)
            text = self._waiting + self._decode(chunk)
            cut = len(text) if not chunk else _safe_end(text)
            self._waiting = text[cut:]
            repaired = self._repair(text[:cut])
            if repaired or not chunk:
                return repaired.encode("utf-8", "replace")

    def _decode(self, chunk: bytes) -> str:
        text = self._decoder.decode(chunk, final=not chunk)
        if not text.isascii() and _UNPRINTED.search(text):
            self.has_undecodable |= any("\udc80" <= sign <= "\udcff" for sign in text)
            text = _SURROGATES.sub("\ufffd", text)
        return _NOT_XML.sub("", text)

    def _repair(self, text: str) -> str:
        parts, at = [], 0
        while at < len(text):
            sign = _CDATA_END if self._in_cdata else _CDATA
            end = text.find(sign, at)
            stop = len(text) if end < 0 else end + len(sign)
            piece = text[at:stop]
            parts.append(piece if self._in_cdata else _repair_markup(piece))
            if end >= 0:
                self._in_cdata = not self._in_cdata
            at = stop
        return "".join(parts)


def _repair_markup(text: str) -> str:
    # A file may hold several documents with a declaration each. The encoding is known already.
    text = _DECLARATION.sub("", text) if "<?xml" in text else text
    return _VOID.sub(_close, _BARE.sub("&lt;", _AMPERSAND.sub(_replace, text)))


def _close(match: "re.Match[str]") -> str:
    return f"<{match[1]}{match[2]}/>" if match[1] else ""


def _safe_end(text: str) -> int:
    """Returns a cut position that splits neither a reference nor a CDATA sign."""
    start = max(0, len(text) - _LONGEST_REFERENCE)
    places = (text.find(sign, start) for sign in "&<]")
    return min((at for at in places if at >= 0), default=len(text))


def _replace(match: "re.Match[str]") -> str:
    number, name = match[1], match[2]
    if number:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        is_sound = code <= 0x10FFFF and not _UNPRINTED.match(chr(code))
        return match[0] if is_sound else ""
    if name in _OF_XML:
        return match[0]
    if name in html5:
        return "".join(f"&#{ord(sign)};" for sign in html5[name])
    return f"&amp;{match[0][1:]}"
