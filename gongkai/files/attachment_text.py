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
from gongkai.files.documents import SUFFIXES
from gongkai.files.extraction import TextExtractor
from gongkai.files.limits import MAX_TEXT_FILE_BYTES

_extractor = TextExtractor()
atexit.register(_extractor.close)
os.register_at_fork(after_in_child=_extractor.abandon)


def read_file(path: Path, extractor: TextExtractor = _extractor) -> tuple[str, AttachmentText]:
    """Returns the text, cleaned like a body, and its state; symbolic links are not followed."""
    try:
        # Without O_NONBLOCK, opening a pipe in the file's place would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        return "", AttachmentText.UNREADABLE
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return "", AttachmentText.UNREADABLE
    with os.fdopen(descriptor, "rb") as file:
        return read_open_file(file, path.suffix, extractor)


def read_open_file(
    file: BinaryIO, suffix: str, extractor: TextExtractor = _extractor
) -> tuple[str, AttachmentText]:
    """Like `read_file` for an open file, which needs a descriptor."""
    size, suffix = os.fstat(file.fileno()).st_size, suffix.lower()
    if size > MAX_TEXT_FILE_BYTES or suffix not in SUFFIXES:
        return "", AttachmentText.UNREADABLE
    extraction = extractor.extract(file, suffix)
    return clean_text(extraction.text), extraction.state
