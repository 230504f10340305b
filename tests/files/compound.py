"""Compound files (OLE) with given streams, and the Word and PowerPoint documents in them.

The layout is the smallest that [MS-CFB], [MS-DOC] and [MS-PPT] allow.
"""

import struct
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

_SECTOR, _FREE, _END, _FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LEAST = 4096
"""Shorter streams would be in the mini stream, so they are padded."""


def pack_compound(path: Path, streams: Mapping[str, bytes]) -> Path:
    """A compound file; every stream is padded to 4,096 bytes."""
    contents = {name: data.ljust(_LEAST, b"\0") for name, data in streams.items()}
    fat: list[int] = []
    body = b""
    entries = [_entry("Root Entry", 5, child=1, start=_END, size=0)]
    names = sorted(contents, key=lambda name: (len(name), name.upper()))
    for number, name in enumerate(names, 1):
        data = contents[name]
        count = -(-len(data) // _SECTOR)
        start = len(fat)
        fat += [*range(start + 1, start + count), _END]
        body += data.ljust(count * _SECTOR, b"\0")
        right = number + 1 if number < len(names) else _FREE
        entries.append(_entry(name, 2, right=right, start=start, size=len(data)))
    while len(entries) % 4:
        entries.append(bytes(128))
    directory = len(fat)
    count = len(entries) // 4
    fat += [*range(directory + 1, directory + count), _END]
    body += b"".join(entries)
    fat_sectors = 1
    while (len(fat) + fat_sectors) * 4 > fat_sectors * _SECTOR:
        fat_sectors += 1
    first = len(fat)
    fat += [_FAT] * fat_sectors
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_sectors * _SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, directory, 0, _LEAST, _END, 0, _END, 0)
    header += struct.pack(
        "<109I", *range(first, first + fat_sectors), *[_FREE] * (109 - fat_sectors)
    )
    path.write_bytes(header + body + table)
    return path


def _entry(
    name: str, kind: int, *, right: int = _FREE, child: int = _FREE, start: int, size: int
) -> bytes:
    raw = f"{name}\0".encode("utf-16-le")
    entry = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    entry += struct.pack("<III", _FREE, right, child) + bytes(16 + 4 + 16)
    return entry + struct.pack("<IQ", start, size)


def pack_doc(
    path: Path,
    text: str,
    *,
    marks: Sequence[tuple[int, int, int]] = (),
    row_ends: Sequence[int] = (),
    after: Sequence[str] = ("", "", "", "", "", ""),
    flags: int = 0,
) -> Path:
    """A Word document. `marks` are first and last character and the property they have.

    `after` are footnotes, headers, macros, comments, endnotes and text boxes.
    """
    start = 2048
    whole = text + "".join(after)
    data = bytearray(start) + whole.encode("utf-16-le")
    struct.pack_into("<HH", data, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", data, 0x0A, 0x0200 | flags)
    struct.pack_into("<7i", data, 0x4C, len(text), *map(len, after))
    clx = b"\x02" + struct.pack("<I", 16) + struct.pack("<II", 0, len(whole))
    clx += struct.pack("<HIH", 0, start, 0)
    table = clx
    struct.pack_into("<II", data, 0x1A2, 0, len(clx))
    edges = sorted({0, len(whole), *(n for first, last, _ in marks for n in (first, last))})
    runs = [
        (a, b, [p for first, last, p in marks if first <= a and b <= last])
        for a, b in pairwise(edges)
    ]
    cells = [
        (a, b, [0x2417] if a in row_ends else [])
        for a, b in zip(range(len(whole)), range(1, len(whole) + 1), strict=True)
    ]
    for place, pages, size in (
        (0xFA, [runs], 1),
        (0x102, [cells[n : n + 20] for n in range(0, len(cells), 20)], 13),
    ):
        data += bytes(-len(data) % _SECTOR)
        numbers = []
        for page in pages:
            numbers.append(len(data) // _SECTOR)
            data += _format_page(page, start, size)
        struct.pack_into("<II", data, place, len(table), 4 * (2 * len(pages) + 1))
        firsts = [start + 2 * page[0][0] for page in pages]
        table += struct.pack(f"<{len(pages) + 1}I", *firsts, start + 2 * len(whole))
        table += struct.pack(f"<{len(pages)}I", *numbers)
    return pack_compound(path, {"WordDocument": bytes(data), "1Table": table})


def _format_page(runs: Sequence[tuple[int, int, list[int]]], start: int, size: int) -> bytes:
    page = bytearray(_SECTOR)
    page[-1] = len(runs)
    places = [start + 2 * a for a, _, _ in runs] + [start + 2 * runs[-1][1]]
    struct.pack_into(f"<{len(places)}I", page, 0, *places)
    end = _SECTOR - 2
    for number, (_, _, properties) in enumerate(runs):
        if not properties:
            continue
        content = b"".join(struct.pack("<HB", each, 1) for each in properties)
        if size == 13:
            content = b"\0\0" + content  # the style, then the properties
            packed = bytes([len(content) // 2 + 1]) + content
        else:
            packed = bytes([len(content)]) + content
        end = (end - len(packed)) & ~1
        page[end : end + len(packed)] = packed
        page[4 * len(places) + size * number] = end // 2
    return bytes(page)


def pack_ppt(path: Path, slides: Sequence[tuple[str, bool]], deleted: str = "") -> Path:
    """A presentation of slides with a text, hidden or not; `deleted` is left by an earlier save."""
    texts = [
        _record(
            0x03EE,
            _record(0x03F9, bytes(10) + bytes([4 * is_hidden, 0]) + bytes(4))
            + _record(0xF00D, _record(0x0FA0, text.encode("utf-16-le")), 0xF),
            0xF,
        )
        for text, is_hidden in slides
    ]
    data = _record(0x03EE, _record(0x0FA0, deleted.encode("utf-16-le")), 0xF) if deleted else b""
    places = []
    for text in texts:
        places.append(len(data))
        data += text
    listed = b"".join(
        _record(0x03F3, struct.pack("<I", n + 2) + bytes(16)) for n in range(len(slides))
    )
    document = len(data)
    data += _record(0x03E8, _record(0x0FF0, listed, 0xF), 0xF)
    directory = len(data)
    entry = 1 | (len(slides) + 1) << 20
    data += _record(0x1772, struct.pack(f"<{2 + len(places)}I", entry, document, *places))
    edit = len(data)
    data += _record(0x0FF5, struct.pack("<IIIII", 0, 0, 0, directory, 1) + bytes(8))
    user = _record(0x0FF6, struct.pack("<III", 20, 0xE391C05F, edit) + bytes(8))
    return pack_compound(path, {"PowerPoint Document": data, "Current User": user})


def _record(kind: int, content: bytes, version: int = 0) -> bytes:
    return struct.pack("<HHI", version, kind, len(content)) + content
