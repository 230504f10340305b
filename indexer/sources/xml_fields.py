"""Elements of an XML export in; which are records, and their fields, out. Used by its reader."""

from lxml import etree

from gongkai.catalog.headings import key_of
from indexer.sources.row import gather_cells

MAX_ATTRIBUTES = 300
_NAMING = ("name", "key", "field", "label", "title", "caption", "displayname", "名称")
_MARKUP = frozenset(
    ("p", "div", "span", "br", "table", "b", "strong", "ul", "ol", "a", "img", "h1")
)


def heading_of(element: etree._Element) -> str:
    """What an element is called: by its naming attribute (`<row name="标题">`), or its tag."""
    for name, value in attributes_of(element):
        if name.lower() in _NAMING and key_of(value):
            return value
    return local_name(element.tag)


def attributes_of(element: etree._Element) -> list[tuple[str, str]]:
    """Local names and values; none of an element with more than MAX_ATTRIBUTES.

    lxml looks each value up by its name, which takes time quadratic in their number.
    """
    if not len(element.attrib) or len(element.attrib) > MAX_ATTRIBUTES:
        return []
    return [(local_name(name), str(value)) for name, value in element.attrib.items()]


def read_fields(element: etree._Element) -> dict[str, object]:
    """The attributes and children of a record; equal names with different values as a list."""
    return gather_cells(
        [*attributes_of(element), *((_column(child), _value(child)) for child in element)]
    )


def local_name(name: object) -> str:
    """A tag or attribute without its namespace."""
    return str(name).rpartition("}")[2]


def _column(child: etree._Element) -> str:
    """The heading of a child; an unknown one by its naming attribute too, if its tag is unknown."""
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
    """What an element without text says: its `value`, or its attributes (`<file name= url=/>`)."""
    attributes = dict(attributes_of(element))
    return attributes.get("value", attributes if len(attributes) > 1 else "")


def _is_markup(element: etree._Element) -> bool:
    """Whether it is text with tags in it (an XHTML body), not a structure."""
    texts = (element.text, *(child.tail for child in element))
    tags = {local_name(child.tag).lower() for child in element}
    return any(text and not text.isspace() for text in texts) or bool(tags & _MARKUP)


def _inner_markup(element: etree._Element) -> str:
    inner = (etree.tostring(child, encoding="unicode", with_tail=True) for child in element)
    return (element.text or "") + "".join(inner)
