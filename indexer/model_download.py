"""Downloads the archive of the embedding model from a Maven repository."""

import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _
from http.client import HTTPException
from pathlib import Path

from gongkai.errors import MissingModelError
from gongkai.semantic.model_files import ARTIFACT

_PATIENCE = 30.0
"""Seconds for the connection and for each read."""
_CHUNK, _MOST_BYTES = 1 << 16, 64 << 20


@contextmanager
def download_model(repository: str) -> Iterator[Path]:
    """Yields the downloaded archive, which is deleted afterwards. Raises MissingModelError."""
    address = f"{repository.rstrip('/')}/{ARTIFACT}"
    with tempfile.NamedTemporaryFile(prefix="gongkai-model-", suffix=".jar") as file:
        try:
            # The setting allows http and https only, and the digest decides what is used.
            with urllib.request.urlopen(address, timeout=_PATIENCE) as response:  # noqa: S310
                total = 0
                while (chunk := response.read(_CHUNK)) and total <= _MOST_BYTES:
                    total += file.write(chunk)
        except (OSError, HTTPException, ValueError) as error:
            cause = error.reason if isinstance(error, urllib.error.URLError) else error
            raise MissingModelError(
                _("The embedding model can't be fetched from {address}: {cause}.").format(
                    address=address, cause=cause
                )
            ) from None
        file.flush()
        yield Path(file.name)
