"""Reads the text of a document through an extraction worker.

No file raises an error; a damaged, encrypted or too large file has a state of its own.
"""

import atexit
import os
import stat
from pathlib import Path
from typing import BinaryIO

from gongkai.catalog.plain_text import clean_text
from gongkai.catalog.record import AttachmentText
from gongkai.files.documents import IMAGE_SUFFIXES, SUFFIXES
from gongkai.files.extraction import Extraction, TextExtractor
from gongkai.files.extraction_worker import OCR_LIMITS
from gongkai.files.limits import MAX_TEXT_FILE_BYTES

_extractor = TextExtractor()
_recognizer = TextExtractor(OCR_LIMITS, workers=1)
for _each in (_extractor, _recognizer):
    atexit.register(_each.close)
    os.register_at_fork(after_in_child=_each.abandon)


def read_file(
    path: Path, extractor: TextExtractor = _extractor, *, ocr: bool = False
) -> tuple[str, AttachmentText]:
    """Returns the text, cleaned like a body, and its state; symbolic links are not followed.

    With `ocr`, scans and images are recognised.
    """
    try:
        # Without O_NONBLOCK, opening a pipe in the file's place would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        return "", AttachmentText.UNREADABLE
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return "", AttachmentText.UNREADABLE
    with os.fdopen(descriptor, "rb") as file:
        return read_open_file(file, path.suffix, extractor, ocr=ocr)


def read_open_file(
    file: BinaryIO, suffix: str, extractor: TextExtractor = _extractor, *, ocr: bool = False
) -> tuple[str, AttachmentText]:
    """Like `read_file` for an open file, which needs a descriptor."""
    size, suffix = os.fstat(file.fileno()).st_size, suffix.lower()
    if size > MAX_TEXT_FILE_BYTES or suffix not in readable_suffixes(ocr=ocr):
        return "", AttachmentText.UNREADABLE
    if suffix in IMAGE_SUFFIXES:
        extraction = Extraction("", AttachmentText.NO_TEXT_LAYER)
    else:
        extraction = extractor.extract(file, suffix)
    if ocr and extraction.state is AttachmentText.NO_TEXT_LAYER:
        recognized = _recognizer.extract(file, suffix)
        # A scan that can't be recognised is reported as a scan.
        if recognized.state is AttachmentText.MACHINE_READ:
            extraction = recognized
    return clean_text(extraction.text), extraction.state


def readable_suffixes(*, ocr: bool) -> frozenset[str]:
    """Returns the suffixes of files that are opened."""
    return SUFFIXES | IMAGE_SUFFIXES if ocr else SUFFIXES
