"""Extracts the text of PPTX presentations, slide by slide; hidden slides and notes are left out."""

import zipfile
from collections.abc import Mapping
from typing import BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.docx_parts import attribute, list_relationships, parse_part, short_name
from gongkai.files.limits import DOCX_RATIO_APPLIES_FROM
from gongkai.files.zip_limits import check_packing

_PRESENTATION = "ppt/presentation.xml"
_SHAPES = frozenset(("sp", "graphicFrame", "grpSp", "cxnSp", "pic"))


def read_pptx(file: BinaryIO, characters: int) -> tuple[str, AttachmentText]:
    """Returns a line for each paragraph and table row of the visible slides.

    Raises BrokenFileError or an error of the parser for a damaged file.
    """
    check_packing(file, DOCX_RATIO_APPLIES_FROM)
    file.seek(0)
    texts: list[str] = []
    with zipfile.ZipFile(file) as archive:
        order = _Order()
        parse_part(archive, _PRESENTATION, order)
        targets = list_relationships(archive, _PRESENTATION)
        for slide in (targets[each] for each in order.slides if each in targets):
            handler = _Slide(characters - sum(map(len, texts)))
            parse_part(archive, slide, handler)
            texts += handler.lines if handler.is_shown else []
            if handler.is_full:
                break
    return "\n".join(texts), AttachmentText.READ


class _Order:
    """Collects the relationship ids of the slides in order."""

    is_full = False

    def __init__(self) -> None:
        self.slides: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if short_name(tag) == "sldId":
            named = (value for name, value in attributes.items() if name.endswith("}id"))
            self.slides += named

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


class _Slide:
    """Collects the lines of a slide."""

    def __init__(self, characters: int) -> None:
        self.is_shown = True
        self.lines: list[str] = []
        self._left = characters
        self._path: list[str] = []
        self._text: list[str] = []
        self._cells: list[str] = []
        self._hidden = 0

    @property
    def is_full(self) -> bool:
        return self._left <= 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = short_name(tag)
        self._path.append(name)
        if name == "sld":
            self.is_shown = (attribute(attributes, "show") or "1") not in ("0", "false")
        elif name == "cNvPr" and attributes.get("hidden") in ("1", "true") and not self._hidden:
            # The properties are two levels below their shape.
            self._hidden = max(len(self._path) - 2, 1)
        elif name == "br":
            self._text.append("\n")

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        if len(self._path) < self._hidden and name in _SHAPES:
            self._hidden = 0
            self._text.clear()
        if name == "p" and "tc" not in self._path:
            self._close_line("".join(self._text))
        elif name == "p":
            self._text.append(" ")
        elif name == "tc":
            self._cells.append(" ".join("".join(self._text).split()))
            self._text.clear()
        elif name == "tr":
            self._close_line("\t".join(self._cells))
            self._cells.clear()

    def data(self, text: str) -> None:
        if self._path[-1:] == ["t"] and not self._hidden:
            self._text.append(text)

    def _close_line(self, text: str) -> None:
        line = text.strip(" \u3000\n")
        if line.strip():
            self.lines.append(line)
            self._left -= len(line)
        self._text.clear()
