"""Extract the text layer of a PDF, page by page.

PDFium is not thread-safe and may crash: call this in an extraction worker only.
"""

from contextlib import closing
from typing import Any, BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.errors import BrokenFileError

MAX_PAGES = 3_000
TEXT_LAYER_FROM = 10
"""Characters a page on average, below which a PDF is pictures with page numbers."""


def read_pdf(file: BinaryIO, characters: int) -> tuple[str, AttachmentText]:
    """Return the text of the first pages, up to about `characters`, and whether it is a text layer.

    Raises BrokenFileError or whatever PDFium raises for a damaged or encrypted file.
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
        return str(textpage.get_text_bounded()).replace("\ufffe", "")
