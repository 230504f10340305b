"""Collects the visible text of one DOCX story (main document, footnotes or endnotes).

Each open paragraph, run, row, cell or text box is a frame. Whether a frame is hidden is known at
its end; only then is its text added to the enclosing frame.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from gongkai.files.docx_parts import MAX_DEPTH, attribute, is_on, short_name
from gongkai.files.docx_styles import HiddenStyles
from gongkai.files.errors import BrokenFileError

MAX_FRAMES = 200
"""Nested frames; a table inside a table inside a text box has about ten."""
Note = tuple[str, str]
"""A note by its kind (`w:footnote`) and id."""

_SKIPPED = frozenset(
    (
        *("w:del", "w:moveFrom", "w:delText", "w:instrText", "w:delInstrText", "w:fldData"),
        *("w:sdtPr", "w:sdtEndPr", "w:customXmlPr", "w:smartTagPr", "w:sectPr", "w:rt"),
        *("w:binData", "w:altChunk", "m:ctrlPr", "w:ffData"),
    )
)
_FRAMES = {
    "w:p": "p",
    "w:r": "r",
    "m:r": "r",
    "w:tbl": "tbl",
    "w:tr": "tr",
    "w:tc": "tc",
    "w:txbxContent": "box",
    "w:drawing": "shape",
    "wsp": "shape",
    "w:footnote": "note",
    "w:endnote": "note",
}
_SIGNS = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}
_REFERENCES = {"w:footnoteReference": "w:footnote", "w:endnoteReference": "w:endnote"}
# The properties of a run, and of the mark at the end of a paragraph.
_RUN_PROPERTIES = (("w:r", "w:rPr"), ("m:r", "w:rPr"), ("w:pPr", "w:rPr"))
_HIDDEN_SHAPE = re.compile(r"visibility\s*:\s*hidden|display\s*:\s*none", re.IGNORECASE)

_name = lru_cache(maxsize=4096)(short_name)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Visible text; `is_explicit` where the run itself states that it is visible."""

    text: str
    notes: tuple[Note, ...] = ()
    is_explicit: bool = False


@dataclass(slots=True)
class _Frame:
    kind: str
    pieces: list[_Piece] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    is_hidden: bool | None = None
    is_covered: bool = False
    is_style_separator: bool = False
    style: str | None = None
    note: Note | None = None


