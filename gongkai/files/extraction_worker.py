"""The process that extracts text from untrusted files.

It starts from a clean interpreter, limits its own memory and time, and cannot write files. A file
that kills it loses only its own text.
"""

import json
import math
import os
import resource
import signal
import socket
import sys
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from gongkai.catalog.record import AttachmentText
from gongkai.files.documents import read_document
from gongkai.files.limits import (
    EXTRACTION_CPU_SECONDS,
    EXTRACTION_MEMORY_BYTES,
    EXTRACTION_WALL_SECONDS,
    MAX_OCR_PAGES,
    MAX_TEXT_CHARACTERS,
    OCR_CPU_SECONDS,
    OCR_MEMORY_BYTES,
    OCR_WALL_SECONDS,
)
from gongkai.files.ocr import recognize_document

_OPEN_FILES = 64


@dataclass(frozen=True, slots=True)
class ExtractionLimits:
    """The limits of the extraction of one file."""

    characters: int = MAX_TEXT_CHARACTERS
    cpu_seconds: int = EXTRACTION_CPU_SECONDS
    wall_seconds: int = EXTRACTION_WALL_SECONDS
    memory_bytes: int = EXTRACTION_MEMORY_BYTES
    ocr_pages: int = 0
    """Pages that are recognised as images; 0: the text itself is read."""


OCR_LIMITS = ExtractionLimits(
    cpu_seconds=OCR_CPU_SECONDS,
    wall_seconds=OCR_WALL_SECONDS,
    memory_bytes=OCR_MEMORY_BYTES,
    ocr_pages=MAX_OCR_PAGES,
)


def serve_extractions() -> None:
    """Answers requests on the socket at standard input until the other side closes it."""
    limits = ExtractionLimits(*map(int, sys.argv[1:]))
    warnings.simplefilter("ignore")
    _limit_process(limits)
    with socket.socket(fileno=0) as requests:
        while True:
            message, descriptors, _, _ = socket.recv_fds(requests, 64, 1)
            if not message or not descriptors:
                return
            with os.fdopen(descriptors[0], "rb") as file:
                _start_clocks(limits)
                text, state = extract_text(file, message.decode(), limits)
            signal.alarm(0)
            answer = json.dumps([state, text], ensure_ascii=False).encode("utf-8", "replace")
            requests.sendall(len(answer).to_bytes(8) + answer)


def extract_text(
    file: BinaryIO, suffix: str, limits: ExtractionLimits
) -> tuple[str, AttachmentText]:
    """Returns the text of one file and its state; raises nothing for a bad file."""
    try:
        if limits.ocr_pages:
            text, state = recognize_document(file, limits.ocr_pages, limits.characters)
        else:
            text, state = read_document(file, suffix, limits.characters)
    except MemoryError:
        return "", AttachmentText.TOO_COSTLY
    except Exception:
        return "", AttachmentText.UNREADABLE
    return text[: limits.characters], state


def _limit_process(limits: ExtractionLimits) -> None:
    for kind, most in (
        (resource.RLIMIT_DATA, limits.memory_bytes),
        (resource.RLIMIT_AS, 2 * limits.memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(kind, (most, most))
    # These signals must also end the process inside PDFium, where no Python handler runs.
    for number in (signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)


def _start_clocks(limits: ExtractionLimits) -> None:
    """Limits processor time for one file; the alarm ends a slow read."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    last = math.ceil(used.ru_utime + used.ru_stime) + limits.cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (last, resource.RLIM_INFINITY))
    signal.alarm(limits.wall_seconds)
