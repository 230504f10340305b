"""Translates errors of tantivy and the disk into StorageError."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _

from gongkai.errors import StorageError, name_fault

# tantivy reports every error as ValueError.
_STORAGE = re.compile(
    r"\bI/?O ?error|IoError|io::Error|Lockfile|No space|corrupt|Failed to open|Deserialize",
    re.IGNORECASE,
)
_SYSTEM_WORD = re.compile(r"(?:No space left on device|Read-only file system|Permission denied)")


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raises StorageError for an error of the disk; other errors pass unchanged."""
    try:
        yield
    except OSError as error:
        raise StorageError(name_fault(error)) from error
    except BaseException as error:
        # A damaged file can make tantivy panic, and a panic is no subclass of Exception.
        if type(error).__name__ == "PanicException":
            raise StorageError(_("a file of the index is damaged")) from error
        if not isinstance(error, ValueError):
            raise
        text = str(error)
        if not _STORAGE.search(text):
            raise
        said = _SYSTEM_WORD.search(text)
        raise StorageError(said.group() if said else _("an input or output error")) from error
