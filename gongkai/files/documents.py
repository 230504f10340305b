"""Reads the text of a document of any kind by its content, whatever its suffix says."""

from collections.abc import Callable, Mapping
from gettext import gettext as _
from typing import BinaryIO

from gongkai.catalog.markup import has_markup
from gongkai.catalog.plain_text import reduce_markup
from gongkai.catalog.record import AttachmentText
from gongkai.files.containers import WORKBOOKS, Container, find_container
from gongkai.files.doc_text import read_doc
from gongkai.files.docx_text import read_docx
from gongkai.files.encodings import detect_encoding
from gongkai.files.errors import BrokenFileError
from gongkai.files.limits import SAMPLE_BYTES
from gongkai.files.ofd_text import read_ofd
from gongkai.files.pdf_text import read_pdf
from gongkai.files.ppt_text import read_ppt
from gongkai.files.pptx_text import read_pptx
from gongkai.files.rtf_text import read_rtf
from gongkai.files.workbook_text import read_workbook
from gongkai.files.zip_text import read_zip

SUFFIXES = frozenset(
    (
        *(".pdf", ".ofd", ".txt", ".rtf", ".zip", ".docx", ".doc", ".wps", ".pptx", ".ppt", ".dps"),
        *(".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods"),
    )
)
IMAGE_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".tif", ".tiff"))
"""Suffixes of images, which only OCR reads."""
_BYTES_PER_CHARACTER = 4
_OFFICE = SUFFIXES - {".txt", ".pdf", ".ofd", ".zip"}
"""Suffixes under which systems save HTML."""
_READERS: Mapping[Container, Callable[[BinaryIO, int], tuple[str, AttachmentText]]] = {
    Container.PDF: read_pdf,
    Container.DOCX: read_docx,
    Container.DOC: read_doc,
    Container.RTF: read_rtf,
    Container.PPTX: read_pptx,
    Container.PPT: read_ppt,
    Container.OFD: read_ofd,
}


def read_document(file: BinaryIO, suffix: str, characters: int) -> tuple[str, AttachmentText]:
    """Returns the text of an open file, up to about `characters`, and its state.

    Raises BrokenFileError, or any error of a parser for a file that can't be read.
    """
    if suffix not in SUFFIXES:
        raise BrokenFileError("unknown_format", _("The format is not supported."))
    container = find_container(file)
    if container in _READERS:
        return _READERS[container](file, characters)
    if container in WORKBOOKS:
        return read_workbook(file, container, characters)
    if container is Container.ARCHIVE and suffix == ".zip":
        return read_zip(file, characters, read_document)
    if container is Container.TEXT and (suffix == ".txt" or suffix in _OFFICE):
        return _read_text(file, suffix, characters)
    raise BrokenFileError("bad_file", _("The content of the file can't be read."))


def _read_text(file: BinaryIO, suffix: str, characters: int) -> tuple[str, AttachmentText]:
    """Returns plain text; HTML under the name of an office document is reduced to text."""
    content = file.read(characters * _BYTES_PER_CHARACTER)
    encoding = detect_encoding(content[:SAMPLE_BYTES])
    text = content[encoding.mark :].decode(encoding.name, "replace")
    if suffix == ".txt":
        return text, AttachmentText.READ
    if not has_markup(text):
        raise BrokenFileError("bad_file", _("The file is no document of an office program."))
    return reduce_markup(text), AttachmentText.READ
