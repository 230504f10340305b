"""An attachment as its source names it in, the file that lies beside the input out, or none.

Never a file outside the input's own folder: a catalog may be anyone's, the disk is the city's.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from gongkai.catalog.record import Attachment


def find_file(folder: Path, attachment: Attachment, suffixes: frozenset[str]) -> Path | None:
    """The file named by the attachment's path, by the end of its address, or by its name."""
    return next(find_files(folder, attachment, suffixes), None)


def find_files(folder: Path, attachment: Attachment, suffixes: frozenset[str]) -> Iterator[Path]:
    """Every file that one of these names leads to, as it lies behind all links."""
    for named in _names(attachment):
        relative = PurePosixPath(named.replace("\\", "/"))
        if relative.suffix.lower() in suffixes and _is_below(relative):
            found = _resolve(folder, relative)
            if found:
                yield found


def digest_path(path: Path) -> bytes:
    """What the ledger of owners knows a file by."""
    return hashlib.blake2b(os.fsencode(path), digest_size=16).digest()


def _names(attachment: Attachment) -> Iterator[str]:
    if attachment.path:
        yield unquote(attachment.path)
        yield attachment.path
    if attachment.url:
        with contextlib.suppress(ValueError):  # an address with half a bracket
            yield unquote(urlsplit(attachment.url).path).rpartition("/")[2]
    yield attachment.name


def _is_below(relative: PurePosixPath) -> bool:
    parts = relative.parts
    return not relative.is_absolute() and not any(
        part.startswith(".") or ":" in part or "\0" in part for part in parts
    )


def _resolve(folder: Path, relative: PurePosixPath) -> Path | None:
    """Links are followed only as far as they stay inside the folder; devices and pipes are none."""
    try:
        found = (folder / relative).resolve(strict=True)
        is_inside = found.is_relative_to(folder.resolve())
        return found if is_inside and found.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None
