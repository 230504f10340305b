"""Extracts the text of binary presentations (.ppt, also .dps), slide by slide.

Hidden slides, notes, comments and text of earlier saves are left out.
Source: [MS-PPT] 2.1.2 (persist objects), 2.4 (document), 2.5 (slides), 2.9 (text).
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.errors import BrokenFileError

_ENCRYPTED = 0xF3D1C4DF
_DIRECTORY, _SLIDE, _SLIDE_LIST, _SLIDE_REFERENCE = 0x1772, 0x03EE, 0x0FF0, 0x03F3
_SLIDE_INFO, _CHARACTERS, _BYTES, _TAGS = 0x03F9, 0x0FA0, 0x0FA8, 0x1388
_CONTAINER, _HIDDEN, _DEPTH, _MOST_EDITS = 0xF, 0x04, 32, 10_000


def read_ppt(file: BinaryIO, characters: int) -> tuple[str, AttachmentText]:
    """Returns the text of the visible slides.

    Raises BrokenFileError or an error of the parser for damaged or encrypted files.
    """
    import olefile  # noqa: PLC0415 - few files are compound files

    with olefile.OleFileIO(file) as compound:
        data = compound.openstream("PowerPoint Document").read()
        user = compound.openstream("Current User").read()
    token, edit = struct.unpack_from("<2I", user, 12)
    if token == _ENCRYPTED:
        raise BrokenFileError("encrypted", "The presentation has a password.")
    texts: list[str] = []
    places, document = _read_directory(data, edit)
    for slide, outline in _list_slides(data, places[document]):
        body = _read_slide(data, places[slide]) if slide in places else []
        if body is not None:
            texts += dict.fromkeys([*outline, *body])
        if sum(map(len, texts)) > characters:
            break
    return "\n".join(texts), AttachmentText.READ


def _read_directory(data: bytes, edit: int) -> tuple[dict[int, int], int]:
    """Returns the newest place of each object, and the id of the document."""
    places: dict[int, int] = {}
    document = None
    for _ in range(_MOST_EDITS):
        last, directory, reference = struct.unpack_from("<3I", data, edit + 16)
        document = reference if document is None else document
        kind, size = struct.unpack_from("<HI", data, directory + 2)
        if kind != _DIRECTORY:
            raise BrokenFileError("bad_file", "The presentation has no directory.")
        at, end = directory + 8, directory + 8 + size
        while at + 4 <= end:
            (entry,) = struct.unpack_from("<I", data, at)
            first, count = entry & 0xFFFFF, entry >> 20
            for number in range(count):
                (place,) = struct.unpack_from("<I", data, at + 4 + 4 * number)
                places.setdefault(first + number, place)
            at += 4 + 4 * count
        if not last or last >= edit:
            break
        edit = last
    return places, document or 0


def _records(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yields version and instance, kind, and the range of the content of each record."""
    at = start
    while at + 8 <= end:
        version, kind, size = struct.unpack_from("<HHI", data, at)
        yield version, kind, at + 8, min(at + 8 + size, end)
        at += 8 + size


def _content(data: bytes, place: int) -> tuple[int, int]:
    (size,) = struct.unpack_from("<I", data, place + 4)
    return place + 8, min(place + 8 + size, len(data))


def _list_slides(data: bytes, document: int) -> Iterator[tuple[int, list[str]]]:
    """Yields the id of each slide in order, and its texts in the outline."""
    for version, kind, start, end in _records(data, *_content(data, document)):
        if kind != _SLIDE_LIST or version >> 4:
            continue
        slide, texts = None, list[str]()
        for _, inner, first, last in _records(data, start, end):
            if inner == _SLIDE_REFERENCE:
                if slide is not None:
                    yield slide, texts
                slide, texts = int.from_bytes(data[first : first + 4], "little"), []
            elif inner in (_CHARACTERS, _BYTES):
                texts.append(_decode(data[first:last], inner))
        if slide is not None:
            yield slide, texts


def _read_slide(data: bytes, place: int) -> list[str] | None:
    """Returns the texts of a slide, or None for a hidden one."""
    (kind,) = struct.unpack_from("<H", data, place + 2)
    if kind != _SLIDE:
        return []
    start, end = _content(data, place)
    for _, inner, first, last in _records(data, start, end):
        if inner == _SLIDE_INFO and last - first >= 12 and data[first + 10] & _HIDDEN:
            return None
    return list(_read_texts(data, start, end, 0))


def _read_texts(data: bytes, start: int, end: int, depth: int) -> Iterator[str]:
    for version, kind, first, last in _records(data, start, end):
        if kind in (_CHARACTERS, _BYTES):
            yield _decode(data[first:last], kind)
        elif version & 0xF == _CONTAINER and kind != _TAGS and depth < _DEPTH:
            yield from _read_texts(data, first, last, depth + 1)


def _decode(raw: bytes, kind: int) -> str:
    text = raw.decode("utf-16-le" if kind == _CHARACTERS else "latin-1", "replace")
    return text.replace("\r", "\n").replace("\x0b", "\n").strip()
