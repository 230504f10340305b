"""Finds the records in an XML export while its elements open and close."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from gettext import gettext as _
from typing import Any, TypeAlias

from lxml import etree

from gongkai.catalog.headings import key_of
from gongkai.files.errors import BrokenFileError
from indexer.sources.headers import known_keys
from indexer.sources.record_likeness import (
    Likeness,
    add_stated,
    applies_to_records,
    holds_value,
    is_agency_name,
    is_around,
    measure_likeness,
    weigh,
)
from indexer.sources.xml_fields import (
    MAX_ATTRIBUTES,
    attributes_of,
    heading_of,
    local_name,
    read_fields,
)

Fields: TypeAlias = Mapping[str, object]
_Stated: TypeAlias = tuple[tuple[str, object], ...]
_MAX_DEPTH = 64
MAX_FIELDS = 2_000
"""Maximum fields of one record. A sheet has at most 16,384 columns, a catalog a few dozen."""


class UnclosedRecordError(Exception):
    """A record begins directly inside another one, which was never closed."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A record in a tree, with the fields around it that apply to it."""

    element: etree._Element
    likeness: Likeness
    weight: int
    stated: _Stated = ()


@dataclass(slots=True)
class RecordFinder:
    """Examines an element when it closes at `_unit_depth`. The elements around it are frames.

    `tag` is the name of the records as spelled in the file, once one has been seen. `tag_depth` is
    their depth.
    """

    tag: str = ""
    tag_depth: int = 0
    frames: tuple[etree._Element, ...] = ()
    _stack: list[etree._Element] = field(default_factory=list)
    _unit_depth: int = 1
    _stated: dict[int, list[tuple[str, object]]] = field(default_factory=dict)
    _has_records: bool = False

    def enter(self, element: etree._Element) -> None:
        """Handles the start of an element. Raises BrokenFileError if reading on is not safe."""
        if not self._stack:
            _refuse_entities(element)
        self._stack.append(element)
        depth = len(self._stack) - 1
        if depth > _MAX_DEPTH:
            raise BrokenFileError(
                "bad_xml",
                _("Elements are nested more than {max_depth} deep.").format(max_depth=_MAX_DEPTH),
            )
        is_below = bool(self.tag) and depth - 1 == self.tag_depth
        if is_below and spelled(element) == spelled(self._stack[-2]) == self.tag:
            raise UnclosedRecordError

    def leave(self, element: etree._Element) -> Iterator[Fields | None]:
        """Handles the end of an element.

        Yields completed records; None for one with too many fields.
        """
        depth = len(self._stack) - 1
        self._note(element, depth)
        self._stack.pop()
        if depth < self._unit_depth:
            self._unit_depth = max(depth, 1)
            if depth:
                _forget(element)
            elif not self._has_records:
                yield from self._read_root(element)
            self._stated.pop(depth, None)
        elif depth == self._unit_depth:
            yield from self._judge(element, depth)

    def enter_frame(self, *, to: int | None = None) -> Iterator[Fields | None]:
        """Treats the open elements around records as frames, and yields the completed records in
        them.
        """
        last = self.tag_depth if to is None else to
        while self._unit_depth < last and self._unit_depth < len(self._stack):
            frame = self._stack[self._unit_depth]
            opened = self._stack[self._unit_depth + 1 : self._unit_depth + 2]
            self._unit_depth += 1
            for child in list(frame):
                if child not in opened:
                    yield from self._judge(child, self._unit_depth)

    def guess(self) -> None:
        """Without a complete record, takes the outermost open element with a known heading."""
        for depth, element in enumerate(self._stack):
            if depth and not self.tag and _keys(element):
                self.tag, self.tag_depth = spelled(element), depth
                self.frames = tuple(self._stack[:depth])

    def restart(self) -> None:
        """Prepares for another parser that begins at the root."""
        self._stack.clear()

    def _note(self, element: etree._Element, depth: int) -> None:
        """Remembers the first and outermost element that looks like a record."""
        if not depth or (self.tag and depth >= self.tag_depth):
            return
        is_record = measure_likeness(_keys(element)) is Likeness.RECORD
        if is_record and not any(holds_value(heading_of(above)) for above in self._stack[1:]):
            self.tag, self.tag_depth = spelled(element), depth
            self.frames = tuple(self._stack[:depth])

    def _judge(self, element: etree._Element, depth: int) -> Iterator[Fields | None]:
        is_leaf = not len(element)
        found = _find_records(element)
        if not found and self.tag and depth == self.tag_depth and spelled(element) == self.tag:
            found = [_Found(element, Likeness.RECORD, 0)]
        best = max((each.likeness for each in found), default=Likeness.NONE)
        for each in found:
            if each.likeness is best:
                self._has_records = True
                around = [pair for pairs in self._stated.values() for pair in pairs]
                yield _read(each.element, (*each.stated, *around, *_attributes_around(element)))
        if is_leaf and not found and applies_to_records(heading_of(element)):
            self._stated.setdefault(depth - 1, []).append((heading_of(element), element.text))
        if found or self._has_records or not is_leaf:
            _forget(element)

    def _read_root(self, root: etree._Element) -> Iterator[Fields | None]:
        """Yields the root as the only record of the file."""
        if measure_likeness(_keys(root)) is not Likeness.NONE:
            yield _read(root, ())


