"""Finds the file of an attachment next to the input file.

It never returns a file outside the input's own folder. Anyone may have written a catalog, while the
disk belongs to the city.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from gongkai.catalog.record import Attachment


def find_file(folder: Path, attachment: Attachment, suffixes: frozenset[str]) -> Path | None:
    """Returns the file for the attachment's path, the end of its address, or its name."""
    return next(find_files(folder, attachment, suffixes), None)


def find_files(folder: Path, attachment: Attachment, suffixes: frozenset[str]) -> Iterator[Path]:
    """Yields every file that one of these names leads to, with all links resolved."""
    for named in _names(attachment):
        relative = PurePosixPath(named.replace("\\", "/"))
        if relative.suffix.lower() in suffixes and _is_below(relative):
            found = _resolve(folder, relative)
            if found:
                yield found


def digest_path(path: Path) -> bytes:
    """Returns the digest that identifies a file in the ledger of owners."""
    return hashlib.blake2b(os.fsencode(path), digest_size=16).digest()


def _names(attachment: Attachment) -> Iterator[str]:
    if attachment.path:
        yield unquote(attachment.path)
        yield attachment.path
    if attachment.url:
        with contextlib.suppress(ValueError):  # an address with an unbalanced bracket
            yield unquote(urlsplit(attachment.url).path).rpartition("/")[2]
    yield attachment.name


def _is_below(relative: PurePosixPath) -> bool:
    parts = relative.parts
    return not relative.is_absolute() and not any(
        part.startswith(".") or ":" in part or "\0" in part for part in parts
    )


def _resolve(folder: Path, relative: PurePosixPath) -> Path | None:
    """Returns the resolved path of a regular file inside the folder, or None."""
    try:
        found = (folder / relative).resolve(strict=True)
        is_inside = found.is_relative_to(folder.resolve())
        return found if is_inside and found.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None
