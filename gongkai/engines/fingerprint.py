"""Whether an index fits this program. Asked by every engine before it reads or writes one."""

import hashlib

from gongkai.errors import IndexMismatchError


def name_parts(text: str) -> str:
    """A short name for what a text lists, fit for files and indices: 16 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_fingerprint(generation: str, built_with: str, fingerprint: str) -> None:
    """Raises IndexMismatchError when a generation was built by another analysis or schema."""
    if built_with != fingerprint:
        raise IndexMismatchError(
            f"Generation {generation} was built with another analysis, dictionary or schema "
            "than this program's. Run `gongkai index --rebuild` over the exports, "
            "or put back the dictionary it was built with."
        )
