"""An XML export of a portal in, a row per repeated element out. Registered in `formats`.

No entity is expanded and no other file or address is read; memory holds one record.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from lxml import etree

from files.errors import BrokenFileError
from files.limits import MAX_ROW_BYTES
from indexer.sources.row import Row, SourceRow
from indexer.sources.streams import OnBytes, open_text
from indexer.sources.xml_fields import RowLevel, read_fields

_CHUNK = 64 * 1024
# Only white space, the declaration, comments and instructions before the root: no DOCTYPE.
_PLAIN_START = re.compile(
    rb"\s*+(?>(?:<\?.*?\?>|<!--.*?-->)\s*+)*+<(?![?!])",  # no way back: hostile comments
    re.DOTALL,
)

_ENDS_EARLY = (
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY,
    etree.ErrorTypes.ERR_DOCUMENT_END,
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED,
)


def read_xml(path: Path, on_bytes: OnBytes) -> Iterator[Row]:
    """Every record, its ordinal as line. Raises BrokenFileError where the XML is broken.

    A record is an element that has two known headings: as its children, as its attributes, or as
    the `name` of its children (`<field name="标题">`). All elements at its depth are records.
    """
    source, number = str(path), 0
    with open_text(path, on_bytes, is_markup=True) as stream:
        for element in _read_elements(stream):
            number += 1
            yield SourceRow(source, number, read_fields(element))
    if not number:
        raise BrokenFileError("no_rows", "No elements with headings that the catalog knows.")


def _read_elements(stream: BinaryIO) -> Iterator[etree._Element]:
    chunk = stream.read(_CHUNK)
    parser = _open_parser(is_plain=bool(_PLAIN_START.match(chunk)))
    level, held, is_open = RowLevel(), 0, True
    while is_open:
        held += len(chunk)
        if held > MAX_ROW_BYTES:
            raise BrokenFileError("too_long", "No record ends within 32 MiB of XML.")
        is_open, fault = bool(chunk), _feed(parser, chunk)
        for event, node in parser.read_events():
            element = cast(etree._Element, node)
            if event == "start":
                level.enter(element)
            elif level.leave():
                held = 0
                yield element
                _forget(element)
        if fault:
            raise fault
        chunk = stream.read(_CHUNK)


def _open_parser(*, is_plain: bool) -> etree.XMLPullParser:
    """libxml2's own limits (10 MB a text, depth 256) stay on unless there can be no DTD."""
    return etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=is_plain,
    )


def _feed(parser: etree.XMLPullParser, chunk: bytes) -> BrokenFileError | None:
    """Parse on, or close at the end; a fault is given back, for what was read before it counts."""
    try:
        if chunk:
            parser.feed(chunk)
        else:
            parser.close()
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) in _ENDS_EARLY:
            return BrokenFileError("truncated", "The XML ends before its root element does.")
        line, column = error.position
        return BrokenFileError("bad_xml", f"The XML is broken at line {line}, column {column}.")
    return None


def _forget(element: etree._Element) -> None:
    """Drop a record and all before it from the tree."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
