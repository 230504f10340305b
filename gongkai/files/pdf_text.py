"""Extracts the text layer of a PDF, page by page.

PDFium is not thread-safe and may crash, so it must only run in an extraction worker.
"""

from contextlib import closing
from typing import Any, BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.errors import BrokenFileError
from gongkai.files.pdf_tables import may_hold_table, split_cells

MAX_PAGES = 3_000
TEXT_LAYER_FROM = 10
"""Least average of characters a page; below it a PDF is images with page numbers."""


def read_pdf(file: BinaryIO, characters: int) -> tuple[str, AttachmentText]:
    """Returns the text of the first pages, up to about `characters`, and the state of the text.

    Raises BrokenFileError or an error of PDFium for a damaged or encrypted file.
    """
    import pypdfium2  # noqa: PLC0415 - the parent process never loads PDFium

    with closing(pypdfium2.PdfDocument(file)) as document:
        pages = min(len(document), MAX_PAGES)
        if not pages:
            raise BrokenFileError("bad_file", "The PDF has no pages.")
        texts: list[str] = []
        length = 0
        for number in range(pages):
            texts.append(_read_page(document, number))
            length += len(texts[-1])
            if length > characters:
                break
    text = "\n".join(texts)
    is_pictures = len("".join(text.split())) < TEXT_LAYER_FROM * len(texts)
    return text, AttachmentText.NO_TEXT_LAYER if is_pictures else AttachmentText.READ


def _read_page(document: Any, number: int) -> str:
    with closing(document[number]) as page, closing(page.get_textpage()) as textpage:
        # U+FFFE marks a word that is hyphenated at the end of a line.
        text = str(textpage.get_text_bounded()).replace("\ufffe", "")
        return split_cells(textpage, text) if may_hold_table(page) else text
