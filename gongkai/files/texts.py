"""Read the text of a PDF, DOCX or TXT file through an extraction worker.

No file raises: one that is damaged, encrypted or too large has a state that says so.
"""

import atexit
import os
import stat
from pathlib import Path
from typing import BinaryIO

from gongkai.catalog.plain_text import clean_text
from gongkai.catalog.record import AttachmentText
from gongkai.files.extraction import TextExtractor
from gongkai.files.extraction_worker import READERS
from gongkai.files.limits import MAX_TEXT_FILE_BYTES

SUFFIXES = frozenset(READERS)
_extractor = TextExtractor()
atexit.register(_extractor.close)
os.register_at_fork(after_in_child=_extractor.abandon)


def read_file(path: Path, extractor: TextExtractor = _extractor) -> tuple[str, AttachmentText]:
    """The text, cleaned as a body is, and its state. A symbolic link is not followed."""
    try:
        # Without O_NONBLOCK, opening a pipe that took the file's place would wait for its writer.
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
    """The same for a file that is open already; it needs a descriptor."""
    size, suffix = os.fstat(file.fileno()).st_size, suffix.lower()
    if size > MAX_TEXT_FILE_BYTES or suffix not in SUFFIXES:
        return "", AttachmentText.UNREADABLE
    extraction = extractor.extract(file, suffix)
    return clean_text(extraction.text), extraction.state
