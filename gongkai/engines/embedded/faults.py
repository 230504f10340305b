"""Errors of tantivy and the disk in, StorageError out. Wrapped round whatever touches files."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from gongkai.errors import StorageError

# tantivy says all it has to say by ValueError.
_STORAGE = re.compile(
    r"\bI/?O ?error|IoError|io::Error|Lockfile|No space|corrupt|Failed to open|Deserialize",
    re.IGNORECASE,
)
_SYSTEM_WORD = re.compile(r"(?:No space left on device|Read-only file system|Permission denied)")


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raises StorageError for what the disk did; other errors pass as they are."""
    try:
        yield
    except OSError as error:
        raise StorageError(error.strerror or type(error).__name__) from error
    except BaseException as error:
        # What tantivy does not expect in a damaged file ends in a panic, which is no Exception.
        if type(error).__name__ == "PanicException":
            raise StorageError("a file of the index is damaged") from error
        if not isinstance(error, ValueError):
            raise
        text = str(error)
        if not _STORAGE.search(text):
            raise
        said = _SYSTEM_WORD.search(text)
        raise StorageError(said.group() if said else "an input or output error") from error
