"""Elements of an XML export in; which are records, and their fields, out. Used by its reader."""

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from catalog.headings import key_of
from files.errors import BrokenFileError
from indexer.sources.headers import known_keys
from indexer.sources.row import gather_cells

_ENOUGH_HEADINGS = 2
_MAX_DEPTH = 64
_NAMING = ("name", "key", "field", "label", "title", "caption", "displayname", "名称")
_MARKUP = frozenset(
    ("p", "div", "span", "br", "table", "b", "strong", "ul", "ol", "a", "img", "h1")
)


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet, while the depth of records is not known."""

    is_field: bool
    keys: set[str] = field(default_factory=set)


@dataclass(slots=True)
class RowLevel:
    """Finds the depth at which records stand, from the first element that has known headings."""

    depth: int | None = None
    _now: int = 0
    _open: list[_Open] = field(default_factory=list)

    def enter(self, element: etree._Element) -> None:
        """An element begins. Raises BrokenFileError for declared entities and endless nesting."""
        if not self._now:
            _refuse_entities(element)
        self._now += 1
        if self._now > _MAX_DEPTH:
            raise BrokenFileError("bad_xml", f"Elements are nested more than {_MAX_DEPTH} deep.")
        if self.depth is None:
            self._look(element)

    def leave(self) -> bool:
        """An element ends: whether it is a record."""
        self._now -= 1
        if self.depth is None:
            self._open.pop()
            return False
        return self._now == self.depth

    def _look(self, element: etree._Element) -> None:
        heading = key_of(heading_of(element))
        inside_field = bool(self._open) and self._open[-1].is_field
        attributes = () if inside_field else known_keys(map(local_name, element.attrib))
        self._open.append(_Open(inside_field or heading is not None, set(attributes)))
        if heading and not inside_field and len(self._open) > 1:
            self._open[-2].keys.add(heading)
        # The root holds records; it is none.
        for depth, opened in enumerate(self._open):
            if depth and len(opened.keys) >= _ENOUGH_HEADINGS:
                self.depth = depth
                return


def heading_of(element: etree._Element) -> str:
    """What an element is called: by its naming attribute (`<row name="标题">`), or its tag."""
    for name, value in element.attrib.items():
        if local_name(name).lower() in _NAMING and key_of(str(value)):
            return str(value)
    return local_name(element.tag)


def read_fields(element: etree._Element) -> dict[str, object]:
    """The attributes and children of a record; equal names with different values as a list."""
    attributes = [(local_name(name), str(value)) for name, value in element.attrib.items()]
    return gather_cells([*attributes, *((_column(child), _value(child)) for child in element)])


def local_name(name: object) -> str:
    """A tag or attribute without its namespace."""
    return str(name).rpartition("}")[2]


def _column(child: etree._Element) -> str:
    """The heading of a child; an unknown one by its naming attribute too, if its tag is unknown."""
    tag = local_name(child.tag)
    if key_of(tag):
        return tag
    named = (str(v) for k, v in child.attrib.items() if local_name(k).lower() in _NAMING)
    return next(named, tag)


def _value(element: etree._Element) -> object:
    if not len(element):
        return element.text or _attribute_value(element)
    if _is_markup(element):
        return _inner_markup(element)
    pairs = [(local_name(child.tag), _value(child)) for child in element]
    names = {name for name, _ in pairs}
    if len(names) == 1 and (len(pairs) > 1 or isinstance(pairs[0][1], dict)):
        return [value for _, value in pairs]
    return gather_cells(pairs)


def _attribute_value(element: etree._Element) -> object:
    """What an element without text says: its `value`, or its attributes (`<file name= url=/>`)."""
    attributes = {local_name(name): str(value) for name, value in element.attrib.items()}
    return attributes.get("value", attributes if len(attributes) > 1 else "")


def _is_markup(element: etree._Element) -> bool:
    """Whether it is text with tags in it (an XHTML body), not a structure."""
    texts = (element.text, *(child.tail for child in element))
    tags = {local_name(child.tag).lower() for child in element}
    return any(text and not text.isspace() for text in texts) or bool(tags & _MARKUP)


def _inner_markup(element: etree._Element) -> str:
    inner = (etree.tostring(child, encoding="unicode", with_tail=True) for child in element)
    return (element.text or "") + "".join(inner)


def _refuse_entities(root: etree._Element) -> None:
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise BrokenFileError("bad_xml", "The XML declares entities of its own, which is not safe.")