def spelled(element: etree._Element) -> str:
    """Returns the name of an element as spelled in the file."""
    name = local_name(element.tag)
    return f"{element.prefix}:{name}" if element.prefix else name


def open_again(frames: Iterable[etree._Element]) -> bytes:
    """Returns the start tags of the frames around records, for a parser that begins inside them."""
    tags = []
    for frame in frames:
        spaces = [(f"xmlns:{p}" if p else "xmlns", uri) for p, uri in frame.nsmap.items()]
        written = "".join(f' {name}="{_escape(uri)}"' for name, uri in spaces)
        tags.append(f"<{spelled(frame)}{written}>")
    return "".join(tags).encode()


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _find_records(element: etree._Element) -> list[_Found]:
    """Returns the records in an element, or the element itself. A frame is not a record."""
    keys = _keys(element)
    likeness = measure_likeness(keys)
    if holds_value(heading_of(element)) and not likeness:
        return []
    found = _find_in_children(element) if len(element) else []
    inner = max((each.likeness for each in found), default=Likeness.NONE)
    heaviest = max((e.weight for e in found if e.likeness is Likeness.RECORD), default=0)
    if found and (likeness < inner or is_around(keys, heaviest)):
        stated = (*_attributes(element), *_leaves(element))
        return [_Found(e.element, e.likeness, e.weight, (*e.stated, *stated)) for e in found]
    return [_Found(element, likeness, weigh(keys))] if likeness else []


def _find_in_children(parent: etree._Element) -> list[_Found]:
    """Returns the records in file order, with sibling elements of the same name."""
    by_child = [
        (child, [] if holds_value(heading_of(child)) else _find_records(child)) for child in parent
    ]
    direct = {
        child.tag: each.likeness
        for child, found in by_child
        for each in found
        if each.element is child
    }
    return [
        each
        for child, found in by_child
        for each in found or ([_Found(child, direct[child.tag], 0)] if child.tag in direct else [])
    ]


def _keys(element: etree._Element) -> frozenset[str]:
    """Returns the catalog keys of the attributes and children of an element."""
    names = (key_of(heading_of(child)) for child in element)
    return known_keys(map(local_name, element.attrib)) | {name for name in names if name}


def _read(element: etree._Element, stated: Iterable[tuple[str, object]]) -> Fields | None:
    if len(element) > MAX_FIELDS:
        return None
    if any(len(each.attrib) > MAX_ATTRIBUTES for each in element.iter()):
        return None
    fields, around = read_fields(element), tuple(stated)
    return add_stated(fields, around) if around else fields


def _leaves(element: etree._Element) -> Iterator[tuple[str, object]]:
    for child in element:
        if not len(child) and child.text and applies_to_records(heading_of(child)):
            yield heading_of(child), child.text


def _attributes(element: etree._Element) -> Iterator[tuple[str, object]]:
    for name, value in attributes_of(element):
        if is_agency_name(value):
            yield "发布机构", value
        if applies_to_records(name):
            yield name, value


def _attributes_around(element: etree._Element) -> Iterator[tuple[str, object]]:
    for above in element.iterancestors():
        yield from _attributes(above)


def _forget(element: etree._Element) -> None:
    """Removes an element and everything before it from the tree."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _refuse_entities(root: etree._Element) -> None:
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise BrokenFileError("bad_xml", _("The XML declares its own entities, which is not safe."))
