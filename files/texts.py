"""A file beside the input in, its text and what became of it out. One function a format.

No file raises: what is damaged, encrypted or too large says so by its state.
"""

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from catalog.plain_text import clean_text
from catalog.record import AttachmentText
from files.encodings import detect_encoding
from files.limits import MIB, SAMPLE_BYTES
from files.packing import check_packing

MAX_FILE_BYTES = 128 * MIB
"""Scanned plans come this large, and have no text."""
MAX_PAGES = 3_000
MAX_CHARACTERS = 2_000_000
"""A yearbook of a city has about one million; what is above is cut, and found by its beginning."""
TEXT_LAYER_FROM = 10
"""Characters a page on average, below which a PDF is pictures with page numbers."""

log = logging.getLogger("gongkai.files")


class _UnreadableError(Exception):
    """Left inside this file: becomes a state."""


def read_file(path: Path) -> tuple[str, AttachmentText]:
    """The text, cleaned as a body is, and its state."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return "", AttachmentText.UNREADABLE
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text, state = _READERS[path.suffix.lower()](path)
    except Exception as error:
        log.info("an attachment can't be read: %s", type(error).__name__)
        return "", AttachmentText.UNREADABLE
    return clean_text(text[:MAX_CHARACTERS]), state


def _read_txt(path: Path) -> tuple[str, AttachmentText]:
    content = path.read_bytes()
    encoding = detect_encoding(content[:SAMPLE_BYTES])
    return content[encoding.mark :].decode(encoding.name, "replace"), AttachmentText.READ


def _read_pdf(path: Path) -> tuple[str, AttachmentText]:
    import pypdfium2  # noqa: PLC0415 - runs without a PDF need not load it

    with closing(pypdfium2.PdfDocument(path)) as document:
        pages = min(len(document), MAX_PAGES)
        if not pages:
            raise _UnreadableError
        texts: list[str] = []
        length = 0
        for number in range(pages):
            texts.append(_read_page(document, number))
            length += len(texts[-1])
            if length > MAX_CHARACTERS:
                break
    text = "\n".join(texts)
    is_pictures = len("".join(text.split())) < TEXT_LAYER_FROM * len(texts)
    return text, AttachmentText.NO_TEXT_LAYER if is_pictures else AttachmentText.READ


def _read_page(document: Any, number: int) -> str:
    with closing(document[number]) as page, closing(page.get_textpage()) as textpage:
        # A word broken at the end of a line carries the sign U+FFFE instead of a hyphen.
        return str(textpage.get_text_bounded()).replace("\ufffe", "")


def _read_docx(path: Path) -> tuple[str, AttachmentText]:
    import docx  # noqa: PLC0415 - runs without a DOCX need not load it

    with path.open("rb") as file:
        check_packing(file)
        file.seek(0)
        document = docx.Document(file)
        return "\n".join(_lines(document)), AttachmentText.READ


def _lines(container: Any) -> Iterator[str]:
    """Paragraphs and tables in the order of the document; a row of a table is a line."""
    from docx.table import _Cell  # noqa: PLC0415 - loaded by now

    for part in container.iter_inner_content():
        if not hasattr(part, "rows"):
            yield part.text
            continue
        for row in part.rows:
            # Not `row.cells`: it gives a cell once for each column that it says it spans, and a
            # file may say a thousand million.
            cells = (_Cell(each, part) for each in row._tr.tc_lst if each.vMerge != "continue")
            yield " ".join(" ".join(_lines(cell)) for cell in cells)


_READERS: Mapping[str, Callable[[Path], tuple[str, AttachmentText]]] = {
    ".pdf": _read_pdf,
    ".docx": _read_docx,
    ".txt": _read_txt,
}
SUFFIXES = frozenset(_READERS)
