"""Reads the fields of record elements in an XML export."""

from lxml import etree

from gongkai.catalog.headings import key_of
from indexer.sources.row import gather_cells

MAX_ATTRIBUTES = 300
_NAMING = ("name", "key", "field", "label", "title", "caption", "displayname", "名称")
_MARKUP = frozenset(
    ("p", "div", "span", "br", "table", "b", "strong", "ul", "ol", "a", "img", "h1")
)


def heading_of(element: etree._Element) -> str:
    """Returns the heading of an element: its naming attribute (`<row name="标题">`) or its tag."""
    for name, value in attributes_of(element):
        if name.lower() in _NAMING and key_of(value):
            return value
    return local_name(element.tag)


def attributes_of(element: etree._Element) -> list[tuple[str, str]]:
    """Returns local names and values; none for an element with more than MAX_ATTRIBUTES.

    lxml looks up each value by name, which takes quadratic time.
    """
    if not len(element.attrib) or len(element.attrib) > MAX_ATTRIBUTES:
        return []
    return [(local_name(name), str(value)) for name, value in element.attrib.items()]


def read_fields(element: etree._Element) -> dict[str, object]:
    """Returns the attributes and children of a record. Different values of a name become a list."""
    return gather_cells(
        [*attributes_of(element), *((_column(child), _value(child)) for child in element)]
    )


def local_name(name: object) -> str:
    """Returns a tag or attribute name without its namespace."""
    return str(name).rpartition("}")[2]


def _column(child: etree._Element) -> str:
    """Returns the heading of a child: a known tag, else its naming attribute, else the tag."""
    tag = local_name(child.tag)
    if key_of(tag):
        return tag
    named = (value for name, value in attributes_of(child) if name.lower() in _NAMING)
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
    """Returns the value of an element without text: `value`, or all attributes (`<file name=
    url=/>`).
    """
    attributes = dict(attributes_of(element))
    return attributes.get("value", attributes if len(attributes) > 1 else "")


def _is_markup(element: etree._Element) -> bool:
    """Returns whether an element is text with tags (an XHTML body) instead of a structure."""
    texts = (element.text, *(child.tail for child in element))
    tags = {local_name(child.tag).lower() for child in element}
    return any(text and not text.isspace() for text in texts) or bool(tags & _MARKUP)


def _inner_markup(element: etree._Element) -> str:
    inner = (etree.tostring(child, encoding="unicode", with_tail=True) for child in element)
    return (element.text or "") + "".join(inner)
