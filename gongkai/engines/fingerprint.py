"""Checks that an index was built with the analysis and schema of this program."""

import hashlib
from gettext import gettext as _

from gongkai.errors import IndexMismatchError

_BETWEEN = "\x1f"


def name_parts(text: str) -> str:
    """Returns a name of 16 hexadecimal digits for a text, valid in file and index names."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digest_content(stored: bytes) -> str:
    """Returns a hash of the stored content of a record."""
    return hashlib.blake2b(stored, digest_size=16).hexdigest()


def write_revision(record_id: str, stored: bytes) -> str:
    """Returns the revision of a record: equal revisions mean equal content."""
    return f"{record_id}{_BETWEEN}{digest_content(stored)}"


def read_digest(revision: str) -> str:
    """Returns the hash of the content in a revision."""
    return revision.rpartition(_BETWEEN)[2]


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