class StoryHandler:
    """A handler for `parse_part`; `text`, `notes` and `note_texts` are complete after `finish`."""

    def __init__(
        self, styles: HiddenStyles, characters: int, *, are_fields_balanced: bool = True
    ) -> None:
        self.text = ""
        self.notes: tuple[Note, ...] = ()
        self.note_texts: dict[Note, str] = {}
        self._styles = styles
        self._left = characters
        self._hides_instructions = are_fields_balanced
        self._path: list[str] = []
        self._skipped = 0
        self._frames = [_Frame("story")]
        self._alternatives: list[bool] = []
        self._fields: list[bool] = []
        self._instructions = 0

    @property
    def is_full(self) -> bool:
        """Whether enough characters were read."""
        return self._left <= 0

    @property
    def has_open_field(self) -> bool:
        """Whether a field instruction never ended."""
        return self._hides_instructions and self._instructions > 0 and not self.is_full

    def finish(self) -> None:
        """Closes the frames that are open where the parser was stopped."""
        while len(self._frames) > 1:
            self._close(self._frames.pop())
        self.text = "".join(piece.text for piece in self._frames[0].pieces)
        self.notes = _notes_of(self._frames[0].pieces)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _name(tag)
        if len(self._path) >= MAX_DEPTH:
            raise BrokenFileError("too_deep", "The document has too many nested elements.")
        if self._skipped or self._is_skipped(name, attributes):
            self._skipped += 1
        elif kind := _FRAMES.get(name):
            self._open(kind, name, attributes)
        elif self._path and self._path[-1] in ("w:r", "m:r"):
            self._read_run_child(name, attributes)
        else:
            self._read_property(name, attributes)
        self._path.append(name)

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        if self._skipped:
            self._skipped -= 1
        elif name == "mc:AlternateContent":
            self._alternatives.pop()
        elif name in _FRAMES:
            self._close(self._frames.pop())

    def data(self, text: str) -> None:
        if not self._skipped and self._path and self._path[-1] in ("w:t", "m:t"):
            self._add(text)

    def _is_skipped(self, name: str, attributes: Mapping[str, str]) -> bool:
        if name == "mc:AlternateContent":
            self._alternatives.append(False)
            return False
        if name in ("mc:Choice", "mc:Fallback") and self._alternatives:
            is_other, self._alternatives[-1] = self._alternatives[-1], True
            return is_other
        if name in ("w:del", "w:moveFrom") and self._path and self._path[-1] == "w:trPr":
            self._frames[-1].is_hidden = True
        if name.startswith("v:") and _HIDDEN_SHAPE.search(attributes.get("style", "")):
            return True
        return name in _SKIPPED or name.endswith("Change")

    def _open(self, kind: str, name: str, attributes: Mapping[str, str]) -> None:
        if len(self._frames) >= MAX_FRAMES:
            raise BrokenFileError("too_deep", "The document has too many nested parts.")
        frame = _Frame(kind)
        if kind == "note":
            frame.note = (name, attribute(attributes, "id") or "")
            frame.is_hidden = attribute(attributes, "type") not in (None, "normal")
        self._frames.append(frame)

    def _read_run_child(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _SIGNS:
            self._add(_SIGNS[name])
        elif name in _REFERENCES:
            note = (_REFERENCES[name], attribute(attributes, "id") or "")
            self._frames[-1].notes.append(note)
        elif name == "w:fldChar":
            self._read_field(attribute(attributes, "fldCharType"))

    def _read_field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(True)
            self._instructions += 1
        elif kind == "separate" and self._fields:
            self._instructions -= self._fields[-1]
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._instructions -= self._fields.pop()

    def _read_property(self, name: str, attributes: Mapping[str, str]) -> None:
        """Reads properties that hide the innermost frame, and ignores all others."""
        frame, above = self._frames[-1], tuple(self._path[-2:])
        if name == "w:vanish" and above in _RUN_PROPERTIES:
            frame.is_hidden = is_on(attributes)
        elif name == "w:specVanish" and above == ("w:pPr", "w:rPr"):
            frame.is_style_separator = is_on(attributes)
        elif name in ("w:rStyle", "w:pStyle", "w:tblStyle") and above != ("w:pPr", "w:rPr"):
            frame.style = attribute(attributes, "val")
        elif name == "w:hidden" and above[-1:] == ("w:trPr",):
            frame.is_hidden = is_on(attributes)
        elif name in ("w:vMerge", "w:hMerge") and above[-1:] == ("w:tcPr",):
            # Word does not show the content of a cell that a merged cell covers.
            frame.is_covered = attribute(attributes, "val") != "restart"
        elif name == "w:cellDel" and above[-1:] == ("w:tcPr",):
            frame.is_hidden = True
        elif name in ("docPr", "cNvPr") and frame.kind == "shape":
            frame.is_hidden = frame.is_hidden or attributes.get("hidden") in ("1", "true")

    def _add(self, text: str) -> None:
        if not (self._instructions and self._hides_instructions):
            self._frames[-1].pieces.append(_Piece(text))
            self._left -= len(text)

    def _close(self, frame: _Frame) -> None:
        if frame.kind == "r":
            piece = self._close_run(frame)
        elif frame.kind == "p":
            piece = self._close_paragraph(frame)
        else:
            piece = _close_container(frame)
        if frame.note and piece:
            self.note_texts[frame.note] = piece.text
        if piece and (piece.text or piece.notes or frame.kind == "tc"):
            self._frames[-1].pieces.append(piece)

    def _close_run(self, frame: _Frame) -> _Piece | None:
        is_hidden = frame.is_hidden
        if is_hidden is None:
            is_hidden = self._styles.hides(frame.style)
        if is_hidden:
            return None
        notes = (*frame.notes, *_notes_of(frame.pieces))
        text = "".join(piece.text for piece in frame.pieces)
        return _Piece(text, notes, is_explicit=is_hidden is False)

    def _close_paragraph(self, frame: _Frame) -> _Piece:
        """Closes a paragraph; a hidden paragraph mark hides runs that state no visibility.

        Word writes both. A style separator is a hidden mark in a visible heading.
        """
        is_hidden = bool(frame.is_hidden) and not frame.is_style_separator
        is_hidden = is_hidden or self._styles.hides_paragraph(frame.style)
        is_hidden = is_hidden or any(
            self._styles.hides(each.style) for each in self._frames if each.kind == "tbl"
        )
        shown = [piece for piece in frame.pieces if piece.is_explicit or not is_hidden]
        text = "".join(piece.text for piece in shown)
        return _Piece(f"{text}\n" if text else "", _notes_of(shown))


def _close_container(frame: _Frame) -> _Piece | None:
    """Closes a container: a row and the content of a text box are lines of their own."""
    if frame.is_hidden:
        return None
    if frame.is_covered:
        return _Piece("")
    notes = _notes_of(frame.pieces)
    texts = [piece.text for piece in frame.pieces]
    if frame.kind == "tr" and len(texts) > 1:
        # Tabs separate the cells of a row, as everywhere in the text of a record. A single cell
        # is the layout of a page and keeps its lines.
        texts = ["\t".join(" ".join(cell.split()) for cell in texts)]
    text = "".join(texts)
    if frame.kind == "tr":
        text = text.strip("\n") + "\n"
    elif frame.kind == "box":
        text = f"\n{text}\n"
    return _Piece(text, notes)


def _notes_of(pieces: Iterable[_Piece]) -> tuple[Note, ...]:
    return tuple(note for piece in pieces for note in piece.notes)
