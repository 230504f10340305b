"""Finds pieces of text that were decoded with a wrong encoding (乱码).

A piece counts if its bytes give common Chinese characters in the right encoding.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from analyzers.lazy_pattern import lazy_re

_LOST = ("\ufffd", "锟斤拷", "????")
"""Traces of bytes without a character, and of characters missing from an encoding."""
_SHOWN = 10
_LEADS = (*range(0xE3, 0xEA), 0xEF)
"""First bytes of Chinese characters and punctuation in UTF-8."""
_TAILS = range(0x80, 0xC0)
_LATIN = {bytes([code]).decode("cp1252", "ignore"): code for code in range(0x80, 256)}
_LATIN |= {chr(code): code for code in range(0x80, 256)}
_LATIN_LEADS = "".join(map(chr, _LEADS))
_LATIN_TAILS = re.escape("".join(sign for sign, code in _LATIN.items() if code in _TAILS))
_UTF8_AS_LATIN = lazy_re(f"(?:[{_LATIN_LEADS}][{_LATIN_TAILS}]{{1,2}}){{2,}}")
_GBK_AS_LATIN = lazy_re("[\u00b0-\u00f7][\u00a1-\u00fe]{5,}")
_LATIN_PAIR = lazy_re("[\u00b0-\u00ff][\u0080-\u2122]")
"""Fast to find, and rare in Chinese text."""
_EURO = "€"
"""Windows shows the byte 80 as €; it begins no character of GBK."""
_FEWEST = 2
"""Least number of common characters after decoding, and of distinct characters before."""
_SHARE = 0.6
"""Least share of a piece's bytes that decode to common characters."""


def find_garbled(text: str) -> str:
    """Returns the first piece decoded with a wrong encoding, or an empty string."""
    for lost in _LOST:
        if (at := text.find(lost)) >= 0:
            return text[max(0, at - _SHOWN) : at + _SHOWN]
    return "" if text.isascii() else next(_pieces(text), "")


def find_garbled_in(value: object) -> str:
    """Returns the first such piece in a raw cell of any type; cleaning would hide some."""
    return next(filter(None, map(find_garbled, _list_texts(value))), "")


def may_be_garbled(value: object) -> bool:
    """Whether any text in a value has signs of a wrong encoding; rarely true of correct texts."""
    # No pattern matches across a line break, and one search over all texts is faster.
    text = "\n".join(_list_texts(value))
    if any(lost in text for lost in _LOST):
        return True
    _, begin = _utf8_as_gbk()
    is_misread = begin.search(text) or _LATIN_PAIR.search(text)
    return is_misread is not None and not text.isascii()


def _list_texts(value: object) -> list[str]:
    texts: list[str] = []
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, list | tuple):
            stack.extend(value)
        elif isinstance(value, Mapping):
            stack.extend(value.values())
    return texts


def _pieces(text: str) -> Iterator[str]:
    run, begin = _utf8_as_gbk()
    if begin.search(text):
        yield from (each for each in run.findall(text) if _is_chinese(each, _to_gbk(each), "utf-8"))
    if not _LATIN_PAIR.search(text):
        return
    for pattern, encoding in ((_UTF8_AS_LATIN, "utf-8"), (_GBK_AS_LATIN, "gbk")):
        for match in pattern.finditer(text):
            if _is_chinese(match[0], _to_latin(match[0]), encoding):
                yield match[0]


@cache
def _utf8_as_gbk() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Returns patterns for UTF-8 decoded as GBK: a whole run, and its beginning.

    The second pattern is fast and rarely matches correct text.
    """
    first, second = _signs(_LEADS, _TAILS), _signs(_TAILS, _LEADS)
    run = f"[{first}{second}{_signs(_TAILS, _TAILS)}{_signs(_LEADS, _LEADS)}{_EURO}]{{3,}}"
    return re.compile(run), re.compile(f"[{first}][{second}{_EURO}]")


def _signs(ones: Iterable[int], others: Sequence[int]) -> str:
    pairs = (bytes((one, other)) for one in ones if one > 0x80 for other in others)
    return re.escape("".join(pair.decode("gbk", "ignore") for pair in pairs))


def _to_gbk(piece: str) -> bytes:
    return b"\x80".join(part.encode("gbk", "ignore") for part in piece.split(_EURO))


def _to_latin(piece: str) -> bytes:
    return bytes(_LATIN[sign] for sign in piece)


def _is_chinese(piece: str, raw: bytes, encoding: str) -> bool:
    """Whether a piece becomes common Chinese when decoded again, and is not already."""
    read = raw.decode(encoding, "ignore")
    common = sum(map(_is_common, read))
    if common < _FEWEST or len(set(piece)) <= _FEWEST:
        return False
    is_sound = 2 * sum(map(_is_common, piece)) > len(piece)
    return not is_sound and common * len("一".encode(encoding)) >= _SHARE * len(raw)


@cache
def _is_common(sign: str) -> bool:
    """Whether a character is in level 1 of GB 2312, the 3,755 most common characters."""
    return b"\xb0\xa1" <= sign.encode("gb2312", "ignore") <= b"\xd7\xf9"
