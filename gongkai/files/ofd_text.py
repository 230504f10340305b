"""Extracts the text of OFD documents (GB/T 33190-2016): the pages and their templates.

Source: GB/T 33190-2016, chapters 7 (package), 8 (document and pages), 11 (text).
"""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from gongkai.catalog.record import AttachmentText
from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import DOCX_RATIO_APPLIES_FROM, MIB
from gongkai.files.text_lines import Word, join_words
from gongkai.files.zip_limits import check_packing

_ROOT = "ofd.xml"
_LARGEST_PART = 32 * MIB
_MOST_PAGES = 3_000
_FEWEST_LETTERS = 10
"""Least average of characters a page; below it the document is images."""


def read_ofd(file: BinaryIO, characters: int) -> tuple[str, AttachmentText]:
    """Returns the text of the pages in order. Raises BrokenFileError for a damaged file."""
    check_packing(file, DOCX_RATIO_APPLIES_FROM)
    file.seek(0)
    texts: list[str] = []
    with zipfile.ZipFile(file) as archive:
        package = _Package(archive)
        for page in package.list_pages()[:_MOST_PAGES]:
            texts.append(package.read_page(page))
            if sum(map(len, texts)) > characters:
                break
    if not texts:
        raise BrokenFileError("bad_file", "The document has no pages.")
    text = "\n".join(filter(None, texts))
    is_pictures = len("".join(text.split())) < _FEWEST_LETTERS * len(texts)
    return text, AttachmentText.NO_TEXT_LAYER if is_pictures else AttachmentText.READ


class _Package:
    """The parts of a document by their names without case."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}
        self._templates: dict[str, str] = {}

    def list_pages(self) -> list[str]:
        """Returns the names of the pages in order; without a list, every page of the package."""
        pages: list[str] = []
        root = self._parse(_ROOT)
        for reference in _find(root, "DocRoot"):
            document = _resolve("", reference.text or "")
            tree = self._parse(document)
            for template in _find(tree, "TemplatePage"):
                place = _resolve(document, template.get("BaseLoc", ""))
                self._templates[template.get("ID", "")] = place
            pages += [_resolve(document, page.get("BaseLoc", "")) for page in _find(tree, "Page")]
        found = [page for page in pages if page in self._names]
        return found or sorted(name for name in self._names if name.endswith("/content.xml"))

    def read_page(self, name: str) -> str:
        """Returns the text of a page above that of its template."""
        page = self._parse(name)
        words = list(_read_words(page))
        for template in _find(page, "Template"):
            place = self._templates.get(template.get("TemplateID", ""), "")
            if place in self._names:
                words += _read_words(self._parse(place))
        return join_words(words)

    def _parse(self, name: str) -> Element:
        info = self._archive.NameToInfo.get(self._names.get(name, ""))
        if info is None:
            raise BrokenFileError(
                "bad_file", f"The document has no part {posixpath.basename(name)}."
            )
        if info.file_size > _LARGEST_PART:
            raise BrokenFileError("unpacks_too_large", "A part of the document is too large.")
        root: Element = fromstring(self._archive.read(info), forbid_dtd=True)
        return root


def _resolve(part: str, location: str) -> str:
    """Returns the name of a part; a location is relative to the part that names it, or to `/`."""
    joined = posixpath.join("/", posixpath.dirname(part), location.strip().replace("\\", "/"))
    return posixpath.normpath(joined).lstrip("/").lower()


def _find(root: Element, name: str) -> Iterator[Element]:
    return (each for each in root.iter() if _local(each) == name)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _read_words(root: Element) -> Iterator[Word]:
    """Yields the visible texts of a page with their places, in millimetres."""
    stack = [root]
    while stack:
        element = stack.pop()
        if element.get("Visible", "true").lower() in ("false", "0"):
            continue
        if _local(element) == "TextObject":
            yield from _read_text(element)
        else:
            stack.extend(reversed(element))


def _read_text(element: Element) -> Iterator[Word]:
    left, top, width, _ = _numbers(element.get("Boundary", ""), 4)
    (size,) = _numbers(element.get("Size", ""), 1)
    codes = [each for each in element if _local(each) == "TextCode"]
    for code in codes:
        (x,), (y,) = _numbers(code.get("X", ""), 1), _numbers(code.get("Y", ""), 1)
        text = (code.text or "").strip("\n\r")
        right = left + width if len(codes) == 1 and width else left + x + size * len(text)
        if text:
            yield Word(text, left + x, right, top + y, size or 4.0)


def _numbers(text: str, count: int) -> list[float]:
    try:
        found = [float(each) for each in text.split()[:count]]
    except ValueError:
        found = []
    return found + [0.0] * (count - len(found))
