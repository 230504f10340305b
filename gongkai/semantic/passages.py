"""Chooses the passage of a stored record that is embedded, and names its vectors."""

import hashlib

from gongkai.catalog.record import Record

LENGTH = 300
"""Characters; the rest of a longer text adds little to its beginning."""
_STATIC = "static "
RULE = 3
"""Raised when the same passage gets another vector; all vectors are then made again."""


def choose_passage(record: Record) -> str:
    """Returns title, summary and the beginning of the text, up to LENGTH characters.

    Only the entry of a record on request is stored, so its text is not included.
    """
    parts = (record.title, record.summary, record.body)
    return "\n".join(_begin(part) for part in parts if part)[:LENGTH]


def _begin(text: str) -> str:
    """Returns at least LENGTH characters of a text, or all, with single spaces."""
    # Of a law, splitting the whole text takes longer than everything else.
    first = " ".join(text[: 2 * LENGTH].split())
    return first if len(first) >= LENGTH else " ".join(text.split())


def name_passage(passage: str) -> str:
    """Returns a digest of a passage, 32 hexadecimal digits; equal passages have equal digests."""
    return hashlib.blake2b(f"{RULE}\n{passage}".encode(), digest_size=16).hexdigest()


def name_static(digest: str) -> str:
    """Returns the digest under which the static vector of a passage is stored."""
    return _STATIC + digest


def is_static(digest: str) -> bool:
    """Whether the digest is that of a static vector, and not of the model's own."""
    return digest.startswith(_STATIC)


def is_vector_of(digest: str, passage: str) -> bool:
    """Whether the digest is that of a vector of the passage, of either kind."""
    return digest.removeprefix(_STATIC) == name_passage(passage)
