"""Checks that an index was built with the analysis and schema of this program."""

import hashlib
from gettext import gettext as _

from gongkai.errors import IndexMismatchError


def name_parts(text: str) -> str:
    """Returns a name of 16 hexadecimal digits for a text, valid in file and index names."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_fingerprint(generation: str, built_with: str, fingerprint: str) -> None:
    """Raises IndexMismatchError for a generation built with another analysis or schema."""
    if built_with != fingerprint:
        raise IndexMismatchError(
            _(
                "Generation {generation} was built with another analysis, dictionary or "
                "schema than this program uses. Run `gongkai index --rebuild` over the "
                "exports, or restore the dictionary it was built with."
            ).format(generation=generation)
        )
